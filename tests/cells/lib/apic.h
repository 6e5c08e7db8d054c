/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The local APIC: registers in memory (xAPIC) or MSRs (x2APIC), as the comm page says. One interface for both. */
#ifndef CELLS_APIC_H
#define CELLS_APIC_H

#include <hv/types.h>

/* Registers, by their offset in memory. The ICR is apic_ipi()'s. */
#define APIC_ID 0x20
#define APIC_VERSION 0x30
#define APIC_TPR 0x80
#define APIC_EOI 0xb0
#define APIC_LDR 0xd0
#define APIC_DFR 0xe0		/* xAPIC only */
#define APIC_SVR 0xf0
#define APIC_ESR 0x280
#define APIC_LVT_CMCI 0x2f0
#define APIC_ICR 0x300
#define APIC_ICR_HIGH 0x310	/* xAPIC only */
#define APIC_LVT_TIMER 0x320
#define APIC_LVT_THERMAL 0x330
#define APIC_LVT_PERF 0x340
#define APIC_LVT_LINT0 0x350
#define APIC_LVT_LINT1 0x360
#define APIC_LVT_ERROR 0x370
#define APIC_TIMER_INITIAL 0x380
#define APIC_TIMER_CURRENT 0x390
#define APIC_TIMER_DIVIDE 0x3e0
#define APIC_SELF_IPI 0x3f0	/* x2APIC only */

#define MSR_APIC_BASE 0x1b
#define MSR_X2APIC(reg) (0x800 + ((reg) >> 4))

#define APIC_SVR_ENABLE 0x100
#define APIC_LVT_MASKED 0x10000
#define APIC_TIMER_PERIODIC 0x20000
#define APIC_TIMER_DEADLINE 0x40000
#define APIC_TIMER_BY_1 0xb

/* Delivery modes, for the ICR and, where they make sense, for LVTs; then what else the ICR knows. */
#define ICR_FIXED 0x000
#define ICR_LOWEST 0x100
#define ICR_SMI 0x200
#define ICR_NMI 0x400
#define ICR_INIT 0x500
#define ICR_STARTUP 0x600
#define ICR_EXTINT 0x700
#define ICR_LOGICAL 0x800
#define ICR_PENDING 0x1000
#define ICR_ASSERT 0x4000
#define ICR_SELF 0x40000
#define ICR_ALL 0x80000
#define ICR_OTHERS 0xc0000

#define APIC_SPURIOUS 0xff	/* the vector of spurious interrupts */

bool apic_is_x2(void);
u32 apic_read(u32 reg);
void apic_write(u32 reg, u32 value);

/** apic_init() - of this CPU: enabled, everything let through, logical destinations flat by number of the CPU. */
void apic_init(void);
void apic_eoi(void);
u32 apic_id(void);

/**
 * apic_logical_id() - where logical destinations find this CPU.
 *
 * 0: nowhere. In xAPIC mode there are only eight; on Bochs 2.7 there are none in x2APIC mode.
 */
u32 apic_logical_id(void);

/** apic_ipi() - @icr: mode, vector and the rest of the lower half; returns when it is on its way. */
void apic_ipi(u32 destination, u32 icr);

/** apic_self_ipi() - by the register that is for it, if there is one. */
void apic_self_ipi(u32 vector);

#endif
