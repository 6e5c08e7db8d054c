# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Launch and leave, many times, while programs run on all CPUs; nothing of it stays behind.
#
# machine: vendors=svm,vmx kernels=6.1,6.1-cloud,6.1-rt,6.12 kernels.vmx=6.1-cloud timeout=900 timeout.vmx=400

rounds=50
[ "$HV_VENDOR" = svm ] || rounds=10

look() { # the hypervisor is there and looks right
	[ "$(cat /sys/class/hv/hv0/state)" = active ] &&
		[ "$(cat /sys/class/hv/hv0/vendor)" = "$HV_VENDOR" ] &&
		[ "$(cat /sys/class/hv/hv0/cpus_online)" = "$(nproc)" ] &&
		[ "$(cat /sys/class/hv/cell0/name)" = root ]
}

round() {
	hv_load && look && hv_unload
}

start() { # the workload
	/hv/bin/workload 3600 >/tmp/workload 2>&1 &
	load=$!
}

stop() { # return: the workload's own verdict
	kill -TERM $load
	wait $load
}

# Bochs loses the stack of a 32-bit SYSENTER on the bare machine too
[ "$HV_VENDOR" = svm ] || rm -f /hv/bin/compat32
# what the module loader and the workload leave in the kernel's caches is not ours to account for
check "first launch and leave" round
start
sleep 5
check "the workload runs on the bare machine" stop
total=$(memtotal)
free=$(memfree)

start
n=0
while [ $n -lt $rounds ] && round; do
	n=$((n + 1))
done
equal "$rounds launches and leaves under load" $n $rounds
check "the workload saw nothing of it" stop
tail -n 1 /tmp/workload

equal "MemTotal is what it was" "$(memtotal)" "$total"
lost=$((free - $(memfree)))
measure memfree_lost_kib $lost
check "free memory is back (lost $lost KiB)" test $lost -lt 1024

# MemFree moves by megabytes of its own accord. A device of ours that is not released stays a directory of sysfs.
# Objects count as used while a CPU keeps their slab for itself, so these are collected first.
nodes() {
	echo 2 >/proc/sys/vm/drop_caches
	sleep 1
	echo 1 >/sys/kernel/slab/kernfs_node_cache/shrink
	awk '$1 == "kernfs_node_cache" { print $2 }' /proc/slabinfo
}

quiet=40
[ "$HV_VENDOR" = svm ] || quiet=10
before=$(nodes)
n=0
while [ $n -lt $quiet ] && round; do
	n=$((n + 1))
done
grown=$(($(nodes) - before))
measure sysfs_nodes_grown $grown
check "nothing of $quiet more launches stays in sysfs (grown by $grown)" test $grown -lt $((2 * quiet))
dmesg_clean
