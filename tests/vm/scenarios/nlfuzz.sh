# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Netlink messages of any kind, processes that ask at once and some that are killed: nothing changes and nothing leaks.
#
# machine: vendors=svm,vmx kernels=6.1-cloud,6.12 kernels.vmx=6.1-cloud timeout=300

netlink=/hv/bin/netlink
messages=100000 rounds=40 killed=20
[ "$HV_VENDOR" = svm ] || messages=10000 rounds=5 killed=3
seed=$(date +%s)

healthy() {
	# cells that somebody asked for, and got
	cells_destroy
	equal "the hypervisor finds nothing wrong with itself" "$(cat /sys/class/hv/hv0/selfcheck)" ok
	equal "root is as it was" "$(cat /sys/class/hv/cell0/cpus)" "$(nproc)"
}

check "load" hv_load
# what a first time leaves in the kernel's caches is not ours to account for
check "a few messages" $netlink fuzz 1 2000
free=$(memfree)
measure seed "$seed"
check "$messages messages, seed $seed" $netlink fuzz "$seed" $messages
grep " x " "$OUTPUT"
healthy
check "8 processes that ask for everything at once" $netlink race 8 $rounds
healthy
check "$killed processes that are killed in the middle" $netlink kill $killed
healthy
# whoever asks meanwhile gets an answer, or finds that there is no family any more
$netlink race 4 1000000 >/tmp/race 2>&1 &
sleep 1
tries=0
while hv_loaded && [ $tries -lt 200 ]; do
	# a dump under way keeps the module, and so does a cell
	cells_destroy >/dev/null 2>&1
	rmmod hv 2>/dev/null
	tries=$((tries + 1))
done
check "unloaded while four processes ask (attempt $tries)" test ! -e /sys/module/hv
wait
check "load again" hv_load
lost=$((free - $(memfree)))
measure memfree_lost_kib $lost
check "free memory is back (lost $lost KiB)" test $lost -lt 4096
hv_unload
dmesg_clean
