// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/frame.c hvcore/pool.c hvcore/slab.c hvcore/slab_check.c hvcore/buddy.c hvcore/buddy_check.c */
/* sources: tests/unit/pool_unit.c tests/unit/fake_relax.c */
/* Frames that somebody holds. */
#include "pool_unit.h"

#include <hv/frame.h>

#define FRAMES 300

struct world {
	struct fake_range range;
	struct hv_pool pool;
	struct hv_frame_holder host, guest;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->guest.is_guest = true;
	w->range = fake_range(FRAMES, 9);
	assert_int_equal(hv_pool_init(&w->pool, w->range.memory, w->range.start, FRAMES), 0);
	*state = w;
	return 0;
}

/* Nobody holds anything any more. */
static int teardown(void **state)
{
	struct world *w = *state;

	assert_int_equal(hv_pool_check(&w->pool), 0);
	assert_int_equal(w->pool.free, w->pool.frames);
	assert_int_equal(w->host.frames, 0);
	assert_int_equal(w->guest.frames, 0);
	fake_range_free(&w->range);
	free(w);
	return 0;
}

static void b8_life(void **state)
{
	struct world *w = *state;
	struct hv_frame f = { 0 };
	hv_hpa_t hpa;

	assert_int_equal(hv_frame_alloc_zero(&f, &w->pool, &w->host, 0), 0);
	assert_int_equal(hv_frame_size(&f), HV_PAGE_SIZE);
	assert_true(is_filled(hv_frame_pointer(&f), 0, HV_PAGE_SIZE));
	assert_int_equal(hv_frame_fill(&f, 0x3c), 0);
	assert_true(is_filled(hv_frame_pointer(&f), 0x3c, HV_PAGE_SIZE));
	assert_int_equal(hv_frame_hpa(&f, &hpa), 0);
	assert_ptr_equal(hv_pool_pointer(&w->pool, hpa), hv_frame_pointer(&f));
	assert_int_equal(w->host.frames, 1);
	assert_int_equal(w->pool.free, w->pool.frames - 1);
	assert_int_equal(hv_frame_put(&f), 0);
	assert_int_equal(hv_frame_put(&f), -EINVAL);
	assert_int_equal(w->pool.free, w->pool.frames);
}

static void b8_uninit(void **state)
{
	struct world *w = *state;
	struct hv_frame f = { 0 };
	hv_hpa_t hpa = hv_hpa(77);

	assert_int_equal(hv_frame_fill(&f, 1), -EINVAL);
	assert_null(hv_frame_pointer(&f));
	assert_int_equal(hv_frame_hpa(&f, &hpa), -EINVAL);
	assert_true(hv_hpa_raw(hpa) == 77);
	assert_int_equal(hv_frame_size(&f), 0);
	assert_int_equal(hv_frame_put(&f), -EINVAL);
	/* One that could not be had is none. */
	assert_int_equal(hv_frame_alloc(&f, &w->pool, &w->host, HV_MAX_ORDER), -EINVAL);
	assert_int_equal(hv_frame_alloc(&f, &w->pool, &w->host, HV_MAX_ORDER - 1), -ENOMEM);
	assert_int_equal(hv_frame_alloc_zero(&f, &w->pool, &w->host, HV_MAX_ORDER - 1), -ENOMEM);
	assert_int_equal(hv_frame_put(&f), -EINVAL);
}

