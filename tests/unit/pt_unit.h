/* SPDX-License-Identifier: GPL-2.0-only */
/* For tests of page tables: all formats, and a second, simple-minded opinion on what a table contains. */
#ifndef PT_UNIT_H
#define PT_UNIT_H

#include <svm/nptfmt.h>
#include <vmx/eptfmt.h>
#include <x86/ptfmt.h>
#include "fake_arch.h"
#include "fake_pool.h"
#include "unit.h"

#define K4 HV_PAGE_SIZE
#define M2 HV_SIZE_2M
#define G1 HV_SIZE_1G
#define PT_RW (HV_PT_READ | HV_PT_WRITE)

#define NR_FORMATS 5

static inline const struct hv_pt_format *pt_unit_format(unsigned int i)
{
	const struct hv_pt_format *const formats[NR_FORMATS] = { &x86_host_format, &svm_npt_format, &vmx_ept_format,
								 &x86_vtd_format, &x86_amdvi_format };

	return formats[i];
}

/* Everything about tables that can be seen, counted by walking them. */
struct pt_state {
	u64 tables;
	u64 leaves[HV_PT_MAX_LEVELS];
	u64 hash;	/* of all leaves, with addresses, levels and entries */
	u64 pool_used;
};

static inline void pt_unit_walk(const struct hv_pt *pt, const u64 *table, unsigned int level, u64 base,
				struct pt_state *state)
{
	const struct hv_pt_format *f = &pt->format;
	unsigned int i, used = 0;

	state->tables++;
	for (i = 0; i < 512; i++) {
		u64 entry = table[i], at = base + ((u64)i << (12 + 9 * (level - 1)));

		if (!entry)
			continue;
		used++;
		if (!(entry & f->present) || (level > 1 && (entry & f->kind) != f->large)) {
			if (!(entry & f->present) ||
			    (f->next_level && (entry & f->kind) != (level - 1) * f->next_level))
				abort();
			pt_unit_walk(pt, hv_pool_pointer(pt->pool, hv_hpa(entry & f->address)), level - 1, at, state);
			continue;
		}
		if (level > f->leaf_levels)
			abort();
		state->leaves[level - 1]++;
		state->hash = (state->hash ^ at) * 0x100000001b3ULL;
		state->hash = (state->hash ^ level) * 0x100000001b3ULL;
		state->hash = (state->hash ^ entry) * 0x100000001b3ULL;
	}
	if (!used && table != pt->root)
		abort();
}

/** pt_unit_state() - and the tables' own counters say the same */
static inline struct pt_state pt_unit_state(const struct hv_pt *pt)
{
	struct pt_state state = { .pool_used = fake_pool_used() };
	unsigned int i;

	pt_unit_walk(pt, pt->root, pt->format.levels, 0, &state);
	if (state.tables != pt->tables)
		abort();
	for (i = 0; i < HV_PT_MAX_LEVELS; i++)
		if (state.leaves[i] != pt->leaves[i])
			abort();
	return state;
}

static inline bool pt_unit_same(const struct pt_state *a, const struct pt_state *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/** unit_seed() - HV_SEED, or the default; printed, so that a failure can be repeated */
static inline u64 unit_seed(void)
{
	const char *text = getenv("HV_SEED");
	u64 seed = text ? strtoull(text, NULL, 0) : 1;

	printf("# note: HV_SEED=%llu\n", seed);
	return seed ? seed : 1;
}

#endif
