/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The way to main() that all modes share: _start is in one of start_real16.S, start_prot32.S, start_long64.S.
 *
 *   real16 -> prot32 -> start32 -> start64 -> start_main() -> main()
 *                                  long64 --^
 */
#include <hvabi/guest.h>
#include "start.h"

	.text

/* In: flat 32-bit code segment, paging off, EBP = where to go on in 64-bit mode. ESI and EDI go through. No stack. */
	.code32
	.globl	start32
start32:
	lgdt	pointer
	mov	$SEL_DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %fs
	mov	%eax, %gs
	mov	%eax, %ss
	mov	$CR4_PAE, %eax
	mov	%eax, %cr4
	mov	$tables, %eax
	mov	%eax, %cr3
	mov	$MSR_EFER, %ecx
	rdmsr
	or	$EFER_LME, %eax
	wrmsr
	mov	$CR0_LONG, %eax
	mov	%eax, %cr0
	ljmp	$SEL_CODE64, $1f
	.code64
1:	mov	%ebp, %ebp	/* upper halves are undefined after the switch */
	mov	%esi, %esi
	mov	%edi, %edi
	jmp	*%rbp

/* In: 64-bit mode, whatever descriptors and tables; RDI and RSI for start_main(). No stack yet. */
	.globl	start64
start64:
	mov	$tables, %eax
	mov	%rax, %cr3
	mov	$stack + STACK_SIZE, %esp
	lgdt	pointer
	mov	$SEL_DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	push	$SEL_CODE64
	push	$1f
	lretq
	/* a cell that begins anew finds what it left behind */
1:	mov	%rdi, %rdx
	mov	$bss_begin, %edi
	mov	$bss_size, %ecx
	xor	%eax, %eax
	cld
	rep stosb
	mov	%rdx, %rdi
	xor	%ebp, %ebp
	call	start_main
	ud2

	.section .rodata
	.balign 8
	.globl	gdt
gdt:	/* accessed and writable bits are set, so that nobody writes here */
	.quad	0
	.quad	0x00af9b000000ffff	/* SEL_CODE64 */
	.quad	0x00cf93000000ffff	/* SEL_DATA */
	.quad	0x00cf9b000000ffff	/* SEL_CODE32 */
	.quad	0x00cff3000000ffff	/* SEL_USER_DATA */
	.quad	0x00affb000000ffff	/* SEL_USER_CODE64 */
pointer:
	.word	GDT_ENTRIES * 8 - 1
	.quad	gdt

/*
 * The first 4 GiB, identically, by pages of 2 MiB that CPL 3 may use, too. They are made by the assembler, with all
 * accessed and dirty bits set. Yet they lie in writable memory, because that is what nested paging takes a guest's
 * tables for.
 */
#define TABLE 0x27
#define LEAF 0xe7
#define UNCACHED 0x18
	.section .tables, "aw"
	.balign 4096
	.globl	tables
tables:
	.quad	directories + TABLE
	.zero	4096 - 8
directories:
	.quad	pages + TABLE, pages + 0x1000 + TABLE, pages + 0x2000 + TABLE, pages + 0x3000 + TABLE
	.zero	4096 - 4 * 8
pages:
	.set	page, 0
	.rept	4 * 512
	.if	page == HV_APIC_GPA >> 21
	.quad	page << 21 | LEAF | UNCACHED
	.else
	.quad	page << 21 | LEAF
	.endif
	.set	page, page + 1
	.endr

	.bss
	.balign 16
stack:	.zero	STACK_SIZE

	.section .note.GNU-stack, "", @progbits
