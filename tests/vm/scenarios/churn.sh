# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Cells come and go while Linux works: no timer is lost meanwhile, no CPU is kept for long.
#
# machine: vendors=svm,vmx timeout=300

hv=/sys/class/hv
last=$(($(nproc) - 1))
rounds=8 size=64M
[ "$HV_VENDOR" = svm ] || rounds=2 size=32M
# Bochs loses the stack of a 32-bit SYSENTER on the bare machine too
[ "$HV_VENDOR" = svm ] || rm -f /hv/bin/compat32

sed "s/^name: .*/name: guest/; s/^cpus: .*/cpus: [$last]/; s/^cmdline: .*/cmdline: heartbeat/
	s/size: [^,]*/size: $size/" /hv/configs/fault.yaml >/hv/configs/guest.yaml

round() {
	hvctl cell run /hv/configs/guest.yaml && cell_goes_on guest && hvctl cell destroy guest
}

check "launch" hv_load || exit
pool=$(cat $hv/hv0/pool_frames_free)

# What the times are worth is the emulator's business: this counts those that there have to be, and shows the longest.
check "look at hypercalls" insmod /hv/modules/hvt_calls.ko
check "a cell of $size comes and goes" round
cat /sys/kernel/debug/hvt_calls/result >/tmp/calls
rmmod hvt_calls
for call in donate:5 create:6 fill:7 destroy:8 load:9 start:10 stop:11; do
	us=$(awk -v nr="${call#*:}" '$1 == nr { print $3 }' /tmp/calls)
	check "it takes hypercalls: ${call%:*}" test -n "$us"
	measure "longest_us_${call%:*}" "$us"
done
equal "none was missed" "$(awk '$1 == "missed" { print $2 }' /tmp/calls)" 0

# what looks at it should not have to wait for it
sh -c 'renice -n 19 -p $$ >&2; exec workload 3600' >/tmp/workload 2>&1 &
load=$!
ticks >/tmp/ticks 2>&1 &
ticks=$!
n=0
while [ $n -lt $rounds ] && round >"$OUTPUT" 2>&1; do
	n=$((n + 1))
done
[ $n -eq $rounds ] || cat "$OUTPUT"
equal "$rounds cells come and go while Linux works" $n $rounds
kill -TERM $ticks
check "no timer was lost" wait $ticks
measure timers_of_root "$(tail -n 1 /tmp/ticks)"
kill -TERM $load
check "nor anything that Linux computed" wait $load
tail -n 1 /tmp/workload
equal "the pool has as many free frames as before" "$(cat $hv/hv0/pool_frames_free)" "$pool"
equal "tables and owners agree" "$(cat $hv/hv0/selfcheck)" ok
hv_unload
dmesg_clean
