# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Cannot be shown on this machine.
#
# machine: timeout=30
# expect: skip nothing to see here

skip "nothing to see here"
fail "never gets here"
