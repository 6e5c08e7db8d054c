# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# The story that demo.py tells: a stock kernel, the hypervisor underneath it, and out again.
#
# machine: vendors=svm,vmx timeout=120

hv0=/sys/class/hv/hv0
cell0=/sys/class/hv/cell0

tell() { # what comes now
	say tell "$1"
}

lines() { # standard input, as output of a command
	while IFS= read -r line; do
		say line "$line"
	done
}

run() { # COMMAND...: shown with what it prints; has to succeed
	say run "$*"
	"$@" >/tmp/printed 2>&1
	status=$?
	lines </tmp/printed
	[ $status -eq 0 ] || fail "$*" "ended with $status"
}

kernel_says() { # since last asked
	dmesg_since | sed -n 's/^.*\(hv: .*\)/\1/p' | lines
	say mark
}

work() { # that keeps Linux busy: processes, memory, files
	n=0
	while [ $n -lt 100 ]; do
		/bin/busybox true || return
		n=$((n + 1))
	done
	dd if=/dev/urandom of=/tmp/data bs=1M count=4 2>/dev/null && sha256sum /tmp/data && cp /tmp/data /tmp/copy &&
		cmp /tmp/data /tmp/copy
	rm -f /tmp/data /tmp/copy
}

counters() { # those that counted anything
	grep -H . $cell0/stats/exits_* | sed 's/.*exits_\(.*\):/\1 /' | sort -k 2 -n -r |
		awk '$2 { printf "%-12s %8d\n", $1, $2 }' | lines
}

total=$(memtotal)
tell "A stock Debian kernel on $(nproc) emulated CPUs, with $HV_VENDOR and without a boot parameter for us."
run uname -r -v
tell "One module slides a hypervisor underneath it. Linux does not stop; it becomes the root cell."
run insmod /hv/hv.ko
kernel_says
check "the hypervisor runs" grep -qx active $hv0/state
run hvctl status
tell "Linux goes on working, now as a guest."
check "programs, memory and files work" work
tell "What reached the hypervisor so far, by reason, read from sysfs without an exit:"
counters
tell "And in five idle seconds?"
mkfifo /tmp/nothing
# without a process, which would bring exits of its own
read -r before <$cell0/stats/exits_total
# shellcheck disable=SC3045 # busybox has it
read -r -t 5 _ <>/tmp/nothing
read -r after <$cell0/stats/exits_total
say line "$((after - before)) exits"
tell "A cell is described in a file. The tool says what is wrong with one, and where, before anything is asked for:"
run hvctl cell list
run hvctl config check /hv/configs/hello.yaml
sed 's/size: 2M/size: 2000/' /hv/configs/hello.yaml >/tmp/odd.yaml
hvctl config check /tmp/odd.yaml 2>&1 | lines
tell "Out again: every CPU leaves, and the memory goes back."
run rmmod hv
kernel_says
refuse "nothing is left of it" test -e $hv0
equal "all memory is back: MemTotal is $total KiB, as before" "$(memtotal)" "$total"
dmesg_clean
