/* SPDX-License-Identifier: GPL-2.0-only */
/* The world switch. Root mode runs with GIF = 0 throughout, so nothing interrupts here. */
#include <x86/frame.h>

	.section .text, "ax"

/*
 * void svm_run(struct x86_regs *rdi), does not return.
 * RSP stays at the guest's registers, at the top of the slot's stack; the CPU's data lies X86_FRAME_TO_CPU below.
 * VMRUN and #VMEXIT keep our RSP and RAX; VMSAVE and VMLOAD swap what they do not: FS, GS, TR, LDTR and the registers
 * of SYSCALL.
 */
	.globl	svm_run
	.hidden	svm_run
	.type	svm_run, @function
svm_run:
	mov	%rdi, %rsp
1:	cmpb	$0, X86_CPU_FLUSH_TLB - X86_FRAME_TO_CPU(%rsp)
	jne	2f
	X86_RESTORE_REGS
	mov	X86_CPU_VMCB_HPA - X86_FRAME_TO_CPU(%rsp), %rax
	vmload
	vmrun
svm_exited:
	vmsave
	X86_SAVE_REGS
	mov	X86_CPU_HOST_HPA - X86_FRAME_TO_CPU(%rsp), %rax
	vmload
	lea	-X86_FRAME_TO_CPU(%rsp), %rdi
	X86_CLEAR_REGS
	call	svm_handle_exit
	jmp	1b
2:	lea	-X86_FRAME_TO_CPU(%rsp), %rdi
	call	svm_flush
	jmp	1b
	.size	svm_run, . - svm_run

	.section .note.GNU-stack, "", @progbits
