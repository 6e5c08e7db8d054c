# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Cells run: programs of a few bytes that print, shut down, fail, begin anew, or do not end; what Linux learns of it.
#
# machine: vendors=svm,vmx kernels=6.1-cloud,6.12 kernels.vmx=6.1-cloud timeout=180

hv=/sys/class/hv
hvctl=/hv/bin/hvctl
last=$(($(nproc) - 1))
call='\017\001\331'
[ "$HV_VENDOR" = svm ] || call='\017\001\301'

last_of() { # COMMAND...: the last line it says
	"$@" 2>&1 | tail -n 1
}

status_of() { # COMMAND...
	"$@" >"$OUTPUT" 2>&1
	echo $?
}

state() { # NAME
	$hvctl cell list | awk -v name="$1" '$1 == name { print $3 }'
}

wait_for() { # COMMAND...: ten seconds at most, and then goes on; what is checked next will tell
	local rounds=100
	until "$@" || [ $((rounds -= 1)) -eq 0 ]; do
		usleep 100000
	done
}

is_state() { # NAME STATE
	[ "$(state "$1")" = "$2" ]
}

cell() { # NAME MODE [LINE...]: a file for a cell on the last CPU that begins at 0 with NAME.bin
	printf 'name: %s\ncpus: [%s]\nmode: %s\nentry: 0\nconsole: true\n' "$1" "$last" "$2"
	printf 'memory:\n  - {gpa: 0, size: 2M, loadable: true}\nimages:\n  - {file: /tmp/%s.bin, gpa: 0}\n' "$1"
	printf '  - {file: /tmp/text, gpa: 0x100}\n'
	shift 2
	[ $# -eq 0 ] || printf '%s\n' "$@"
}

# mov eax, ARGUMENT; mov edi, ARGUMENT; hypercall: in real mode with the prefix for 32 bits
ask() { # LOW-BYTE-OF-NUMBER EDI ESI: each as printf writes bytes
	printf '\146\270%b\001\000\000\146\277%b\146\276%b%b' "$1" "$2" "$3" "$call"
}

printf 'hello\n' >/tmp/text
{
	ask '\001' '\000\001\000\000' '\006\000\000\000' # write what is at 0x100
	ask '\003' '\276\272\376\312' '\000\000\000\000' # yield 0xcafebabe
	ask '\004' '\000\000\000\000' '\000\000\000\000' # shut down
} >/tmp/good.bin
ask '\004' '\007\000\000\000' '\000\000\000\000' >/tmp/seven.bin
printf '\353\376' >/tmp/loop.bin             # jmp .
printf '\243\000\000\060\000' >/tmp/wild.bin # mov [0x300000], eax
printf '\017\001\036\000\001\314' >/tmp/triple.bin # lidt [0x100]; int3
cell good real16 >/tmp/good.yaml
cell seven real16 >/tmp/seven.yaml
cell loop real16 'cmdline: for ever' >/tmp/loop.yaml
cell wild prot32 >/tmp/wild.yaml
cell triple real16 'on-fault: restart' >/tmp/triple.yaml
sed -i 's,/tmp/text,/tmp/zeros,' /tmp/triple.yaml
printf '\000\000\000\000\000\000' >/tmp/zeros

check "launch" hv_load || exit
pool=$(cat $hv/hv0/pool_frames_free)
$hvctl monitor >/tmp/events 2>/dev/null &
monitor=$!

equal "a program ends well" "$(status_of $hvctl cell run /tmp/good.yaml --console)" 0
equal "it has printed" "$($hvctl console good)" hello
equal "it has stopped" "$(cat $hv/cell1/state)" stopped
equal "it was started once" "$(cat $hv/cell1/entries)" 1
check "it gave root a word" sh -c "$hvctl cell show good | grep -q '0xcafebabe, the last of 1'"
equal "it said why" "$($hvctl cell show good | sed -n 's/^shut down *//p')" "with code 0"
equal "its hypercalls are counted" "$(cat $hv/cell1/stats/exits_hypercall)" 3
equal "on its CPU" "$(cat $hv/cell1/cpu$last/stats/exits_hypercall)" 3
check "their time is known" sh -c "$hvctl -j cell stats good | grep -q '\"ticks\":{'"
check "it can be started again" $hvctl cell start good
wait_for is_state good stopped
equal "and was" "$(cat $hv/cell1/entries)" 2
equal "what it printed comes behind" "$($hvctl console good | wc -l)" 2
check "destroy" $hvctl cell destroy good
equal "its CPU is back" "$(cat /sys/devices/system/cpu/cpu$last/online)" 1

equal "another code is no success" "$(status_of $hvctl cell run /tmp/seven.yaml --console)" 1
equal "and is told" "$($hvctl cell show seven | sed -n 's/^shut down *//p')" "with code 7"
check "destroy" $hvctl cell destroy seven

check "a cell that does not end" $hvctl cell run /tmp/loop.yaml
equal "runs" "$(state loop)" running
equal "is not started twice" "$(last_of $hvctl cell start loop)" "hvctl: the cell is running already"
equal "has its line of text" "$($hvctl cell show loop | sed -n 's/^cmdline *//p')" "for ever"
check "stop" $hvctl cell stop loop
refuse_with "a file whose reading needs the lock is no image" "an image is read from a regular file" \
	$hvctl cell load loop $hv/hv0/pool_frames@0
equal "is stopped" "$(cat $hv/cell1/state)" stopped
equal "once" "$(last_of $hvctl cell stop loop)" "hvctl: the cell is not running"
check "start" $hvctl cell start loop
check "destroying stops it" $hvctl cell destroy loop

check "a program that writes where it has no memory" $hvctl cell run /tmp/wild.yaml
wait_for is_state wild failed
equal "fails" "$(cat $hv/cell1/state) $(cat $hv/cell1/fault_reason)" "failed memory"
check "with a sentence" sh -c "$hvctl cell show wild | grep -q 'wrote to 0x300000, where it has no memory'"
check "which the log has, too" sh -c "dmesg | grep -q 'cell wild failed on CPU $last: the cell wrote to 0x300000'"
check "and registers" sh -c "$hvctl -v cell show wild | grep -q 'rip     0x0 '"
check "as the cell has them" sh -c "$hvctl -v cell show wild | grep -q 'efer    0x0 '"
check "destroy" $hvctl cell destroy wild
equal "the pool has as many free frames as before" "$(cat $hv/hv0/pool_frames_free)" "$pool"

check "a program that fails and begins anew" $hvctl cell run /tmp/triple.yaml
wait_for sh -c "[ \$(cat $hv/cell1/entries) -ge 3 ]"
check "has begun several times" test "$(cat $hv/cell1/entries)" -ge 3
equal "for a reason" "$(cat $hv/cell1/fault_reason)" shutdown
check "stop" $hvctl cell stop triple
equal "it stays stopped" "$(usleep 300000; cat $hv/cell1/state)" stopped
check "leave, and take it along" $hvctl disable --force
equal "its CPU is back" "$(cat /sys/devices/system/cpu/cpu$last/online)" 1
check "events told of the fault" grep -q "^cell wild (1) failed: memory on CPU $last\$" /tmp/events
kill $monitor
check "enable" $hvctl enable
hv_unload
dmesg_clean
