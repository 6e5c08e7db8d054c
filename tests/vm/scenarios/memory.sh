# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# The hypervisor's memory reads as zeros, keeps what root writes to it out, and says so; root goes on.
#
# machine: vendors=svm,vmx kernels=6.1,6.1-cloud,6.1-rt,6.12 kernels.vmx=6.1-cloud timeout=120

hv=/sys/class/hv/hv0
check "launch" hv_load || exit
# Bochs has none
[ "$HV_VENDOR" = vmx ] || check "the IOMMU that Linux uses is left to it" \
	sh -c 'dmesg | grep -q "hv: IOMMUs: 0 taken from root, 1 left to Linux"'
lines=$(dmesg | grep -c 'hv: root: ')
insmod /hv/modules/hvt_mem.ko start="$(cat $hv/memory_start)" size="$(cat $hv/memory_bytes)" write=1
check "root reads and writes all of it, and lives" cp /sys/kernel/debug/hvt_mem/result /tmp/result
cat /tmp/result
check "it reads as zeros" grep -qx 'nonzero 0' /tmp/result
check "and still does after writes of all kinds" grep -qx 'nonzero_after_writes 0' /tmp/result
rmmod hvt_mem
sleep 1
check "each is an event in the log" sh -c 'dmesg | grep -q "hv: root: write to hidden memory at 0x"'
lines=$(($(dmesg | grep -c 'hv: root: ') - lines))
check "at a bounded rate ($lines lines)" test "$lines" -lt 60
measure exits_memory "$(cat /sys/class/hv/cell0/stats/exits_memory)"
echo 1 >/sys/kernel/debug/hv/dump
sleep 1
check "root's memory can be dumped" sh -c 'dmesg | grep -q "hv: root: [0-9]* regions, [0-9]* frames of tables"'
start=$(cat /sys/class/hv/hv0/memory_start)
leaves=$(($(cat /sys/class/hv/hv0/memory_bytes) / 4096))
check "with the range as an empty region" sh -c \
	"dmesg | grep -q 'hv:   $start-0x[0-9a-f]* empty r---, leaves: $leaves of 4K'"
check "the hypervisor still works: leave" hv_unload
check "and launch again" hv_load
hv_unload
dmesg_clean
