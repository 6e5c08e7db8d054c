/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Holds known values in all registers of a thread while it is preempted, yields or exits to a hypervisor.
 * regs_hold_*: in rdi = what to load, rsi = where to store, rdx = number of spins (not 0), rcx = HOLD_*.
 * Returns with the x87 and vector registers clobbered, the x87 stack empty.
 */
#include "regs.h"

#define NR_SCHED_YIELD 24

#define LOW 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
#define HIGH 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31

.macro load_sse base
	.irp i, LOW
	movaps REGS_VECTORS + 64 * \i(\base), %xmm\i
	.endr
.endm

.macro store_sse base
	.irp i, LOW
	movaps %xmm\i, REGS_VECTORS + 64 * \i(\base)
	.endr
.endm

.macro load_avx base
	.irp i, LOW
	vmovaps REGS_VECTORS + 64 * \i(\base), %ymm\i
	.endr
.endm

.macro store_avx base
	.irp i, LOW
	vmovaps %ymm\i, REGS_VECTORS + 64 * \i(\base)
	.endr
	vzeroupper
.endm

.macro load_avx512 base
	.irp i, LOW, HIGH
	vmovaps REGS_VECTORS + 64 * \i(\base), %zmm\i
	.endr
	.irp i, 0, 1, 2, 3, 4, 5, 6, 7
	kmovw REGS_MASKS + 8 * \i(\base), %k\i
	.endr
.endm

.macro store_avx512 base
	.irp i, LOW, HIGH
	vmovaps %zmm\i, REGS_VECTORS + 64 * \i(\base)
	.endr
	.irp i, 0, 1, 2, 3, 4, 5, 6, 7
	kmovw %k\i, REGS_MASKS + 8 * \i(\base)
	.endr
	vzeroupper
.endm

/* Popping reverses the order of pushing. */
.macro load_x87 base
	fninit
	.irp i, 7, 6, 5, 4, 3, 2, 1, 0
	fldt REGS_ST + 16 * \i(\base)
	.endr
.endm

.macro store_x87 base
	.irp i, 0, 1, 2, 3, 4, 5, 6, 7
	fstpt REGS_ST + 16 * \i(\base)
	.endr
.endm

.macro load_gprs base
	mov 0(\base), %rbx
	mov 8(\base), %rdx
	mov 16(\base), %rsi
	mov 24(\base), %rdi
	mov 32(\base), %rbp
	mov 40(\base), %r8
	mov 48(\base), %r9
	mov 56(\base), %r10
	mov 64(\base), %r12
	mov 72(\base), %r13
	mov 80(\base), %r14
	mov 88(\base), %r15
.endm

.macro store_gprs base
	mov %rbx, 0(\base)
	mov %rdx, 8(\base)
	mov %rsi, 16(\base)
	mov %rdi, 24(\base)
	mov %rbp, 32(\base)
	mov %r8, 40(\base)
	mov %r9, 48(\base)
	mov %r10, 56(\base)
	mov %r12, 64(\base)
	mov %r13, 72(\base)
	mov %r14, 80(\base)
	mov %r15, 88(\base)
.endm

.macro hold kind
	.globl regs_hold_\kind
	.type regs_hold_\kind, @function
regs_hold_\kind:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	push %rsi
	push %rcx
	mov %rdi, %rax
	mov %rdx, %rcx
	load_\kind %rax
	load_x87 %rax
	load_gprs %rax
1:	pause
	dec %rcx
	jnz 1b
	cmpq $HOLD_SPIN, (%rsp)
	je 3f
	cmpq $HOLD_YIELD, (%rsp)
	je 2f
	xor %eax, %eax
	cpuid
	jmp 3f
2:	mov $NR_SCHED_YIELD, %eax
	syscall
3:	mov 8(%rsp), %rax
	store_gprs %rax
	store_\kind %rax
	store_x87 %rax
	add $16, %rsp
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret
	.size regs_hold_\kind, . - regs_hold_\kind
.endm

	.text
	hold sse
	hold avx
	hold avx512
	.section .note.GNU-stack, "", @progbits
