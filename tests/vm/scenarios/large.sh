# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Many CPUs, much memory, and RAM on both sides of 4 GiB: nothing in the launch depends on how many or how much.
#
# machine: vendors=svm cpus=16 mem=8G timeout=120

total=$(memtotal)
for round in 1 2 3; do
	check "launch $round" hv_load || exit
	equal "all CPUs are guests" "$(cat /sys/class/hv/hv0/cpus_online)" "$(nproc)"
	measure "memory_bytes.$round" "$(cat /sys/class/hv/hv0/memory_bytes)"
	measure "launch_stop_us.$round" "$(cat /sys/class/hv/hv0/stop_us)"
	check "every CPU goes and comes" /hv/bin/cpuhot
	check "leave $round" hv_unload
done
equal "MemTotal is what it was" "$(memtotal)" "$total"
dmesg_clean
