# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Linux panics while launched, and its crash kernel takes over: on one CPU of the root cell.
#
# machine: kernels=6.1-cloud,6.12 kernels.vmx=6.1-cloud timeout=60 timeout.vmx=480
# machine: exclusive=yes vmlinuz=yes args="crashkernel=128M"

line="console=ttyS0,115200 panic=-1 hv.second nr_cpus=1 reset_devices"

check "a crash kernel" /hv/bin/kexec -p /boot/vmlinuz "$line" || exit
check "launch" hv_load || exit
expect_end "the crash kernel starts" "Kernel command line: .*hv\.second"
echo c >/proc/sysrq-trigger
sleep 60
