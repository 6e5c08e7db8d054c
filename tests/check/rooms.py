#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The walls between the rooms: who includes whom, where assembly, kernel versions and mutable state may be."""

import re

from report import IMAGE, ROOT, Report, code, files, line_of, output, read

# room → what it may include, the first that matches a file's path; a quoted name has to lie beside the file
ROOMS = [
    ("hvcore/include/hvabi/", r"hvabi/|hv/(types|check)\.h$"),
    ("hvcore/", r"hv/|hvabi/"),
    ("arch/x86/vmx/", r"hv/|hvabi/|x86/|vmx/"),
    ("arch/x86/svm/", r"hv/|hvabi/|x86/|svm/"),
    ("arch/x86/", r"hv/|hvabi/|x86/"),
    ("kmod/uapi/", r"linux/(types|genetlink|netlink)\.h$"),
    ("kmod/", r"linux/|asm/|net/|hvabi/|uapi/|hv/cellconf\.h$"),
    ("tools/", r"(?!asm/|x86/|hv/(?!cellconf\.h$)|kmod/)"),
]
INCLUDES_ALLOWED = {
    ("hvcore/include/hv/types.h", "linux/types.h"): "the same names as Linux's where the module sees both",
    ("hvcore/include/hv/err.h", "linux/errno.h"): "likewise",
    ("arch/x86/boot/cross.S", "linux/objtool.h"): "linked into hv.ko, where objtool looks at it",
    ("arch/x86/boot/cross.S", "asm/linkage.h"): "likewise",
    ("arch/x86/boot/cross.S", "asm/nospec-branch.h"): "likewise",
}
ASSEMBLY = {"arch/x86/include/x86/insn.h", "arch/x86/vmx/insn.h", "arch/x86/svm/insn.h"}
VERSIONS = {"kmod/compat.h"}
MUTABLE = {
    "hv": "the one root of all state",
    "hv_image_header": "the module fills its lower half before launch",
    "hv_log_ring": "written by all CPUs, read by root",
    "x86_bridge_frames": "tables of the bridge, filled by the module before launch",
    "x86_is_svm": "set once, before the first per-CPU stage",
    "x86_host_idt": "fixed before launch",
    "idt": "fixed before launch",
    "shared": "tables that all CPUs map, fixed before launch",
    "bridge_cr3": "fixed before launch",
    "mtrrs": "read once, before the per-CPU stages",
    "format": "large page sizes are filled in before launch",
    "svm_msrpm_hpa": "fixed before launch",
    "vmx": "what all CPUs of the machine offer, fixed before launch",
}


def room_of(path):
    return next(pattern for prefix, pattern in ROOMS if str(path).startswith(prefix))


def includes(report):
    for path in files("*.[chS]", "*.lds", under=("hvcore", "arch", "kmod", "tools")):
        text = read(path)
        for match in re.finditer(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', text, re.M):
            quote, name = match.groups()
            beside = quote == '"' and "/" not in name and (ROOT / path.parent / name).exists()
            if not (beside or re.match(room_of(path), name) or (str(path), name) in INCLUDES_ALLOWED):
                report.find(f"{path}:{line_of(text, match.start())}", f"includes {name}")
    report.rule("each room includes only what it may")


def words(report, pattern, allowed, what, text):
    for path in files("*.[ch]"):
        source = code(path)
        for match in re.finditer(pattern, source, re.M):
            if str(path) not in allowed:
                report.find(f"{path}:{line_of(source, match.start())}", what)
    report.rule(text)


def conditionals(report):
    for path in files("*.c"):
        source = code(path)
        for match in re.finditer(r"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else)\b", source, re.M):
            report.find(f"{path}:{line_of(source, match.start())}", f"#{match[1]}")
    report.rule("no conditional compilation in .c files")


def mutable(report):
    """The linked image knows every writable object, those inside functions too."""
    for line in output("nm", str(IMAGE)).splitlines():
        _, kind, name = line.rsplit(maxsplit=2)
        if kind in "dDbBgGsSC" and name.split(".")[0] not in MUTABLE:
            report.find("build/image/hv-image.elf", f"{name} is writable")
    report.rule("no mutable variable in the image but those with a reason")


def main():
    report = Report()
    includes(report)
    words(report, r"\b(asm|__asm__)\s*(volatile|__volatile__|goto|inline)?\s*\(", ASSEMBLY, "inline assembly",
          "inline assembly only in the three insn.h")
    words(report, r"\b(LINUX_VERSION_CODE|KERNEL_VERSION)\b", VERSIONS, "asks for the kernel version",
          "kernel versions only in kmod/compat.h")
    conditionals(report)
    mutable(report)
    report.exit()


if __name__ == "__main__":
    main()
