#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a configuration is refused with: each sentence has one place, a test that wants it, and a line for users."""

import re

from report import ROOT, Report, files, line_of, read

DOCUMENT = "Documentation/refusals.md"
SECTION = "## Refusals of a configuration"
HEADER = "hvcore/include/hvabi/cellconf.h"
STRING = re.compile(r'"((?:\\.|[^"\\\n])* (?:\\.|[^"\\\n])*)"')
TEST = re.compile(r'\b(?:HV_CONF_AT_)?([A-Z_]+), \d+, (E[A-Z]+),\s*(?:"([^"\n]*)"|(\w+))\)')


def matching(folder, pattern):
    return [path for path in files(pattern, under=(folder,)) if len(path.parts) == folder.count("/") + 2]


def in_sources(report):
    """Sentence → where it is. In these files every string with a blank in it is one."""
    found = {}
    for path in matching("hvcore", "cellconf*.c"):
        text = re.sub(r"/\*.*?\*/", lambda match: re.sub(r"[^\n]", " ", match[0]), read(path), flags=re.S)
        for match in STRING.finditer(text):
            place = f"{path}:{line_of(text, match.start())}"
            if match[1] in found:
                report.find(place, f"{match[1]!r} is also at {found[match[1]]}")
            found.setdefault(match[1], place)
    return found


def in_tests():
    """(sentence, field, error) of every refusal that a test wants."""
    found = set()
    for path in matching("tests/unit", "test_cellconf*.c"):
        text = read(path)
        names = dict(re.findall(r'^#define (\w+) "([^"]*)"$', text, re.M))
        for field, error, sentence, name in TEST.findall(text):
            found.add((sentence or names.get(name, name), field.lower(), error))
    return found


def in_document(report, fields):
    found = set()
    section = read(DOCUMENT).partition(SECTION)[2].partition("\n## ")[0]
    for row in re.findall(r"^\| (.*) \|$", section, re.M)[1:]:
        asked, sentence, field, error = (cell.strip(" `") for cell in row.split(" | "))
        if field not in fields:
            report.find(DOCUMENT, f"there is no field {field}")
        if not asked or sentence in {known for known, _, _ in found}:
            report.find(DOCUMENT, f"{sentence!r} is there twice, or for nothing")
        found.add((sentence, field, error))
    return found


def main():
    report = Report()
    fields = {name.lower() for name in re.findall(r"^\tHV_CONF_AT_(\w+),", read(HEADER), re.M)}
    sources = in_sources(report)
    report.rule(f"each of {len(sources)} sentences that refuse a configuration has one place")
    tests = in_tests()
    for sentence, place in sources.items():
        if sentence not in {wanted for wanted, _, _ in tests}:
            report.find(place, f"no test wants {sentence!r}")
    report.rule("a test wants each of them")
    if not (ROOT / DOCUMENT).exists() or SECTION not in read(DOCUMENT):
        report.find(DOCUMENT, f"has no section {SECTION!r}")
    else:
        documented = in_document(report, fields)
        for sentence, field, error in sorted(tests - documented):
            report.find(DOCUMENT, f"has no line: {sentence} | {field} | {error}")
        for sentence, field, error in sorted(documented - tests):
            report.find(DOCUMENT, f"nobody says: {sentence} | {field} | {error}")
        for field in sorted(fields - {field for _, field, _ in documented}):
            report.find(HEADER, f"no refusal is about HV_CONF_AT_{field.upper()}")
    report.rule(f"{DOCUMENT} has all of them, with their fields and errors, and no other")
    report.exit()


if __name__ == "__main__":
    main()
