# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Root that takes the hypervisor's memory for its page tables cannot even fault: that ends like a triple fault, at once.
#
# machine: vendors=svm,vmx kernels=6.1-cloud timeout=60 exclusive=yes

check "launch" hv_load || exit
insmod /hv/modules/hvt_lost.ko start="$(cat /sys/class/hv/hv0/memory_start)"
expect_end "the machine is reset" "hvt_lost: tables at .*"
cat /sys/kernel/debug/hvt_lost/result
sleep 30
