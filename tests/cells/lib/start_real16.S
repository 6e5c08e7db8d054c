/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Entry of a flat binary, at its first byte: real mode, CS = 0, so it has to lie in the first 64 KiB. */
#include "start.h"

	.section .text.entry, "ax"
	.code16
	.globl	_start
_start:
	xor	%esi, %esi
	xor	%edi, %edi
	LEAVE_REAL_MODE 0, start64

	.section .note.GNU-stack, "", @progbits
