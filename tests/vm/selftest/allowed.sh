# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Lets the kernel complain and allows it; also prints old results and result-like text, which must not count.
#
# machine: timeout=30
# expect: ok clean kernel log

echo "<4>WARNING: made up by $NAME" >/dev/kmsg
dmesg_clean "made up by"
dmesg
echo "@hv fail $NAME: plain text"
