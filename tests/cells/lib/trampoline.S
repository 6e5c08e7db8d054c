/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Where the other CPUs begin: cpu_start() copies the first part to a page below 1 MiB. */
#include <hvabi/guest.h>
#include "start.h"

/* In: real mode, IP = 0, what INIT and a start-up IPI leave. */
	.section .rodata
	.globl	trampoline, trampoline_end
trampoline:
	LEAVE_REAL_MODE trampoline, other64
trampoline_end:

/* In: from start32. CPUID tells the number, of which there are stacks for all but 0. */
	.text
	.code64
other64:
	mov	$HV_GUEST_LEAF + 1, %eax
	xor	%ecx, %ecx
	cpuid
	mov	%ebx, %edi
	imul	$STACK_SIZE, %ebx, %ebx
	lea	cpu_stacks(%rbx), %rsp
	xor	%ebp, %ebp
	call	cpu_begin
	ud2

	.section .note.GNU-stack, "", @progbits
