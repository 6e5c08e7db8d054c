# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Uses a variable that nobody set.
#
# machine: timeout=30
# expect: ok got here
# expect: FAIL ended with status 2

pass "got here"
# shellcheck disable=SC2154 # that is the point
echo "$no_such_variable"
