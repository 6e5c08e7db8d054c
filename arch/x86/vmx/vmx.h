/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of this folder share. */
#ifndef VMX_VMX_H
#define VMX_VMX_H

#include <vmx/caps.h>
#include <vmx/insn.h>
#include <vmx/regs.h>
#include <x86/cpu.h>

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
bool vmx_put_cr0(u64 value);
bool vmx_put_cr4(u64 value);

/** vmx_write_cr() - judge a MOV to CR0 or CR4, CLTS or LMSW that exited, and carry it out */
bool vmx_write_cr(struct x86_cpu *cpu, u64 qualification);

/** vmx_eptp() - the extended-page-table pointer of root */
u64 vmx_eptp(void);

/** vmx_handle_exit() - from vmx_exit_entry */
void vmx_handle_exit(struct x86_cpu *cpu);

/** vmx_before_entry() - from the entry path, while nmi_pending or flush_tlb is set */
void vmx_before_entry(struct x86_cpu *cpu);

/** vmx_deliver_nmi() - an NMI came, in the guest or in root mode */
void vmx_deliver_nmi(struct x86_cpu *cpu);

/** vmx_nmi_window() - the guest can take its pending NMI now */
void vmx_nmi_window(struct x86_cpu *cpu);

/** vmx_requeue_event() - the exit interrupted the delivery of an event: deliver it again */
void vmx_requeue_event(u64 info);

/* exit.S */
void vmx_launch_guest(struct x86_regs *regs) __attribute__((noreturn));
void vmx_exit_entry(void);

/** vmx_resume_failed() - VMRESUME did not enter */
void vmx_resume_failed(struct x86_cpu *cpu) __attribute__((noreturn));

#endif
