# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Instructions per operation, on the bare machine and in the root cell, as hvt_bench.ko counts them: with the TSC, which
# counts instructions on this machine.
#
# machine: vendors=svm,vmx kernels=6.1-cloud icount=yes timeout=120

result=/sys/kernel/debug/hvt_bench/result

count() { # bare|launched [PARAMETER]
	state=$1
	shift
	check "$state: operations are counted" insmod /hv/modules/hvt_bench.ko "$@" || return
	# the first reading fills caches
	cat $result >/dev/null
	sed 's/^vmm*call /hypercall /' $result >/tmp/counts
	rmmod hvt_bench
	while read -r name value; do
		measure "$state.$name" "$value"
	done </tmp/counts
	check "$state: a NOP is one instruction" grep -qx "100_nops 100" /tmp/counts
}

call=vmmcall
[ "$HV_VENDOR" = svm ] || call=vmcall
[ -e /hv/modules/hvt_bench.ko ] || skip "there is no hvt_bench.ko"
count bare
hv_load
count launched hypercall=$call
hv_unload
dmesg_clean
