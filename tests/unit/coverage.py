#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs host tests that were built to be measured, and tells which lines of the product they reach: DIR TEST..."""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEAST = 95.0
# what the core does with memory, and with cells, is judged; the other files are shown
JUDGED = ["buddy", "buddy_check", "slab", "slab_check", "frame", "pool", "span", "owner", "normal_world", "psc",
          "psc_native", "pt", "pt_map", "pt_change", "pt_table", "region", "region_release", "mset", "mset_check",
          "mset_clone", "aspace", "aspace_access", "aspace_config", "cellconf", "cellconf_region", "cellconf_io",
          "cellconf_x86", "cellconf_devices", "memory", "root", "sysconfig", "donation", "request",
          "peek", "cell", "cell_memory", "cell_run", "cell_console", "comm", "cpu", "guest_call", "exit", "hypercall"]


def measure(directory):
    """File → (lines, lines reached)."""
    command = ["gcovr", "--root", ROOT, "--object-directory", directory, "--filter", f"{ROOT}/hvcore/",
               "--filter", f"{ROOT}/arch/", "--exclude", r".*\.h$", "--json-summary"]
    done = subprocess.run(command, check=True, text=True, cwd=directory, stdout=subprocess.PIPE)
    return {entry["filename"]: (entry["line_total"], entry["line_covered"])
            for entry in json.loads(done.stdout)["files"]}


def main():
    directory, *tests = map(pathlib.Path, sys.argv[1:])
    for counts in directory.rglob("*.gcda"):
        counts.unlink()
    for test in tests:
        subprocess.run([test], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found = measure(directory)
    passed = failed = 0
    for name in JUDGED:
        lines, reached = found.pop(f"hvcore/{name}.c", (0, 0))
        share = 100 * reached / lines if lines else 0.0
        passed, failed = passed + (share >= LEAST), failed + (share < LEAST)
        print(f"{'ok  ' if share >= LEAST else 'FAIL'}  hvcore/{name}.c: {share:.1f} % of {lines} lines")
    for name, (lines, reached) in sorted(found.items()):
        print(f"      {name}: {100 * reached / lines:.1f} % of {lines} lines")
    print(f"{passed} passed, {failed} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
