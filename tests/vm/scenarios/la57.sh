# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# A machine with five levels of paging: Linux uses them, so do the crossing, the hypervisor's tables and the walks.
#
# machine: vendors=svm kernels=6.1,6.12 cpu-flags=+la57 timeout=120

grep -qw la57 /proc/cpuinfo || skip "this CPU has four levels"
check "launch" hv_load || exit
check "the APIC's instructions are found and decoded" test "$(cat /sys/class/hv/cell0/stats/exits_apic_eoi)" -gt 0
check "every CPU goes and comes" /hv/bin/cpuhot
check "leave" hv_unload
check "and again" hv_load
check "and again out" hv_unload
dmesg_clean
