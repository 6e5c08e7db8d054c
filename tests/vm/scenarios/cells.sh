# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Cells are made and unmade: their memory and CPUs leave Linux and come back, and nothing else changes.
#
# machine: vendors=svm,vmx kernels=6.1-cloud,6.12 kernels.vmx=6.1-cloud timeout=180

hv=/sys/class/hv
cpus=/sys/devices/system/cpu
hvctl=/hv/bin/hvctl
rounds=50
[ "$HV_VENDOR" = svm ] || rounds=5
last=$(($(nproc) - 1))

sentence_of() { # COMMAND...: the last line it says
	"$@" 2>&1 | tail -n 1
}

conf() { # NAME MEMORY: a file for a cell on the last CPU
	sed "s/^name: .*/name: $1/; s/^cpus: .*/cpus: [$last]/; s/size: .*/size: $2/" /hv/configs/hello.yaml \
		>"/tmp/$1.yaml"
}

stalls() { # how often somebody who wanted memory had to look for it
	awk '/^allocstall/ { n += $2 } END { print n }' /proc/vmstat
}

round() {
	$hvctl cell create /tmp/one.yaml && $hvctl cell destroy one
}

conf one 4M
conf huge 2M
sed -i 's/^memory:/&\n  - {gpa: 4G, size: 64G}/' /tmp/huge.yaml
check "launch" hv_load || exit
check "a cell is made and unmade" round
free=$(memfree)
pool=$(cat $hv/hv0/pool_frames_free)

check "create" $hvctl cell create /tmp/one.yaml
equal "it has a name" "$(cat $hv/cell1/name)" one
equal "a state" "$(cat $hv/cell1/state)" created
equal "its memory" "$(cat $hv/cell1/memory_bytes)" $((4 << 20))
equal "its CPU" "$(cat $hv/cell1/cpus_list)" $last
equal "which root does not have" "$(cat $hv/cell0/cpus)" $last
equal "nor Linux" "$(cat $cpus/cpu$last/online)" 0
refuse "and does not get" sh -c "echo 1 >$cpus/cpu$last/online"
equal "hvctl lists it" "$($hvctl cell list | awk '$1 == "one" { print $2, $3 }')" "1 created"
equal "tables and owners agree" "$(cat $hv/hv0/selfcheck)" ok
equal "a second one by its name is refused" "$(sentence_of $hvctl cell create /tmp/one.yaml)" \
	"/tmp/one.yaml:3:7: there is a cell with this name"
check "the module stays, for it is busy" sh -c 'rmmod hv 2>&1 | grep "Device or resource busy"'
refuse "so does the hypervisor" $hvctl disable
equal "it is active" "$(cat $hv/hv0/state)" active
check "destroy" $hvctl cell destroy one
refuse "it is gone" test -e $hv/cell1
equal "its CPU is back" "$(cat $cpus/cpu$last/online)" 1
equal "the pool has as many free frames as before" "$(cat $hv/hv0/pool_frames_free)" "$pool"

stalls=$(stalls)
refuse_with "more memory than there is" "/tmp/huge.yaml:6:21: Linux does not have that much memory to give away" \
	$hvctl cell create /tmp/huge.yaml
equal "for which nobody else has to give up any" "$(stalls)" "$stalls"
equal "which changes nothing" "$(cat $hv/hv0/pool_frames_free) $(cat $cpus/cpu$last/online)" "$pool 1"

n=0
while [ $n -lt $rounds ] && round >/dev/null; do
	n=$((n + 1))
done
equal "$rounds lives" $n $rounds
equal "the pool has as many free frames as before" "$(cat $hv/hv0/pool_frames_free)" "$pool"
equal "tables and owners agree" "$(cat $hv/hv0/selfcheck)" ok
lost=$((free - $(memfree)))
measure memfree_lost_kib $lost
check "free memory is back (lost $lost KiB)" test $lost -lt 1024
check "create once more" $hvctl cell create /tmp/one.yaml
check "leave, and take it along" $hvctl disable --force
equal "its CPU is back" "$(cat $cpus/cpu$last/online)" 1
hv_unload
dmesg_clean
