# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Every example of configs/ runs, and says what it should.
#
# machine: vendors=svm,vmx kernels=6.1-cloud,6.12 kernels.vmx=6.1-cloud timeout=180

hv=/sys/class/hv
hvctl=/hv/bin/hvctl
last=$(($(nproc) - 1))

fit() { # NAME: a file for a machine that has few CPUs
	sed "s/^cpus: \[.*/cpus: [$last]/" "/hv/configs/$1.yaml" >"/hv/configs/fit-$1.yaml"
}

runs() { # NAME CODE: run it to its end
	fit "$1"
	timeout 100 $hvctl cell run "/hv/configs/fit-$1.yaml" --console >"/tmp/$1.out" 2>&1
	status=$?
	sed 's/^/| /' "/tmp/$1.out"
	equal "$1 ends with $2" $status "$2"
}

says() { # NAME PATTERN
	check "$1 says: $2" grep -q "$2" "/tmp/$1.out"
}

check "launch" hv_load secure=16M || exit
free=$(cat $hv/hv0/pool_frames_free)

runs hello 0
says hello "tick 10"
$hvctl cell destroy hello
runs timer 0
says timer "10000 ticks"
for what in total apic_eoi apic_timer apic msr_write hypercall cpuid; do
	measure "timer_exits_$what" "$(cat $hv/cell1/stats/exits_$what)"
done
$hvctl cell destroy timer
if [ "$(nproc)" -gt 2 ]; then
	runs smp 0
	says smp "all IPIs arrived"
	$hvctl cell destroy smp
fi
runs memory 0
# 16 pages on first touch, of which the first one is there from the start
equal "first touches of memory" "$(cat $hv/cell1/stats/exits_memory)" 15
$hvctl cell destroy memory
runs sum 0
says sum "^sum: 0x800000 65536 "
$hvctl cell destroy sum
runs secure 0
$hvctl cell destroy secure
runs serial 0
equal "serial was started three times" "$(cat $hv/cell1/entries)" 3
$hvctl cell destroy serial

equal "the pool has as many free frames as before" "$(cat $hv/hv0/pool_frames_free)" "$free"
equal "tables and owners agree" "$(cat $hv/hv0/selfcheck)" ok
hv_unload
dmesg_clean
