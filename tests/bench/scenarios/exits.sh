# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Exits of root by reason: while idle, for each fork+exec, for each timer tick.
#
# machine: vendors=svm,vmx kernels=6.1-cloud timeout=120

forks=200
stats=/sys/class/hv/cell0/stats

# Between two snapshots nothing runs but what is measured: only the shell itself, which needs no process for this.
snapshot() {
	for file in $stats/exits_*; do
		read -r value <"$file"
		echo "${file##*exits_} $value"
	done
}

idle() { # SECONDS
	# shellcheck disable=SC3045 # busybox has it
	read -r -t "$1" _ <>/tmp/nothing
}

ticks() { # of all CPUs' local timers
	awk '$1 == "LOC:" { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i; print n }' /proc/interrupts
}

report() { # NAME: what came between the two snapshots
	# the total is the sum, for the file of that name was read at another moment
	awk 'NR == FNR { old[$1] = $2; next } $1 != "total" { sum += $2 - old[$1] } $1 != "total" && $2 != old[$1] {
		print $1, $2 - old[$1] } END { print "total", sum }' /tmp/before /tmp/after >/tmp/added
	while read -r reason value; do
		measure "$1.$reason" "$value"
	done </tmp/added
}

spin() { # fork and exec a program that does nothing, and spend no other exits
	n=0
	while [ $n -lt $forks ]; do
		/bin/busybox true
		n=$((n + 1))
	done
}

check "launch" hv_load
# the first ones fill caches
spin
mkfifo /tmp/nothing
first=$(ticks)
snapshot >/tmp/before
idle 10
snapshot >/tmp/after
measure idle_10s.ticks $(($(ticks) - first))
report idle_10s

first=$(ticks)
snapshot >/tmp/before
spin
snapshot >/tmp/after
measure fork_exec.ticks $(($(ticks) - first))
measure fork_exec.runs $forks
report fork_exec
check "leave" hv_unload
dmesg_clean
