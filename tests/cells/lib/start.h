/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What start code, for all modes, and the rest of the library know of each other. */
#ifndef CELLS_START_H
#define CELLS_START_H

#define SEL_CODE64 0x08
#define SEL_DATA 0x10
#define SEL_CODE32 0x18
#define SEL_USER_DATA 0x23
#define SEL_USER_CODE64 0x2b
#define GDT_ENTRIES 6

#define STACK_SIZE 0x2000

#define CR0_PE 0x1
#define CR0_NW 0x20000000
#define CR0_CD 0x40000000
#define CR0_PG 0x80000000
/* PG, WP, NE, ET, PE; caches are on, which INIT leaves off */
#define CR0_LONG 0x80010031
#define CR4_PAE 0x20
#define MSR_EFER 0xc0000080
#define EFER_LME 0x100

#ifdef __ASSEMBLER__
/*
 * In: real mode, at offset @base of its code segment. On to start32, with EBP = @next. Touches no memory but the six
 * bytes behind it, so it needs neither a stack nor to be where it was linked.
 */
.macro LEAVE_REAL_MODE base, next
	.code16
	cli
	lgdtl	%cs:.Lpointer\@ - \base
	mov	$CR0_PE, %eax
	mov	%eax, %cr0
	mov	$\next, %ebp
	ljmpl	$SEL_CODE32, $start32
.Lpointer\@:
	.word	GDT_ENTRIES * 8 - 1
	.long	gdt
.endm
#else
#include <hv/types.h>

extern const u64 gdt[GDT_ENTRIES];

/* Called by start.S. */
void start_main(u64 info, u32 magic);
#endif

#endif
