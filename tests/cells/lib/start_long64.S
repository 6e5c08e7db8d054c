/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Entry of a 64-bit ELF file: flat segments, the hypervisor's first tables, RDI = comm page. */

	.section .text.entry, "ax"
	.globl	_start
_start:
	xor	%esi, %esi
	jmp	start64

	.section .note.GNU-stack, "", @progbits
