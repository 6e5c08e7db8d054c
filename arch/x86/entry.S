/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a CPU comes in from Linux and goes back to it. The bridge is mapped at both times. */
#include <x86/frame.h>
#include <x86/offsets.h>

	.section .text, "ax"

/* In: RDI = crossing, interrupts off, Linux's stack, descriptor tables and segments. Does not return here. */
	.globl	x86_image_entry
	.hidden	x86_image_entry
	.type	x86_image_entry, @function
x86_image_entry:
	mov	X86_CROSSING_CPU(%rdi), %rax
	shl	$21, %rax
	mov	$X86_SLOT_BASE + X86_SLOT_SIZE - X86_REGS_SIZE, %rsp
	add	%rax, %rsp
	xor	%ebp, %ebp
	cld
	call	x86_launch
	ud2
	.size	x86_image_entry, . - x86_image_entry

/*
 * x86_native_jump(rdi = where, rsi = result, rdx = CR4, rcx = CR3, r8 = RSP), see x86_back in boot/cross.S.
 * The image's only indirect branch: its target is a register of a CPU that no longer runs a hypervisor.
 */
	.globl	x86_native_jump
	.hidden	x86_native_jump
	.type	x86_native_jump, @function
x86_native_jump:
	jmp	*%rdi
	.size	x86_native_jump, . - x86_native_jump

/*
 * bool x86_rdmsr_safe(edi = msr, rsi = u64 *value), bool x86_wrmsr_safe(edi = msr, rsi = value), bool
 * x86_xsetbv_safe(likewise)
 */
.macro EXTABLE insn, fixup
	.pushsection .extable, "a"
	.long	\insn - ., \fixup - .
	.popsection
.endm

	.globl	x86_rdmsr_safe
	.hidden	x86_rdmsr_safe
	.type	x86_rdmsr_safe, @function
x86_rdmsr_safe:
	mov	%edi, %ecx
1:	rdmsr
	shl	$32, %rdx
	or	%rdx, %rax
	mov	%rax, (%rsi)
	mov	$1, %eax
	ret
2:	movq	$0, (%rsi)
	xor	%eax, %eax
	ret
	EXTABLE	1b, 2b
	.size	x86_rdmsr_safe, . - x86_rdmsr_safe

.macro WRITE_SAFE name, insn
	.globl	\name
	.hidden	\name
	.type	\name, @function
\name:
	mov	%edi, %ecx
	mov	%esi, %eax
	mov	%rsi, %rdx
	shr	$32, %rdx
1:	\insn
	mov	$1, %eax
	ret
2:	xor	%eax, %eax
	ret
	EXTABLE	1b, 2b
	.size	\name, . - \name
.endm

	WRITE_SAFE	x86_wrmsr_safe, wrmsr
	WRITE_SAFE	x86_xsetbv_safe, xsetbv

/*
 * void x86_idle(rdi = const u32 *requests, rsi = const bool *nmi_pending): until an NMI, unless there are requests or
 * one has come. An NMI from x86_idle_begin to x86_idle_end has it look again, so that none that comes between the look
 * and the HLT is slept over.
 */
	.globl	x86_idle
	.hidden	x86_idle
	.type	x86_idle, @function
x86_idle:
	.globl	x86_idle_begin
	.hidden	x86_idle_begin
x86_idle_begin:
	cmpl	$0, (%rdi)
	jne	1f
	cmpb	$0, (%rsi)
	jne	1f
	hlt
	.globl	x86_idle_end
	.hidden	x86_idle_end
x86_idle_end:
1:	ret
	.size	x86_idle, . - x86_idle

/* The handler of interrupts that are taken only to be rid of them. */
	.globl	x86_ignore_interrupt
	.hidden	x86_ignore_interrupt
	.type	x86_ignore_interrupt, @function
x86_ignore_interrupt:
	iretq
	.size	x86_ignore_interrupt, . - x86_ignore_interrupt

	.section .note.GNU-stack, "", @progbits
