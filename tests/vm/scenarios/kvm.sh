# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# KVM and hv do not share a CPU: whoever comes second is refused in words.
#
# machine: vendors=svm,vmx kernels=6.1,6.1-cloud,6.1-rt,6.12 kernels.vmx=6.1-cloud timeout=60

kvm=kvm_amd
[ "$HV_VENDOR" = svm ] || kvm=kvm_intel

# on a real-time kernel KVM wants a time-stamp counter that QEMU does not promise
modprobe $kvm || skip "KVM does not run on the bare machine"
rmmod $kvm
check "launch" hv_load || exit
refuse "$kvm does not load while launched" modprobe $kvm
refuse "and /proc/cpuinfo says why" grep -qw "$HV_VENDOR" /proc/cpuinfo
hv_unload
check "/proc/cpuinfo shows $HV_VENDOR again" grep -qw "$HV_VENDOR" /proc/cpuinfo
check "$kvm loads when we have left" modprobe $kvm
/hv/bin/kvmhold &
holder=$!
sleep 1
dmesg -c >/dev/null
refuse "no launch while a KVM guest exists" hv_load
check "the log says who is in the way" sh -c 'dmesg | grep -q "hv: CPU [0-9]*: .*unload kvm_"'
kill $holder
wait $holder
rmmod $kvm
check "a launch after KVM is gone" hv_load
hv_unload
dmesg_clean
