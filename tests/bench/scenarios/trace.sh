# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# A cell that does the same thing all the time, for somebody outside who looks at each instruction; another one then.
#
# machine: vendors=svm kernels=6.1-cloud timeout=240

hvctl=/hv/bin/hvctl
last=$(($(nproc) - 1))

check "launch" hv_load || exit
for what in hypercall cpuid apic_write; do
	printf 'name: one\ncpus: [%s]\ncmdline: %s\nmemory:\n  - {gpa: 0x100000, size: 2M, loadable: true}\n' \
		"$last" $what >/tmp/one.yaml
	printf 'images:\n  - {file: /hv/configs/cost.elf}\n' >>/tmp/one.yaml
	check "a cell for $what" $hvctl cell run /tmp/one.yaml
	measure "ready.$what" 1
	sleep 15
	equal "it is still at it" "$($hvctl cell list | awk '$1 == "one" { print $3 }')" running
	$hvctl cell stop one
	$hvctl cell destroy one
done
hv_unload
dmesg_clean
