/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of this folder share. */
#ifndef SVM_SVM_H
#define SVM_SVM_H

#include <svm/vmcb.h>
#include <x86/cpu.h>

struct hv_launch;

static inline struct svm_vmcb *svm_vmcb_of(const struct x86_cpu *cpu)
{
	return x86_slot_part(cpu, X86_SLOT_VMCS);
}

/** svm_vmcb_init() - all controls, and the guest state from @state */
void svm_vmcb_init(struct x86_cpu *cpu, const struct x86_state *state);

/** svm_run() - enter the guest and serve its exits, for ever */
void svm_run(struct x86_regs *regs) __attribute__((noreturn));

/** svm_handle_exit() - from svm_run(); the guest's registers are in its frame */
void svm_handle_exit(struct x86_cpu *cpu);

/** svm_flush() - from svm_run(): drop the guest's translations at the entry */
void svm_flush(struct x86_cpu *cpu);

/** svm_nmi_unblock() - the guest leaves its NMI handler */
void svm_nmi_unblock(struct x86_cpu *cpu);

extern u64 svm_msrpm_hpa;

#endif
