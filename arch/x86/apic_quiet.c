// SPDX-License-Identifier: GPL-2.0-only
/*
 * The local APIC of a CPU that changes hands: as behind INIT, and without interrupts that were for somebody else. What
 * is pending goes away by being taken only ("Interrupt Acceptance for Fixed Interrupts").
 */
#include <hv/arch.h>
#include <hv/hv.h>
#include <x86/apic.h>
#include <x86/host.h>
#include <x86/insn.h>
#include <x86/msr.h>
#include <x86/msr_policy.h>
#include <x86/vcpu_ops.h>

#define NR_VECTORS 256
#define MEASURE_US 1000ULL

static u32 in_group(u32 first)
{
	u32 i, any = 0;

	for (i = 0; i < NR_VECTORS / 32; i++)
		any |= x86_apic_read(first + i * 0x10);
	return any;
}

static void end_all(void)
{
	unsigned int i;

	for (i = 0; i < NR_VECTORS && in_group(X86_APIC_ISR); i++)
		x86_apic_write(X86_APIC_EOI, 0);
}

/* The highest one first; each is in service until it is ended. */
static void take_all(void)
{
	unsigned int i;

	end_all();
	for (i = 0; i < NR_VECTORS && in_group(X86_APIC_IRR); i++) {
		x86_host_take_interrupt();
		end_all();
	}
}

/* "Extended Interrupt [3:0] Local Vector Table Registers": samples of instructions, by NMI, and the like. */
static void mask_extended(void)
{
	u32 i, nr = HV_GET(X86_APIC_EXT_MAX_LVT, x86_apic_read(X86_APIC_EXT_FEATURES));

	for (i = 0; i < nr && i < X86_APIC_EXT_LVTS; i++)
		x86_apic_write(X86_APIC_EXT_LVT + i * 0x10, X86_APIC_MASKED);
}

static void mask_sources(void)
{
	static const u16 sources[] = { X86_APIC_LVT_TIMER, X86_APIC_LVT_THERMAL, X86_APIC_LVT_PERF, X86_APIC_LVT_LINT0,
				       X86_APIC_LVT_LINT1, X86_APIC_LVT_ERROR, X86_APIC_LVT_CMCI };
	u32 i, version = x86_apic_read(X86_APIC_VERSION), nr = HV_GET(X86_APIC_MAX_LVT, version) + 1;

	for (i = 0; i < HV_ARRAY_SIZE(sources) && i < nr; i++)
		x86_apic_write(sources[i], X86_APIC_MASKED);
	if (version & X86_APIC_EXTENDED)
		mask_extended();
	x86_apic_write(X86_APIC_TIMER_COUNT, 0);
}

/* Once, on the first CPU that comes here: it has nothing else to do. */
static void measure(void)
{
	u64 start, ticks = hv.config->tsc_khz * MEASURE_US / 1000, passed;

	x86_apic_write(X86_APIC_TIMER_DIVIDE, X86_APIC_DIVIDE_BY_1);
	x86_apic_write(X86_APIC_TIMER_COUNT, ~0u);
	start = hv_arch_clock();
	while (hv_arch_clock() - start < ticks)
		x86_pause();
	passed = ~0u - x86_apic_read(X86_APIC_TIMER_NOW);
	x86_apic_write(X86_APIC_TIMER_COUNT, 0);
	hv.apic_khz = passed * 1000 / MEASURE_US;
}

void x86_apic_quiet(struct x86_cpu *cpu)
{
	x86_apic_write(X86_APIC_SVR, X86_APIC_ENABLED | X86_APIC_SPURIOUS);
	mask_sources();
	x86_apic_write(X86_APIC_TPR, 0);
	take_all();
	if (!hv.apic_khz)
		measure();
	x86_apic_write(X86_APIC_TIMER_DIVIDE, 0);
	x86_apic_write(X86_APIC_ESR, 0);
	if (!x86_apic_is_x2apic()) {
		/* Where it can be written, root may have written it, and IPIs are judged by what it was. */
		x86_apic_write(X86_APIC_ID, cpu->core.pub->apic_id << X86_APIC_ID_SHIFT);
		x86_apic_write(X86_APIC_LDR, 0);
		x86_apic_write(X86_APIC_DFR, ~0u);
		x86_apic_write(X86_APIC_ICR_HIGH, 0);
	}
	x86_apic_write(X86_APIC_SVR, X86_APIC_SPURIOUS);
	x86_apic_publish(cpu);
}
