/* SPDX-License-Identifier: GPL-2.0-only */
/* A copy of all that an owner map says, to compare before and after an operation that must change nothing. */
#ifndef OWNER_UNIT_H
#define OWNER_UNIT_H

#include "unit.h"
#include "fake_alloc.h"
#include <hv/owner.h>

#define PAGE HV_PAGE_SIZE
#define NOTED_MAX 1024

struct noted {
	u64 live, taken, spare, count;
	u32 grants, batches;
	struct { u64 start, size, tag; } piece[NOTED_MAX];
};

static inline void note(const struct hv_owner_map *map, struct noted *n)
{
	const struct hv_span *piece;
	u64 i = 0;

	memset(n, 0, sizeof(*n));
	n->live = fake_live;
	n->taken = map->nr_taken;
	n->spare = map->nr_spare;
	n->count = map->pieces.count;
	n->grants = map->nr_grants;
	n->batches = map->batches;
	for (piece = hv_span_first(&map->pieces); piece; piece = hv_span_next(&map->pieces, piece), i++) {
		assert_true(i < NOTED_MAX);
		n->piece[i].start = piece->start;
		n->piece[i].size = piece->size;
		n->piece[i].tag = piece->tag;
	}
}

static inline void assert_as_noted(const struct hv_owner_map *map, const struct noted *before)
{
	struct noted now;

	assert_int_equal(hv_owner_check(map), 0);
	note(map, &now);
	assert_memory_equal(&now, before, sizeof(now));
}

static inline u16 owner_at(const struct hv_owner_map *map, u64 address)
{
	hv_hpa_t end;

	return hv_owner_of(map, hv_hpa(address), &end);
}

#endif
