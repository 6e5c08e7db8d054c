#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""One boot of a test machine: starts it, watches its console against the clock, says how each scenario ended."""

import fcntl
import os
import pathlib
import pty
import select
import sys
import termios
import time
import tty

import initramfs
from console import Console, Scenario
from kernels import BUILD
from machine import Debug, Machine

PAUSE = 0.05        # between looks at the console
GRACE = 3           # what a dying machine gets to print its last words
STEP_LIMIT = 60     # between scenarios, and from the last one until the machine is off
DAY = 86400         # nobody types for longer
ESCAPE = b"\x1d"    # Ctrl-]
PROMPT = b"/hv # "


class Log:
    """build/logs/NAME.log, or NAME-2.log while another run holds that one."""

    def __init__(self, name):
        (BUILD / "logs").mkdir(parents=True, exist_ok=True)
        for number in range(1, 100):
            self.path = BUILD / "logs" / (f"{name}-{number}.log" if number > 1 else f"{name}.log")
            self.file = open(self.path, "ab")
            try:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                self.file.close()
        self.file.truncate(0)

    def close(self, words):
        """The emulator's own words come last."""
        if words:
            self.file.write(b"\n--- the emulator says ---\n" + words.encode() + b"\n")
        self.file.close()

    def __str__(self):
        return os.path.relpath(self.path)


class Watch:
    """Decides whether a machine that is running may go on."""

    def __init__(self, machine, console, boot_limit, limits):
        self.machine = machine
        self.console = console
        self.limits = limits
        self.boot_limit = boot_limit
        self.stage = None
        self.since = time.monotonic()
        self.panicked = None

    def _stage(self):
        console = self.console
        if console.done:
            return "did not power off", STEP_LIMIT
        if console.current:
            return "hung", self.limits[console.current.name]
        if console.boots:
            return "did not go on", STEP_LIMIT
        return "did not boot", self.boot_limit

    def verdict(self):
        """None while all is well; else why the machine is at its end."""
        now = time.monotonic()
        if self.machine.ended():
            self.console.poll()
            return self.console.panic or "the machine ended"
        # where an end is expected, a panic may be on the way there
        if self.console.panic and not (self.console.current and self.console.current.expected):
            self.panicked = self.panicked or now
            return self.console.panic if now > self.panicked + GRACE else None
        if failure := self.machine.failure() or (self.console.boots > 1 and "reset"):
            return failure
        what, limit = self._stage()
        key = (what, len(self.console.scenarios))
        if key != self.stage:
            self.stage, self.since = key, now
        return f"{what} in {limit} s" if now > self.since + limit else None


def watch(machine, console, boot_limit, limits):
    """Follows the machine to its end and returns why it ended."""
    watcher = Watch(machine, console, boot_limit, limits)
    while True:
        busy = console.poll()
        if why := watcher.verdict():
            machine.autopsy()
            machine.kill()
            while console.poll():
                pass
            return why
        if not busy:
            time.sleep(PAUSE)


def boot_once(spec, limits, options, on_line, on_result):
    """Returns the console, why the machine ended, and the log."""
    first, *more = limits
    log = Log(f"{spec.vendor}-{spec.kernel.name}-{first}" + (f"+{len(more)}" if more else ""))
    archive = initramfs.build(spec, options.hv, options.scenario_dir, options.include)
    total = spec.boot_limit + sum(limits.values()) + STEP_LIMIT * (len(limits) + 1)
    debug = Debug(options.threads, options.gdb, options.qemu_log, tuple(options.qemu_arg))
    with Machine(spec, archive, f"hv.run={','.join(limits)}", log.path, total, debug) as machine:
        console = Console(log.path, on_line, on_result)
        why = watch(machine, console, spec.boot_limit, limits)
        console.close()
        log.close(machine.words())
    return console, why, log


def boot(spec, limits, options, on_line, on_result):
    """Boots and runs the scenarios of `limits` (name → seconds) in order.

    Returns what was seen of them, and the log. A scenario that is missing did not get its turn. A kernel that died
    before user space says nothing about hv, which is not loaded by then: the emulator gets a second chance, with a
    note.
    """
    console, why, log = boot_once(spec, limits, options, on_line, on_result)
    if not console.boots:
        kept = log.path.rename(log.path.with_suffix(".early.log"))
        print(f"  note  {why}, before user space; booting again; log: {os.path.relpath(kept)}", flush=True)
        console, why, log = boot_once(spec, limits, options, on_line, on_result)
    settle(console, why, list(limits))
    return console.scenarios, log


def settle(console, why, names):
    """Charges the way the machine ended to the scenario that was running."""
    if console.current:
        console.current.machine_ended(why)
    elif console.done:
        if why != "the machine ended":
            console.scenarios[-1].failed.append(f"{names[-1]}: all done, but the machine {why}")
    elif len(console.scenarios) < len(names):
        # it died before, or between, scenarios: the one whose turn it was is the one to blame
        missed = Scenario(names[len(console.scenarios)])
        missed.machine_ended(why)
        console.scenarios.append(missed)


def shell(spec, options):
    """Connects the terminal to a shell on the machine's serial console."""
    archive = initramfs.build(spec, options.hv, options.scenario_dir, options.include)
    debug = Debug(options.threads, options.gdb, options.qemu_log, tuple(options.qemu_arg))
    master, slave = pty.openpty()
    tty.setraw(slave)
    print(f"{spec}; Ctrl-] ends it", file=sys.stderr)
    limit = options.timeout or DAY
    with Machine(spec, archive, "hv.shell", pathlib.Path(os.ttyname(slave)), limit, debug) as machine:
        bridge(master, machine)
        if failed := machine.failure() or machine.crashed():
            print(machine.words()[-2000:], file=sys.stderr)
    return 1 if failed else 0


def bridge(master, machine):
    """Copies between the terminal and the machine until either of them ends it."""
    keyboard = sys.stdin.fileno()
    saved = termios.tcgetattr(keyboard) if os.isatty(keyboard) else None
    if saved:
        tty.setraw(keyboard)
    # a serial port drops what is piped in before anybody reads; a person just waits for the prompt
    listening, heard = bool(saved), b""
    try:
        while not machine.ended() and not machine.failure():
            ready, _, _ = select.select([master, keyboard] if listening else [master], [], [], 0.2)
            if master in ready:
                output = os.read(master, 4096)
                os.write(sys.stdout.fileno(), output)
                if not saved and PROMPT not in heard:
                    heard += output
                    listening = PROMPT in heard
            if keyboard in ready:
                typed = os.read(keyboard, 256)
                if saved and ESCAPE in typed:
                    return
                listening = bool(typed)
                os.write(master, typed)
    finally:
        if saved:
            termios.tcsetattr(keyboard, termios.TCSADRAIN, saved)
