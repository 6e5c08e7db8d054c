/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Entry of a 32-bit ELF file with a multiboot header: flat segments, no paging, EAX and EBX as multiboot says. */
#include "start.h"

#define MULTIBOOT_HEADER_MAGIC 0x1badb002
#define MULTIBOOT_HEADER_FLAGS 0	/* the ELF file says where it goes */

	.section .text.entry, "ax"
	.balign 4
	.long	MULTIBOOT_HEADER_MAGIC, MULTIBOOT_HEADER_FLAGS, -(MULTIBOOT_HEADER_MAGIC + MULTIBOOT_HEADER_FLAGS)
	.code32
	.globl	_start
_start:
	mov	%eax, %esi
	mov	%ebx, %edi
	mov	$start64, %ebp
	jmp	start32

	.section .note.GNU-stack, "", @progbits