static void b8_not_twice(void **state)
{
	struct world *w = *state;
	struct hv_frame f = { 0 }, stale, other = { 0 };

	assert_int_equal(hv_frame_alloc(&f, &w->pool, &w->guest, 1), 0);
	assert_int_equal(hv_frame_alloc(&f, &w->pool, &w->guest, 0), -EBUSY);
	assert_int_equal(hv_frame_alloc_zero(&f, &w->pool, &w->guest, 0), -EBUSY);
	assert_int_equal(w->guest.frames, 2);
	stale = f;
	assert_int_equal(hv_frame_put(&f), 0);
	assert_int_equal(hv_frame_put(&stale), -EINVAL);
	/* Nor is anything scrubbed where somebody else's smaller frame is now. */
	assert_int_equal(hv_frame_alloc(&other, &w->pool, &w->host, 0), 0);
	assert_int_equal(hv_frame_fill(&other, 0xab), 0);
	stale.pointer = hv_frame_pointer(&other);
	assert_int_equal(hv_frame_put(&stale), -EINVAL);
	assert_true(is_filled(hv_frame_pointer(&other), 0xab, HV_PAGE_SIZE));
	assert_int_equal(w->guest.frames, 0);
	assert_int_equal(w->host.frames, 1);
	assert_int_equal(hv_frame_put(&other), 0);
}

static void b8_leak_counters(void **state)
{
	struct world *w = *state;
	struct hv_frame frames[20] = { 0 };
	u64 host = 0, guest = 0;
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(frames); i++) {
		assert_int_equal(hv_frame_alloc(&frames[i], &w->pool, i % 3 ? &w->guest : &w->host, i % 4), 0);
		*(i % 3 ? &guest : &host) += 1ULL << i % 4;
		assert_int_equal(w->guest.frames, guest);
		assert_int_equal(w->host.frames, host);
		assert_int_equal(w->pool.frames - w->pool.free, host + guest);
	}
	for (i = 0; i < HV_ARRAY_SIZE(frames); i++)
		assert_int_equal(hv_frame_put(&frames[i]), 0);
}

static void b9_guests_get_zeros(void **state)
{
	struct world *w = *state;
	struct hv_frame f = { 0 };
	u32 round;

	for (round = 0; round < 3; round++) {
		/* Somebody of ours leaves something behind, then a guest gets the same frames. */
		assert_int_equal(hv_frame_alloc(&f, &w->pool, &w->host, 5), 0);
		assert_int_equal(hv_frame_fill(&f, 0x99), 0);
		assert_int_equal(hv_frame_put(&f), 0);
		assert_int_equal(hv_frame_alloc(&f, &w->pool, &w->guest, 5), 0);
		assert_true(is_filled(hv_frame_pointer(&f), 0, hv_frame_size(&f)));
		assert_int_equal(hv_frame_fill(&f, 0x99), 0);
		assert_int_equal(hv_frame_put(&f), 0);
	}
}

/* Before the frames are free, nothing of the guest is in them: whoever looks at all of memory finds nothing. */
static void b9_guests_leave_zeros(void **state)
{
	struct world *w = *state;
	struct hv_frame f[6] = { 0 };
	u8 *at;
	u64 size;
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(f); i++) {
		assert_int_equal(hv_frame_alloc(&f[i], &w->pool, &w->guest, i), 0);
		assert_int_equal(hv_frame_fill(&f[i], 0xc7), 0);
	}
	for (i = 0; i < HV_ARRAY_SIZE(f); i++) {
		at = hv_frame_pointer(&f[i]);
		size = hv_frame_size(&f[i]);
		assert_int_equal(hv_frame_put(&f[i]), 0);
		assert_true(is_filled(at, 0, size));
	}
}

int main(void)
{
#define WORLD_TEST(name, function) { name, function, setup, teardown, NULL }
	const struct CMUnitTest tests[] = {
		WORLD_TEST("B8 a frame is allocated, filled, and put once", b8_life),
		WORLD_TEST("B8 an uninit frame is an error to use and frees nothing", b8_uninit),
		WORLD_TEST("B8 what is held cannot be overwritten, what is stale cannot be put", b8_not_twice),
		WORLD_TEST("B8 each holder's count comes back", b8_leak_counters),
		WORLD_TEST("B9 frames given to a guest are zero", b9_guests_get_zeros),
		WORLD_TEST("B9 frames taken from a guest are scrubbed", b9_guests_leave_zeros),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
