# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Announces a panic, and powers off instead.
#
# machine: timeout=30 exclusive=yes
# expect: FAIL panics -- the machine ended, without 'Kernel panic'

expect_end "panics" "Kernel panic"
poweroff -f
sleep 5
