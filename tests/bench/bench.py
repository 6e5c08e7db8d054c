#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What hv costs, in counts: one table per vendor, and build/bench.json. Exits with 1 if a limit is missed.

Counts, not times: an emulator's time says nothing about silicon, and a world switch is one instruction here. A boot
that fails is named, and a limit whose number is missing counts as missed.
"""

import argparse
import json
import pathlib
import subprocess
import sys

import host.memory as memory_code
import trace_cell
from limits import (BARE, BOOTS, CODE_LIMIT, IN_CELL, INSTRUCTIONS_PER_US, LARGE_PAGES_LIMIT, OPERATIONS, PERCPU_LIMIT,
                    RANGE_LIMIT, RANGE_MACHINE, TICKS, TICKS_EXITS)

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build"
WIDTH = 52


class Table:
    """Rows of one vendor: shown as they are added, kept for the file, and judged."""

    def __init__(self, vendor):
        self.vendor, self.rows, self.missed = vendor, [], 0

    def title(self, text):
        print(f"\n  {text:{WIDTH}} {'bare':>10} {'hv':>12} {'limit':>12}")

    def row(self, name, value, limit=None, bare=None, at_least=False):
        """A value without a limit is for information."""
        verdict = None
        if limit is not None:
            met = value is not None and (value >= limit if at_least else value <= limit)
            verdict = "met" if met else "MISSED"
            self.missed += not met
        sign = {None: ""}.get(limit, ">=" if at_least else "<=")
        line = f"    {name:{WIDTH - 2}} {text(bare):>10} {text(value):>12} {sign + text(limit):>12} {verdict or ''}"
        print(line.rstrip(), flush=True)
        self.rows.append({"name": name, "bare": bare, "value": value, "limit": limit, "verdict": verdict})


def text(number):
    if number is None:
        return ""
    return f"{number:,.2f}" if isinstance(number, float) else f"{number:,}"


def measure(vendor, cpus, mem, icount, scenarios):
    """One boot; returns name → value for each scenario."""
    file = BUILD / f"bench-{vendor}-{cpus}-{mem}.jsonl"
    file.unlink(missing_ok=True)
    command = ["tests/vm/run.py", "--vendor", vendor, "--scenario-dir", str(HERE / "scenarios"),
               "--kernel", "6.1-cloud", "--mem", mem, "--measures", str(file)]
    command += ["--icount"] if icount else ["--cpus", str(cpus)]
    log = BUILD / "logs" / f"bench-{vendor}-{cpus}-{mem}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    found = {}
    with open(log, "w", encoding="utf-8") as out:
        done = subprocess.run([*command, *scenarios], cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, check=False)
    for line in file.read_text().splitlines() if file.exists() else []:
        entry = json.loads(line)
        found.setdefault(entry["scenario"], {})[entry["name"]] = int(entry["value"])
    if done.returncode:
        print(f"  {vendor}, {cpus} CPUs, {mem}: the boot failed, see {log.relative_to(ROOT)}", flush=True)
    return done.returncode == 0, found


def operations(table, counts):
    table.title("instructions per operation")
    for name, (shown, *limits) in OPERATIONS.items():
        bare, value = counts.get(f"bare.{name}"), counts.get(f"launched.{name}")
        limit = limits[table.vendor == "vmx"]
        # without a bare count there is nothing to compare with, and so nothing met
        table.row(shown, value, (bare or 0) if limit == BARE else limit, bare)


def exits(table, counts):
    table.title("exits of root")
    for phase, shown in (("idle_10s", "idle 10 s"), ("fork_exec", "fork+exec")):
        runs = counts.get(f"{phase}.runs")
        for name, value in sorted(counts.items(), key=lambda item: -item[1]):
            head, _, reason = name.partition(".")
            if head == phase and reason not in ("runs", "ticks"):
                table.row(f"{shown}: {reason}", round(value / runs, 2) if runs else value)
    if counts.get("idle_10s.ticks"):
        table.row("per timer tick, idle", round(counts.get("idle_10s.total", 0) / counts["idle_10s.ticks"], 2))


def cells(table, counts):
    """On Bochs times are instructions as well. On QEMU with several CPUs they say nothing, so exits are traced there,
    and of the rest only calls are shown."""
    counted = table.vendor == "vmx"
    table.title(f"a cell that takes {TICKS:,} ticks of its timer")
    table.row("exits", counts.get("ticks.total"), TICKS_EXITS)
    for name, value in sorted(counts.items(), key=lambda item: -item[1]):
        if name.startswith("ticks.") and value and name != "ticks.total":
            table.row(f"of these {name.removeprefix('ticks.')}", value)
    table.title(f"instructions per {'operation in' if counted else 'exit of'} a cell")
    for name, (shown, limit) in IN_CELL.items():
        if counted or name in trace_cell.NAMES:
            table.row(shown, counts.get(f"in_cell.{name}"), limit)
    table.title("life of a cell, by its memory")
    units = {"calls": ("calls of the hypervisor", None),
             "kept_us": ("a CPU is kept, at most, 1,000 instr.", INSTRUCTIONS_PER_US["vmx"]),
             "us": ("the whole command, 1,000 instr.", INSTRUCTIONS_PER_US["vmx"])}
    for name, value in counts.items():
        step, _, rest = name.partition("_")
        size, _, unit = rest.partition("_")
        if step not in ("create", "start", "stop", "destroy") or not (counted or unit == "calls"):
            continue
        shown, per_us = units[unit]
        table.row(f"{step}, {size}: {shown}", value * per_us // 1000 if per_us else value)


def growth(table, counts):
    """With the number of cells that there are."""
    if counts:
        table.title("calls of the hypervisor in the life of the n-th cell")
    for name, value in counts.items():
        step, number, _ = name.split("_")
        table.row(f"{step}, of {number}", value)


def launch(table, boots):
    per_us = INSTRUCTIONS_PER_US[table.vendor]
    table.title("launch and leave, in 1,000 instructions (one CPU)")
    for (cpus, mem, icount, _), found in boots:
        counts = found.get("launch", {})
        for what in ("launch", "leave") if icount else ():
            for suffix, shown in (("_us", "the whole command"), ("_stop_us", "the CPU stopped")):
                if what + suffix in counts:
                    table.row(f"{what}, {mem}: {shown}", counts[what + suffix] * per_us // 1000)
    table.title("CPUs stopped, in us of the emulator (no count)")
    for (cpus, mem, icount, _), found in boots:
        counts = found.get("launch", {})
        for what in () if icount else ("launch", "leave"):
            if f"{what}_stop_us" in counts:
                table.row(f"{what}, {cpus} CPUs, {mem}", counts[f"{what}_stop_us"])


def section_bytes():
    """Bytes of the image's sections, from the linked file."""
    listing = subprocess.run(["size", "-A", "-d", BUILD / "image/hv-image.elf"], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    return {line.split()[0]: int(line.split()[1]) for line in listing.splitlines() if line.startswith(".")}


def memory(table, boots):
    table.title("bytes")
    sections = section_bytes()

    def total(*names):
        return sum(sections.get(name, 0) for name in names)
    table.row("text and read-only data", total(".text", ".rodata", ".extable"), CODE_LIMIT)
    table.row("data, log and bss", total(".data", ".log", ".bridge", ".bss"))
    launched = [(cpus, mem, found["launch"]) for (cpus, mem, *_), found in boots
                if "table_frames" in found.get("launch", {})]
    table.row("per CPU", launched[0][2]["percpu_bytes"] if launched else None, PERCPU_LIMIT)
    for cpus, mem, counts in launched:
        machine = f"{cpus} CPU{'s' * (cpus > 1)}, {mem}"
        judged = table.vendor == "svm" and (cpus, mem) == RANGE_MACHINE
        table.row(f"root's tables ({machine})", counts["table_frames"] * 4096)
        table.row(f"pool in use ({machine})", (counts["pool_frames"] - counts["pool_frames_free"]) * 4096)
        table.row(f"range ({machine})", counts["memory_bytes"], RANGE_LIMIT if judged else None)
        small, large = counts["root_bytes_4k"], counts["root_bytes_2m"] + counts["root_bytes_1g"]
        share = round(100.0 * large / (small + large), 2)
        table.row(f"% of root's RAM in 2M and 1G pages ({machine})", share, LARGE_PAGES_LIMIT, at_least=True)


def bench(vendor):
    print(f"\n{vendor}: counting", flush=True)
    boots, complete = [], True
    for machine in BOOTS[vendor]:
        good, found = measure(vendor, *machine)
        complete = complete and good
        boots.append((machine, found))
    merged = {name: counts for _, found in boots for name, counts in found.items()}
    if vendor == "svm":
        good, traced = trace_cell.counts()
        complete = complete and good
        merged.setdefault("cell", {}).update({f"in_cell.{name}": value for name, value in traced.items()})
    table = Table(vendor)
    operations(table, merged.get("instructions", {}))
    exits(table, merged.get("exits", {}))
    cells(table, merged.get("cell", {}))
    growth(table, merged.get("cells", {}))
    launch(table, boots)
    memory(table, boots)
    measures = [{"cpus": cpus, "mem": mem, "icount": icount, **found} for (cpus, mem, icount, _), found in boots]
    return {"rows": table.rows, "missed": table.missed, "complete": complete, "measures": measures}


def bench_host():
    """The memory code, built for the host: growth that no emulated machine reaches."""
    table = Table("host")
    table.title("the memory code, in instructions and bytes (host)")
    for name, value, limit in memory_code.rows():
        table.row(name, value, limit)
    return {"rows": table.rows, "missed": table.missed, "complete": True, "measures": []}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vendors", nargs="*", metavar="VENDOR", help="svm, vmx, host; default: all")
    vendors = parser.parse_args().vendors or [*BOOTS, "host"]
    results = {vendor: bench(vendor) if vendor in BOOTS else bench_host() for vendor in vendors}
    (BUILD / "bench.json").write_text(json.dumps(results, indent=1) + "\n")
    missed = sum(result["missed"] for result in results.values())
    broken = [vendor for vendor, result in results.items() if not result["complete"]]
    print(f"\n{missed} limits missed{', boots failed on ' + ' and '.join(broken) if broken else ''}; build/bench.json")
    sys.exit(bool(missed or broken))


if __name__ == "__main__":
    main()
