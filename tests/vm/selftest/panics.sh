# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Panics.
#
# machine: timeout=30
# expect: ok got here
# expect: FAIL Kernel panic - not syncing: sysrq triggered crash

pass "got here"
echo c >/proc/sysrq-trigger
sleep 5
