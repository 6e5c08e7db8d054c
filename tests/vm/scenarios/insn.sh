# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Instructions of both virtualization extensions raise an exception in root and take no CPU away.
#
# machine: vendors=svm,vmx kernels=6.1,6.1-cloud,6.1-rt,6.12 kernels.vmx=6.1-cloud timeout=60

check "launch" hv_load || exit
insmod /hv/modules/hvt_insn.ko
cp /sys/kernel/debug/hvt_insn/result /tmp/result
rmmod hvt_insn
while read -r insn answer; do
	equal "$insn raises #UD" "$answer" UD
done </tmp/result
sleep 1
check "leave" hv_unload
dmesg_clean
