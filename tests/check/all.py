#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The whole test suite: builds, then runs the parts, two at a time where that helps, and sums up what they counted.

One part's output is shown as it comes, the other's waits in its log, build/logs/check-PART.log.
"""

import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOGS = ROOT / "build/logs"
RUN = ["tests/vm/run.py", "--suite"]
UNIT = ["make", "--no-print-directory", "-s", "-C", "tests/unit"]
BUILD = {"build": ["tests/check/build.sh"]}
# parts of a lane run one after the other; the SVM machines take longest, with all their kernels
LANES = [
    {"static": ["tests/check/static.py"], "runner": ["tests/vm/selftest.py", "svm"],
     "tutorial": ["tests/demo/tutorial.py"], "vm-svm": [*RUN, "svm"]},
    {"unit": ["make", "--no-print-directory", "unit"],
     "hvctl": ["make", "--no-print-directory", "-s", "-C", "tests/hvctl", "check"],
     "coverage": [*UNIT, "coverage"], "fuzz": [*UNIT, "fuzz-check", "FUZZ_SECONDS=10"], "vm-vmx": [*RUN, "vmx"]},
]


class Part:
    """One part of the suite in a process of its own."""

    def __init__(self, name, command):
        self.name, self.command, self.process, self.begin, self.seconds = name, command, None, 0, 0
        self.log = LOGS / f"check-{name}.log"

    def start(self):
        self.begin = time.monotonic()
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(self.command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=subprocess.STDOUT)

    def running(self):
        if self.process and self.process.poll() is None:
            return True
        self.seconds = self.seconds or time.monotonic() - self.begin
        return False

    def result(self):
        """Passed and failed, from the last line; a part that ran nothing or ended badly counts as one failure."""
        lines = self.log.read_text(errors="replace").splitlines() or [""]
        match = re.fullmatch(r"(\d+) passed, (\d+) failed", lines[-1].strip())
        passed, failed = map(int, match.groups()) if match else (0, 0)
        return passed, failed or int(not passed or self.process.returncode != 0)


class Lane:
    """Parts that wait for each other."""

    def __init__(self, parts):
        self.waiting, self.current = list(parts), None

    def step(self):
        # asked in any case, for that is when a part's clock stops
        busy = self.current and self.current.running()
        if self.waiting and not busy:
            self.current = self.waiting.pop(0)
            self.current.start()

    def stop(self):
        self.waiting = []
        if self.current and self.current.running():
            self.current.process.send_signal(signal.SIGTERM)
            self.current.process.wait()


def show(part, lanes):
    """Prints a part's output while, or after, it runs, and keeps the lanes going meanwhile."""
    print(f"\n== {part.name}", flush=True)
    while not part.process:
        step(lanes)
        time.sleep(0.2)
    with open(part.log, "rb") as log:
        while True:
            ended = not part.running()
            sys.stdout.buffer.write(log.read())
            sys.stdout.buffer.flush()
            if ended:
                return
            step(lanes)
            time.sleep(0.2)


def step(lanes):
    for lane in lanes:
        lane.step()


def run(tables):
    """Runs one lane for each table, and shows the parts in the order in which they stand there."""
    table = [[Part(name, command) for name, command in lane.items()] for lane in tables]
    lanes = [Lane(parts) for parts in table]
    try:
        for part in sum(table, []):
            show(part, lanes)
    finally:
        for lane in lanes:
            lane.stop()
    return sum(table, [])


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    LOGS.mkdir(parents=True, exist_ok=True)
    try:
        parts = run([BUILD])
        if not parts[0].result()[1]:
            parts += run(LANES)
    except KeyboardInterrupt:
        sys.exit(130)
    print("\n== all")
    for part in parts:
        passed, failed = part.result()
        print(f"  {'FAIL' if failed else 'ok  '}  {part.name:8} {passed} passed, {failed} failed, {part.seconds:.0f} s")
    passed, failed = (sum(part.result()[i] for part in parts) for i in (0, 1))
    print(f"{passed} passed, {failed} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
