/* SPDX-License-Identifier: GPL-2.0-only */
/* Root mode's own environment: tables, descriptor tables, exceptions, and windows to single frames. */
#ifndef X86_HOST_H
#define X86_HOST_H

#include <hv/err.h>
#include <x86/cpu.h>
#include <x86/insn.h>

struct hv_launch;

/** x86_host_init() - early stage: the shared part of the final tables, W^X, and the IDT */
int __must_check x86_host_init(struct hv_launch *launch);

/** x86_host_cpu_init() - per-CPU stage: the CPU's own tables, GDT and TSS; nothing is loaded yet */
int __must_check x86_host_cpu_init(struct x86_cpu *cpu);

/** x86_host_enter() - load IDT, GDT, TSS and the CPU's own tables, for good or until x86_host_bridge() */
void x86_host_enter(struct x86_cpu *cpu);

/** x86_host_load_tss() - put a TSS into the CPU's own GDT and load both */
void x86_host_load_tss(struct x86_cpu *cpu, u16 selector, u64 base, u32 limit);

/** x86_host_bridge() - map Linux again, next to the hypervisor */
void x86_host_bridge(void);

/* Where the pieces of a slot are in physical memory. */
u64 x86_slot_hpa(const struct x86_cpu *cpu, u64 offset);

/** x86_host_gate() - of our descriptor table, to @handler */
struct x86_gate x86_host_gate(u64 handler);

/** x86_host_take_interrupt() - let the local APIC deliver the pending interrupt of the highest priority, to nobody */
void x86_host_take_interrupt(void);

/** x86_stand_init() - early stage: what x86_host_take_interrupt() needs */
void x86_stand_init(void);

/** x86_host_cr4() - CR4 of root mode on this CPU, without the bits that a vendor needs */
u64 x86_host_cr4(void);
extern struct x86_table_register x86_host_idt;

#define X86_WINDOW_OPEN 1

/*
 * Windows: single frames that this CPU maps for a moment. Walking the guest's tables has one for each level, so that
 * the next walk, which mostly goes the same way, finds them open. They are a TLB of ours, and are closed with the
 * guest's: what root may see changes only together with a flush.
 */
enum x86_window { X86_WINDOW_WALK, X86_WINDOW_FETCH = X86_WINDOW_WALK + 5, X86_WINDOW_WRITE };

/** x86_window_shows() - is the window open on this frame of the guest? Then that is its address, else NULL. */
static inline void *x86_window_shows(const struct x86_cpu *cpu, unsigned int window, u64 gpa)
{
	if (cpu->window[window] != (gpa | X86_WINDOW_OPEN))
		return NULL;
	return x86_slot_part(cpu, X86_SLOT_WINDOW + window * HV_PAGE_SIZE);
}

/** x86_window_open() - make the frame at @hpa readable until the next use, as the one that the guest has at @gpa */
void *x86_window_open(struct x86_cpu *cpu, unsigned int window, u64 gpa, u64 hpa);

/** x86_window_write() - make a frame writable, until x86_window_write_end() */
void *x86_window_write(struct x86_cpu *cpu, u64 hpa);
void x86_window_write_end(struct x86_cpu *cpu);

/** x86_window_close_all() - the frames may be somebody else's now */
void x86_window_close_all(struct x86_cpu *cpu);

/* Where root mode maps the registers of the local APIC. */
#define X86_APIC_VA 0xffffff0030000000ULL
/* Likewise those of the IOMMUs that are ours, one behind the other. */
#define X86_IOMMU_VA 0xffffff0038000000ULL
#define X86_HOST_UNCACHED HV_PT_TYPE(3)	/* PWT and PCD */

#endif
