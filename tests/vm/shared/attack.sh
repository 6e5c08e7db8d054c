# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# What scenarios about attacks share: those that must not be harmed, an attacker, and how everybody is found afterwards.
#
# On machines with two CPUs root is the only victim of a cell, and a cell the only one of root.

hv=/sys/class/hv
# QEMU's local APIC keeps errors of a cell's time for ever, and Linux then starts no other CPU from there
hvctl="taskset 1 /hv/bin/hvctl"
cpus=/sys/devices/system/cpu
attacker_cpu=$(($(nproc) - 1))
victim_cpu=$((attacker_cpu - 1))
has_victim=no

wait_for() { # COMMAND...: twenty seconds at most, and then goes on; what is checked next will tell
	local rounds=200
	until "$@" || [ $((rounds -= 1)) -eq 0 ]; do
		usleep 100000
	done
}

# The rest of the line behind a label of `hvctl cell show`.
shown() { # NAME LABEL
	$hvctl cell show "$1" 2>&1 | sed -n "s/^$2  *//p"
}

state() { # NAME
	$hvctl cell list | awk -v name="$1" '$1 == name { print $3 }'
}

dir_of() { # NAME: its directory in sysfs
	grep -lx "$1" $hv/cell*/name | sed 's,/name$,,'
}

more_images=''

fault_file() { # NAME CPU CMDLINE [MEMORY...]: a file for a cell that runs fault.elf; $more_images are loaded, too
	local name=$1 cpu=$2 cmdline=$3
	shift 3
	{
		printf 'name: %s\ncpus: [%s]\nconsole: true\ncmdline: %s\n' "$name" "$cpu" "$cmdline"
		printf 'images:\n  - file: /hv/configs/fault.elf\n%s\nmemory:\n' "$more_images"
		[ $# -gt 0 ] || set -- '{gpa: 0x100000, size: 4M, loadable: true}'
		printf '  - %s\n' "$@"
	} >"/tmp/$name.yaml"
}

begin() { # launches, with a canary in root; whoever comes back from here has a machine to attack
	check "launch" hv_load "$@" || exit
	/hv/bin/canary /tmp/heart &
	canary=$!
	$hvctl monitor >>/tmp/events 2>/dev/null &
	monitor=$!
	wait_for test -s /tmp/heart
	pool=$(cat $hv/hv0/pool_frames_free)
}

victim() { # [MEMORY...]: a cell that beats, and whose memory is watched
	fault_file victim "$victim_cpu" heartbeat "$@"
	check "a victim" $hvctl cell run /tmp/victim.yaml || return
	has_victim=yes
	pool=$(cat $hv/hv0/pool_frames_free)
}

beats() { # of the victim
	shown victim word | sed 's/.*the last of //'
}

has_grown() { # WHAT FROM BY: the number that WHAT says
	[ "$($1)" -ge $(($2 + $3)) ] 2>/dev/null
}

heart() { # of root's canary
	cat /tmp/heart
}

grows() { # WHAT: does it get on?
	local from
	from=$($1)
	wait_for has_grown "$1" "$from" 5
	has_grown "$1" "$from" 5 && return
	echo "$1 stays at $from, $($1)"
	return 1
}

is_unharmed() { # the victim, root, and the hypervisor
	grows heart || return
	if [ $has_victim = yes ]; then
		grows beats || return
		if $hvctl console victim | grep -E 'lost|exception|stray'; then
			return 1
		fi
		[ "$(state victim)" = running ] || { echo "the victim is $(state victim)"; return 1; }
	fi
	[ "$(cat $hv/hv0/selfcheck)" = ok ] || { echo "the self-check fails"; return 1; }
}

unharmed() { # AFTER-WHAT
	check "nobody is harmed: $1" is_unharmed
}

is_usable() { # CPU
	[ "$(cat "$cpus/cpu$1/online")" = 1 ] && taskset $((1 << $1)) true
}

has_ended() { # NAME
	case $(state "$1") in
	stopped | failed) ;;
	*) return 1 ;;
	esac
}

attack_by_file() { # WHAT: the attacker of /tmp/attacker.yaml
	: >/tmp/events
	check "attack: $1" $hvctl cell run /tmp/attacker.yaml
}

run_attacker() { # CMDLINE [MEMORY...]
	fault_file attacker "$attacker_cpu" "$@"
	attack_by_file "$1"
}

# A cell's fault is told to others in the moment after its state has changed.
is_told() { # COUNT
	[ "$(grep -c '^cell attacker ([0-9]*) failed' /tmp/events)" -ge "$1" ]
}

bury() { # CMDLINE FAILURES: how many were to be told; then everything is as it was before the attacker came
	wait_for is_told "$2"
	equal "$1: failures that were told" "$(grep -c '^cell attacker ([0-9]*) failed' /tmp/events)" "$2"
	check "$1: destroy" $hvctl cell destroy attacker
	check "$1: its CPU is of use again" is_usable "$attacker_cpu"
	equal "$1: all frames of the pool are back" "$(cat $hv/hv0/pool_frames_free)" "$pool"
	unharmed "$1"
}

fails() { # REASON PLACE CMDLINE [MEMORY...]: the attacker's end; the place as hvctl tells it, a pattern
	local reason=$1 place=$2
	shift 2
	run_attacker "$@" || return
	wait_for has_ended attacker
	equal "$1: the attacker fails" "$(state attacker) $(shown attacker fault | sed 's/:.*//')" "failed $reason" ||
		$hvctl console attacker
	check "$1: at the right place" sh -c "$hvctl cell show attacker | grep -xE ' *CPU $attacker_cpu at $place'"
	bury "$1" 1
}

survives() { # CMDLINE [MEMORY...]: all is denied, as it should, and the attacker comes to its end
	run_attacker "$@" || return
	wait_for has_ended attacker
	equal "$1: is denied" "$(state attacker), $(shown attacker 'shut down')" "stopped, with code 0" ||
		$hvctl console attacker
	bury "$1" 0
}

ends() { # CMDLINE [MEMORY...]: this way or that; where the emulator lets pass what a CPU would not
	run_attacker "$@" || return
	wait_for has_ended attacker
	check "$1: the attacker comes to its end" has_ended attacker
	bury "$1" "$(grep -c '^cell attacker ([0-9]*) failed' /tmp/events)"
}

holds_out() { # CMDLINE: the attacker does not end, but can be ended
	run_attacker "$1" || return
	usleep 200000
	equal "$1: goes on" "$(state attacker)" running
	check "$1: can be stopped" $hvctl cell stop attacker
	bury "$1" 0
}

# Where an instruction of fault.elf is that reaches for an address.
reaching() { # ADDRESS
	echo "0x10[0-9a-f]{4}, address $1"
}

finish() { # everything goes, and has left nothing behind
	if [ $has_victim = yes ]; then
		check "the victim can be stopped" $hvctl cell stop victim
		check "and destroyed" $hvctl cell destroy victim
		check "its CPU is of use again" is_usable "$victim_cpu"
	fi
	kill "$canary" "$monitor"
	check "leave" hv_unload
	dmesg_clean "$@"
}
