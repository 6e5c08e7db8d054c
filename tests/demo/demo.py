#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Shows hv at work on an emulated machine, and tells what is going on. DEMO_VENDORS="svm vmx" says on which ones."""

import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MACHINES = {"svm": "an AMD machine, emulated by QEMU; it boots in some seconds",
            "vmx": "an Intel machine, emulated by Bochs; it boots in a minute or two"}
# kind of record → colour, what stands in front
STYLES = {"tell": ("1", "\n  "), "run": ("36", "    # "), "line": ("", "      "), "pass": ("32", "    ok    "),
          "fail": ("31", "    FAIL  ")}
RECORD = re.compile(r"@hv (tell|run|line|pass|fail) ?(.*)")


def paint(colour, text):
    plain = not sys.stdout.isatty() or os.environ.get("NO_COLOR")
    return text if plain or not colour else f"\033[{colour}m{text}\033[0m"


def show(kind, text):
    colour, front = STYLES[kind]
    if kind in ("pass", "fail"):
        # the name of the scenario says nothing here
        text = text.partition(": ")[2]
    print(front + paint(colour, text), flush=True)


def play(vendor):
    """Boots the machine and translates what its scenario says; True if all went well."""
    print(paint("1;34", f"\n== {vendor}: {MACHINES[vendor]}"), flush=True)
    command = ["tests/vm/run.py", "--vendor", vendor, "--scenario-dir", str(HERE / "scenarios"), "demo", "-v"]
    said = []
    with subprocess.Popen(command, cwd=ROOT, text=True, errors="replace", stdout=subprocess.PIPE) as machine:
        for line in machine.stdout:
            said.append(line)
            if match := RECORD.search(line):
                show(match[1], match[2].rstrip())
    if machine.returncode:
        print(paint("31", "\n  This went wrong. The end of the console:\n") + "".join(said[-30:]), flush=True)
    return machine.returncode == 0


def main():
    vendors = os.environ.get("DEMO_VENDORS", "svm").split()
    if unknown := set(vendors) - set(MACHINES):
        sys.exit(f"demo.py: DEMO_VENDORS names {', '.join(sorted(unknown))}; there are {', '.join(MACHINES)}")
    good = [play(vendor) for vendor in vendors]
    print(paint("1", f"\n{'That was hv.' if all(good) else 'The demo failed.'} "
                     "Next: make shell-svm for a look around, Documentation/tutorial.md for a\n"
                     "cell of your own, DEMO_VENDORS=vmx make demo for the same on an Intel machine, make check for "
                     "all tests.\n"))
    sys.exit(not (good and all(good)))


if __name__ == "__main__":
    main()
