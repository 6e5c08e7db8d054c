# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Ends without a word.
#
# machine: timeout=30
# expect: FAIL reported nothing

true
