#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reads a test machine's console: turns the records that lib.sh writes into results of scenarios."""

import dataclasses
import re

# Records carry the kernel log's time stamp; this tells them from mere text, and from a replay by `dmesg`.
RECORD = re.compile(r"(\[ *[0-9]+\.[0-9]+\](?:\[ *[TC][0-9]+\])?) @hv ([a-z]+) ?(.*)")
PANIC = re.compile(r"Kernel panic - not syncing.*")


@dataclasses.dataclass
class Scenario:
    """What one scenario has reported so far."""
    name: str
    passed: list = dataclasses.field(default_factory=list)
    failed: list = dataclasses.field(default_factory=list)
    measures: list = dataclasses.field(default_factory=list)
    skipped: str = None
    expected: tuple = None  # (description, pattern) of the machine's end
    text: str = ""          # console output since then
    ended: bool = False

    def end(self, status):
        """The scenario came to its end; returns what is wrong with that."""
        self.ended = True
        if status != "0":
            complaint = f"{self.name}: ended with status {status}"
        elif not (self.passed or self.failed or self.skipped):
            complaint = f"{self.name}: reported nothing"
        else:
            return None
        self.failed.append(complaint)
        return complaint

    def machine_ended(self, why):
        """The machine stopped while the scenario ran; one that hangs did not stop."""
        self.ended = True
        if not self.expected or why.startswith("hung"):
            self.failed.append(f"{self.name}: {why}")
        elif re.search(self.expected[1], self.text):
            self.passed.append(f"{self.name}: {self.expected[0]}")
        else:
            self.failed.append(f"{self.name}: {self.expected[0]} -- {why}, without '{self.expected[1]}'")


class Console:
    """Follows the console's file; `on_line` sees every line, `on_result` every (scenario, kind, text)."""

    def __init__(self, path, on_line, on_result):
        self.file = open(path, "rb")
        self.on_line = on_line
        self.on_result = on_result
        self.rest = b""
        self.seen = set()
        self.scenarios = []
        self.boots = 0
        self.done = False
        self.panic = None

    def close(self):
        self.file.close()

    @property
    def current(self):
        """The scenario that is running."""
        return self.scenarios[-1] if self.scenarios and not self.scenarios[-1].ended else None

    def poll(self):
        """Reads what is new; True if anything was."""
        data = self.file.read()
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self._line(re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r", "", line.decode(errors="replace")))
        return bool(data)

    def _line(self, line):
        self.on_line(line)
        if self.current:
            self.current.text += line + "\n"
        if match := RECORD.search(line):
            if match[0] not in self.seen:
                self.seen.add(match[0])
                self._record(match[2], match[3].strip())
        elif match := PANIC.search(line):
            self.panic = self.panic or match[0]

    def _record(self, word, text):
        if word == "boot":
            self.boots += 1
        elif word == "done":
            self.done = True
        elif word == "begin":
            self.scenarios.append(Scenario(text))
        elif self.current:
            self._report(self.current, word, text)

    def _report(self, scenario, word, text):
        if word == "pass":
            scenario.passed.append(text)
        elif word == "fail":
            scenario.failed.append(text)
        elif word == "skip":
            scenario.skipped = text
        elif word == "measure":
            scenario.measures.append(tuple(text.partition(": ")[2].split(" ", 1)))
        elif word == "expect":
            description, _, pattern = text.partition(": ")[2].rpartition(" -- ")
            scenario.expected, scenario.text = (description, pattern), ""
        elif word == "end":
            if complaint := scenario.end(text.rpartition(" ")[2]):
                self.on_result(scenario, "fail", complaint)
            return
        self.on_result(scenario, word, text)
