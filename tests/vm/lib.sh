# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# What scenarios are written with: checks, measurements, and the loading and unloading of hv.ko.
#
# Results travel as kernel log records ("@hv pass NAME: ..."). The kernel writes a record to the console
# at once and in one piece, so it is neither torn by other messages nor lost in a buffer when the machine dies.

say() { # WORD TEXT
	# a record holds 1024 bytes at most; a longer one is refused
	printf '<5>@hv %s\n' "$(echo "$*" | tr '\n' ' ' | cut -c 1-900)" >/dev/kmsg
}

pass() { # DESCRIPTION
	say pass "$NAME: $1"
}

fail() { # DESCRIPTION WHY
	say fail "$NAME: $1${2:+ -- $2}"
	touch "$FAILED"
}

skip() { # WHY: ends the scenario; this machine cannot show what it checks
	say skip "$NAME: $1"
	exit 0
}

measure() { # NAME VALUE
	say measure "$NAME: $1 $2"
}

attempt() { # COMMAND...: keeps its output and shows it if the command fails
	"$@" >"$OUTPUT" 2>&1 && return
	set -- $?
	sed 's/^/| /' "$OUTPUT"
	return "$1"
}

check() { # DESCRIPTION COMMAND...: the command has to succeed
	local what=$1 status
	shift
	attempt "$@"
	status=$?
	if [ $status -eq 0 ]; then
		pass "$what"
	else
		fail "$what" "'$*' gave $status: $(tail -n 1 "$OUTPUT")"
	fi
	return $status
}

refuse() { # DESCRIPTION COMMAND...: the command has to fail
	local what=$1
	shift
	if "$@" >"$OUTPUT" 2>&1; then
		fail "$what" "'$*' was not refused"
		return 1
	fi
	pass "$what"
}

equal() { # DESCRIPTION GOT WANTED
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "got '$2', wanted '$3'"
		return 1
	fi
}

COMPLAINTS='WARNING:|BUG:|Oops|rcu: INFO|rcu:.*(stall|detected)|soft lockup|hard LOCKUP|Call Trace'
COMPLAINTS="$COMPLAINTS|unchecked MSR|general protection|blocked for more than"

dmesg_since() { # what the kernel said since the scenario began, or since dmesg_clean was last called
	dmesg | awk '/@hv (begin|mark)/ { n = 0; next } !/@hv / { a[n++] = $0 } END { while (i < n) print a[i++] }'
}

# shellcheck disable=SC2120 # scenarios pass the argument
dmesg_clean() { # [ALLOWED]: fails if the kernel complained, unless the lines match that pattern
	dmesg_since | grep -E "$COMPLAINTS" >"$OUTPUT.dmesg"
	if [ -n "${1:-}" ]; then
		grep -vE "$1" "$OUTPUT.dmesg" >"$OUTPUT"
	else
		cat "$OUTPUT.dmesg" >"$OUTPUT"
	fi
	if [ -s "$OUTPUT" ]; then
		fail "clean kernel log" "$(head -n 1 "$OUTPUT")"
		sed 's/^/| /' "$OUTPUT"
	else
		pass "clean kernel log"
	fi
	say mark
}

memtotal() { # in KiB
	awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo
}

memfree() { # in KiB, with nothing in caches that could hide a leak
	sync
	echo 3 >/proc/sys/vm/drop_caches
	echo 1 >/proc/sys/vm/compact_memory
	# megabytes of free pages may be kept by CPUs, and are not in MemFree
	awk '$1 == "MemFree:" { n += $2 } $1 == "count:" { n += 4 * $2 } END { print n }' /proc/meminfo /proc/zoneinfo
}

refuse_with() { # DESCRIPTION SENTENCE COMMAND...: the command has to fail, with this at the end of its last line
	local what=$1 sentence=$2 last
	shift 2
	refuse "$what" "$@" || return
	last=$(tail -n 1 "$OUTPUT")
	[ "${last%"$sentence"}" != "$last" ] || fail "$what, in its words" "got '$last', wanted '$sentence'"
}

wait_until() { # COMMAND...: for a minute at most; what is checked next will tell
	local rounds=600
	until "$@" >"$OUTPUT" 2>&1 || [ $((rounds -= 1)) -eq 0 ]; do
		usleep 100000
	done
	[ $rounds -gt 0 ]
}

cell_is() { # NAME STATE
	[ "$(hvctl cell list | awk -v name="$1" '$1 == name { print $3 }')" = "$2" ]
}

cell_word() { # NAME: the last word that it gave to root
	hvctl cell show "$1" | sed -n 's/^word *\(0x[0-9a-f]*\),.*/\1/p'
}

cell_has_other_word() { # NAME WORD
	[ "$(cell_word "$1")" != "$2" ]
}

cell_goes_on() { # NAME: it gives words, other than before
	wait_until cell_has_other_word "$1" "$(cell_word "$1")"
}

cells_destroy() { # all of them
	hvctl cell list 2>/dev/null | awk 'NR > 1 && $2 != 0 { print $1 }' | while read -r name; do
		hvctl cell destroy "$name"
	done
}

hv_loaded() {
	[ -d /sys/module/hv ]
}

hv_load() { # [PARAMETER=VALUE...]
	insmod /hv/hv.ko "$@"
}

hv_unload() { # what the hypervisor finds wrong with itself counts before it goes
	case $(cat /sys/class/hv/hv0/selfcheck) in
	ok | off) ;;
	*) fail "the hypervisor's self-check" ;;
	esac
	rmmod hv
}

expect_end() { # DESCRIPTION [PATTERN]: from here on the machine is to stop, having printed the pattern
	say expect "$NAME: $1 -- ${2:-reboot: }"
}

scenario_run() { # NAME
	NAME=$1 OUTPUT=/tmp/output FAILED=/tmp/failed.$1
	say begin "$NAME"
	(
		set -u
		# shellcheck disable=SC1090 # known in the guest only
		. "/hv/scenarios/$NAME.sh"
		# only `exit` and errors of the shell count, not how the last command went
		:
	)
	status=$?
	# a scenario may forget to look; what it knows and allows it has looked at itself
	! dmesg_since | grep -qE "$COMPLAINTS" || dmesg_clean ""
	if hv_loaded; then
		fail "leaves the machine as it was" "hv.ko is still loaded"
		hv_unload
	fi
	[ ! -e "$FAILED" ] || dmesg_since | tail -n 40 | sed 's/^/| /'
	say end "$NAME $status"
}
