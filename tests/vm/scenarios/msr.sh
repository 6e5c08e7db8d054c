# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Reading every MSR and writing back what was read kills nobody, and answers as the bare machine does, but for the
# registers that Documentation/design/state.md lists.
#
# machine: vendors=svm,vmx kernels=6.1,6.1-cloud,6.1-rt,6.12 kernels.vmx=6.1-cloud timeout=120

sweep() {
	cat /sys/kernel/debug/hvt_msr/result
}
# FEATURE_CONTROL, EFER, VM_CR
allowed='0000003a|c0000080|c0010114'

insmod /hv/modules/hvt_msr.ko
sweep >/tmp/bare
check "launch" hv_load || exit
sweep >/tmp/launched
measure registers_listed "$(wc -l </tmp/bare)"
measure exits_msr_read "$(cat /sys/class/hv/cell0/stats/exits_msr_read)"
measure exits_msr_write "$(cat /sys/class/hv/cell0/stats/exits_msr_write)"
diff -U 0 /tmp/bare /tmp/launched | grep -E '^[+-][^+-]' >/tmp/changed
check "some have to differ, or this sees nothing" test -s /tmp/changed
grep -vE "($allowed)" /tmp/changed >/tmp/unexpected
check "the answers are the bare machine's" test ! -s /tmp/unexpected
cat /tmp/unexpected
check "leave" hv_unload
rmmod hvt_msr
dmesg_clean
