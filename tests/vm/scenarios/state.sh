# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Every CPU's state is the same before launch, while launched and after leaving, but for what
# Documentation/design/state.md lists.
#
# machine: vendors=svm,vmx kernels=6.1,6.1-cloud,6.1-rt,6.12 kernels.vmx=6.1-cloud timeout=60

insmod /hv/modules/hvt_state.ko
snapshot() {
	cat /sys/kernel/debug/hvt_state/result
}
# with reason, see state.md
allowed='efer|vm_cr|feature_control|cr4'

snapshot >/tmp/before
check "launch" hv_load || exit
snapshot >/tmp/during
check "leave" hv_unload
snapshot >/tmp/after
rmmod hvt_state

changes() { # OLD NEW: what is not the same, as +LINE and -LINE
	diff -U 0 "$1" "$2" | grep -E '^[+-][^+-]'
}
changes /tmp/before /tmp/during | grep '^+' >/tmp/changed
measure registers_compared "$(wc -l </tmp/before)"
measure registers_differ "$(wc -l </tmp/changed)"
check "some registers have to differ, or this sees nothing" test -s /tmp/changed
grep -vE "cpu[0-9]+ ($allowed) " /tmp/changed >/tmp/unexpected
check "while launched only the listed registers differ" test ! -s /tmp/unexpected
cat /tmp/unexpected
# firmware that left FEATURE_CONTROL open finds it locked afterwards, as after KVM
changes /tmp/before /tmp/after | grep -v feature_control >/tmp/left
check "after leaving nothing differs" test ! -s /tmp/left
cat /tmp/left
