/* SPDX-License-Identifier: GPL-2.0-only */
/* The local APIC: Intel SDM vol. 3, "Advanced Programmable Interrupt Controller (APIC)". */
#ifndef X86_APIC_H
#define X86_APIC_H

#include <hv/exit.h>
#include <x86/cpu.h>
#include <x86/host.h>
#include <x86/insn.h>
#include <x86/msr.h>

#define X86_APIC_ID 0x020
#define X86_APIC_ID_SHIFT 24			/* in xAPIC mode */
#define X86_APIC_VERSION 0x030
#define X86_APIC_TPR 0x080
#define X86_APIC_PPR 0x0a0
#define X86_APIC_EOI 0x0b0
#define X86_APIC_LDR 0x0d0
#define X86_APIC_DFR 0x0e0
#define X86_APIC_SVR 0x0f0
#define X86_APIC_ISR 0x100
#define X86_APIC_IRR 0x200
#define X86_APIC_ESR 0x280
#define X86_APIC_LVT_CMCI 0x2f0
#define X86_APIC_ICR_LOW 0x300
#define X86_APIC_ICR_HIGH 0x310
#define X86_APIC_LVT_TIMER 0x320
#define X86_APIC_LVT_THERMAL 0x330
#define X86_APIC_LVT_PERF 0x340
#define X86_APIC_LVT_LINT0 0x350
#define X86_APIC_LVT_LINT1 0x360
#define X86_APIC_LVT_ERROR 0x370
#define X86_APIC_TIMER_COUNT 0x380
#define X86_APIC_TIMER_NOW 0x390
#define X86_APIC_TIMER_DIVIDE 0x3e0
#define X86_APIC_SELF_IPI 0x3f0	/* in x2APIC mode only */
#define X86_APIC_EXT_FEATURES 0x400
#define X86_APIC_EXT_LVT 0x500
#define X86_APIC_EXT_LVTS 4

#define X86_APIC_MAX_LVT HV_MASK(23, 16)	/* of the version */
#define X86_APIC_EXTENDED HV_BIT(31)		/* of the version, on AMD: there are more registers */
#define X86_APIC_EXT_MAX_LVT HV_MASK(23, 16)	/* of the extended features */
#define X86_APIC_MODEL HV_MASK(31, 28)		/* of DFR */
#define X86_APIC_FLAT 0xf
#define X86_APIC_ENABLED HV_BIT(8)		/* of SVR */
#define X86_APIC_SPURIOUS 0xff
#define X86_APIC_LEVEL HV_BIT(15)
#define X86_APIC_MASKED HV_BIT(16)		/* of an entry of the local vector table */
#define X86_APIC_DIVIDE_BY_1 0xb

#define X86_ICR_RESERVED (HV_MASK(31, 20) | HV_MASK(17, 16) | HV_BIT(13))
#define X86_ICR_MODE HV_MASK(10, 8)
#define X86_ICR_LOGICAL HV_BIT(11)
#define X86_ICR_PENDING HV_BIT(12)
#define X86_ICR_ASSERT HV_BIT(14)
#define X86_ICR_LEVEL HV_BIT(15)
#define X86_ICR_SHORTHAND HV_MASK(19, 18)
#define X86_ICR_VECTOR HV_MASK(7, 0)
#define X86_ICR_XAPIC_DEST_SHIFT 24

#define X86_ICR_MODE_FIXED 0
#define X86_ICR_MODE_LOWEST 1
#define X86_ICR_MODE_NMI 4
#define X86_ICR_MODE_INIT 5
#define X86_ICR_MODE_SIPI 6

/* Physical destinations that mean every CPU: "Determining IPI Destination". */
#define X86_XAPIC_ALL 0xffu
#define X86_X2APIC_ALL 0xffffffffu

#define X86_SHORTHAND_NONE 0
#define X86_SHORTHAND_SELF 1
#define X86_SHORTHAND_ALL 2
#define X86_SHORTHAND_OTHERS 3

static inline bool x86_apic_is_x2apic(void)
{
	return x86_rdmsr(X86_MSR_APIC_BASE) & X86_APIC_BASE_X2APIC;
}

/** x86_apic_read(), x86_apic_write() - this CPU's register at @offset, whatever mode the APIC is in */
static inline u32 x86_apic_read(u32 offset)
{
	if (x86_apic_is_x2apic())
		return (u32)x86_rdmsr(X86_MSR_X2APIC(offset));
	return *(volatile u32 *)(X86_APIC_VA + offset);
}

/* In xAPIC mode, which the caller knows. */
static inline void x86_xapic_write(u32 offset, u32 value)
{
	*(volatile u32 *)(X86_APIC_VA + offset) = value;
}

static inline void x86_apic_write(u32 offset, u32 value)
{
	if (x86_apic_is_x2apic())
		x86_wrmsr(X86_MSR_X2APIC(offset), value);
	else
		x86_xapic_write(offset, value);
}

/** x86_apic_note_base() - the guest's IA32_APIC_BASE is @base */
void x86_apic_note_base(struct x86_cpu *cpu, u64 base);

/** x86_apic_is_page() - is this the page of the local APIC's registers? */
static inline bool x86_apic_is_page(const struct x86_cpu *cpu, u64 gpa)
{
	return (gpa & HV_PAGE_MASK) == cpu->apic_page;
}

/** x86_apic_reason() - what a write to the page of registers counts as */
static inline enum hv_exit_reason x86_apic_reason(u64 gpa)
{
	switch (gpa & ~HV_PAGE_MASK) {
	case X86_APIC_EOI:
		return HV_EXIT_apic_eoi;
	case X86_APIC_ICR_LOW:
	case X86_APIC_ICR_HIGH:
		return HV_EXIT_apic_icr;
	case X86_APIC_TIMER_COUNT:
		return HV_EXIT_apic_timer;
	default:
		return HV_EXIT_apic;
	}
}

/** x86_apic_publish() - tell the others this CPU's logical destination */
void x86_apic_publish(struct x86_cpu *cpu);

/** x86_apic_quiet() - of a CPU that changes hands: as behind INIT, nothing pending */
void x86_apic_quiet(struct x86_cpu *cpu);

/** x86_apic_may_lvt() - may a cell write @value into its local vector table? */
bool x86_apic_may_lvt(u32 value);

/** x86_apic_icr() - the guest writes the ICR: what it sends stays in its cell */
enum hv_verdict x86_apic_icr(struct x86_cpu *cpu, u64 icr, u32 destination);

/** x86_apic_emulate() - the guest wrote to the page of registers */
enum hv_verdict x86_apic_emulate(struct x86_cpu *cpu, struct hv_exit *exit);

#endif
