/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of page-state changes stand on: an owner map, a machine, and the state of all to compare with. */
#ifndef PSC_UNIT_H
#define PSC_UNIT_H

#include "owner_unit.h"
#include "psc_sim.h"
#include <sanitizer/asan_interface.h>

#define LIMIT (1ULL << 40)
#define PRIVATE HV_PSC_PRIVATE
#define SHARED HV_PSC_SHARED
#define HV HV_OWNER_HYPERVISOR
#define SET HV_OWNER_FIRST_SET
#define CELL 5

struct fixture {
	struct hv_owner_map owners;
	struct hv_psc own, sent;
	struct sim sim;			/* its machine is the native one unless use_sim() was called */
	struct noted noted;
	u8 assigned[SIM_PAGES], valid[SIM_PAGES];
	void *poisoned;
	int pool_error;			/* what hv_pool_init() is to say */
};

static struct fixture *the_fixture __attribute__((unused));
static struct hv_pool *const pool_at = (struct hv_pool *)64;	/* fake_alloc.c does not look at it */

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	fake_live = 0;
	fake_fail_after = FAKE_NEVER;
	if (hv_owner_init(&f->owners, LIMIT, 1000))
		return -1;
	hv_owner_set_pool(&f->owners, pool_at);
	sim_init(&f->sim, &f->owners, &f->own, &f->sent);
	f->sim.m.backend = HV_PSC_BACKEND_native;
	*state = the_fixture = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(hv_owner_check(&f->owners), 0);
	assert_int_equal(f->owners.batches, 0);
	hv_owner_fini(&f->owners);
	assert_int_equal(fake_live, 0);
	free(f);
	return 0;
}

#define TEST(name, function) { name, function, setup, teardown, NULL }

/* Start over with the simulated reverse map; for one that misbehaves, too. */
static inline void use_sim(struct fixture *f)
{
	hv_owner_fini(&f->owners);
	if (hv_owner_init(&f->owners, LIMIT, 1000))
		abort();
	hv_owner_set_pool(&f->owners, pool_at);
	sim_init(&f->sim, &f->owners, &f->own, &f->sent);
}

static inline int change(struct fixture *f, u16 who, u64 page, u64 pages, unsigned int op)
{
	return hv_psc_change(&f->sim.m, who, hv_hpa(page * PAGE), pages * PAGE, op);
}

static inline bool holds(const struct fixture *f, u16 who, u64 page, u64 pages)
{
	return hv_owner_holds(&f->owners, who, hv_hpa(page * PAGE), pages * PAGE);
}

/* Are all of these frames like this in the reverse map? */
static inline bool all(const struct fixture *f, u64 page, u64 pages, u8 assigned, u8 valid)
{
	for (; pages--; page++)
		if (f->sim.assigned[page] != assigned || f->sim.valid[page] != valid)
			return false;
	return true;
}

static inline void remember(struct fixture *f)
{
	note(&f->owners, &f->noted);
	memcpy(f->assigned, f->sim.assigned, sizeof(f->assigned));
	memcpy(f->valid, f->sim.valid, sizeof(f->valid));
}

static inline void assert_unchanged(const struct fixture *f)
{
	assert_as_noted(&f->owners, &f->noted);
	assert_memory_equal(f->sim.assigned, f->assigned, sizeof(f->assigned));
	assert_memory_equal(f->sim.valid, f->valid, sizeof(f->valid));
}

static inline void poison(void *memory, size_t size)
{
	ASAN_POISON_MEMORY_REGION(memory, size);
}

static inline void unpoison(void *memory, size_t size)
{
	ASAN_UNPOISON_MEMORY_REGION(memory, size);
}

#endif
