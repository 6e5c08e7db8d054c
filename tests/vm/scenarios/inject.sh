# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# A failure at every stage of the launch on every CPU ends in plain Linux, with that error, and the next launch works.
#
# machine: vendors=svm,vmx kernels=6.1-cloud timeout=120

total=$(memtotal)

fails_at() { # STAGE[:CPU]
	dmesg -c >/dev/null
	refuse "a failure at $1 is reported" hv_load inject="$1" || return
	check "the log names it ($1)" sh -c 'dmesg | grep -q "hv: launch failed.*injected"'
	check "nothing stays ($1)" sh -c '! hv_loaded 2>/dev/null && test ! -e /sys/class/hv'
}

for stage in reserve map bridge; do
	fails_at $stage
done
for stage in arrive early percpu late activate confirm; do
	cpu=0
	while [ $cpu -lt "$(nproc)" ]; do
		fails_at $stage:$cpu
		cpu=$((cpu + 1))
	done
done
refuse "an unknown stage is refused" hv_load inject=nonsense
check "a launch without injection works" hv_load
check "and so does leaving" hv_unload
equal "MemTotal is what it was" "$(memtotal)" "$total"
