# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# A hostile root kernel: a cell's memory by its address, its CPU by interrupts, hypercalls, registers, exits.
#
# machine: vendors=svm,vmx kernels=6.1-cloud,6.12 kernels.vmx=6.1-cloud timeout=900 exclusive.svm=yes

# shellcheck source=tests/vm/shared/attack.sh
. /hv/shared/attack.sh

vmx=0 storm=50000 rounds=200 spare=$attacker_cpu
[ "$HV_VENDOR" = svm ] || vmx=1 storm=20000 rounds=20
if [ "$(nproc)" -lt 3 ]; then
	victim_cpu=$attacker_cpu spare=0
fi
debug=/sys/kernel/debug
reading=/sys/module/hvt_cell/parameters/reading
last_of_root=$((victim_cpu - 1))

result() { # MODULE [PARAMETER...]: what it does, on CPU 0, to /tmp/result
	local module=$1
	shift
	insmod "/hv/modules/$module.ko" "$@" || return
	taskset 1 cat "$debug/$module/result" >/tmp/result
	rmmod "$module"
}

says() { # KEY
	awk -v key="$1" '$1 == key { print $2 }' /tmp/result
}

# What the victim does not cause by living: neither its calls nor the ends of its interrupts.
disturbances() {
	local sum=0 file
	for file in "$(dir_of victim)"/stats/exits_*; do
		case $file in
		*_total | *_hypercall | *_apic_eoi) ;;
		*) sum=$((sum + $(cat "$file"))) ;;
		esac
	done
	echo $sum
}

undisturbed() { # AFTER-WHAT
	equal "it did not reach the victim: $1" "$(disturbances)" "$quiet"
	unharmed "$1"
}

begin
check "memory that is mapped, and read by every CPU" insmod /hv/modules/hvt_cell.ko
address=$(printf '0x%x' "$(cat $debug/hvt_cell/address)")
victim "{gpa: 0x100000, size: 4M, map: identical, phys: $address, loadable: true}" || exit
unharmed "at the beginning"
quiet=$(disturbances)

taskset 1 cat $debug/hvt_cell/result >/tmp/result
# each read is an exit, and an event
echo 0 >$reading
equal "it reads as zeros, on every CPU" "$(says nonzero)" 0
equal "also to walks through it" "$(says walked)" 0
equal "also where it is cached as what it was" "$(says seen)" 0
equal "no read faults" "$(cat $debug/hvt_cell/refused)" 0
equal "every jump there does" "$(says jumps_refused)" $(($(says cpus) * 16))
equal "and there were as many" "$(says jumps)" "$(says jumps_refused)"
undisturbed "reads, writes and jumps"

check "IPIs of all kinds" result hvt_ipi victim="$victim_cpu" rounds=20 storm=1000
equal "all were sent" "$(says stuck)" 0
equal "those that devices would send are refused" "$(says messages_refused)" 8
equal "the ICR of the other mode faults" "$(says icr_msr)" 1
# QEMU swallows writes to registers that it does not have
[ $vmx = 0 ] || equal "so does its self-IPI" "$(says self_ipi_msr)" 1
undisturbed "IPIs"
refuse "its CPU does not come when Linux calls it" sh -c "echo 1 >$cpus/cpu$victim_cpu/online"
undisturbed "a start of its CPU"
if [ "$last_of_root" -gt 0 ]; then
	check "IPIs reach root's own CPU" is_usable "$last_of_root"
	echo 0 >"$cpus/cpu$last_of_root/online"
	echo 0 >"$cpus/cpu$spare/online"
fi
check "INITs and start-up IPIs to everybody" result hvt_ipi victim="$victim_cpu" inits=1 storm=100
undisturbed "INITs"
if [ "$last_of_root" -gt 0 ]; then
	echo 1 >"$cpus/cpu$last_of_root/online"
	check "root's own CPU begins anew" is_usable "$last_of_root"
fi

check "hypercalls" result hvt_call hidden="$(cat $hv/hv0/memory_start)" given="$address" vmx=$vmx rounds=$rounds \
	id="$(dir_of victim | tr -dc 0-9)" cpu="$victim_cpu" spare="$spare"
cat /tmp/result
for what in numbers_wrong race_lists_lost race_pages_wrong mutants_wrong; do
	equal "of hypercalls: $what" "$(says $what)" 0
done
check "many of them" test "$(says numbers)" -gt 10000
for what in cell_victims_cpu cell_own_cpu cell_victims_memory cell_hypervisors_memory cell_roots_memory fill_victim \
	fill_victim_with_its_own load_victim give_victims take_victims give_hypervisors take_hypervisors; do
	equal "refused as busy: $what" "$(says $what)" -16
done
for what in fill_nobody load_nobody; do
	equal "refused as nobody: $what" "$(says $what)" -2
done
for what in cell_same_id cell_same_name; do
	equal "refused as a second one: $what" "$(says $what)" -17
done
check "refused: cell_no_cpu" test "$(says cell_no_cpu)" -lt 0
if [ "$spare" -gt 0 ]; then
	equal "another CPU changed the list" "$(says race_lists)" 1
	check "which was in order at times ($(says race_lists_given))" test "$(says race_lists_given)" -gt 0
	equal "and gave away the page" "$(says race_pages)" 1
	check "some mutants were well-formed ($(says mutants_made))" test "$(says mutants_made)" -gt 0
	for what in own own_fill own_load own_end; do
		equal "a cell of its own: $what" "$(says $what)" 0
	done
	for what in own_fill_victims own_fill_roots; do
		equal "refused as busy: $what" "$(says $what)" -16
	done
	for what in victims hypervisors across its_own nowhere; do
		equal "refused as not readable: own_load_$what" "$(says own_load_$what)" -14
	done
	for what in too_far far nothing; do
		equal "refused as no place: own_load_$what" "$(says own_load_$what)" -22
	done
	equal "refused as too much: own_load_too_long" "$(says own_load_too_long)" -7
	echo 1 >"$cpus/cpu$spare/online"
	check "the CPU that was in those cells is of use" is_usable "$spare"
fi
undisturbed "hypercalls"
check "hypercalls at CPL 3 are denied" /hv/bin/hypercall3
undisturbed "hypercalls at CPL 3"

check "clocks and memory types for a moment, and $storm exits of a kind" result hvt_reg given="$address" vmx=$vmx \
	rounds=50 storm=$storm
cat /tmp/result
while read -r name answer; do
	case $name in
	microcode) equal "$name vanishes" "$answer" same ;;
	*) check "$name cannot be set ($answer)" test "$answer" != changed ;;
	esac
done </tmp/result
undisturbed "registers and exits"

# with every CPU of root reading it
echo 1 >$reading
check "the victim can be destroyed" $hvctl cell destroy victim
has_victim=no
check "its CPU is of use again" is_usable "$victim_cpu"
equal "no read of its memory ever faulted" "$(cat $debug/hvt_cell/refused)" 0
rmmod hvt_cell

run_attacker secret
wait_for sh -c "$hvctl console attacker | grep -q written"
check "a cell has written its secret" sh -c "$hvctl console attacker | grep -q written"
end=0x$(sed -n 's/.*-\([0-9a-f]*\) : System RAM/\1/p' /proc/iomem | tail -n 1)
result hvt_scan end="$end"
equal "which root does not find, but for its own copy" "$(says hits)" 1
pool=$(cat $hv/hv0/pool_frames_free)
check "destroy" $hvctl cell destroy attacker
result hvt_scan end="$end"
equal "nor when the cell is gone, in $(says pages) pages" "$(says hits)" 1
finish
