# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# An IOMMU that Linux does not use is the hypervisor's while launched: root finds zeros, and afterwards what was there.
#
# machine: vendors=svm kernels=6.1-cloud,6.12 args="intel_iommu=off intremap=off" timeout=60

unit=0xfed90000
version=$(devmem $unit 32)
case $version in
0x0000001?) ;;
*) skip "there is no IOMMU at $unit, or it cannot be read ($version)" ;;
esac
global_command=$((unit + 0x18)) fault_control=$((unit + 0x38))
control=$(devmem $fault_control 32)
check "launch" hv_load || exit
check "one unit is taken" sh -c 'dmesg | grep -q "hv: IOMMUs: 1 taken from root, 0 left to Linux"'
equal "its registers read as zeros" "$(devmem $unit 32)$(devmem $((unit + 8)) 64)" 0x000000000x0000000000000000
devmem $global_command 32 0x80000000
devmem $fault_control 32 0
equal "and still do after writes" "$(devmem $fault_control 32)" 0x00000000
sleep 1
check "each is an event in the log" sh -c 'dmesg | grep -q "hv: root: write to hidden memory at 0xfed90018"'
equal "the self-check agrees" "$(cat /sys/class/hv/hv0/selfcheck)" ok
refuse "a launch that fails" sh -c 'rmmod hv && insmod /hv/hv.ko inject=late:1'
equal "gives it back" "$(devmem $unit 32)" "$version"
check "launch again" hv_load
equal "takes it again" "$(devmem $unit 32)" 0x00000000
check "leave" hv_unload
equal "gives it back, too" "$(devmem $unit 32)" "$version"
equal "as it was: no write came through" "$(devmem $fault_control 32)" "$control"
dmesg_clean
