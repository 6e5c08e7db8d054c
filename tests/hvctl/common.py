# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of hvctl share."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = ROOT / "build/hvctl-test/hvctl-test"


def environment(folder, replay):
    env = os.environ | {"HVCTL_ROOT": str(folder), "LC_ALL": "C"}
    env.pop("HVCTL_REPLAY", None)
    if replay:
        env["HVCTL_REPLAY"] = str(replay)
    return env


def run_tool(arguments, folder, replay=None, text=""):
    return subprocess.run([TOOL, *arguments], cwd=folder, env=environment(folder, replay), input=text,
                          encoding="utf-8", errors="backslashreplace", capture_output=True, check=False, timeout=60)


class Result:
    """Counts, and says what is wrong."""

    def __init__(self):
        self.passed = self.failed = 0

    def note(self, name, wrong):
        if not wrong:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAIL  {name}")
        for text in wrong:
            print("        " + str(text).replace("\n", "\n        "))

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(bool(self.failed) or not self.passed)
