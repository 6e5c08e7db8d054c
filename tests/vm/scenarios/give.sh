# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Memory goes to the hypervisor and comes back: every CPU finds zeros meanwhile, and in the end nothing is left of it.
#
# machine: vendors=svm,vmx kernels=6.1-cloud,6.12 kernels.vmx=6.1-cloud timeout=120

hv=/sys/class/hv/hv0
rounds=20
vmx=0
[ "$HV_VENDOR" = svm ] || { rounds=5 vmx=1; }

says() { # KEY: its value in the module's result
	awk -v key="$1" '$1 == key { print $2 }' /tmp/result
}

check "launch" hv_load || exit
free=$(cat $hv/pool_frames_free)
flushes=$(cat $hv/tlb_flushes)
insmod /hv/modules/hvt_give.ko rounds=$rounds vmx=$vmx hidden="$(cat $hv/memory_start)"
cat /sys/kernel/debug/hvt_give/result >/tmp/result
rmmod hvt_give
equal "memory can be given" "$(says given)" 0
equal "and is returned" "$(says returned)" 0
equal "every CPU finds zeros while it is away" "$(says away)" $rounds
equal "and all find in it what was there" "$(says back)" $rounds
equal "the pool has as many free frames as before" "$(cat $hv/pool_frames_free)" "$free"
flushes=$(($(cat $hv/tlb_flushes) - flushes))
measure tlb_flushes $flushes
check "every CPU was asked to forget, each time" test $flushes -ge $rounds
equal "tables and owners agree" "$(cat $hv/selfcheck)" ok
measure exits_nmi "$(cat /sys/class/hv/cell0/stats/exits_nmi)"

for what in hypervisors device beyond second_not_roots not_given not_given_hypervisors; do
	equal "refused as not root's to give: $what" "$(says $what)" -16
done
for what in twice mixed descending operation; do
	equal "refused as no list: $what" "$(says $what)" -22
done
for what in list_hidden list_nowhere; do
	equal "refused as not readable: $what" "$(says $what)" -14
done
equal "which changed nothing" "$(cat $hv/pool_frames_free)" "$free"
hv_unload
dmesg_clean
