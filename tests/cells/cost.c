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

/* For somebody outside who counts: until the cell is stopped. */
static void go_on(void (*operation)(void))
{
	for (;;)
		operation();
}

static bool is_asked_for(const char *name)
{
	u32 i = 0;

	while (name[i] && COMM->cmdline[i] == name[i])
		i++;
	return !name[i] && !COMM->cmdline[i];
}

int main(void)
{
	void (*const call)(void) = hypercall_is_vmmcall() ? vmmcall : vmcall;

	tpr = (u32 *)(u64)(HV_APIC_GPA + APIC_TPR);
	if (is_asked_for("hypercall"))
		go_on(call);
	if (is_asked_for("cpuid"))
		go_on(cpuid_1);
	if (is_asked_for("apic_write"))
		go_on(apic_write_tpr);
	show("100_nops", nops_100);
	show("hypercall", call);
	show("cpuid", cpuid_1);
	show("rdmsr_pat", rdmsr_pat);
	if (apic_is_x2())
		return 0;
	show("apic_write", apic_write_tpr);
	show("apic_read", apic_read_tpr);
	return 0;
}
