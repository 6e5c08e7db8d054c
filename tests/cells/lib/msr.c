// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* MSRs that may be denied. */
#include "insn.h"
#include "interrupts.h"
#include "msr.h"

struct access {
	u32 msr;
	u64 value;
};

static void run_read(void *arg)
{
	struct access *access = arg;

	access->value = rdmsr(access->msr);
}

static void run_write(void *arg)
{
	const struct access *access = arg;

	wrmsr(access->msr, access->value);
}

int msr_read(u32 msr, u64 *value)
{
	struct access access = { .msr = msr };
	int vector = try(run_read, &access);

	*value = access.value;
	return vector;
}

int msr_write(u32 msr, u64 value)
{
	struct access access = { .msr = msr, .value = value };

	return try(run_write, &access);
}
