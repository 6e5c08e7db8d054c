/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A hypercall after which all registers are looked at. */

#define PATTERN -0x5a5a0000	/* sign-extended: the upper half counts, too */

	.text
/*
 * In: RDI = number, RSI and RDX = its arguments, RCX = where the result goes, R8B = is it VMMCALL?
 * Out: RAX = how many registers have changed.
 */
	.globl	fault_hypercall
fault_hypercall:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	push	%rcx
	push	%rdx
	push	%rsi
	mov	%rdi, %rax
	mov	%rsi, %rdi
	mov	%rdx, %rsi
	test	%r8b, %r8b
	/* a move leaves the flags alone */
	.set	i, 0
	.irp	reg, rbx, rcx, rdx, rbp, r8, r9, r10, r11, r12, r13, r14, r15
	mov	$PATTERN + i, %\reg
	.set	i, i + 1
	.endr
	jz	1f
	vmmcall
	jmp	2f
1:	vmcall
2:	push	%rax
	xor	%eax, %eax
	.set	i, 0
	.irp	reg, rbx, rcx, rdx, rbp, r8, r9, r10, r11, r12, r13, r14, r15
	cmp	$PATTERN + i, %\reg
	setne	%bl
	add	%bl, %al
	.set	i, i + 1
	.endr
	cmp	8(%rsp), %rdi
	setne	%bl
	add	%bl, %al
	cmp	16(%rsp), %rsi
	setne	%bl
	add	%bl, %al
	pop	%rdx
	add	$16, %rsp
	pop	%rcx
	mov	%rdx, (%rcx)
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

	.section .note.GNU-stack, "", @progbits
