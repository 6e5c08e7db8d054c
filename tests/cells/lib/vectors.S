/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Where interrupts come in: one stub of 16 bytes for each vector, and try(), where exceptions may end. */

/* Exceptions for which the CPU pushes an error code: 8, 10-14, 17, 21, 29, 30. */
#define WITH_ERROR 0x60227d00

	.text
	.balign 16
	.globl	vectors
vectors:
	.set	vector, 0
	.rept	256
	.balign 16
	.if	vector >= 32 || !((WITH_ERROR >> (vector & 31)) & 1)
	push	$0
	.endif
	push	$vector
	jmp	save
	.set	vector, vector + 1
	.endr

/* In: on the stack struct frame from its member vector on. Calls interrupt(frame), which may change it. */
save:
	push	%rax
	push	%rcx
	push	%rdx
	push	%rbx
	push	%rbp
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, %rdi
	cld
	call	interrupt
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rbp
	pop	%rbx
	pop	%rdx
	pop	%rcx
	pop	%rax
	add	$16, %rsp
	iretq

/* int try(RDI = function, RSI = argument). An exception continues at try_landed: RSP = try_landing, EAX = vector. */
	.globl	try
try:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	pushfq
	pushq	try_landing
	sub	$8, %rsp
	mov	%rsp, try_landing
	mov	%rdi, %rax
	mov	%rsi, %rdi
	call	*%rax
	mov	$-1, %eax
	.globl	try_landed
try_landed:
	add	$8, %rsp
	popq	try_landing
	popfq
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

	.section .note.GNU-stack, "", @progbits
