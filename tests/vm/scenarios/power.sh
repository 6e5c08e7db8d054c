# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# No suspend while launched; a reboot finds a machine without hypervisor.
#
# machine: vendors=svm,vmx kernels=6.1,6.1-cloud,6.1-rt,6.12 kernels.vmx=6.1-cloud timeout=60 exclusive=yes

check "launch" hv_load || exit
echo platform >/sys/power/disk 2>/dev/null
refuse "suspend is refused" sh -c 'echo freeze >/sys/power/state'
check "in words" sh -c 'dmesg | grep -q "hv: no suspend or hibernation"'
equal "and we are still launched" "$(cat /sys/class/hv/hv0/state)" active
sed "s/^cpus: .*/cpus: [$(($(nproc) - 1))]/" /hv/configs/hello.yaml >/tmp/hello.yaml
check "a cell" /hv/bin/hvctl cell create /tmp/hello.yaml
expect_end "leaves before a reboot, cell or not" "hv: left: .*"
reboot -f
sleep 60
