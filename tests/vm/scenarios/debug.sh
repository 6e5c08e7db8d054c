# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Hardware breakpoints, single steps and INT1 work as on the bare machine, also across instructions that exit.
#
# machine: vendors=svm,vmx kernels=6.1,6.1-cloud,6.1-rt,6.12 kernels.vmx=6.1-cloud timeout=60

check "bare" /hv/bin/watchpoint || exit
# what the kernel thinks of the emulated debug registers without us is not our business
dmesg_clean "WARNING|Call Trace"
check "launch" hv_load || exit
check "launched" /hv/bin/watchpoint
check "leave" hv_unload
check "left" /hv/bin/watchpoint
dmesg_clean
