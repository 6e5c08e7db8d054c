# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# A cell that faults again and again begins anew, at most every 100 ms, with its images as they were loaded.
#
# machine: vendors=svm,vmx timeout=60

hv=/sys/class/hv
last=$(($(nproc) - 1))
call='\017\001\331'
[ "$HV_VENDOR" = svm ] || call='\017\001\301'
period=10 # in hundredths of a second

now() { # in hundredths of a second
	awk '{ sub("\\.", "", $1); print $1 }' /proc/uptime
}

has_begun() { # TIMES
	[ "$(cat $hv/cell1/entries)" -ge "$1" ]
}

# Writes its text, of 6 bytes at 0x100, to the console; overwrites it and itself, and loads an empty descriptor table
# to be ended by int3.
{
	printf '\146\270\001\001\000\000\146\277\000\001\000\000\146\276\006\000\000\000%b' "$call"
	printf '\307\006\000\001!!'             # movw $0x2121, 0x100
	printf '\307\006\000\000\364\364'       # movw $0xf4f4, 0: hlt; hlt
	printf '\017\001\036\000\002\314'       # lidt 0x200; int3
} >/tmp/again.bin
printf 'begun\n' >/tmp/text
printf '\000\000\000\000\000\000' >/tmp/zeros
cat >/tmp/again.yaml <<END
name: again
cpus: [$last]
memory:
  - {gpa: 0, size: 2M, loadable: true}
images:
  - {file: /tmp/again.bin, gpa: 0}
  - {file: /tmp/text, gpa: 0x100}
  - {file: /tmp/zeros, gpa: 0x200}
entry: 0
mode: real16
console: true
on-fault: restart
END

check "launch" hv_load || exit
pool=$(cat $hv/hv0/pool_frames_free)
hvctl monitor >/tmp/events 2>/dev/null &
monitor=$!
begun=$(now)
check "a cell that fails each time" hvctl cell run /tmp/again.yaml
wait_until has_begun 12
starts=$(cat $hv/cell1/entries)
took=$(($(now) - begun))
measure "starts" "$starts"
measure "hundredths_of_a_second" $took
check "began anew many times" test "$starts" -ge 12
check "but never sooner than 100 ms after" test "$starts" -le $((took / period + 1))
equal "each time with the text that was loaded" "$(hvctl console again | sort -u)" begun
check "which was one line each time" test "$(hvctl console again | wc -l)" -ge $((starts - 1))
refuse_with "is not loaded meanwhile" "the cell is running; stop it first" hvctl cell load again /tmp/text@0x100
refuse_with "nor started" "the cell is running already" hvctl cell start again
check "stop" hvctl cell stop again
starts=$(cat $hv/cell1/entries)
sleep 1
equal "it stays stopped" "$(cat $hv/cell1/state) $(cat $hv/cell1/entries)" "stopped $starts"

printf 'fresh\n' >/tmp/text
check "load something else" hvctl cell load again /tmp/again.bin@0 /tmp/text@0x100
check "start" hvctl cell start again
wait_until has_begun $((starts + 3))
check "it begins anew" has_begun $((starts + 3))
equal "with what was loaded last" "$(hvctl console again | tail -n 1)" fresh
check "destroying ends it" hvctl cell destroy again
kill $monitor
check "events told of each fault" test "$(grep -c 'cell again (1) failed: shutdown' /tmp/events)" -ge $((starts - 1))
equal "its CPU is back" "$(cat /sys/devices/system/cpu/cpu$last/online)" 1
equal "the pool has as many free frames as before" "$(cat $hv/hv0/pool_frames_free)" "$pool"
hv_unload
dmesg_clean
