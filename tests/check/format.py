#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Holds the code against clang-format, which decides on spaces and indentation.

Where a statement is broken into lines, and how a table, a macro or a comment behind code is aligned, remains the
author's choice: a difference counts only if something else than that differs.
"""

import difflib
import re

from report import Report, files, output, read

COLUMNS = 120
NOT_C = {
    "arch/x86/decode_tables.c": "opcode maps, sixteen to a line",
    "arch/x86/include/x86/frame.h": "half of it is assembly",
}
# clang-format takes these names for operators, not for what is cast
CAST = re.compile(r"\) (?=__builtin_)")


def flat(lines):
    text = CAST.sub(")", re.sub(r"\s*\\\n|\s+", " ", "\n".join(lines)))
    # a list broken into lines has no space inside its braces, or one
    return re.sub(r"([{(,]) | (?=[})])", r"\1", text).strip().replace(",}", "}")


def indent(lines):
    return re.match(r"\s*", lines[0])[0] if lines else ""


def is_choice(ours, wanted, before):
    """Differences that are a matter of lines only, or where clang-format cannot know better."""
    if any(line.endswith("\\") or line.startswith("#define") for line in ours):
        return True
    # behind the list of an X-macro it takes what follows for the rest of the line
    return flat(ours) == flat(wanted) and (indent(ours) == indent(wanted) or before.startswith("#undef"))


def compare(report, path):
    ours = read(path).splitlines()
    wanted = output("clang-format", str(path)).splitlines()
    for tag, a, b, c, d in difflib.SequenceMatcher(None, ours, wanted, autojunk=False).get_opcodes():
        if tag == "equal" or is_choice(ours[a:b], wanted[c:d], ours[a - 1]):
            continue
        report.find(f"{path}:{a + 1}", f"{ours[a].strip() if a < b else '(missing)'!r} should be "
                                       f"{wanted[c].strip() if c < d else '(nothing)'!r}")


def columns(report, path):
    for number, line in enumerate(read(path).splitlines(), 1):
        if len(line.expandtabs(8)) > COLUMNS:
            report.find(f"{path}:{number}", f"{len(line.expandtabs(8))} columns")
        if line != line.rstrip():
            report.find(f"{path}:{number}", "blanks at the end of the line")


def main():
    report = Report()
    for path in files("*.c", "*.h", under=("hvcore", "arch", "kmod", "tools")):
        if str(path) not in NOT_C:
            compare(report, path)
    report.rule("clang-format would space and indent the code as it is")
    for path in files("*.[chS]", "*.lds", "*.py", "*.sh", under=("hvcore", "arch", "kmod", "tools", "tests")):
        columns(report, path)
    report.rule(f"no line is longer than {COLUMNS} columns or ends in blanks")
    report.exit()


if __name__ == "__main__":
    main()
