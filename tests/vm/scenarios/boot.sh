# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# The machine boots a stock kernel, on a CPU that offers what hv needs, with the modules the other scenarios use.
#
# machine: vendors=svm,vmx kernels=6.1,6.1-cloud,6.1-rt,6.12 kernels.vmx=6.1-cloud timeout=60

measure cpus "$(nproc)"
measure memtotal_kib "$(memtotal)"
check "boots $(uname -r) to user space" test -d /proc/self
check "CPU offers $HV_VENDOR" grep -qw "$HV_VENDOR" /proc/cpuinfo
check "msr module loads" modprobe msr
check "an MSR can be read" test -c /dev/cpu/0/msr
dmesg_clean
