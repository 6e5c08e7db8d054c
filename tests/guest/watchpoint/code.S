/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Code to be stepped through. Functions of the C calling convention without arguments; rbx is preserved.
 * The tables behind them say in which order traps have to report which places.
 */

#define NR_GETPID 39
#define TF 0x100

	.text

/* In: nothing. INT3 tells the tracer that here stepping begins. */
	.globl run_steps, step_start
run_steps:
	push %rbx
	int3
step_start:
	nop
s1:	xor %eax, %eax
s2:	cpuid
s3:	rdtscp
s4:	mov $NR_GETPID, %eax
s5:	syscall
s6:	nop
s7:	mov %ss, %ecx
s8:	pushf
s9:	pop %rdx
s10:	pop %rbx
s11:	ret

/*
 * In: nothing. Steps through itself. POPF sets TF, so the first trap comes behind the instruction that follows; the
 * last
 * one comes behind the POPF that clears it. SYSCALL returns by IRET with TF set: its trap comes one instruction later.
 */
	.globl run_flag
run_flag:
	push %rbx
	pushf
	orl $TF, (%rsp)
	popf
	nop
f1:	xor %eax, %eax
f2:	cpuid
f3:	rdtscp
f4:	mov $NR_GETPID, %eax
f5:	syscall
f6:	nop
f7:	pushf
f8:	andl $~TF, (%rsp)
f9:	popf
f10:	pop %rbx
	ret

/* In: nothing. INT1, for which older assemblers have no name, between two INT3 that tell the tracer where we are. */
	.globl run_icebp, at_icebp, after_icebp, end_icebp
run_icebp:
	int3
at_icebp:
	.byte 0xf1
after_icebp:
	nop
	nop
	int3
end_icebp:
	ret

/* In: nothing. A trapped instruction that a breakpoint stands on. */
	.globl run_marked_cpuid, marked_cpuid
run_marked_cpuid:
	push %rbx
	xor %eax, %eax
marked_cpuid:
	cpuid
	pop %rbx
	ret

	.section .rodata
	.balign 8
	.globl step_places, flag_places
step_places:
	.quad s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, 0
flag_places:
	.quad f1, f2, f3, f4, f5, f7, f8, f9, f10, 0

	.section .note.GNU-stack, "", @progbits
