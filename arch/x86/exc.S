/* SPDX-License-Identifier: GPL-2.0-only */
/* Root mode's exception stubs: one per vector, all to x86_host_exception(struct x86_exception_frame *). */

	.section .text, "ax"

.macro STUB vector
	.balign	16
	.if \vector != 8 && \vector != 10 && \vector != 11 && \vector != 12 && \vector != 13 && \vector != 14 && \
	    \vector != 17 && \vector != 21 && \vector != 29 && \vector != 30
	push	$0
	.endif
	push	$\vector
	jmp	common
.endm

/* 16 bytes each, in the order of the vectors: x86_host_init() computes the gates. */
	.globl	x86_exception_stubs
	.hidden	x86_exception_stubs
	.balign	16
x86_exception_stubs:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	STUB	\n
	.endr
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	STUB	\n
	.endr

/* The frame is struct x86_exception_frame. Stack: the interrupted one, or an IST for #DF and #PF. */
	.balign	16
common:
	push	%r15
	push	%r14
	push	%r13
	push	%r12
	push	%r11
	push	%r10
	push	%r9
	push	%r8
	push	%rdi
	push	%rsi
	push	%rbp
	push	%rbx
	push	%rdx
	push	%rcx
	push	%rax
	cld
	mov	%rsp, %rdi
	call	x86_host_exception
	pop	%rax
	pop	%rcx
	pop	%rdx
	pop	%rbx
	pop	%rbp
	pop	%rsi
	pop	%rdi
	pop	%r8
	pop	%r9
	pop	%r10
	pop	%r11
	pop	%r12
	pop	%r13
	pop	%r14
	pop	%r15
	add	$16, %rsp
	iretq

	.section .note.GNU-stack, "", @progbits
