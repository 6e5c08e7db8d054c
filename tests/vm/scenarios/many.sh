# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# As many cells at once as there can be, each on its CPU and with its memory.
#
# machine: vendors=svm cpus=34 mem=2G timeout=300

hv=/sys/class/hv
cells=32

check "launch" hv_load || exit
pool=$(cat $hv/hv0/pool_frames_free)
n=1
while [ $n -le $cells ]; do
	sed "s/^name: .*/name: cell$n/; s/^cmdline: .*/cmdline: heartbeat/" /hv/configs/fault.yaml \
		>/hv/configs/cell$n.yaml
	check "cell $n begins" hvctl cell run /hv/configs/cell$n.yaml || break
	n=$((n + 1))
done
equal "all of them run" "$(hvctl cell list | awk '$2 != 0 && $3 == "running" { n++ } END { print n }')" $cells
equal "Linux has the first CPUs" "$(cat /sys/devices/system/cpu/online)" "0-1"
equal "tables and owners agree" "$(cat $hv/hv0/selfcheck)" ok
measure pool_frames_free "$pool"
measure frames_each $(((pool - $(cat $hv/hv0/pool_frames_free)) / cells))
n=1
while [ $n -le $cells ]; do
	check "cell $n goes on" cell_goes_on cell$n
	n=$((n + 1))
done
check "leave, and take all along" hvctl disable --force
equal "all CPUs are back" "$(cat /sys/devices/system/cpu/online)" "0-$(($(nproc) - 1))"
check "launch again" hvctl enable
equal "the pool has as many free frames as before" "$(cat $hv/hv0/pool_frames_free)" "$pool"
hv_unload
dmesg_clean
