/* SPDX-License-Identifier: GPL-2.0-only */
/* The local APIC: Intel SDM vol. 3, "Advanced Programmable Interrupt Controller (APIC)". */
#ifndef X86_APIC_H
#define X86_APIC_H

#include <hv/exit.h>
#include <x86/cpu.h>

#define X86_APIC_EOI 0x0b0
#define X86_APIC_ICR_LOW 0x300
#define X86_APIC_ICR_HIGH 0x310
#define X86_APIC_TIMER_COUNT 0x380

#define X86_ICR_MODE HV_MASK(10, 8)
#define X86_ICR_LOGICAL HV_BIT(11)
#define X86_ICR_PENDING HV_BIT(12)
#define X86_ICR_ASSERT HV_BIT(14)
#define X86_ICR_LEVEL HV_BIT(15)
#define X86_ICR_SHORTHAND HV_MASK(19, 18)
#define X86_ICR_VECTOR HV_MASK(7, 0)
#define X86_ICR_XAPIC_DEST_SHIFT 24

#define X86_ICR_MODE_SMI 2
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


/** x86_apic_is_page() - is this the page of the local APIC's registers? */
bool x86_apic_is_page(const struct x86_cpu *cpu, u64 gpa);

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

/** x86_apic_icr() - the guest writes the ICR: INIT and start-up IPIs are delivered by us, the rest by hardware */
enum hv_verdict x86_apic_icr(struct x86_cpu *cpu, u64 icr, u32 destination);

/** x86_apic_emulate() - the guest wrote to the page of registers */
enum hv_verdict x86_apic_emulate(struct x86_cpu *cpu, struct hv_exit *exit);

#endif
