/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of this folder share. */
#ifndef SVM_SVM_H
#define SVM_SVM_H

#include <hv/compiler.h>
#include <svm/vmcb.h>
#include <x86/cpu.h>
#include <x86/exit.h>
#include <x86/vcpu_ops.h>

struct hv_launch;

static inline struct svm_vmcb *svm_vmcb_of(const struct x86_cpu *cpu)
{
	return x86_slot_part(cpu, X86_SLOT_VMCS);
}

/** svm_vmcb_init() - all controls, and the guest state from @state */
void svm_vmcb_init(struct x86_cpu *cpu, const struct x86_state *state);

/** svm_put_controls() - for the cell that the CPU belongs to */
void svm_put_controls(struct x86_cpu *cpu);

/** svm_run() - enter the guest and serve its exits, for ever */
void svm_run(struct x86_regs *regs) __attribute__((noreturn));

/** svm_handle_exit() - from svm_run(); the guest's registers are in its frame */
void svm_handle_exit(struct x86_cpu *cpu);

/** svm_handle_cell_exit() - the same, of a cell other than root */
void svm_handle_cell_exit(struct x86_cpu *cpu);

/** svm_handle_rare() - what happens seldom, or to both alike */
void svm_handle_rare(struct x86_cpu *cpu);

/** svm_write_efer() - WRMSR of EFER, whose SVME stays on */
void svm_write_efer(struct x86_cpu *cpu);

/** svm_npf_access() - of a nested page fault: where, how, and what the CPU delivered meanwhile, which comes again */
void svm_npf_access(struct svm_vmcb *vmcb, struct hv_exit *exit);

/** svm_finish() - apply a verdict, of which the frequent one is short */
static inline void svm_finish(struct x86_cpu *cpu, const struct hv_exit *exit, enum hv_verdict verdict)
{
	if (hv_likely(verdict == HV_ADVANCE))
		svm_advance(cpu, exit->insn_len);
	else
		x86_exit_apply(cpu, exit, verdict);
}

/** svm_flush() - from svm_run(): drop the guest's translations at the entry */
void svm_flush(struct x86_cpu *cpu);

/** svm_nmi_unblock() - the guest leaves its NMI handler */
void svm_nmi_unblock(struct x86_cpu *cpu);

extern u64 svm_msrpm_hpa;

#endif
