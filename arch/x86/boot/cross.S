/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Linux side of a crossing. Both ends of every way use the same frame: the callee-saved registers on Linux's stack.
 * Linux's own macros for returns and jumps, because its objtool reads this.
 */
#include <linux/objtool.h>
#include <asm/linkage.h>
#include <asm/nospec-branch.h>

#include <x86/offsets.h>

	.section .noinstr.text, "ax"

.macro PUSH_CALLEE_SAVED
	push	%rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
.endm

.macro POP_CALLEE_SAVED_AND_RETURN
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	RET
.endm

/*
 * int x86_cross(struct x86_crossing *rdi)
 * Interrupts off. The guest starts at "resume" with RAX = 0; a failed launch comes to x86_back.
 * Global translations go first: a stale one of Linux may lie where the image is mapped ("%esp fixup stacks").
 */
	.globl	x86_cross
	.type	x86_cross, @function
x86_cross:
	PUSH_CALLEE_SAVED
	mov	%rsp, X86_CROSSING_RSP(%rdi)
	lea	resume(%rip), %rax
	mov	%rax, X86_CROSSING_RIP(%rdi)
	lea	x86_back(%rip), %rax
	mov	%rax, X86_CROSSING_BACK(%rdi)
	mov	X86_CROSSING_BRIDGE(%rdi), %rax
	mov	%rax, %cr3
	mov	X86_CROSSING_CR4(%rdi), %rax
	and	$X86_BRIDGE_CR4_KEEP, %rax
	mov	%rax, %cr4
	mov	X86_CROSSING_ENTRY(%rdi), %rax
	ANNOTATE_RETPOLINE_SAFE
	jmp	*%rax
resume:
	POP_CALLEE_SAVED_AND_RETURN
	.size	x86_cross, . - x86_cross
STACK_FRAME_NON_STANDARD x86_cross

/*
 * Natively back: bridge tables, Linux's descriptor tables and segments are loaded.
 * In: RSI = result, RDX = CR4, RCX = CR3, R8 = RSP. CR4 first: PCIDE can only be set while CR3 selects PCID 0.
 */
	.type	x86_back, @function
x86_back:
	mov	%rdx, %cr4
	mov	%rcx, %cr3
	mov	%r8, %rsp
	mov	%rsi, %rax
	POP_CALLEE_SAVED_AND_RETURN
	.size	x86_back, . - x86_back
STACK_FRAME_NON_STANDARD x86_back

/* long x86_leave_*(rdi = number): on success the CPU comes back through x86_back, otherwise here with the error. */
.macro LEAVE name, insn
	.globl	x86_leave_\name
	.type	x86_leave_\name, @function
x86_leave_\name:
	PUSH_CALLEE_SAVED
	mov	%rdi, %rax
	lea	x86_back(%rip), %rdi
	\insn
	POP_CALLEE_SAVED_AND_RETURN
	.size	x86_leave_\name, . - x86_leave_\name
.endm

/* long x86_call_*(rdi = number, rsi = argument) */
.macro CALL name, insn
	.globl	x86_call_\name
	.type	x86_call_\name, @function
x86_call_\name:
	mov	%rdi, %rax
	mov	%rsi, %rdi
	\insn
	RET
	.size	x86_call_\name, . - x86_call_\name
.endm

	LEAVE	vmx, vmcall
	LEAVE	svm, vmmcall
	CALL	vmx, vmcall
	CALL	svm, vmmcall

	.section .note.GNU-stack, "", @progbits
