#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the memory code costs: instructions per operation as valgrind counts them, bytes, and how both grow."""

import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PROGRAM = ROOT / "build/bench/memory"
FEW, MANY = 100, 600
OPERATIONS = {"buddy": "buddy: a frame taken and given back", "slab": "slab: 64 bytes taken and given back",
              "map_4k": "walker: 4 KiB mapped and unmapped", "map_1g": "walker: 1 GiB by one leaf, and back",
              "map_1g_by_2m": "walker: 1 GiB by 2 MiB leaves, and back"}
PIECES = (1, 100, 10000)
RAM_GIB = (1, 4, 16, 4096)
OWNERS_LIMIT = 64 * 1024


def build():
    sources = [*(ROOT / "hvcore").glob("pt*.c"), *(ROOT / f"hvcore/{name}.c" for name in (
        "buddy", "buddy_check", "slab", "slab_check", "pool", "owner", "span", "string")),
               ROOT / "arch/x86/svm/nptfmt.c", ROOT / "arch/x86/ptfmt.c", ROOT / "tests/unit/fake_relax.c",
               HERE / "memory.c", HERE / "flush.c"]
    PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    includes = [f"-I{ROOT}/{folder}" for folder in ("hvcore/include", "arch/x86/include", "arch/x86")]
    subprocess.run(["gcc", "-std=gnu11", "-O2", "-g", "-fno-strict-aliasing", "-fno-builtin", *includes, "-o", PROGRAM,
                    *map(str, sources)], check=True)


def instructions(operation, times, size):
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", PROGRAM, operation,
                           str(times), str(size)], check=True, text=True, stderr=subprocess.PIPE)
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])


def per_operation(operation, size=0):
    return round((instructions(operation, MANY, size) - instructions(operation, FEW, size)) / (MANY - FEW))


def printed(*words):
    return int(subprocess.run([PROGRAM, *map(str, words)], check=True, text=True, stdout=subprocess.PIPE).stdout)


def rows():
    """(name, value, limit or None)"""
    build()
    for operation, shown in OPERATIONS.items():
        yield shown, per_operation(operation), None
    for pieces in PIECES:
        yield f"owners: 2 MiB given and taken back, {pieces:,} pieces", per_operation("owner", pieces), None
        yield f"owners: whose is a frame, {pieces:,} pieces", per_operation("lookup", pieces), None
    for gib in RAM_GIB:
        yield f"tables: bytes for {gib:,} GiB of root by 2 MiB", printed("tables", gib), None
    yield "owners: bytes where all is root's", printed("owners", 0), OWNERS_LIMIT
    for pieces in PIECES:
        yield f"owners: bytes for {pieces:,} pieces", printed("owners", pieces), None


if __name__ == "__main__":
    for name, value, limit in rows():
        print(f"  {name:52} {value:>12,}{f'  <= {limit:,}' if limit else ''}", flush=True)
    sys.exit(0)
