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

/** x86_host_cr4() - CR4 of root mode on this CPU, without the bits that a vendor needs */
u64 x86_host_cr4(void);
extern struct x86_table_register x86_host_idt;

#define X86_WINDOWS 8
enum x86_window { X86_WINDOW_WALK, X86_WINDOW_FETCH, X86_WINDOW_COPY };

/** x86_window_map() - make a frame readable (and writable, if @write) at the window's address until the next use */
void *x86_window_map(struct x86_cpu *cpu, enum x86_window window, u64 hpa, bool write);

/* Where root mode maps the registers of the local APIC. */
#define X86_APIC_VA 0xffffff0030000000ULL
#define X86_HOST_UNCACHED HV_PT_TYPE(3)	/* PWT and PCD */

#endif
