/* SPDX-License-Identifier: GPL-2.0-only */
/* A physical CPU: the private part of its slot. */
#ifndef X86_CPU_H
#define X86_CPU_H

#include <hv/cpu.h>
#include <x86/desc.h>
#include <x86/frame.h>
#include <x86/insn.h>
#include <x86/state.h>

#define X86_NR_WINDOWS 7
#define X86_IST_SIZE 1024
#define X86_HOST_BLOCK 0x400
#define X86_HOST_BLOCK_END 0x680

struct x86_cpu {
	struct hv_cpu core;
	u64 vmcb_hpa, host_hpa;		/* SVM: for svm/exit.S */
	u64 final_cr3;			/* the CPU's own tables */
	struct x86_crossing *crossing;	/* valid while the bridge is mapped */
	u64 guest_apic_base;		/* IA32_APIC_BASE as the guest set it */
	u64 apic_page;			/* where it has the registers of its local APIC; ~0 in x2APIC mode */
	u64 leave_back;			/* where a leaving CPU goes on in Linux */
	bool flush_tlb;			/* before the next entry */
	bool nmi_pending;		/* an NMI that the guest could not take yet */
	bool virt_on;			/* VMXON or EFER.SVME is ours to take back */
	bool nmi_blocked;		/* SVM: the guest is in its NMI handler */
	bool host_entered;		/* our descriptor tables are loaded */
	bool fail_entry;		/* a test wants the activation to fail */
	u64 window[X86_NR_WINDOWS];	/* frames that they show, | X86_WINDOW_OPEN */
	struct x86_tss tss;
	u64 gdt[X86_GDT_ENTRIES];
	struct x86_state leave_state;
	/*
	 * SVM: what VMSAVE stores of root mode. The instruction takes a page and touches these bytes of it only
	 * ("VMSAVE Save State to VMCB").
	 */
	u8 host_block[X86_HOST_BLOCK_END - X86_HOST_BLOCK] __attribute__((aligned(X86_HOST_BLOCK)));
	u8 ist[2][X86_IST_SIZE] __attribute__((aligned(16)));	/* #DF, #PF */
};

HV_STATIC_ASSERT(sizeof(struct x86_cpu) <= 4096);
HV_ASSERT_OFFSET(struct x86_cpu, core, 0);
HV_ASSERT_OFFSET(struct x86_cpu, vmcb_hpa, X86_CPU_VMCB_HPA);
HV_ASSERT_OFFSET(struct x86_cpu, host_hpa, X86_CPU_HOST_HPA);
HV_ASSERT_OFFSET(struct x86_cpu, flush_tlb, X86_CPU_FLUSH_TLB);
HV_ASSERT_OFFSET(struct x86_cpu, nmi_pending, X86_CPU_NMI_PENDING);
HV_ASSERT_OFFSET(struct x86_cpu, host_block, X86_HOST_BLOCK);

static inline struct x86_cpu *x86_cpu_of(struct hv_cpu *cpu)
{
	return (struct x86_cpu *)cpu;
}

static inline struct x86_cpu *x86_this_cpu(void)
{
	return (struct x86_cpu *)(x86_stack_pointer() & -(u64)X86_SLOT_STRIDE);
}

static inline void *x86_slot_part(const struct x86_cpu *cpu, u64 offset)
{
	return (u8 *)cpu + offset;
}

/* The guest's registers lie at the top of the stack, below nothing. */
static inline struct x86_regs *x86_regs_of(const struct x86_cpu *cpu)
{
	return (struct x86_regs *)((u8 *)cpu + X86_SLOT_SIZE - X86_REGS_SIZE);
}

#endif
