# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Says what comes before the end, and then hangs instead.
#
# machine: timeout.svm=5 timeout.vmx=2 exclusive=yes
# expect: FAIL hung in

expect_end "powers off" "about to power off"
echo "about to power off" >/dev/ttyS0
while :; do :; done
