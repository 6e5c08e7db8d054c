# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# As many cells at once as there can be, each on its CPU and with its memory.
#
# machine: vendors=svm cpus=34 mem=2G timeout=300

hv=/sys/class/hv
cells=32

begin() # first last
{
	n=$1
	while [ $n -le $2 ]; do
		sed "s/^name: .*/name: cell$n/; s/^cmdline: .*/cmdline: heartbeat/" /hv/configs/fault.yaml \
			>/hv/configs/cell$n.yaml
		check "cell $n begins" hvctl cell run /hv/configs/cell$n.yaml || break
		n=$((n + 1))
	done
}

check "launch" hv_load || exit
pool=$(cat $hv/hv0/pool_frames_free)
begin 1 $cells
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
n=1
while [ $n -le $cells ]; do
	check "cell $n is destroyed" hvctl cell destroy cell$n
	n=$((n + 1))
done
equal "all CPUs are back" "$(cat /sys/devices/system/cpu/online)" "0-$(($(nproc) - 1))"
# of the records in use at the beginning some may have been alone in their frame
check "the pool has no fewer free frames than before" test "$(cat $hv/hv0/pool_frames_free)" -ge "$pool"
begin 1 4
check "leave, and take all along" hvctl disable --force
equal "all CPUs are back again" "$(cat /sys/devices/system/cpu/online)" "0-$(($(nproc) - 1))"
check "launch again" hvctl enable
hv_unload
dmesg_clean
