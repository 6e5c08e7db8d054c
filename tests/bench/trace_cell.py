#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Instructions per exit of a cell on QEMU, which counts them with one CPU only, and a cell needs a second: so it is
made to execute them one by one and to tell where, for as long as it takes to see a few hundred exits of each kind."""

import collections
import pathlib
import re
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "tests/bench/scenarios"
IMAGE = ROOT / "build/image/hv-image.elf"
ADDRESSES = "0xffffff0000000000+0x40000000"     # where the hypervisor's code is
SECONDS = 2.0                                   # of tracing
NAMES = ("hypercall", "cpuid", "apic_write")    # as in the scenario
CELL_CPU = 1                                    # of two
STEP = re.compile(r"Trace (\d+): \S+ \[[0-9a-f]+/([0-9a-f]+)/")


def exit_address():
    """Where the hypervisor goes on when a guest has exited."""
    listing = subprocess.run(["nm", IMAGE], check=True, text=True, stdout=subprocess.PIPE).stdout
    return next(int(line.split()[0], 16) for line in listing.splitlines() if line.endswith(" svm_exited"))


def tell(path, *commands):
    """Has QEMU's monitor carry out commands."""
    with socket.socket(socket.AF_UNIX) as monitor:
        monitor.settimeout(10)
        monitor.connect(str(path))
        for command in commands:
            monitor.sendall(command.encode() + b"\n")
            data = b""
            while data.count(b"(qemu)") < 1 or command.encode()[-4:] not in data:
                data += monitor.recv(65536)
        time.sleep(0.1)


def count(log, start):
    """The most frequent number of instructions from an exit of the cell to the next one."""
    exits, current = collections.Counter(), None
    for match in STEP.finditer(log):
        if int(match[1]) != CELL_CPU:
            continue
        if int(match[2], 16) == start:
            exits[current] += 1
            current = 0
        if current is not None:
            current += 1
    # where the tracing began there was no beginning
    del exits[None]
    return exits.most_common(1)[0][0] if exits else None


def trace(work):
    """Runs the scenario; name → instructions."""
    log, monitor = work / "log", work / "monitor"
    command = ["tests/vm/run.py", "--vendor", "svm", "--scenario-dir", str(SCENARIOS), "--kernel", "6.1-cloud",
               "--cpus", str(CELL_CPU + 1)]
    for word in ("-D", str(log), "-dfilter", ADDRESSES, "-monitor", f"unix:{monitor},server=on,wait=off"):
        command += [f"--qemu-arg={word}"]
    found, start = {}, exit_address()
    with subprocess.Popen([*command, "trace"], cwd=ROOT, text=True, stdout=subprocess.PIPE) as run:
        for line in run.stdout:
            name = re.match(r"\s+trace: ready\.(\w+) ", line)
            if not name:
                continue
            log.write_bytes(b"")
            tell(monitor, "singlestep on", "log exec,nochain")
            time.sleep(SECONDS)
            tell(monitor, "log none", "singlestep off")
            found[name[1]] = count(log.read_text(errors="replace"), start)
    return run.returncode == 0, found


def counts():
    with tempfile.TemporaryDirectory() as work:
        return trace(pathlib.Path(work))


if __name__ == "__main__":
    print(*counts())
