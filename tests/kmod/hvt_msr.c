// SPDX-License-Identifier: GPL-2.0-only
/* Every MSR that a guest can name in the usual ranges: what does reading answer, and writing back what was read? */
#include <linux/smp.h>
#include <asm/msr.h>

#include "hvt.h"

static unsigned int cpu;
module_param(cpu, uint, 0444);

static const struct { u32 first, last; } ranges[] = {
	{ 0x0, 0x1fff }, { 0xc0000000, 0xc0001fff }, { 0xc0010000, 0xc0011fff }, { 0x40000000, 0x400000ff },
};

/*
 * Not written: registers in which a write is a command even if the value is the one read, or moves time (TSC,
 * deadline, prediction and cache commands, microcode, the APIC's EOI, ICR and self-IPI, counters of retired work).
 */
static bool is_command(u32 msr)
{
	switch (msr) {
	case 0x10: case 0x49: case 0x79: case 0x10b: case 0x6e0: case 0xe7: case 0xe8: case 0xc0010020:
		return true;
	default:
		return msr >= 0x800 && msr <= 0x8ff;
	}
}

/* Values that differ from one moment to the next. */
static bool is_moving(u32 msr)
{
	return msr == 0x10 || msr == 0xe7 || msr == 0xe8 || msr == 0x6e0 || msr == 0x838 || msr == 0x839 ||
	       (msr >= 0x820 && msr <= 0x828) || msr == 0xc0000100 || msr == 0xc0000102 || msr == 0x48;
}

static void one(struct seq_file *m, u32 msr)
{
	bool readable, written = false;
	u64 value = 0;

	readable = !rdmsrl_safe_on_cpu(cpu, msr, &value);
	if (readable && !is_command(msr))
		written = !wrmsrl_safe_on_cpu(cpu, msr, value);
	if (is_moving(msr))
		value = 0;
	/* the common background: reads zero, takes zero */
	if (readable && written && !value)
		return;
	if (!readable && msr > 0x1000)
		return;
	seq_printf(m, "%08x %s %llx %s\n", msr, readable ? "r" : "-", value,
		   is_command(msr) ? "skip" : written ? "w" : "-");
}

static int hvt_show(struct seq_file *m, void *unused)
{
	unsigned int i;
	u32 msr;

	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		for (msr = ranges[i].first; msr <= ranges[i].last; msr++)
			one(m, msr);
	return 0;
}
