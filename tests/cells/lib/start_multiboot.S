/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Entry of a flat file whose multiboot header says where it goes: as start_prot32.S, which an ELF file has. */
#include "start.h"

#define MULTIBOOT_HEADER_MAGIC 0x1badb002
#define MULTIBOOT_HEADER_FLAGS 0x10000	/* addresses follow */

	.section .text.entry, "ax"
	.balign 4
header:
	.long	MULTIBOOT_HEADER_MAGIC, MULTIBOOT_HEADER_FLAGS, -(MULTIBOOT_HEADER_MAGIC + MULTIBOOT_HEADER_FLAGS)
	.long	header, image_begin, 0, image_end, _start	/* 0: up to the end of the file */
	.code32
	.globl	_start
_start:
	mov	%eax, %esi
	mov	%ebx, %edi
	mov	$start64, %ebp
	jmp	start32

	.section .note.GNU-stack, "", @progbits
