#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs scenarios on emulated machines under stock Debian kernels; see README.md in this folder."""

import argparse
import json
import pathlib
import signal
import sys
import time

import kernels
import suite
from boot import boot, shell

HERE = pathlib.Path(__file__).resolve().parent
WORDS = {"pass": "ok  ", "fail": "FAIL", "skip": "skip", "measure": "    "}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--vendor", choices=["svm", "vmx"], help="run the named scenarios on this vendor's machine")
    what.add_argument("--suite", choices=["svm", "vmx"], help="run all scenarios of a vendor on all their kernels")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="name or pattern; with --suite also T=name")
    parser.add_argument("--shell", action="store_true", help="an interactive shell instead of scenarios")
    parser.add_argument("--list", action="store_true", help="say which boots there would be, and stop")
    parser.add_argument("-v", "--verbose", action="store_true", help="show the console as it comes")
    parser.add_argument("--scenario-dir", type=pathlib.Path, metavar="DIR", default=HERE / "scenarios")
    machine = parser.add_argument_group("machine (each overrides what the scenario asks for)")
    machine.add_argument("--kernel", choices=kernels.KERNELS)
    machine.add_argument("--cpus", type=int)
    machine.add_argument("--mem", help="such as 512M or 2G")
    machine.add_argument("--cpu-flags", default="", help="such as +la57,-npt (QEMU)")
    machine.add_argument("--append", default="", metavar="ARGS", help="more kernel arguments")
    machine.add_argument("--icount", action="store_true", help="one CPU, whose TSC counts instructions")
    machine.add_argument("--timeout", type=int, metavar="S", help="seconds for each scenario")
    machine.add_argument("--hv", metavar="PATH", help="hv.ko (default: build/kmod-RELEASE/hv.ko)")
    machine.add_argument("--include", action="append", default=[], metavar="PATH", help="copied to /hv; repeatable")
    debug = parser.add_argument_group("debugging")
    debug.add_argument("--threads", action="store_true", help="QEMU runs every CPU in a thread, see machine.py")
    debug.add_argument("--gdb", action="store_true", help="QEMU waits for gdb on port 1234")
    debug.add_argument("--qemu-log", metavar="FILE", help="QEMU logs interrupts, resets and guest errors there")
    debug.add_argument("--qemu-arg", action="append", default=[], metavar="ARG", help="repeatable")
    debug.add_argument("--measures", metavar="FILE", help="append what was measured, as JSON lines")
    return parser.parse_args()


class Report:
    """Prints results as they come and counts them."""

    def __init__(self, options):
        self.options = options
        self.passed = self.failed = self.skipped = 0

    def line(self, text):
        if self.options.verbose:
            print(text, flush=True)

    def result(self, _scenario, kind, text):
        if kind in WORDS:
            print(f"  {WORDS[kind]}  {text}", flush=True)

    def finish(self, spec, scenarios, log, printed):
        """Counts a boot's results; the failures that only we could see have not been printed yet."""
        for scenario in scenarios:
            for text in scenario.passed + scenario.failed:
                if text not in printed:
                    self.result(scenario, "pass" if text in scenario.passed else "fail", text)
            self.passed += len(scenario.passed)
            self.failed += len(scenario.failed)
            self.skipped += scenario.skipped is not None
            self.keep(spec, scenario)
        if any(scenario.failed for scenario in scenarios):
            print(f"        log: {log}", flush=True)

    def keep(self, spec, scenario):
        if self.options.measures:
            with open(self.options.measures, "a", encoding="utf-8") as out:
                for name, value in scenario.measures:
                    out.write(json.dumps({"vendor": spec.vendor, "kernel": spec.kernel.name, "cpus": spec.cpus,
                                          "scenario": scenario.name, "name": name, "value": value}) + "\n")


def run_boot(job, options, report):
    """Runs a boot's scenarios; those behind one that took the machine down get a new machine."""
    waiting = dict(job.limits)
    while waiting:
        print(f"{job.spec}: {', '.join(waiting)}", flush=True)
        start, printed = time.monotonic(), set()

        def on_result(scenario, kind, text):
            printed.add(text)
            report.result(scenario, kind, text)

        scenarios, log = boot(job.spec, waiting, options, report.line, on_result)
        report.finish(job.spec, scenarios, log, printed)
        print(f"        {time.monotonic() - start:.0f} s", flush=True)
        for scenario in scenarios:
            waiting.pop(scenario.name, None)


def select(options):
    """The boots that the command line asks for."""
    wanted = [name for word in options.scenarios for name in word.removeprefix("T=").replace(",", " ").split()]
    if options.suite:
        found = suite.names(options.scenario_dir, wanted or ["*"])
    else:
        # a name that matches nothing stays, for the complaint about it
        found = [name for word in wanted for name in suite.names(options.scenario_dir, [word]) or [word]]
    return suite.plan(options.suite or options.vendor, found, options, every_kernel=bool(options.suite))


def main():
    options = arguments()
    # so that `with` blocks end the emulators
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if options.shell:
            vendor = options.vendor or options.suite
            return shell(suite.make_spec(vendor, suite.KEYS, options.kernel or "6.1-cloud", options), options)
        jobs = select(options)
        if options.list:
            for job in jobs:
                print(f"{job.spec}: {', '.join(job.limits)}")
            return 0
        report = Report(options)
        for job in jobs:
            run_boot(job, options, report)
    except (kernels.KernelError, suite.SuiteError) as error:
        sys.exit(f"run.py: {error}")
    except KeyboardInterrupt:
        return 130
    print(f"{report.passed} passed, {report.failed} failed")
    # that nothing ran is no success
    return 1 if report.failed or not report.passed + report.skipped else 0


if __name__ == "__main__":
    sys.exit(main())
