#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The files of the device class and their documentation name the same things; so do module parameters."""

import re

from report import ROOT, Report, code, read

DOCUMENT = "Documentation/ABI/testing/sysfs-class-hv"
PARAMETERS = "Documentation/ABI/module.md"
FAULTS = "Documentation/ABI/fault.md"
FOLDERS = {"hv0_attrs": ["hv0"], "cell_attrs": ["cell0"]}
COUNTERS = ["cell0/stats", "cell0/cpu0/stats"]


def attribute_files(source):
    """Variable → file name of each attribute: __ATTR names the file, the other macros only themselves."""
    named = dict(re.findall(r"(dev_attr_\w+) =\s+__ATTR\((\w+)", source))
    return lambda variable: named.get(variable, variable.removeprefix("dev_attr_"))


def in_code():
    source = code("kmod/sysfs.c") + code("kmod/sysfs_cell.c")
    name_of, found = attribute_files(source), set()
    for array, body in re.findall(r"static struct attribute \*(\w+)\[\] = \{(.*?)\};", source, re.S):
        for variable in re.findall(r"&(\w+)\.attr", body):
            found |= {f"/sys/class/hv/{folder}/{name_of(variable)}" for folder in FOLDERS[array]}
    reasons = re.findall(r"^\s*_\((\w+),", read("hvcore/include/hvabi/stats.h"), re.M)
    found |= {f"/sys/class/hv/{folder}/exits_{reason}" for folder in COUNTERS for reason in [*reasons, "total"]}
    return found


def in_document():
    """The entries, as patterns: <n> stands for one number or name."""
    entries = re.split(r"^What:", read(DOCUMENT), flags=re.M)[1:]
    for entry in entries:
        path = entry.split()[0]
        pattern = re.sub(r"\\?<\w+\\?>", "[^/]+", re.escape(path))
        yield path, pattern, bool(re.search(r"^Description:\s*\S", entry, re.M))


def sysfs(report):
    present, entries = in_code(), list(in_document())
    for path in sorted(present):
        if not any(re.fullmatch(pattern, path) for _, pattern, _ in entries):
            report.find(DOCUMENT, f"has no entry for {path}")
    for path, pattern, described in entries:
        if not any(re.fullmatch(pattern, known) for known in present):
            report.find(DOCUMENT, f"{path} does not exist")
        if not described:
            report.find(DOCUMENT, f"{path} is not described")
    report.rule(f"{len(present)} files in sysfs are documented, and no other")


def parameters(report):
    source = read("kmod/main.c")
    names = re.findall(r"module_param(?:_named)?\((\w+)", source)
    for name in names:
        if f"MODULE_PARM_DESC({name}," not in source:
            report.find("kmod/main.c", f"parameter {name} has no MODULE_PARM_DESC")
        if not re.search(rf"\b{name}=", read(PARAMETERS)):
            report.find(PARAMETERS, f"says nothing of {name}=")
    report.rule(f"{len(names)} module parameters are documented")


def hypercalls(report):
    text = read("Documentation/ABI/hypercall.md")
    names = re.findall(r"^#define (HV_HC_\w+)", read("hvcore/include/hvabi/hypercall.h"), re.M)
    for name in names:
        if name not in text:
            report.find("Documentation/ABI/hypercall.md", f"says nothing of {name}")
    report.rule(f"{len(names)} hypercalls are documented")


def registers(report):
    """Faults list registers in the order of the enum: the general ones, whose number RSP gives away, then the rest."""
    general = "RAX RCX RDX RBX RSP RBP RSI RDI R8 R9 R10 R11 R12 R13 R14 R15".split()
    body = re.search(r"enum hv_fault_reg \{(.*?)\};", read("hvcore/include/hvabi/cell.h"), re.S)
    special = [name for name in re.findall(r"HV_FAULT_(\w+)", body[1] if body else "") if name not in ("RSP", "REGS")]
    wanted = dict(enumerate(general + special))
    found = {int(index): name for index, name in re.findall(r"\| (\d+) \| (\w+)(?= \|)", read(FAULTS))}
    for index in sorted(wanted.keys() | found.keys()):
        if wanted.get(index) != found.get(index):
            report.find(FAULTS, f"register {index} is {found.get(index)}; the header has {wanted.get(index)}")
    report.rule(f"{len(wanted)} registers of faults are documented")


def main():
    report = Report()
    for needed in (DOCUMENT, PARAMETERS, FAULTS, "Documentation/ABI/hypercall.md"):
        if not (ROOT / needed).exists():
            report.find(needed, "missing")
    report.rule("the documents of the interfaces are there")
    if not report.failed:
        sysfs(report)
        parameters(report)
        hypercalls(report)
        registers(report)
    report.exit()


if __name__ == "__main__":
    main()
