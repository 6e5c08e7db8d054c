/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's general registers on the hypervisor's stack, and the slot geometry that assembly needs. */
#ifndef X86_FRAME_H
#define X86_FRAME_H

/*
 * A CPU's slot: at X86_SLOT_BASE + cpu * X86_SLOT_STRIDE in virtual memory, so that the slot is found from the stack
 * pointer with one AND. Only the CPU itself maps it. Frames of the slot, in physical order:
 *
 *   0 private data   1 VMCB | VMCS   2 host save | VMXON   3..6 the CPU's own tables   7 stack
 *                                                          (not mapped here: the guard)
 */
#define X86_SLOT_BASE 0xffffff0040000000
#define X86_SLOT_STRIDE 0x200000
#define X86_SLOT_FRAMES 8
#define X86_SLOT_SIZE (X86_SLOT_FRAMES * 0x1000)
#define X86_SLOT_VMCS 0x1000
#define X86_SLOT_VMXON 0x2000
#define X86_SLOT_TABLES 0x3000
#define X86_SLOT_STACK 0x7000
/* Beyond the slot: frames that the CPU maps for a moment, and the last table itself. */
#define X86_SLOT_WINDOW 0x100000
#define X86_SLOT_PT 0x1ff000

#define X86_REGS_SIZE 128
/* From the registers on the stack down to the CPU's private data, and in there. */
#define X86_FRAME_TO_CPU (X86_SLOT_SIZE - X86_REGS_SIZE)
#define X86_CPU_VMCB_HPA 0x38
#define X86_CPU_HOST_HPA 0x40
/* Two flags, one word: work to be done before the next entry. */
#define X86_CPU_FLUSH_TLB 0x70
#define X86_CPU_NMI_PENDING 0x71

#ifndef __ASSEMBLER__
#include <hv/check.h>
#include <hv/types.h>

/* In the order in which instructions number them. RSP is kept by the vendor's control block. */
enum x86_reg {
	X86_RAX, X86_RCX, X86_RDX, X86_RBX, X86_RSP, X86_RBP, X86_RSI, X86_RDI,
	X86_R8, X86_R9, X86_R10, X86_R11, X86_R12, X86_R13, X86_R14, X86_R15, X86_NR_REGS
};

struct x86_regs {
	u64 r[X86_NR_REGS];
};

HV_ASSERT_SIZE(struct x86_regs, X86_REGS_SIZE);

/* What the stubs of exc.S leave on the stack. */
struct x86_exception_frame {
	u64 r[15];		/* rax..r15 without rsp, last pushed first */
	u64 vector, error;
	u64 rip, cs, rflags, rsp, ss;
};
#else

/* Save the guest's registers behind RSP; RAX and RSP are handled by the vendor's stub. */
.macro X86_SAVE_REGS
	mov	%rcx, 0x08(%rsp)
	mov	%rdx, 0x10(%rsp)
	mov	%rbx, 0x18(%rsp)
	mov	%rbp, 0x28(%rsp)
	mov	%rsi, 0x30(%rsp)
	mov	%rdi, 0x38(%rsp)
	mov	%r8, 0x40(%rsp)
	mov	%r9, 0x48(%rsp)
	mov	%r10, 0x50(%rsp)
	mov	%r11, 0x58(%rsp)
	mov	%r12, 0x60(%rsp)
	mov	%r13, 0x68(%rsp)
	mov	%r14, 0x70(%rsp)
	mov	%r15, 0x78(%rsp)
.endm

.macro X86_RESTORE_REGS
	mov	0x08(%rsp), %rcx
	mov	0x10(%rsp), %rdx
	mov	0x18(%rsp), %rbx
	mov	0x28(%rsp), %rbp
	mov	0x30(%rsp), %rsi
	mov	0x38(%rsp), %rdi
	mov	0x40(%rsp), %r8
	mov	0x48(%rsp), %r9
	mov	0x50(%rsp), %r10
	mov	0x58(%rsp), %r11
	mov	0x60(%rsp), %r12
	mov	0x68(%rsp), %r13
	mov	0x70(%rsp), %r14
	mov	0x78(%rsp), %r15
.endm

.macro X86_CLEAR_REGS
	/* What the guest left in registers must not steer our speculation. RDI holds the CPU. */
	xor	%eax, %eax
	xor	%ecx, %ecx
	xor	%edx, %edx
	xor	%ebx, %ebx
	xor	%ebp, %ebp
	xor	%esi, %esi
	xor	%r8d, %r8d
	xor	%r9d, %r9d
	xor	%r10d, %r10d
	xor	%r11d, %r11d
	xor	%r12d, %r12d
	xor	%r13d, %r13d
	xor	%r14d, %r14d
	xor	%r15d, %r15d
.endm

#endif
#endif
