# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Hangs.
#
# machine: timeout.svm=5 timeout.vmx=2
# expect: ok got here
# expect: FAIL hung in

pass "got here"
while :; do :; done
