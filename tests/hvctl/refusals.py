# SPDX-License-Identifier: GPL-2.0-only
"""Provokes each local refusal of Documentation/refusals.md, and finds the sentence and the status that stand there.

Rows of the table: what is asked, as a command line or as lines of YAML; the sentence; the status. In a file's sentence
FILE stands for its name. YAML is laid over a good file: "key: value" replaces that key, "-key" takes it away, and
"region: KEY: VALUE" changes the first region.
"""

import pathlib
import re
import shlex
import tempfile

from common import ROOT, run_tool

DOCUMENT = ROOT / "Documentation/refusals.md"
GOOD = {"name": "name: a", "cpus": "cpus: 1", "memory": "memory:\n  - gpa: 0x0\n    size: 2M",
        "entry": "entry: 0x0", "mode": "mode: real16"}
ROW = re.compile(r"^\| (?P<asked>.+?) \| (?P<said>.+?) \| (?P<status>[012]) \|$")


def rows():
    """Rows below the heading "hvctl", code marks and escapes taken away."""
    section = re.split(r"^## ", DOCUMENT.read_text(encoding="utf-8"), flags=re.M)
    section = next(text for text in section if text.startswith("hvctl"))
    for line in section.splitlines():
        match = ROW.match(line.replace("\\|", "\0"))
        if match and not match["asked"].startswith(("asked", "---")):
            yield [match[name].strip("`").replace("\0", "|") for name in ("asked", "said", "status")]


def file_of(asked):
    parts = dict(GOOD)
    for change in asked.split(" ; "):
        if change.startswith("whole: "):
            return change.removeprefix("whole: ").replace("\\n", "\n").replace("\\t", "\t")
        if change.startswith("region: "):
            change = change.removeprefix("region: ")
            region = {"gpa": "gpa: 0x0", "size": "size: 2M"} | {change.split(":")[0]: change}
            parts["memory"] = "memory:\n  - " + "\n    ".join(region.values())
        elif change.startswith("-"):
            parts.pop(change[1:])
        else:
            parts[change.split(":")[0]] = change.replace("\\n", "\n")
    return "\n".join(parts.values()) + "\n"


def fill(folder):
    """What the command lines of the table speak of."""
    (folder / "flat").write_bytes(b"\xf4")
    (folder / "elf").write_bytes(b"\x7fELF" + bytes(60))
    (folder / "empty").write_bytes(b"")
    (folder / "good.yaml").write_text(file_of(""), encoding="utf-8")


def provoke(asked, folder):
    if asked == "hvctl" or asked.startswith("hvctl "):
        return run_tool(shlex.split(asked)[1:], folder)
    (folder / "FILE").write_text(file_of(asked), encoding="utf-8")
    return run_tool(["config", "check", "FILE"], folder)


def check(result):
    count = 0
    for asked, said, status in rows():
        count += 1
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            fill(folder)
            done = provoke(asked, folder)
        good = done.returncode == int(status) and said in done.stderr.splitlines()
        wrong = [] if good else [f"expected {status}: {said}", f"{done.returncode}: {done.stderr}"]
        result.note(f"refusal: {asked}", wrong)
    result.note("Documentation/refusals.md has a table for hvctl", [] if count > 40 else [f"{count} rows"])
