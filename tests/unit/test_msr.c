// SPDX-License-Identifier: GPL-2.0-only
/* sources: arch/x86/msr.c */
/* Model-specific registers of root: those by which it would reach past its tables. */
#include "unit.h"

#include <hv/arch.h>
#include <hv/log.h>
#include <x86/apic.h>
#include <x86/msr_policy.h>
#include <x86/vcpu_ops.h>

/* "MSR-Bitmap Address": reads low and high, then writes low and high, 1 KiB each, a bit per register. */
static const struct x86_msr_format vmx = { X86_ON_VMX, 1, 1, 2048 * 8, 2,
					   { { 0, 0x1fff, 0 }, { 0xc0000000, 0xc0001fff, 1024 * 8 } } };

bool x86_is_svm;
static struct x86_cpu cpu;
static u64 machines, written;
static u32 writes, events;

u64 x86_rdmsr(u32 msr)
{
	(void)msr;
	return 0xfee00800;
}

bool x86_rdmsr_safe(u32 msr, u64 *value)
{
	(void)msr;
	*value = machines;
	return true;
}

bool x86_wrmsr_safe(u32 msr, u64 value)
{
	(void)msr;
	written = value;
	writes++;
	return true;
}

void x86_apic_note_base(struct x86_cpu *c, u64 base)
{
	c->guest_apic_base = base;
}

enum hv_verdict x86_apic_icr(struct x86_cpu *c, u64 value, u32 to)
{
	(void)c, (void)value, (void)to;
	return HV_ADVANCE;
}

u64 hv_arch_guest_rip(struct hv_cpu *c)
{
	(void)c;
	return 0;
}

void hv_event(const char *fmt, ...)
{
	(void)fmt;
	events++;
}

static enum hv_verdict write_msr(u32 msr, u64 value)
{
	struct hv_exit exit = { .reason = HV_EXIT_msr_write, .nr = msr, .value = value };
	u8 map[HV_PAGE_SIZE] = { 0 };

	x86_msr_map_build(&vmx, map);
	assert_true(map[2048 + msr / 8] & 1 << msr % 8);
	assert_false(map[msr / 8] & 1 << msr % 8);
	writes = events = 0;
	return x86_msr_emulate(&cpu, &exit);
}

/* The CPU would write to memory on its own, by physical addresses or those of whoever runs. */
static void nothing_is_written_past_the_tables(void **state)
{
	static const u32 msrs[] = { 0x3f1, 0x3f4, 0x3f5, 0x560, 0x561, 0x570, 0x58f, 0x17d0, 0x17d1 };
	u32 i;

	(void)state;
	machines = 0;
	for (i = 0; i < HV_ARRAY_SIZE(msrs); i++) {
		assert_int_equal(write_msr(msrs[i], 0x200001), HV_ADVANCE);
		assert_int_equal(writes, 0);
		assert_int_equal(events, 1);
		assert_int_equal(write_msr(msrs[i], machines), HV_ADVANCE);
		assert_int_equal(writes + events, 0);
	}
}

/* Trace and user interrupts have registers that XRSTORS loads, if these bits are set. */
static void nor_by_way_of_xrstors(void **state)
{
	(void)state;
	assert_int_equal(write_msr(0xda0, 1 << 8), HV_INJECT_GP);
	assert_int_equal(write_msr(0xda0, 1 << 14 | 1 << 11), HV_INJECT_GP);
	assert_int_equal(writes, 0);
	assert_int_equal(events, 1);
	assert_int_equal(write_msr(0xda0, 1 << 15 | 1 << 11), HV_ADVANCE);
	assert_int_equal(writes, 1);
	assert_int_equal(written, 1 << 15 | 1 << 11);
	assert_int_equal(write_msr(0xda0, 0), HV_ADVANCE);
	assert_int_equal(events, 0);
}

static void ranges_of_memory_stay(void **state)
{
	u32 msr;

	(void)state;
	machines = 0x80000800;
	for (msr = 0x1f2; msr <= 0x1f5; msr++) {
		assert_int_equal(write_msr(msr, 0), HV_INJECT_GP);
		assert_int_equal(write_msr(msr, machines), HV_ADVANCE);
		assert_int_equal(writes, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_written_past_the_tables),
		cmocka_unit_test(nor_by_way_of_xrstors),
		cmocka_unit_test(ranges_of_memory_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
