# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Three cells and a busy Linux, a minute long: each keeps its memory and its timer, and nobody waits for another.
#
# machine: vendors=svm cpus=8 timeout=300

hv=/sys/class/hv
online=$(cat /sys/devices/system/cpu/online)

cell() { # NAME CPUS
	sed "s/^name: .*/name: $1/; s/^cpus: .*/cpus: $2/; s/^cmdline: .*/cmdline: heartbeat/" /hv/configs/fault.yaml \
		>"/hv/configs/$1.yaml"
	check "cell $1 begins" hvctl cell run "/hv/configs/$1.yaml"
}

check "launch" hv_load || exit
pool=$(cat $hv/hv0/pool_frames_free)
cell one '[7]'
cell two '[5, 6]'
cell three '[4]'
equal "three cells run" "$(hvctl cell list | awk '$3 == "running" && $2 != 0 { n++ } END { print n }')" 3

# what looks at it should not have to wait for it
sh -c 'renice -n 19 -p $$ >&2; exec workload 3600' >/tmp/workload 2>&1 &
load=$!
ticks >/tmp/ticks 2>&1 &
ticks=$!
stood=""
n=0
while [ $n -lt 12 ]; do
	for name in one two three; do
		cell_word $name >/tmp/word.$name
	done
	sleep 5
	for name in one two three; do
		cell_has_other_word $name "$(cat /tmp/word.$name)" || stood="$stood $name at $n,"
	done
	n=$((n + 1))
done
equal "each was at work whenever one looked" "$stood" ""
kill -TERM $ticks
check "no timer of Linux was lost" wait $ticks
cat /tmp/ticks
measure timers_of_root "$(tail -n 1 /tmp/ticks)"
kill -TERM $load
check "nor anything that Linux computed" wait $load
tail -n 1 /tmp/workload

for name in one two three; do
	measure "beats_of_$name" $(($(cell_word $name)))
	equal "cell $name found its memory as it left it" "$(hvctl console $name)" "fault: heartbeat in cell $name"
	check "cell $name ends" hvctl cell destroy $name
done
equal "all CPUs are back" "$(cat /sys/devices/system/cpu/online)" "$online"
equal "the pool has as many free frames as before" "$(cat $hv/hv0/pool_frames_free)" "$pool"
equal "tables and owners agree" "$(cat $hv/hv0/selfcheck)" ok
hv_unload
dmesg_clean
