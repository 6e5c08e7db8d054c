# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Lets the kernel complain, and does not look.
#
# machine: timeout=30
# expect: ok looks fine
# expect: FAIL clean kernel log --

pass "looks fine"
echo "<4>WARNING: made up by $NAME" >/dev/kmsg
