# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Resets the machine the usual way.
#
# machine: timeout=30 exclusive=yes
# expect: ok got here
# expect: FAIL

pass "got here"
echo b >/proc/sysrq-trigger
sleep 5
