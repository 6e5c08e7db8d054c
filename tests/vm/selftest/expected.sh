# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Powers off, as announced.
#
# machine: timeout=30 exclusive=yes
# expect: ok powers off

expect_end "powers off" "reboot: Power down"
poweroff -f
sleep 5
