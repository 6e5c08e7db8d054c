# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# What management refuses while a cell runs, and what it bears: lives of other cells, many who ask, some who die of it.
#
# machine: vendors=svm,vmx kernels=6.1-cloud,6.12 kernels.vmx=6.1-cloud timeout=900 exclusive.svm=yes

# shellcheck source=tests/vm/shared/attack.sh
. /hv/shared/attack.sh

rounds=20
[ "$HV_VENDOR" = svm ] || rounds=3
others=yes
if [ "$(nproc)" -lt 3 ]; then
	others=no victim_cpu=$attacker_cpu
fi

sentence_of() { # COMMAND...: the last line it says
	"$@" 2>&1 | tail -n 1
}

says() { # DESCRIPTION SENTENCE COMMAND...: the command is refused so
	local what=$1 sentence=$2
	shift 2
	equal "$what" "$(sentence_of "$@" | sed 's/^[^ ]*: //')" "$sentence"
}

nobody() { # COMMAND...: as somebody who has no rights
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}



begin
victim || exit
unharmed "at the beginning"

fault_file attacker "$victim_cpu" spin
says "its CPU is not given twice" "the CPU belongs to another cell" $hvctl cell create /tmp/attacker.yaml
fault_file attacker 0 spin
refuse "nor Linux's last one" $hvctl cell create /tmp/attacker.yaml
fault_file victim2 "$attacker_cpu" spin
sed -i 's/^name: .*/name: victim/' /tmp/victim2.yaml
refuse "nor its name" $hvctl cell create /tmp/victim2.yaml
fault_file attacker "$attacker_cpu" spin "{gpa: 0x100000, size: 2M, map: identical, phys: $(cat $hv/hv0/memory_start)}"
refuse "the hypervisor's memory is not given" $hvctl cell create /tmp/attacker.yaml
fault_file attacker "$attacker_cpu" spin '{gpa: 0x100000, size: 4M}' '{gpa: 0x400000, size: 4M}'
refuse "nor any that overlaps" $hvctl cell create /tmp/attacker.yaml
fault_file attacker "$attacker_cpu" spin '{gpa: 0xfffffffffffff000, size: 8K}'
refuse "nor any that wraps around" $hvctl cell create /tmp/attacker.yaml
check "it is not loaded while it runs" sh -c \
	"$hvctl cell load victim /hv/configs/fault.elf 2>&1 | grep -q 'the cell is running; stop it first'"
says "nor started twice" "the cell is running already" $hvctl cell start victim
refuse "root is not destroyed" $hvctl cell destroy root
refuse "nor stopped" $hvctl cell stop root
refuse "the module stays" rmmod hv
refuse "so does the hypervisor" $hvctl disable
refuse "its CPU does not come" sh -c "echo 1 >$cpus/cpu$victim_cpu/online"
refuse "no suspend" sh -c 'echo freeze >/sys/power/state'
unharmed "refusals"

refuse "who has no rights does not stop it" nobody $hvctl cell stop victim
refuse "nor destroys it" nobody $hvctl cell destroy victim
refuse "nor reads its console" nobody $hvctl console victim
unharmed "people without rights"

if [ $others = yes ]; then
	fault_file attacker "$attacker_cpu" spin
	n=0
	while [ $n -lt $rounds ] && $hvctl cell run /tmp/attacker.yaml >/dev/null && $hvctl cell destroy attacker; do
		n=$((n + 1))
	done
	equal "$rounds lives of another cell" $n $rounds
	unharmed "lives of another cell"

	n=0
	while [ $n -lt 8 ]; do
		(
			for _ in 1 2 3 4 5 6 7 8; do
				$hvctl cell run /tmp/attacker.yaml
				$hvctl cell stop attacker
				$hvctl -j cell show victim
				$hvctl cell destroy attacker
			done
		) >/dev/null 2>&1 &
		n=$((n + 1))
		racers="${racers:-} $!"
	done
	# shellcheck disable=SC2086 # they are words
	wait $racers
	$hvctl cell destroy attacker >/dev/null 2>&1
	check "eight who ask at once have come to an end" is_usable "$attacker_cpu"
	unharmed "eight who ask at once"

	n=0
	while [ $n -lt $rounds ]; do
		$hvctl cell run /tmp/attacker.yaml >/dev/null 2>&1 &
		usleep $((n * 7000))
		kill -9 $!
		wait $!
		$hvctl cell destroy attacker >/dev/null 2>&1
		n=$((n + 1))
	done 2>/dev/null
	check "$rounds who are killed in the middle" is_usable "$attacker_cpu"
	equal "leave no cell behind" "$($hvctl cell list | grep -c attacker)" 0
	unharmed "some who are killed"
fi
equal "all frames of the pool are back" "$(cat $hv/hv0/pool_frames_free)" "$pool"
check "nothing has failed" sh -c '! grep -q failed /tmp/events'
finish
