# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Fails one check and passes another; what follows in the same boot still runs.
#
# machine: timeout=30
# expect: ok this is true
# expect: FAIL this is false -- 'sh -c echo because; exit 3' gave 3: because
# expect: FAIL this is accepted -- 'true' was not refused

check "this is true" true
check "this is false" sh -c 'echo because; exit 3'
refuse "this is accepted" true
