# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# What mem= takes and refuses, and loading without a launch.
#
# machine: vendors=svm,vmx kernels=6.1-cloud timeout=60 args="memmap=8M$0x18000000"

total=$(memtotal)
for mem in 0 1 1M 3M 2M@ 2M@0 2M@1 2M@0x1000 x 2M@0x18000000z 16777216T 2M@0xffffffffffe00000 1024T; do
	dmesg -c >/dev/null
	refuse "mem=$mem is refused" hv_load mem=$mem
	check "in words (mem=$mem)" sh -c 'dmesg | grep -q "hv: "'
done
refuse "mem= in the kernel's own memory is refused" hv_load mem=4M@0x4000000
check "mem=4M is taken from the running kernel" hv_load mem=4M
equal "and as large as asked for" "$(cat /sys/class/hv/hv0/memory_bytes)" 4194304
check "shown in /proc/iomem" grep -q ': hv$' /proc/iomem
hv_unload
check "mem=8M@0x18000000 is the range reserved at boot" hv_load mem=8M@0x18000000
equal "and it is there" "$(cat /sys/class/hv/hv0/memory_start)" 0x18000000
hv_unload
for secure in 0 1M 2M@ "2M," ,2M 2M,,2M 2M@0x4000000 2M@0x18000000,x 2M,2M,2M,2M,2M,2M,2M,2M,2M 1024T; do
	dmesg -c >/dev/null
	refuse "secure=$secure is refused" hv_load "secure=$secure"
	check "in words (secure=$secure)" sh -c 'dmesg | grep -q "hv: secure=: "'
	equal "MemTotal is what it was (secure=$secure)" "$(memtotal)" "$total"
done
check "secure=4M,2M@0x18000000" hv_load secure=4M,2M@0x18000000
equal "are shown in /proc/iomem" "$(grep -c ': hv secure$' /proc/iomem)" 2
for range in $(sed -n 's/^ *\([0-9a-f-]*\) : hv secure$/\1/p' /proc/iomem); do
	start=$((0x${range%-*})) end=$((0x${range#*-}))
	insmod /hv/modules/hvt_mem.ko start=$start size=$((end + 1 - start)) write=1
	cp /sys/kernel/debug/hvt_mem/result /tmp/result
	rmmod hvt_mem
	check "root sees zeros at 0x${range%-*}, whatever it writes" \
		sh -c 'grep -qx "nonzero 0" /tmp/result && grep -qx "nonzero_after_writes 0" /tmp/result'
done
hv_unload
check "launch=0 loads only" hv_load launch=0
equal "and says so" "$(cat /sys/class/hv/hv0/state)" off
hv_unload
equal "MemTotal is what it was" "$(memtotal)" "$total"
dmesg_clean
