# SPDX-License-Identifier: GPL-2.0-only
# machine: vendors=svm,vmx kernels=6.1,6.1-cloud,6.1-rt,6.12 kernels.vmx=6.1-cloud timeout=60
i=0
( while :; do /bin/busybox true; done ) & a=$!
( while :; do dd if=/dev/zero of=/tmp/x bs=64k count=16 2>/dev/null; done ) & c=$!
while [ $i -lt 10 ]; do
hv_load
i=$((i+1))
sleep 0.3
check "state is active" grep -qx active /sys/class/hv/hv0/state
for f in /sys/class/hv/cell0/stats/*; do v=$(cat $f); [ $v != 0 ] && measure ${f##*/} $v; done
hv_unload
done
kill $a $c
dmesg_clean
