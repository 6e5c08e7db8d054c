# SPDX-License-Identifier: GPL-2.0-only
"""What the checks share: where the sources are, and lines that static.py counts."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGE = ROOT / "build/image/hv-image.elf"
SKIPPED = {".git", "build", "__pycache__"}


class Report:
    """Collects findings of one rule after the other; each rule ends as one line."""

    def __init__(self):
        self.findings, self.failed = [], False

    def find(self, where, what):
        self.findings.append(f"{where}: {what}" if where else what)

    def rule(self, text):
        """Says how the rule went that the findings since the last one are about."""
        print(f"{'FAIL' if self.findings else 'ok  '}  {text}")
        for finding in self.findings:
            print(f"        {finding}")
        self.failed = self.failed or bool(self.findings)
        self.findings = []

    def exit(self):
        sys.exit(self.failed)


def files(*patterns, under=("hvcore", "arch", "kmod")):
    """Sources below these rooms whose name matches one of the patterns, as paths relative to the root."""
    found = set()
    for room in under:
        for pattern in patterns:
            found |= {path.relative_to(ROOT) for path in (ROOT / room).rglob(pattern) if path.is_file()}
    return sorted(path for path in found if not SKIPPED & set(path.parts))


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def code(path):
    """A C source without comments and the contents of strings; lines and columns stay where they are."""
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', blank, read(path), flags=re.S)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def output(*argv):
    return subprocess.run(argv, cwd=ROOT, check=True, text=True, capture_output=True).stdout
