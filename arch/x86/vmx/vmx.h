/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of this folder share. */
#ifndef VMX_VMX_H
#define VMX_VMX_H

#include <hv/compiler.h>
#include <vmx/caps.h>
#include <vmx/insn.h>
#include <vmx/regs.h>
#include <x86/cpu.h>
#include <x86/exit.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

struct hv_launch;

/* Fixed before the first entry, the same for all CPUs. */
struct vmx {
	struct vmx_controls controls;
	struct x86_probe probe;		/* of the CPU that went first */
	u8 *msr_bitmap;
	u64 msr_bitmap_hpa;
};

extern struct vmx vmx;

/** vmx_vmcs_init() - fill the current VMCS for root */
int __must_check vmx_vmcs_init(struct hv_launch *launch, struct x86_cpu *cpu);

/** vmx_put_cr0(), vmx_put_cr4() - a value as the guest sees it, with what VMX needs underneath */
bool vmx_put_cr0(const struct x86_cpu *cpu, u64 value);
bool vmx_put_cr4(const struct x86_cpu *cpu, u64 value);

/** vmx_write_cr() - judge a MOV to CR0 or CR4, CLTS or LMSW that exited, and carry it out */
bool vmx_write_cr(struct x86_cpu *cpu, u64 qualification);

/** vmx_eptp() - the extended-page-table pointer of a cell */
u64 vmx_eptp(const struct hv_cell *cell);

/** vmx_handle_exit() - from vmx_exit_entry */
void vmx_handle_exit(struct x86_cpu *cpu);

/** vmx_handle_cell_exit() - the same, of a cell other than root */
void vmx_handle_cell_exit(struct x86_cpu *cpu, u32 code);

/** vmx_handle_rare() - what happens seldom, or to both alike */
void vmx_handle_rare(struct x86_cpu *cpu, u32 code);

/** vmx_delivered() - HV_DURING_*, by the vectoring information @info */
u8 vmx_delivered(u64 info);

/** vmx_npf_access() - of an EPT violation: where, what kind of access, and what the CPU delivered meanwhile */
static inline void vmx_npf_access(struct hv_exit *exit)
{
	u64 qualification = vmx_vmread(VMX_QUALIFICATION), info = vmx_vmread(VMX_VECTORING_INFO);

	exit->gpa = vmx_vmread(VMX_GUEST_PHYSICAL);
	if (hv_likely(qualification & VMX_VIOLATION_WRITE))
		exit->access = HV_ACCESS_WRITE;
	else
		exit->access = qualification & VMX_VIOLATION_FETCH ? HV_ACCESS_EXEC : HV_ACCESS_READ;
	exit->during = hv_unlikely(info & VMX_EVENT_VALID) ? vmx_delivered(info) : HV_DURING_NOTHING;
	exit->insn_len = 0;
}

/** vmx_insn_len() - of the instruction that exited */
static inline u32 vmx_insn_len(void)
{
	return (u32)vmx_vmread(VMX_EXIT_INSN_LENGTH);
}

/* What vmx_step() seldom needs. */
u64 vmx_wrap(u64 rip);
void vmx_end_shadow(u64 state);
void vmx_trap_step(void);

/** vmx_step() - vmx_advance(), in line */
static inline void vmx_step(unsigned int len)
{
	u64 rip = vmx_vmread(VMX_GUEST_RIP) + len;
	u64 state = vmx_vmread(VMX_GUEST_INTERRUPTIBILITY);

	/* Outside 64-bit code RIP has 32 bits; the upper half of a legal one is 0, so only a carry must go. */
	if (hv_unlikely(rip >> 32 == 1))
		rip = vmx_wrap(rip);
	(void)vmx_vmwrite(VMX_GUEST_RIP, rip);
	if (hv_unlikely(state & (VMX_BLOCKING_STI | VMX_BLOCKING_MOV_SS)))
		vmx_end_shadow(state);
	/* The instruction is done, so its single-step trap is due. */
	if (hv_unlikely(vmx_vmread(VMX_GUEST_RFLAGS) & X86_RFLAGS_TF))
		vmx_trap_step();
}

/** vmx_finish() - apply a verdict, of which the frequent one is short */
static inline void vmx_finish(struct x86_cpu *cpu, const struct hv_exit *exit, enum hv_verdict verdict)
{
	if (hv_likely(verdict == HV_ADVANCE))
		vmx_advance(cpu, exit->insn_len);
	else
		x86_exit_apply(cpu, exit, verdict);
}

/** vmx_before_entry() - from the entry path, while nmi_pending or flush_tlb is set */
void vmx_before_entry(struct x86_cpu *cpu);

/** vmx_deliver_nmi() - an NMI came, in the guest or in root mode */
void vmx_deliver_nmi(struct x86_cpu *cpu);

/** vmx_nmi_window() - the guest can take its pending NMI now */
void vmx_nmi_window(struct x86_cpu *cpu);

/** vmx_raise_again() - an exception that exited goes to the guest after all; @info: of the exit */
void vmx_raise_again(u64 info);

/** vmx_requeue_interrupted() - if the exit interrupted the delivery of an event: deliver it again */
void vmx_requeue_interrupted(void);

/** vmx_finish_violation() - vmx_finish(); of an instruction that is executed again, undo what it had begun */
void vmx_finish_violation(struct x86_cpu *cpu, const struct hv_exit *exit, enum hv_verdict verdict);

/* exit.S */
void vmx_launch_guest(struct x86_regs *regs) __attribute__((noreturn));
void vmx_exit_entry(void);

/** vmx_resume_failed() - VMRESUME did not enter; it can be tried again */
void vmx_resume_failed(struct x86_cpu *cpu);

#endif
