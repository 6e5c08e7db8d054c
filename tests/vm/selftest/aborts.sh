# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Stops half way with a status.
#
# machine: timeout=30
# expect: ok got here
# expect: FAIL ended with status 7

pass "got here"
exit 7
pass "never gets here"
