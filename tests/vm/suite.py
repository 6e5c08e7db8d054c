#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reads the `# machine:` headers of the scenarios and groups those that can share a boot."""

import dataclasses
import fnmatch
import shlex

import kernels
from machine import DEFAULTS, SLOWNESS, Spec

KEYS = {"vendors": "svm,vmx", "kernels": "6.1-cloud", "cpus": None, "mem": None, "timeout": "60",
        "cpu-flags": "", "args": "", "icount": "no", "exclusive": "no", "vmlinuz": "no"}


class SuiteError(Exception):
    """A scenario that is missing or whose header is wrong."""


@dataclasses.dataclass
class Boot:
    """Scenarios (name → seconds it may take) for one machine."""
    spec: Spec
    limits: dict


def header(directory, name, vendor):
    """What a scenario asks for on that vendor's machine; `key.vmx=` holds there instead of `key=`."""
    path = directory / f"{name}.sh"
    if not path.is_file():
        raise SuiteError(f"no scenario {name!r}; there are: {', '.join(names(directory))}")
    plain, special = {}, {}
    for line in path.read_text().splitlines():
        if not line.startswith("# machine:"):
            continue
        for word in shlex.split(line.partition(":")[2]):
            key, _, value = word.partition("=")
            base, _, only = key.partition(".")
            if base not in KEYS or only not in ("", *DEFAULTS):
                raise SuiteError(f"{path.name}: unknown key {key!r} in its machine: line")
            if only in ("", vendor):
                (special if only else plain)[base] = value
    return {**KEYS, **plain, **special}


def names(directory, patterns=("*",)):
    return sorted(path.stem for path in directory.glob("*.sh")
                  if any(fnmatch.fnmatch(path.stem, pattern) for pattern in patterns))


def make_spec(vendor, wish, kernel, options):
    """The header's wish, unless the command line says otherwise."""
    icount = options.icount or wish["icount"] == "yes"
    cpus = options.cpus or (1 if icount else wish["cpus"] or DEFAULTS[vendor]["cpus"])
    if icount and int(cpus) != 1:
        raise SuiteError("instructions can be counted with one CPU only")
    return Spec(vendor, kernels.get(kernel), int(cpus), options.mem or wish["mem"] or DEFAULTS[vendor]["mem"],
                options.cpu_flags or wish["cpu-flags"], f"{wish['args']} {options.append}".strip(), icount,
                wish["vmlinuz"] == "yes")


def plan(vendor, wanted, options, every_kernel):
    """The boots that run these scenarios, on every kernel they name or on one only."""
    shared, alone = {}, []
    for name in wanted:
        wish = header(options.scenario_dir, name, vendor)
        if vendor not in wish["vendors"].split(","):
            if every_kernel:
                continue
            raise SuiteError(f"{name} is not for {vendor}")
        limit = options.timeout or int(wish["timeout"]) * SLOWNESS[vendor]
        for kernel in choose_kernels(wish["kernels"].split(","), options.kernel, every_kernel):
            spec = make_spec(vendor, wish, kernel, options)
            if wish["exclusive"] == "yes":
                alone.append(Boot(spec, {name: limit}))
            else:
                shared.setdefault(spec, Boot(spec, {})).limits[name] = limit
    return [*shared.values(), *alone]


def choose_kernels(listed, only, every_kernel):
    if not every_kernel:
        return [only or ("6.1-cloud" if "6.1-cloud" in listed else listed[0])]
    return [name for name in listed if only in (None, name)]
