# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Asks for a machine that counts instructions, which has one CPU.
#
# machine: timeout=30 icount=yes
# expect: ok one CPU

equal "one CPU" "$(nproc)" 1
