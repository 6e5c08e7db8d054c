# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Another kernel is started from this one: it finds a machine without hypervisor.
#
# machine: kernels=6.1-cloud,6.12 kernels.vmx=6.1-cloud timeout=60 exclusive=yes vmlinuz=yes

line="console=ttyS0,115200 panic=-1 hv.second"

check "a kernel to go to" /hv/bin/kexec /boot/vmlinuz "$line" || exit
check "launch" hv_load || exit
expect_end "we leave, and the next kernel starts" "hv: left: |Kernel command line: .*hv\.second"
/hv/bin/kexec -e
sleep 60
