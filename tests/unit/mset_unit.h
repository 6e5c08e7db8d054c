/* SPDX-License-Identifier: GPL-2.0-only */
/* For tests of memory sets: a set with an owner map, and all that can be seen of it. */
#ifndef MSET_UNIT_H
#define MSET_UNIT_H

#include <hv/mset.h>
#include "pt_unit.h"

#define CELL 3
#define RW (HV_MEM_READ | HV_MEM_WRITE)
#define MEMORY_END (1ULL << 42)

struct mset_fixture {
	struct hv_pool pool, frames;
	struct hv_owner_map owners;
	struct hv_mset set;
};

struct mset_state {
	struct pt_state pt;
	u64 regions, records, frames, owners;
};

static inline u64 mset_unit_mix(u64 hash, u64 word)
{
	return (hash ^ word) * 0x100000001b3ULL;
}

/** mset_unit_state() - everything, after the set's own proof */
static inline struct mset_state mset_unit_state(const struct mset_fixture *f)
{
	struct mset_state state;
	struct hv_span *span;

	memset(&state, 0, sizeof(state));
	if (hv_mset_check(&f->set) || hv_owner_check(&f->owners))
		abort();
	state.pt = pt_unit_state(&f->set.pt);
	/* Which of the owner map's built-in nodes are in use is a matter of chance. */
	state.pt.pool_used -= f->owners.nr_taken;
	state.regions = f->set.regions.count;
	state.frames = f->set.frames;
	for (span = hv_span_first(&f->set.regions); span; span = hv_span_next(&f->set.regions, span)) {
		const struct hv_region *region = hv_region_of(span);

		state.records = mset_unit_mix(state.records, span->start);
		state.records = mset_unit_mix(state.records, span->size);
		state.records = mset_unit_mix(state.records, region->flags | (u64)region->mapper << 32);
		state.records = mset_unit_mix(state.records, region->to);
	}
	for (span = hv_span_first(&f->owners.pieces); span; span = hv_span_next(&f->owners.pieces, span)) {
		state.owners = mset_unit_mix(state.owners, span->start);
		state.owners = mset_unit_mix(state.owners, span->size);
		state.owners = mset_unit_mix(state.owners, span->tag);
	}
	return state;
}

static inline bool mset_unit_same(const struct mset_state *a, const struct mset_state *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* The pool's frames are the hypervisor's, and everything from 4 GiB to 8 GiB the cell's. */
static inline void mset_unit_init(struct mset_fixture *f, const struct hv_pt_format *format, u64 frames)
{
	fake_tlb_reset();
	fake_types = (struct fake_types){ 0, HV_TYPE_WB, HV_TYPE_WB };
	fake_pool_init(&f->pool, 1024);
	fake_pool_init(&f->frames, frames);
	fake_pool_expect_scrubbed(&f->frames);
	if (hv_owner_init(&f->owners, MEMORY_END, 4096))
		abort();
	hv_owner_set_pool(&f->owners, &f->pool);
	if (hv_owner_change(&f->owners, f->frames.start, frames * HV_PAGE_SIZE, HV_OWNER_ROOT, HV_OWNER_HYPERVISOR) ||
	    hv_owner_change(&f->owners, hv_hpa(4 * G1), 4 * G1, HV_OWNER_ROOT, CELL) ||
	    hv_mset_init(&f->set, format, &f->pool, &f->owners, CELL))
		abort();
}

static inline void mset_unit_fini(struct mset_fixture *f)
{
	if (hv_mset_fini(&f->set))
		abort();
	hv_owner_fini(&f->owners);
	if (fake_pool_used())
		abort();
	fake_pool_fini(&f->pool);
	fake_pool_fini(&f->frames);
}

static inline struct hv_region mset_unit_offset(u64 start, u64 size, u64 to, u32 flags)
{
	return (struct hv_region){ .span = { .start = start, .size = size }, .flags = flags, .mapper = HV_MAP_OFFSET,
				   .to = to };
}

static inline struct hv_region mset_unit_deferred(u64 start, u64 size, u64 to)
{
	return (struct hv_region){ .span = { .start = start, .size = size }, .flags = RW, .mapper = HV_MAP_DEFERRED,
				   .to = to };
}

static inline struct hv_region mset_unit_alloc(struct mset_fixture *f, u64 start, u64 size, u32 mapper)
{
	return (struct hv_region){ .span = { .start = start, .size = size }, .flags = RW, .mapper = mapper,
				   .frames = &f->frames };
}

static inline struct hv_region mset_unit_empty(struct mset_fixture *f, u64 start, u64 size, u64 object_size)
{
	return (struct hv_region){ .span = { .start = start, .size = size }, .flags = HV_MEM_READ,
				   .mapper = HV_MAP_EMPTY, .to = hv_hpa_raw(f->frames.start) + (1ULL << 30),
				   .object_size = object_size };
}

#endif
