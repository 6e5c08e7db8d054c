// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The local APIC in both of its modes. */
#include "apic.h"
#include "comm.h"
#include "cpus.h"
#include "insn.h"
#include "interrupts.h"

#define FLAT 0xffffffff
#define FLAT_CPUS 8

bool apic_is_x2(void)
{
	return COMM->flags & HV_COMM_X2APIC;
}

/* Registers of a device, which have to be accessed as written here: the one use of volatile. */
static volatile u32 *at(u32 reg)
{
	return (volatile u32 *)(u64)(HV_APIC_GPA + reg);
}

u32 apic_read(u32 reg)
{
	return apic_is_x2() ? (u32)rdmsr(MSR_X2APIC(reg)) : *at(reg);
}

void apic_write(u32 reg, u32 value)
{
	if (apic_is_x2())
		wrmsr(MSR_X2APIC(reg), value);
	else
		*at(reg) = value;
}

static void ignore(struct frame *frame)
{
	(void)frame;
}

void apic_init(void)
{
	interrupt_handle(APIC_SPURIOUS, ignore);
	apic_write(APIC_TPR, 0);
	if (!apic_is_x2()) {
		apic_write(APIC_DFR, FLAT);
		apic_write(APIC_LDR, apic_logical_id() << 24);
	}
	apic_write(APIC_SVR, APIC_SVR_ENABLE | APIC_SPURIOUS);
}

void apic_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

u32 apic_id(void)
{
	return apic_is_x2() ? apic_read(APIC_ID) : apic_read(APIC_ID) >> 24;
}

u32 apic_logical_id(void)
{
	u32 cpu = cpu_number();

	/* what was written there cannot be read */
	if (!apic_is_x2())
		return cpu < FLAT_CPUS ? 1u << cpu : 0;
	return apic_read(APIC_LDR);
}

void apic_ipi(u32 destination, u32 icr)
{
	if (apic_is_x2()) {
		/* such a write is not ordered behind those to memory, which the receiver may want to see */
		fence();
		wrmsr(MSR_X2APIC(APIC_ICR), (u64)destination << 32 | icr);
		return;
	}
	apic_write(APIC_ICR_HIGH, destination << 24);
	apic_write(APIC_ICR, icr);
	while (apic_read(APIC_ICR) & ICR_PENDING)
		pause();
}

void apic_self_ipi(u32 vector)
{
	if (apic_is_x2())
		apic_write(APIC_SELF_IPI, vector);
	else
		apic_ipi(0, ICR_FIXED | ICR_SELF | vector);
}
