#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the static checks beside it, or those that are named, and counts their ok and FAIL lines."""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
CHECKS = ["rooms.py", "resident.sh", "headers.sh", "sparse.sh", "abi.py", "refusals.py", "netlink.py", "size.py",
          "spdx.py", "format.py", "scripts.sh"]


def run(check):
    """Returns how many lines of a check passed and failed; one that ends badly without a FAIL line has failed, too."""
    print(f"{check}:", flush=True)
    done = subprocess.run([HERE / check], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    lines = done.stdout.splitlines()
    passed, failed = (sum(line.startswith(word) for line in lines) for word in ("ok ", "FAIL "))
    if not failed and (done.returncode or not passed):
        lines.append(f"FAIL  {check} ended with {done.returncode}, {passed} ok")
        failed = 1
    print("\n".join(f"  {line}" for line in lines), flush=True)
    return passed, failed


def main():
    results = [run(check) for check in CHECKS if not sys.argv[1:] or check in sys.argv[1:]]
    passed, failed = (sum(column) for column in zip(*results)) if results else (0, 0)
    print(f"{passed} passed, {failed} failed")
    sys.exit(bool(failed) or not passed)


if __name__ == "__main__":
    main()
