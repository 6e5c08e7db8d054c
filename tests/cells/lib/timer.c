// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Time. */
#include "apic.h"
#include "comm.h"
#include "insn.h"
#include "timer.h"

#define MSR_TSC_DEADLINE 0x6e0
#define CPUID_1_ECX_TSC_DEADLINE (1u << 24)

/* At least 1, for 0 would stop the timer. */
static u32 counts(u32 us)
{
	u64 n = COMM->apic_khz * us / 1000;

	if (n > 0xffffffff)
		return 0xffffffff;
	return n ? (u32)n : 1;
}

static void program(u32 lvt, u32 initial)
{
	timer_stop();
	apic_write(APIC_TIMER_DIVIDE, APIC_TIMER_BY_1);
	apic_write(APIC_LVT_TIMER, lvt);
	apic_write(APIC_TIMER_INITIAL, initial);
}

void timer_periodic(u32 vector, u32 us)
{
	program(APIC_TIMER_PERIODIC | vector, counts(us));
}

void timer_once(u32 vector, u32 us)
{
	program(vector, counts(us));
}

void timer_stop(void)
{
	apic_write(APIC_LVT_TIMER, APIC_LVT_MASKED);
	apic_write(APIC_TIMER_INITIAL, 0);
}

bool timer_has_deadline(void)
{
	return cpuid(1, 0).ecx & CPUID_1_ECX_TSC_DEADLINE;
}

void timer_deadline(u32 vector, u64 tsc)
{
	apic_write(APIC_LVT_TIMER, APIC_TIMER_DEADLINE | vector);
	/* a register in memory and an MSR: without it the second write might come first */
	fence();
	wrmsr(MSR_TSC_DEADLINE, tsc);
}

u64 tsc_after(u64 us)
{
	return rdtsc() + COMM->tsc_khz * us / 1000;
}

bool tsc_is_past(u64 tsc)
{
	return rdtsc() >= tsc;
}

void spin(u64 us)
{
	u64 end = tsc_after(us);

	while (!tsc_is_past(end))
		pause();
}
