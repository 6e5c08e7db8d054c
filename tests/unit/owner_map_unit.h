/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of the owner map share: names, a map to start with, changes that are checked. */
#ifndef OWNER_MAP_UNIT_H
#define OWNER_MAP_UNIT_H

#include "owner_unit.h"

#define LIMIT (1ULL << 40)
#define MANY 100000
#define A 1	/* cells */
#define B 2
#define HV HV_OWNER_HYPERVISOR
#define ROOT HV_OWNER_ROOT
#define DEVICE HV_OWNER_DEVICE
#define SET HV_OWNER_FIRST_SET
#define RW (HV_RIGHT_READ | HV_RIGHT_WRITE)

static struct hv_pool *const pool = (struct hv_pool *)64;	/* fake_alloc.c does not look at it */

static inline void start(struct hv_owner_map *map)
{
	fake_live = 0;
	fake_fail_after = FAKE_NEVER;
	assert_int_equal(hv_owner_init(map, LIMIT, MANY), 0);
	hv_owner_set_pool(map, pool);
}

static inline void stop(struct hv_owner_map *map)
{
	assert_int_equal(hv_owner_check(map), 0);
	hv_owner_fini(map);
	assert_int_equal(fake_live, 0);
	assert_int_equal(map->pieces.count, 0);
	assert_int_equal(map->nr_spare, HV_OWNER_BUILTIN);
}

static inline int try_change(struct hv_owner_map *map, u64 page, u64 pages, u16 from, u16 to)
{
	int err = hv_owner_change(map, hv_hpa(page * PAGE), pages * PAGE, from, to);

	assert_int_equal(hv_owner_check(map), 0);
	return err;
}

static inline void change(struct hv_owner_map *map, u64 page, u64 pages, u16 from, u16 to)
{
	assert_int_equal(try_change(map, page, pages, from, to), 0);
}

#endif
