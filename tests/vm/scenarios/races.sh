# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Eight who make, start, stop and unmake cells, of the same names and of others, and some who are killed at it: in the
# end nothing is left, and whoever was refused heard why.
#
# machine: vendors=svm,vmx timeout=400 timeout.vmx=200

hv=/sys/class/hv
workers=8 rounds=25 killed=30 short=64 # MiB
[ "$HV_VENDOR" = svm ] || workers=4 rounds=3 killed=5 short=16
online=$(cat /sys/devices/system/cpu/online)

# What somebody may hear who is not alone: each is one of the module's sentences, and no other.
fair='there is a cell with this name|there is no such cell|nothing was loaded into the cell'
fair="$fair|the cell is running already|the cell is running; stop it first|the cell is not running"
fair="$fair|Linux does not have that many CPUs to give away"

conf() { # NAME
	sed "s/^name: .*/name: $1/; s/^cmdline: .*/cmdline: heartbeat/" /hv/configs/fault.yaml >"/hv/configs/$1.yaml"
}

work() { # NUMBER: on two names that it shares with others, and one of its own
	local n=0 name
	while [ $n -lt $rounds ]; do
		case $((n % 3)) in
		0) name=own$1 ;;
		1) name=pair$(($1 / 2)) ;;
		2) name=all ;;
		esac
		hvctl cell create "/hv/configs/$name.yaml"
		hvctl cell load $name /hv/configs/fault.elf
		hvctl cell start $name
		hvctl cell show $name >/dev/null
		hvctl cell stop $name
		[ $((n % 4)) -eq 3 ] || hvctl cell destroy $name
		n=$((n + 1))
	done >/dev/null 2>"/tmp/heard.$1"
	# only what was own can be left
	hvctl cell destroy "own$1" 2>/dev/null
	touch "/tmp/done.$1"
}

baseline() { # WHEN
	cells_destroy
	equal "$1: only root is there" "$(hvctl cell list | awk 'NR > 1 { print $1 }')" root
	equal "$1: all CPUs are back" "$(cat /sys/devices/system/cpu/online)" "$online"
	equal "$1: the pool has as many free frames as before" "$(cat $hv/hv0/pool_frames_free)" "$pool"
	equal "$1: root has as much memory as before" "$(cat $hv/cell0/memory_bytes)" "$memory"
	equal "$1: tables and owners agree" "$(cat $hv/hv0/selfcheck)" ok
}

check "launch" hv_load || exit
conf all
n=0
while [ $n -lt $workers ]; do
	conf own$n
	conf pair$((n / 2))
	n=$((n + 1))
done
pool=$(cat $hv/hv0/pool_frames_free)
memory=$(cat $hv/cell0/memory_bytes)

n=0
while [ $n -lt $workers ]; do
	work $n &
	n=$((n + 1))
done
wait
equal "all came to their end" "$(find /tmp -name 'done.*' | wc -l)" $workers
cat /tmp/heard.* >/tmp/heard
measure refusals "$(wc -l </tmp/heard)"
grep -vE "($fair)\$" /tmp/heard | sort | uniq -c >"$OUTPUT"
equal "what was refused was so for a good reason" "$(head -n 1 "$OUTPUT")" ""
check "and not everything was" test "$(wc -l </tmp/heard)" -lt $((workers * rounds * 5))
baseline "after the race"

# The longer loading takes the more are killed at it.
conf victim
head -c 8000000 /dev/zero >/tmp/zeros
sed -i 's/size: 4M/size: 16M/; s,^images:,&\n  - {file: /tmp/zeros\, gpa: 0x800000},' /hv/configs/victim.yaml
n=0 survived=0
while [ $n -lt $killed ]; do
	hvctl cell run /hv/configs/victim.yaml >/dev/null 2>&1 &
	victim=$!
	usleep $((n * 30000))
	kill -9 $victim 2>/dev/null
	wait $victim 2>/dev/null
	cell_is victim running && survived=$((survived + 1))
	if hvctl cell show victim >/dev/null 2>&1; then
		hvctl cell destroy victim >>/tmp/left 2>&1 || echo "destroy failed" >>/tmp/left
	fi
	n=$((n + 1))
done
measure killed_before_it_ran $((killed - survived))
equal "what was left could be destroyed" "$(cat /tmp/left 2>/dev/null)" ""
baseline "after the killing"
# A file that becomes shorter while it is read: a part of it is in the cell, which had something else before.
conf torn
sed -i "s/size: 4M/size: $((short + 16))M/" /hv/configs/torn.yaml
check "a cell that is loaded" hvctl cell create /hv/configs/torn.yaml
n=0
until cell_is torn created && [ $n -gt 0 ] || [ $n -eq 50 ]; do
	hvctl cell load torn /hv/configs/fault.elf >/dev/null
	truncate -s ${short}M /tmp/short
	hvctl cell load torn /tmp/short@0x800000 >/dev/null 2>&1 &
	usleep $((n * 10000))
	truncate -s 0 /tmp/short
	wait $!
	n=$((n + 1))
done
measure loads_until_one_was_torn $n
check "half an image takes away what was loaded" cell_is torn created
refuse_with "and the cell does not start" "nothing was loaded into the cell" hvctl cell start torn
check "it is loaded again" hvctl cell load torn /hv/configs/fault.elf
check "and starts" hvctl cell start torn
check "and goes on" cell_goes_on torn
baseline "after half an image"

check "a cell still runs as it should" hvctl cell run /hv/configs/victim.yaml
check "and goes on" cell_goes_on victim
hvctl cell destroy victim
hv_unload
dmesg_clean
