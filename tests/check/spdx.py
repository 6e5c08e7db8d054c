#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Every source names its licence in the first lines, and the text of each licence is in LICENSES/."""

import os
import re

from report import ROOT, SKIPPED, Report

NO_COMMENTS = {".md", ".txt", ".bin", ".json", ".gz"}
EXEMPT = {"LICENSE", "MAINTAINERS", ".gitignore", "sysfs-class-hv"}
BUILT = {".o", ".ko", ".mod", ".cmd", ".pyc", ".order", ".symvers", ".d"}


def sources():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - SKIPPED - {"LICENSES"})
        for name in sorted(names):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                start = file.read(400)
            binary = b"\0" in start
            if name not in EXEMPT and os.path.splitext(name)[1] not in NO_COMMENTS | BUILT and not binary:
                yield os.path.relpath(path, ROOT), start.decode(errors="replace")


def main():
    report, used = Report(), set()
    for path, start in sources():
        match = re.search(r"SPDX-License-Identifier: ([\w.\- ]+?)\s*(\*/|$)", "\n".join(start.splitlines()[:4]), re.M)
        if match:
            used |= set(re.split(r" (?:OR|AND|WITH) ", match[1]))
        else:
            report.find(path, "no SPDX line")
    report.rule("every file names its licence")
    for name in sorted(used):
        if not (ROOT / "LICENSES" / f"{name}.txt").exists():
            report.find(f"LICENSES/{name}.txt", "missing")
    report.rule("the text of every licence is here")
    report.exit()


if __name__ == "__main__":
    main()
