# SPDX-License-Identifier: GPL-2.0-only
"""What is measured, under which name it is shown, and what it may cost at most."""

KIB = 1024

# measure of instructions.sh → shown as, limit on SVM and on VMX; BARE: no more than on the bare machine, so no exit
BARE = "bare"
OPERATIONS = {
    "hypercall": ("no-op hypercall", 120, 120),
    "cpuid": ("CPUID leaf 1", BARE, 110),
    "rdmsr_pat": ("rdmsr PAT", 110, 110),
    "wrmsr_pat": ("wrmsr PAT", 110, 110),
    "wrmsr_efer": ("wrmsr EFER", 100, BARE),
    "apic_write": ("xAPIC write (TPR)", 600, 600),
    "apic_read": ("xAPIC read", BARE, BARE),
    "out_0x80": ("out 0x80", BARE, BARE),
    "pci_cf8_cfc": ("PCI CF8/CFC pair", 250, 250),
    "mov_cr3": ("mov from and to CR3", BARE, BARE),
}

# measure of cell.sh on Bochs → shown as, limit; those that trace_cell.py has on QEMU are without the instruction itself
IN_CELL = {
    "hypercall": ("hypercall", 120),
    "cpuid": ("CPUID leaf 1", None),
    "rdmsr_pat": ("rdmsr PAT", 2),
    "apic_write": ("xAPIC write (TPR), with its decoding", 600),
    "apic_read": ("xAPIC read", 2),
}
# exits of a cell that takes so many ticks: one for the end of each interrupt is what xAPIC mode forces
TICKS = 10000
TICKS_EXITS = TICKS + 50

CODE_LIMIT = 128 * KIB
PERCPU_LIMIT = 32 * KIB
# the range of a machine with so many CPUs and so much memory
RANGE_MACHINE = (4, "1G")
RANGE_LIMIT = 4 * KIB * KIB
LARGE_PAGES_LIMIT = 99.0

# boots: CPUs, memory, do instructions count, scenarios. On Bochs the time of a boot grows with both.
BOOTS = {
    "svm": [(1, "1G", True, ["instructions", "launch"]), (4, "1G", False, ["exits", "launch"]),
            (17, "1G", False, ["launch", "cells"]), (1, "8G", True, ["launch"]), (4, "8G", False, ["launch", "cell"])],
    "vmx": [(1, "512M", True, ["instructions", "launch"]), (2, "512M", False, ["exits", "launch"]),
            (1, "1G", True, ["launch"]), (2, "1G", False, ["cell"])],
}
# what the emulator's clock counts in a microsecond
INSTRUCTIONS_PER_US = {"svm": 1000, "vmx": 50}
