// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What operations cost in a cell, in ticks of the time-stamp counter, which emulators let count instructions: lines of a
 * name and a number.
 */
#include "cell.h"

#define ROUNDS 1024

#define MEASURE(name, code)                                                                                           \
	static u64 name(void)                                                                                         \
	{                                                                                                             \
		u64 from = rdtsc();                                                                                   \
		u32 i;                                                                                                \
                                                                                                                      \
		for (i = 0; i < ROUNDS; i++) {                                                                        \
			code;                                                                                         \
			asm volatile("" : : : "memory");                                                              \
		}                                                                                                     \
		return rdtsc() - from;                                                                                \
	}

static bool has_vmmcall;
static u32 *tpr;

static inline void call(void)
{
	u64 rax = HV_GC_INFO;

	if (has_vmmcall)
		asm volatile("vmmcall" : "+a"(rax) : "D"(HV_INFO_VERSION), "S"(0) : "memory");
	else
		asm volatile("vmcall" : "+a"(rax) : "D"(HV_INFO_VERSION), "S"(0) : "memory");
}

MEASURE(nothing, (void)0)
MEASURE(nops_100, asm volatile(".rept 100; nop; .endr"))
MEASURE(hypercalls, call())
MEASURE(cpuids, (void)cpuid(1, 0))
MEASURE(rdmsrs_pat, (void)rdmsr(0x277))
MEASURE(apic_writes, *(volatile u32 *)tpr = 0)
MEASURE(apic_reads, (void)*(volatile u32 *)tpr)

static void show(const char *name, u64 ticks, u64 empty)
{
	print("%s %llu\n", name, (ticks - empty + ROUNDS / 2) / ROUNDS);
}

int main(void)
{
	u64 empty;

	has_vmmcall = hypercall_is_vmmcall();
	tpr = (u32 *)(u64)(HV_APIC_GPA + APIC_TPR);
	/* The first round fills what there is of caches. */
	(void)hypercalls();
	(void)nothing();
	empty = nothing();
	show("100_nops", nops_100(), empty);
	show("hypercall", hypercalls(), empty);
	show("cpuid", cpuids(), empty);
	show("rdmsr_pat", rdmsrs_pat(), empty);
	if (apic_is_x2())
		return 0;
	show("apic_write", apic_writes(), empty);
	show("apic_read", apic_reads(), empty);
	return 0;
}
