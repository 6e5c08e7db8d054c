/* SPDX-License-Identifier: GPL-2.0-only */
/* The world switch. RSP stays at the guest's registers; the CPU's data lies X86_FRAME_TO_CPU below. */
#include <x86/frame.h>

#define VMX_ENTRY_ERROR 5	/* EIO */

	.section .text, "ax"

/* void vmx_launch_guest(struct x86_regs *rdi): the first entry; goes to x86_enter_failed() if the CPU refuses. */
	.globl	vmx_launch_guest
	.hidden	vmx_launch_guest
	.type	vmx_launch_guest, @function
vmx_launch_guest:
	mov	%rdi, %rsp
	X86_CLEAR_REGS
	xor	%edi, %edi
	vmlaunch
	lea	-X86_FRAME_TO_CPU(%rsp), %rdi
	mov	$-VMX_ENTRY_ERROR, %esi
	call	x86_enter_failed
	ud2
	.size	vmx_launch_guest, . - vmx_launch_guest

/*
 * Host RIP. The range from vmx_entry_begin to vmx_entry_end can be run again from its start at any point: an NMI
 * that comes inside it sets nmi_pending and starts it over, so that none is left behind by the entry.
 */
	.globl	vmx_exit_entry
	.hidden	vmx_exit_entry
	.type	vmx_exit_entry, @function
vmx_exit_entry:
	mov	%rax, 0x00(%rsp)
	X86_SAVE_REGS
	lea	-X86_FRAME_TO_CPU(%rsp), %rdi
	X86_CLEAR_REGS
	call	vmx_handle_exit
	.globl	vmx_entry_begin
	.hidden	vmx_entry_begin
vmx_entry_begin:
	cmpw	$0, X86_CPU_FLUSH_TLB - X86_FRAME_TO_CPU(%rsp)	/* and nmi_pending */
	jne	1f
	X86_RESTORE_REGS
	mov	0x00(%rsp), %rax
	vmresume
	.globl	vmx_entry_end
	.hidden	vmx_entry_end
vmx_entry_end:
	lea	-X86_FRAME_TO_CPU(%rsp), %rdi
	call	vmx_resume_failed
	jmp	vmx_entry_begin
1:	lea	-X86_FRAME_TO_CPU(%rsp), %rdi
	call	vmx_before_entry
	jmp	vmx_entry_begin
	.size	vmx_exit_entry, . - vmx_exit_entry

	.section .note.GNU-stack, "", @progbits
