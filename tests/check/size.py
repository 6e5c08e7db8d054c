#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A mirror of sizes: prints how long files and functions are, and fails where one should be split."""

import re
import statistics

from report import Report, code, files, read

# suffix → lines at which a file should be split; a header of numbers may be longer
FILE_LIMITS = {".c": 500, ".h": 250, ".S": 150, ".py": 500, ".sh": 500}
NUMBERS_LIMIT = 400
NUMBERS = re.compile(r"regs\.h$|msr\.h$|cpuid\.h$")
FUNCTION = re.compile(r"^(?!struct|enum|union|#|static const)(\w[^;{}=#]*?(\w+)\(([^;{}]*)\))[^;{}=]*\n\{\n", re.M)
FUNCTION_LIMIT = 70
PARAMETER_LIMIT = 6


def functions(source):
    """Name, first line and length of each function, parameters included, and how many it has."""
    for match in FUNCTION.finditer(source):
        end = source.find("\n}", match.end() - 1)
        first = source.count("\n", 0, match.start()) + 1
        length = source.count("\n", match.end(), end + 1) + 3
        depth = re.sub(r"\([^()]*\)", "", match[3])
        yield match[2], first, length, depth.replace(", ...", "").count(",") + 1


def line(name, values):
    values = sorted(values)
    p90 = values[int(len(values) * 0.9)]
    print(f"        {name}: {len(values)}, median {statistics.median(values):.0f}, p90 {p90}, longest {values[-1]}")


def main():
    report, lengths, sources = Report(), [], []
    for path in files("*.[chS]", "*.py", "*.sh", under=("hvcore", "arch", "kmod", "tools", "tests")):
        count = len(read(path).splitlines())
        limit = NUMBERS_LIMIT if NUMBERS.search(path.name) else FILE_LIMITS[path.suffix]
        if path.suffix == ".c":
            sources.append(count)
        if count > limit:
            report.find(path, f"{count} lines, limit {limit}")
    report.rule("no file is too long")
    line(".c files", sources)

    for path in files("*.c", under=("hvcore", "arch", "kmod", "tools", "tests")):
        for name, first, length, parameters in functions(code(path)):
            lengths.append(length)
            if length > FUNCTION_LIMIT:
                report.find(f"{path}:{first}", f"{name}() has {length} lines, limit {FUNCTION_LIMIT}")
            if parameters > PARAMETER_LIMIT:
                report.find(f"{path}:{first}", f"{name}() has {parameters} parameters, limit {PARAMETER_LIMIT}")
    report.rule("no function is too long or takes too much")
    line("functions", lengths)
    report.exit()


if __name__ == "__main__":
    main()
