# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# CPUs go and come while launched; those that are away are fetched for the crossing and sent back.
#
# machine: vendors=svm,vmx kernels=6.1,6.1-cloud,6.1-rt,6.12 kernels.vmx=6.1-cloud timeout=120

cpus=/sys/devices/system/cpu
online() {
	cat $cpus/online
}
all=$(online)

cycle() { # CPU
	echo 0 >"$cpus/cpu$1/online" && echo 1 >"$cpus/cpu$1/online" && grep -qx 1 "$cpus/cpu$1/online" &&
		taskset "$((1 << $1))" true
}

check "launch" hv_load || exit
free=$(cat /sys/class/hv/hv0/pool_frames_free)
for dir in "$cpus"/cpu[0-9]*; do
	cpu=${dir##*/cpu}
	[ -e "$dir/online" ] || continue
	check "CPU $cpu goes and comes back" cycle "$cpu"
done
equal "all CPUs are back" "$(online)" "$all"
equal "the pool has as many free frames as before" "$(cat /sys/class/hv/hv0/pool_frames_free)" "$free"
# The hypervisor looks at INIT while CPUs are started: on VMX root loses rights to a page, and every CPU has to know.
flushes=$(cat /sys/class/hv/hv0/tlb_flushes)
measure tlb_flushes "$flushes"
case $HV_VENDOR in
vmx) check "each start was made known to all CPUs" test "$flushes" -ge $(($(nproc) - 1)) ;;
svm) equal "nothing was taken from root" "$flushes" 0 ;;
esac

echo 0 >$cpus/cpu1/online
check "leaving fetches a CPU that is away" hv_unload
refuse "and sends it back" grep -qx 1 $cpus/cpu1/online
check "so does a launch" hv_load
refuse "which sends it back too" grep -qx 1 $cpus/cpu1/online
echo 1 >$cpus/cpu1/online
equal "it comes back when asked" "$(online)" "$all"
check "and was launched with the others" grep -qx "$(nproc)" /sys/class/hv/hv0/cpus_online
hv_unload
dmesg_clean
