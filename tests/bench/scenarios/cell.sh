# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# What cells cost: exits of one that takes 10,000 ticks, operations in one, and its life by memory. Where the clock
# counts instructions, so do the times.
#
# machine: vendors=svm,vmx kernels=6.1-cloud timeout=240

hv=/sys/class/hv
hvctl=/hv/bin/hvctl
last=$(($(nproc) - 1))

timed() { # COMMAND...: between two marks in the kernel log, whose stamps are microseconds
	echo "<5>@hv mark" >/dev/kmsg
	"$@" >/dev/null 2>&1
	status=$?
	echo "<5>@hv mark" >/dev/kmsg
	return $status
}

elapsed() { # microseconds between the last two marks
	dmesg | sed -n 's/.*\[ *\([0-9]*\)\.\([0-9]*\)\] @hv mark$/\1 \2/p' | tail -n 2 |
		awk '{ at[NR] = $1 * 1000000 + $2 } END { print at[2] - at[1] }'
}

calls() { # of root, so far
	cat $hv/cell0/stats/exits_hypercall
}

conf() { # NAME SIZE IMAGE [POPULATE]
	printf 'name: %s\ncpus: [%s]\nconsole: true\n' "$1" "$last"
	printf 'memory:\n  - {gpa: 0x100000, size: %s, loadable: true, populate: %s}\n' "$2" "${4:-true}"
	printf 'images:\n  - {file: /hv/configs/%s}\n' "$3"
}

ends() { # IMAGE: what a cell with it says, to its end
	conf one 2M "$1" >/tmp/one.yaml
	timeout 200 $hvctl cell run /tmp/one.yaml --console >/tmp/one.out 2>&1
}

step() { # MEASURE COMMAND...
	local name=$1 before
	before=$(calls)
	shift
	check "$name" timed "$@"
	measure "${name}_us" "$(elapsed)"
	measure "${name}_calls" $(($(calls) - before))
	measure "${name}_kept_us" "$(cat $hv/hv0/call_us)"
}

check "launch" hv_load || exit
check "10,000 ticks" ends timer.elf
for what in "$hv"/cell1/stats/exits_*; do
	measure "ticks.${what##*/exits_}" "$(cat "$what")"
done
$hvctl cell destroy one
check "operations" ends cost.elf
grep '^[a-z0-9_]* [0-9]*$' /tmp/one.out >/tmp/counts
while read -r name value; do
	measure "in_cell.$name" "$value"
done </tmp/counts
$hvctl cell destroy one

life() { # SIZE SHOWN [POPULATE]
	[ "${1%M}" -lt $(($(memfree) / 1024 / 3 * 2)) ] || return
	conf one "$1" cost.elf "${3:-true}" >/tmp/one.yaml
	step "create_$2" $hvctl cell create /tmp/one.yaml
	check "load" $hvctl cell load one /hv/configs/cost.elf
	step "start_$2" $hvctl cell start one
	step "stop_$2" sh -c "$hvctl cell stop one || true"
	step "destroy_$2" $hvctl cell destroy one
}

for size in 1M 16M 128M 512M; do
	life $size $size
done
life 512M 512M-on-first-touch false
hv_unload
dmesg_clean
