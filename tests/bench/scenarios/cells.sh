# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# How the life of a cell grows with the number of cells that there are: the first, second, fourth, eighth and 16th one.
#
# machine: vendors=svm kernels=6.1-cloud timeout=240

hv=/sys/class/hv
hvctl=/hv/bin/hvctl

calls() { # of root, so far
	cat $hv/cell0/stats/exits_hypercall
}

conf() { # NAME
	printf 'name: %s\ncpus: 1\nmemory:\n  - {gpa: 0x100000, size: 4M, loadable: true}\n' "$1"
	printf 'images:\n  - {file: /hv/configs/fault.elf}\ncmdline: halt\n'
}

step() { # MEASURE COMMAND...: measured if it has a name
	local name=$1 before
	before=$(calls)
	shift
	"$@" >/dev/null 2>&1 || return
	[ -z "$name" ] || measure "$name" $(($(calls) - before))
}

is_shown() { # NUMBER
	case $1 in
	1 | 2 | 4 | 8 | 16) echo "$2" ;;
	esac
}

check "launch" hv_load || exit
most=$(($(nproc) - 1))
[ $most -le 16 ] || most=16
n=0
while [ $n -lt $most ]; do
	n=$((n + 1))
	conf "cell-$n" >/tmp/one.yaml
	step "$(is_shown $n "create_${n}_calls")" $hvctl cell create /tmp/one.yaml || break
	$hvctl cell load "cell-$n" /hv/configs/fault.elf >/dev/null || break
	step "$(is_shown $n "start_${n}_calls")" $hvctl cell start "cell-$n" || break
done
equal "so many cells at once" "$(grep -l running $hv/cell*/state | wc -l)" $((most + 1))
while [ $n -gt 0 ]; do
	step "$(is_shown $n "destroy_${n}_calls")" $hvctl cell destroy "cell-$n" || break
	n=$((n - 1))
done
equal "all are gone" $n 0
hv_unload
dmesg_clean
