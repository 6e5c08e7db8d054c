# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# The netlink family: what it shows, what it refuses and in which words, who may ask, and who hears of it.
#
# machine: vendors=svm,vmx kernels=6.1,6.1-cloud,6.12 kernels.vmx=6.1-cloud timeout=120

netlink=/hv/bin/netlink
rounds=5
[ "$HV_VENDOR" = svm ] || rounds=1

equal "no module, no family" "$($netlink ask hv-get)" "no family"
check "load without a launch" hv_load launch=0
equal "nobody launched" "$(cat /sys/class/hv/hv0/state)" off
equal "there are no cells" "$($netlink ask cell-get!)" "done: , 0 answers"
check "launch later" $netlink ask hv-enable
equal "it is as if launched at load" "$(cat /sys/class/hv/hv0/state)" active
check "what there is to see" $netlink look
check "who may ask for what" $netlink permissions
check "refusals, each in its words" $netlink refusals
check "$rounds leaves and launches, with their events" $netlink cycle $rounds
hv_unload
equal "the family goes with the module" "$($netlink ask hv-get)" "no family"

check "a launch that fails" hv_load launch=0 inject=late:1
equal "is refused in the words of the kernel log" "$($netlink ask hv-enable)" \
	"EIO: $(dmesg | sed -n 's/.*hv: \(launch failed on CPU 1:.*\)/\1/p' | tail -n 1), 0 answers"
equal "is refused again" "$($netlink ask hv-enable | cut -c 1-30)" "EIO: launch failed on CPU 1: f"
equal "nothing is launched then" "$(cat /sys/class/hv/hv0/state)" off
hv_unload
check "what is launched at load" hv_load
check "can leave before it is unloaded" $netlink ask hv-disable
hv_unload
check "or not" hv_load
hv_unload
dmesg_clean
