# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# The story that demo.py tells: a stock kernel, the hypervisor underneath it, cells beside it, and out again.
#
# machine: vendors=svm,vmx timeout=150

hv=/sys/class/hv
cpus=/sys/devices/system/cpu/online
last=$(($(nproc) - 1))

tell() { # what comes now
	say tell "$1"
}

lines() { # standard input, as output of a command
	while IFS= read -r line; do
		say line "$line"
	done
}

shown() { # STATUS COMMAND...: its output is shown as it comes; it has to end with that status
	local wanted=$1 status
	shift
	say run "$*"
	rm -f /tmp/said
	mkfifo /tmp/said
	lines </tmp/said &
	"$@" </dev/null >/tmp/said 2>&1
	status=$?
	wait $!
	[ $status -eq "$wanted" ] || fail "$*" "ended with $status, not $wanted"
}

run() { # COMMAND...: has to succeed
	shown 0 "$@"
}

kernel_says() { # since last asked
	dmesg_since | sed -n '/taint/d; s/^.*\(hv: .*\)/\1/p' | lines
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

fault_file() { # NAME WORD: fault.yaml, with another name and command line
	sed "s/^name: .*/name: $1/; s/^cmdline: .*/cmdline: $2/" /hv/configs/fault.yaml >"/hv/configs/$1.yaml"
}

total=$(memtotal)
online=$(cat $cpus)
sed "s/^cpus: \[3\]/cpus: [$last]/" /hv/configs/hello.yaml >/tmp/hello.yaml
cp /tmp/hello.yaml /hv/configs/hello.yaml
fault_file steady heartbeat
fault_file rogue read
cd /hv/configs || exit

tell "A stock Debian kernel on $(nproc) emulated CPUs, with $HV_VENDOR and without a boot parameter for us."
run uname -r -v
tell "One module slides a hypervisor underneath it. Linux does not stop; it becomes the root cell."
run insmod /hv/hv.ko
kernel_says
check "the hypervisor runs" grep -qx active $hv/hv0/state
run hvctl status
check "Linux goes on, now as a guest: programs, memory and files work" work

tell "A cell is a file: which CPU, how much memory, which program."
say run cat hello.yaml
sed 's/ *#.*//; /^$/d' hello.yaml | lines
tell "Run it. CPU $last and 2 MiB leave Linux; a bare-metal program gets them, and prints to its console."
run hvctl cell run hello.yaml --console
tell "It has ended; CPU and memory are still its own, and Linux does not have them."
run cat $cpus
run hvctl cell list
run hvctl cell show hello
tell "Why it needed the hypervisor, counted by reason. To read that costs no exit."
run hvctl cell stats hello
run hvctl cell destroy hello
equal "CPU $last is Linux's again" "$(cat $cpus)" "$online"

if [ "$last" -gt 1 ]; then
	tell "Now two at once: one that goes about its work, and one that reaches for memory that is not its own."
	run hvctl cell run steady.yaml
	check "the first one is at work" cell_goes_on steady
else
	tell "Now one that reaches for memory that is not its own."
fi
shown 1 hvctl cell run rogue.yaml --console
check "it was stopped" grep -qx failed "$hv"/cell$((last > 1 ? 2 : 1))/state
tell "It alone: there is a record of what it did, and everybody else goes on."
run hvctl -v cell show rogue
if [ "$last" -gt 1 ]; then
	check "its neighbour is still at work" cell_goes_on steady
	run hvctl cell list
fi
check "and so is Linux" work
kernel_says

tell "Out again. While there are cells, nobody takes the ground from under them:"
shown 1 rmmod hv
[ "$last" -le 1 ] || run hvctl cell destroy steady
run hvctl cell destroy rogue
run rmmod hv
kernel_says
refuse "nothing is left of it" test -e $hv/hv0
equal "all CPUs are back" "$(cat $cpus)" "$online"
equal "all memory is back: MemTotal is $total KiB, as before" "$(memtotal)" "$total"
dmesg_clean
