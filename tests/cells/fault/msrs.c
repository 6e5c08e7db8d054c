// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* MSRs, one by one and all of them. */
#include "fault.h"

#define FLOOD 1000000

#define MSR_FEATURE_CONTROL 0x3a
#define MSR_SMM_MONITOR_CTL 0x9b
#define MSR_OC_MAILBOX 0x150
#define MSR_PERF_CTL 0x199
#define MSR_CLOCK_MODULATION 0x19a
#define MSR_MISC_ENABLE 0x1a0
#define MSR_SMRR_BASE 0x1f2
#define MSR_VMX_BASIC 0x480
#define MSR_RTIT_CTL 0x570
#define MSR_DS_AREA 0x600
#define MSR_PQR_ASSOC 0xc8f
#define MSR_L3_MASK_0 0xc90
#define MSR_HWCR 0xc0010015
#define MSR_SMM_BASE 0xc0010111
#define MSR_SMM_MASK 0xc0010113
#define MSR_VM_CR 0xc0010114
#define MSR_VM_HSAVE_PA 0xc0010117

#define APIC_BASE_ENABLE 0x800
#define APIC_BASE_X2 0x400

/* What a cell could take something from others with. */
bool run_msr(u64 n)
{
	static const u32 written[] = {
		MSR_FEATURE_CONTROL, MSR_SMM_MONITOR_CTL, MSR_OC_MAILBOX, MSR_PERF_CTL, MSR_CLOCK_MODULATION,
		MSR_MISC_ENABLE, MSR_SMRR_BASE, MSR_VMX_BASIC, MSR_RTIT_CTL, MSR_DS_AREA, MSR_PQR_ASSOC, MSR_L3_MASK_0,
		MSR_HWCR, MSR_SMM_BASE, MSR_SMM_MASK, MSR_VM_CR, MSR_VM_HSAVE_PA, 0x80000000, 0xffffffff,
	};
	static const u32 read[] = { MSR_VMX_BASIC, MSR_SMM_BASE, MSR_VM_HSAVE_PA, 0x80000000, 0xffffffff };
	bool ok = true;
	u64 value;
	u32 i;

	(void)n;
	for (i = 0; i < HV_ARRAY_SIZE(written); i++)
		ok &= fault_expect(msr_write(written[i], 0), VECTOR_GP, "wrmsr", written[i]);
	for (i = 0; i < HV_ARRAY_SIZE(read); i++)
		ok &= fault_expect(msr_read(read[i], &value), VECTOR_GP, "rdmsr", read[i]);
	return ok;
}

/* One violation after the other, a million if no number is given. */
bool run_flood(u64 n)
{
	u64 i, times = n ? n : FLOOD, denied = 0;

	for (i = 0; i < times; i++)
		denied += msr_write(MSR_VM_HSAVE_PA, i << HV_PAGE_SHIFT) == VECTOR_GP;
	print("fault: %llu of %llu were denied\n", denied, times);
	return denied == times;
}

bool run_apicbase(u64 n)
{
	u64 base = rdmsr(MSR_APIC_BASE);
	const u64 values[] = {
		base ^ 0x1000,			/* elsewhere */
		base ^ 0x100000000ULL,
		base & ~(u64)APIC_BASE_ENABLE,
		base ^ APIC_BASE_X2,		/* the other mode */
		(base | APIC_BASE_X2) & ~(u64)APIC_BASE_ENABLE,
		base | 0x1,
		base | 1ULL << 63,
	};
	bool ok = true;
	u32 i;

	(void)n;
	for (i = 0; i < HV_ARRAY_SIZE(values); i++) {
		ok &= fault_expect(msr_write(MSR_APIC_BASE, values[i]), VECTOR_GP, "APIC base", values[i]);
		ok &= rdmsr(MSR_APIC_BASE) == base;
	}
	return ok;
}

struct tally {
	u32 readable, writable, other;
};

static void sweep(u32 first, u32 last, struct tally *tally)
{
	int vector;
	u64 value;
	u32 msr;

	for (msr = first; msr <= last; msr++) {
		vector = msr_read(msr, &value);
		tally->readable += vector == TRY_OK;
		tally->other += vector != TRY_OK && vector != VECTOR_GP;
		vector = msr_write(msr, value);
		tally->writable += vector == TRY_OK;
		tally->other += vector != TRY_OK && vector != VECTOR_GP;
	}
}

/* Writes what it has read, or 0. */
bool run_msrsweep(u64 n)
{
	static const struct {
		u32 first, last;
	} blocks[] = {
		{ 0, 0x1fff }, { 0xc0000000, 0xc0001fff }, { 0xc0010000, 0xc0011fff }, { 0x40000000, 0x400000ff },
	};
	struct tally tally, all = { 0 };
	u32 i;

	(void)n;
	for (i = 0; i < HV_ARRAY_SIZE(blocks); i++) {
		tally = (struct tally){ 0 };
		sweep(blocks[i].first, blocks[i].last, &tally);
		print("fault: MSRs %x to %x: %u readable, %u writable\n", blocks[i].first, blocks[i].last,
		      tally.readable, tally.writable);
		all.other += tally.other;
	}
	if (all.other)
		print("fault: %u gave another exception than #GP\n", all.other);
	return !all.other;
}
