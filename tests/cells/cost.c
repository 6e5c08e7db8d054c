// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What operations cost in a cell, in ticks of the time-stamp counter, which emulators let count instructions: lines of
 * a name and a number.
 */
#include "cell.h"

#define ROUNDS 1024

static volatile u32 *tpr;

static void nothing(void)
{
}

static void nops_100(void)
{
	asm volatile(".rept 100; nop; .endr");
}

static void vmcall(void)
{
	u64 rax = HV_GC_INFO;

	asm volatile("vmcall" : "+a"(rax) : "D"(HV_INFO_VERSION), "S"(0) : "memory");
}

static void vmmcall(void)
{
	u64 rax = HV_GC_INFO;

	asm volatile("vmmcall" : "+a"(rax) : "D"(HV_INFO_VERSION), "S"(0) : "memory");
}

static void cpuid_1(void)
{
	(void)cpuid(1, 0);
}

static void rdmsr_pat(void)
{
	(void)rdmsr(0x277);
}

static void apic_write_tpr(void)
{
	*tpr = 0;
}

static void apic_read_tpr(void)
{
	(void)*tpr;
}

static u64 measure(void (*operation)(void))
{
	u64 from = rdtsc();
	u32 i;

	for (i = 0; i < ROUNDS; i++)
		operation();
	return rdtsc() - from;
}

/* The first round fills what there is of caches. */
static void show(const char *name, void (*operation)(void))
{
	u64 empty, ticks;

	(void)measure(nothing);
	empty = measure(nothing);
	(void)measure(operation);
	ticks = measure(operation);
	print("%s %llu\n", name, (ticks - empty + ROUNDS / 2) / ROUNDS);
}

int main(void)
{
	tpr = (u32 *)(u64)(HV_APIC_GPA + APIC_TPR);
	show("100_nops", nops_100);
	show("hypercall", hypercall_is_vmmcall() ? vmmcall : vmcall);
	show("cpuid", cpuid_1);
	show("rdmsr_pat", rdmsr_pat);
	if (apic_is_x2())
		return 0;
	show("apic_write", apic_write_tpr);
	show("apic_read", apic_read_tpr);
	return 0;
}
