#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Proves that the runner sees failures: runs the scenarios of selftest/ and compares with what they expect of it."""

import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def expected(path):
    """The `# expect: WORD TEXT` lines; TEXT is how the result's text has to begin."""
    return [line.removeprefix("# expect: ").partition(" ")[::2] for line in path.read_text().splitlines()
            if line.startswith("# expect: ")]


def reported(output, name):
    return re.findall(rf"^  (ok|FAIL|skip) +{name}: (.*)$", output, re.M)


def agrees(wanted, got):
    return len(wanted) == len(got) and all(word == seen and text.startswith(start.strip())
                                           for (word, start), (seen, text) in zip(wanted, got))


def main():
    if sys.argv[1:] not in (["svm"], ["vmx"]):
        sys.exit("usage: selftest.py svm|vmx")
    command = [sys.executable, str(HERE / "run.py"), "--suite", sys.argv[1], "--scenario-dir", str(HERE / "selftest")]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    passed = failed = 0
    for path in sorted((HERE / "selftest").glob("*.sh")):
        wanted, got = expected(path), reported(done.stdout, path.stem)
        if agrees(wanted, got):
            passed += 1
            print(f"  ok    selftest: the runner handles {path.stem}")
        else:
            failed += 1
            print(f"  FAIL  selftest: {path.stem}\n        wanted {wanted}\n        got    {got}")
    if done.returncode != 1:
        failed += 1
        print(f"  FAIL  selftest: the runner ended with {done.returncode}, although scenarios failed")
    if failed:
        print(done.stdout)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
