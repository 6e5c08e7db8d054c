#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Types what Documentation/tutorial.md says, in a copy of the sources, and fails where a command does.

Blocks of commands are given to bash, but for `make demo`, which is tested by itself. Lines that begin with the prompt
are typed into the machine that the block with `make shell-svm` starts, each when the prompt is there.
"""

import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "build/tutorial"
PROMPT = "/hv # "
SHELL = "make shell-svm\n"
PATIENCE = 600  # seconds without a prompt
# what a command has to have printed, for those whose status says little
WANTED = {"hvctl cell list": "pulse", "hvctl cell show pulse": "word  ", "hvctl console pulse": "is up on 1 CPU",
          "hvctl console pulse | tail -n 1": "stopped after", "hvctl -v cell show fault": "0xfffff000",
          "hvctl status": "active", "dmesg | grep hv:": "hv: left:"}


def blocks():
    return re.findall(r"^```\n(.*?)^```$", (ROOT / "Documentation/tutorial.md").read_text(), re.M | re.S)


def copy_sources():
    shutil.rmtree(COPY, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, text=True,
                            stdout=subprocess.PIPE).stdout.split("\n")
    for name in filter(None, listed):
        (COPY / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, COPY / name)
    (COPY / "build").mkdir()
    (COPY / "build/kernels").symlink_to(ROOT / "build/kernels")


class Machine:
    """The shell of an emulated machine, on a terminal of its own."""

    def __init__(self, command):
        pid, self.terminal = pty.fork()
        if not pid:
            os.chdir(COPY)
            os.execvp("bash", ["bash", "-ec", command])
        self.pid = pid

    def hear(self):
        """All until the next prompt, or until the machine has gone; None if neither comes."""
        heard, end = "", time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if not select.select([self.terminal], [], [], 1)[0]:
                continue
            try:
                data = os.read(self.terminal, 4096).decode(errors="replace")
            except OSError:
                return heard
            heard += data.replace("\r", "")
            # the kernel may have something to say behind it
            if PROMPT in heard or not data:
                return heard
        return None

    def type(self, line):
        os.write(self.terminal, line.encode() + b"\n")
        return self.hear()

    def end(self):
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class Report:
    """Counts commands."""

    def __init__(self):
        self.passed = self.failed = 0

    def result(self, good, command, why=""):
        first = command.strip().split("\n")[0]
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        print(f"  {'ok  ' if good else 'FAIL'}  {first}{'' if good else f' -- {why}'}", flush=True)


def on_host(report, text):
    done = subprocess.run(["bash", "-ec", text], cwd=COPY, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    report.result(not done.returncode, text, done.stdout[-500:])


def in_machine(report, machine, text):
    for line in text.splitlines():
        command = line.removeprefix(PROMPT)
        said = machine.type(command)
        if command == "exit" or said is None:
            report.result(said is not None, command, "no answer")
            continue
        status = re.search(r"status=(\d+)", machine.type("echo status=$?") or "")
        good = status and status[1] == "0" and WANTED.get(command, "") in said
        report.result(bool(good), command, said[-500:])


def main():
    report, machine = Report(), None
    copy_sources()
    for text in blocks():
        if text == "make demo\n":
            continue
        if text == SHELL:
            machine = Machine(text)
            report.result(machine.hear() is not None, text, "no prompt")
        elif text.startswith(PROMPT):
            in_machine(report, machine, text)
        else:
            on_host(report, text)
    report.result(not machine.end(), SHELL, "did not end well")
    if not report.failed:
        shutil.rmtree(COPY)
    print(f"{report.passed} passed, {report.failed} failed")
    sys.exit(bool(report.failed))


if __name__ == "__main__":
    main()
