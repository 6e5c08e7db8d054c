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

# one round first: what the module loader keeps for itself is not ours to account for
check "first launch and leave" round
total=$(memtotal)
free=$(memfree)

# Bochs loses the stack of a 32-bit SYSENTER on the bare machine too
[ "$HV_VENDOR" = svm ] || rm -f /hv/bin/compat32
/hv/bin/workload 3600 >/tmp/workload 2>&1 &
load=$!
n=0
while [ $n -lt $rounds ] && round; do
	n=$((n + 1))
done
equal "$rounds launches and leaves under load" $n $rounds
kill -TERM $load
check "the workload saw nothing of it" wait $load
tail -n 1 /tmp/workload

equal "MemTotal is what it was" "$(memtotal)" "$total"
lost=$((free - $(memfree)))
measure memfree_lost_kib $lost
check "free memory is back (lost $lost KiB)" test $lost -lt 4096
dmesg_clean
