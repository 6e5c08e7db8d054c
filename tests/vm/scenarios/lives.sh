# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Hundreds of lives of a cell, from its creation to its end: memory, CPUs, files and frames are as before.
#
# machine: vendors=svm,vmx timeout=600 timeout.vmx=150

hv=/sys/class/hv
last=$(($(nproc) - 1))
rounds=500 first=20
[ "$HV_VENDOR" = svm ] || rounds=20 first=2
# of free memory in KiB, which moves by hundreds of its own accord: in 500 lives that is half a page for each
bound=1024

# Objects count as used while a CPU keeps their slab for itself, so these are collected first.
nodes() {
	echo 2 >/proc/sys/vm/drop_caches
	sleep 1
	echo 1 >/sys/kernel/slab/kernfs_node_cache/shrink
	awk '$1 == "kernfs_node_cache" { print $2 }' /proc/slabinfo
}

counters() {
	grep -H . $hv/cell0/stats/exits_* | sed 's/.*exits_\(.*\):/\1 /'
}

check "launch" hv_load || exit
# what the first ones leave in the kernel's caches is not ours to account for
check "$first lives" netlink lives $first "$last"
online=$(cat /sys/devices/system/cpu/online)
pool=$(cat $hv/hv0/pool_frames_free)
memory=$(cat $hv/cell0/memory_bytes)
grown=$(nodes)
free=$(memfree)
counters >/tmp/before

check "$rounds lives" netlink lives $rounds "$last"
sed -n 's/^longest_us_/longest_us_/p' "$OUTPUT" | while read -r name value; do
	measure "$name" "$value"
done
lost=$((free - $(memfree)))
grown=$(($(nodes) - grown))
counters >/tmp/after
measure memfree_lost_kib $lost
measure sysfs_nodes_grown $grown
check "free memory is back (lost $lost KiB, less than $bound)" test $lost -lt $bound
check "nothing stays in sysfs (grown by $grown)" test $grown -lt $((rounds / 10 + 5))
equal "all CPUs are back" "$(cat /sys/devices/system/cpu/online)" "$online"
equal "the pool has as many free frames as before" "$(cat $hv/hv0/pool_frames_free)" "$pool"
equal "root has as much memory as before" "$(cat $hv/cell0/memory_bytes)" "$memory"
equal "what counts up has not gone back" \
	"$(awk 'NR == FNR { was[$1] = $2; next } $2 < was[$1] { print $1 }' /tmp/before /tmp/after)" ""
equal "only root is there" "$(hvctl cell list | awk 'NR > 1 { print $1 }')" root
equal "tables and owners agree" "$(cat $hv/hv0/selfcheck)" ok
hv_unload
dmesg_clean
