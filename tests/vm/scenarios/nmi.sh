# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# NMIs belong to root: the backtrace of all CPUs arrives, before, while launched and after.
#
# machine: vendors=svm,vmx kernels=6.1,6.1-cloud,6.1-rt,6.12 kernels.vmx=6.1-cloud timeout=60

backtraces() { # every CPU answers
	dmesg -c >/dev/null
	echo l >/proc/sysrq-trigger
	sleep 1
	[ "$(dmesg | grep -c 'NMI backtrace for cpu')" -eq "$(nproc)" ]
}

check "bare: all CPUs answer an NMI" backtraces
check "launch" hv_load || exit
for n in 1 2 3 4 5; do
	check "launched: all CPUs answer NMI $n" backtraces
done
measure exits_nmi "$(cat /sys/class/hv/cell0/stats/exits_nmi)"
hv_unload
check "left: all CPUs answer an NMI" backtraces
dmesg_clean "Call Trace"
