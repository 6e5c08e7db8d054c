# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# What launch and leave take, and what the hypervisor occupies. Where the TSC counts instructions, so does this clock.
#
# machine: vendors=svm,vmx kernels=6.1-cloud timeout=120

hv0=/sys/class/hv/hv0

timed() { # COMMAND...: between two marks in the kernel log, whose stamps are microseconds
	echo "<5>@hv mark" >/dev/kmsg
	"$@"
	echo "<5>@hv mark" >/dev/kmsg
}

elapsed() { # microseconds between the last two marks
	dmesg | sed -n 's/.*\[ *\([0-9]*\)\.\([0-9]*\)\] @hv mark$/\1 \2/p' | tail -n 2 |
		awk '{ at[NR] = $1 * 1000000 + $2 } END { print at[2] - at[1] }'
}

# the first round fills caches, those of the module loader among them
check "a round ahead" sh -c 'insmod /hv/hv.ko && rmmod hv'
timed insmod /hv/hv.ko
measure launch_us "$(elapsed)"
check "launched" test "$(cat $hv0/state)" = active
measure launch_stop_us "$(cat $hv0/stop_us)"
for file in memory_bytes image_bytes percpu_bytes text_bytes pool_frames pool_frames_free table_frames root_bytes_4k \
	root_bytes_2m root_bytes_1g; do
	measure $file "$(cat $hv0/$file)"
done
timed rmmod hv
measure leave_us "$(elapsed)"
refuse "left" test -e $hv0
measure leave_stop_us "$(dmesg | sed -n 's/.*hv: left: .*stopped for \([0-9]*\) us$/\1/p' | tail -n 1)"
dmesg_clean
