// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/pool.c hvcore/slab.c hvcore/slab_check.c hvcore/buddy.c hvcore/buddy_check.c hvcore/string.c */
/* sources: tests/unit/pool_unit.c tests/unit/fake_relax.c */
/* The page pool: what callers of both allocators rely on. */
#include "pool_unit.h"

#include <hv/pool.h>

#define FRAMES 700

struct world {
	struct fake_range range;
	struct hv_pool pool;
	u64 shown;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->range = fake_range(FRAMES, 3);
	assert_int_equal(hv_pool_init(&w->pool, w->range.memory, w->range.start, FRAMES), 0);
	hv_pool_show(&w->pool, &w->shown);
	*state = w;
	return 0;
}

static void check(struct world *w)
{
	assert_int_equal(hv_pool_check(&w->pool), 0);
	assert_int_equal(w->pool.free, w->pool.buddy.free + w->pool.slabs.idle);
	assert_int_equal(w->pool.free, w->shown);
}

/* Everything has been given back. */
static int teardown(void **state)
{
	struct world *w = *state;

	check(w);
	assert_int_equal(w->pool.free, w->pool.frames);
	fake_range_free(&w->range);
	free(w);
	return 0;
}

static void b1_every_frame(void **state)
{
	struct world *w = *state;
	u8 *frame[FRAMES];
	u64 i, count;

	for (count = 0; (frame[count] = hv_pool_alloc(&w->pool)); count++) {
		assert_true(frame[count] >= w->range.memory);
		assert_true(frame[count] + HV_PAGE_SIZE <= w->range.memory + FRAMES * HV_PAGE_SIZE);
		assert_true(is_filled(frame[count], 0, HV_PAGE_SIZE));
		memset(frame[count], 0xff, HV_PAGE_SIZE);
		assert_int_equal(w->pool.free, w->pool.frames - count - 1);
	}
	assert_int_equal(count, w->pool.frames);
	assert_int_equal(count, FRAMES - 2);
	check(w);
	for (i = 0; i < count; i++)
		assert_int_equal(hv_pool_free(&w->pool, frame[i]), 0);
}

static void b1_addresses(void **state)
{
	struct world *w = *state;
	u8 *frame = hv_pool_alloc(&w->pool);
	u64 hpa = hv_hpa_raw(hv_pool_hpa(&w->pool, frame));

	assert_int_equal(hpa - hv_hpa_raw(w->range.start), frame - w->range.memory);
	assert_ptr_equal(hv_pool_pointer(&w->pool, hv_hpa(hpa)), frame);
	assert_int_equal(hv_pool_free(&w->pool, frame), 0);
}

static void b4_contiguous(void **state)
{
	struct world *w = *state;
	u64 count, used;
	u8 *frames;

	assert_null(hv_pool_alloc_contiguous(&w->pool, 0));
	assert_null(hv_pool_alloc_contiguous(&w->pool, 513));	/* 1024 do not fit */
	assert_null(hv_pool_alloc_contiguous(&w->pool, 1025));
	assert_null(hv_pool_alloc_contiguous(&w->pool, ~0ULL));
	for (count = 1; count <= 256; count += 1 + count / 3) {
		frames = hv_pool_alloc_contiguous(&w->pool, count);
		used = w->pool.frames - w->pool.free;
		assert_non_null(frames);
		assert_true(used >= count && used < 2 * count);
		assert_true(is_filled(frames, 0, used * HV_PAGE_SIZE));
		assert_true(HV_IS_ALIGNED(hv_hpa_raw(hv_pool_hpa(&w->pool, frames)), used * HV_PAGE_SIZE));
		memset(frames, 0xff, used * HV_PAGE_SIZE);
		assert_true(hv_pool_owns(&w->pool, frames, (u32)__builtin_ctzll(used)));
		assert_int_equal(hv_pool_free_contiguous(&w->pool, frames, 2 * count), -EINVAL);
		assert_int_equal(hv_pool_free_contiguous(&w->pool, frames, 0), -EINVAL);
		assert_int_equal(hv_pool_free(&w->pool, frames), count == 1 ? 0 : -EINVAL);
		if (count > 1)
			assert_int_equal(hv_pool_free_contiguous(&w->pool, frames, count), 0);
		assert_false(hv_pool_owns(&w->pool, frames, (u32)__builtin_ctzll(used)));
		check(w);
	}
}

static void b5_refusals(void **state)
{
	struct world *w = *state;
	u8 *item = hv_alloc(&w->pool, 40), *frame = hv_pool_alloc(&w->pool);
	u64 free = w->pool.free;

	assert_int_equal(hv_pool_free(&w->pool, (u8 *)HV_ALIGN_DOWN((u64)item, HV_PAGE_SIZE)), -EBUSY);
	assert_int_equal(hv_pool_free(&w->pool, w->range.memory), -EBUSY);
	assert_int_equal(hv_pool_free(&w->pool, frame + 8), -EINVAL);
	assert_int_equal(hv_pool_free(&w->pool, NULL), -EINVAL);
	assert_int_equal(hv_free(&w->pool, w->range.memory), -EINVAL);
	assert_int_equal(hv_free(&w->pool, NULL), -EINVAL);
	assert_int_equal(hv_free(&w->pool, item + 1), -EINVAL);
	assert_int_equal(hv_free(&w->pool, frame + 32), -EINVAL);
	assert_int_equal(hv_free(&w->pool, w), -EINVAL);
	assert_null(hv_pool_take(&w->pool, HV_MAX_ORDER));
	assert_false(hv_pool_owns(&w->pool, frame, HV_MAX_ORDER));
	assert_false(hv_pool_owns(&w->pool, item, 0));
	assert_int_equal(w->pool.free, free);
	assert_int_equal(hv_free(&w->pool, item), 0);
	assert_int_equal(hv_free(&w->pool, item), -EINVAL);
	assert_int_equal(hv_pool_free(&w->pool, frame), 0);
	assert_int_equal(hv_pool_free(&w->pool, frame), -EINVAL);
	assert_int_equal(hv_free(&w->pool, frame), -EINVAL);
}

static void b3_no_pool(void **state)
{
	struct hv_pool pool;
	struct world *w = *state;

	assert_int_equal(hv_pool_init(&pool, w->range.memory + 1, w->range.start, 10), -EINVAL);
	assert_int_equal(pool.frames, 0);
	assert_int_equal(pool.free, 0);
	assert_null(hv_pool_alloc(&pool));
	assert_null(hv_alloc(&pool, 1));
	assert_int_equal(hv_free(&pool, w->range.memory), -EINVAL);
	assert_int_equal(hv_pool_check(&pool), 0);
}

static void b6_any_size(void **state)
{
	static const u64 sizes[] = { 1, 32, 33, 1000, 2048, 2049, 4096, 4097, 8192, 12289, 100000, 1 << 20 };
	struct world *w = *state;
	u8 *p[HV_ARRAY_SIZE(sizes)];
	u32 round, i;

	assert_null(hv_alloc(&w->pool, 0));
	assert_null(hv_alloc(&w->pool, HV_PAGE_SIZE << HV_MAX_ORDER));
	assert_null(hv_alloc(&w->pool, ~0ULL));
	for (round = 0; round < 2; round++) {	/* in the second, what the first left behind must not be seen */
		for (i = 0; i < HV_ARRAY_SIZE(sizes); i++) {
			p[i] = hv_alloc(&w->pool, sizes[i]);
			assert_non_null(p[i]);
			assert_true(HV_IS_ALIGNED((u64)p[i], 32));
			assert_true(is_filled(p[i], 0, sizes[i]));
			memset(p[i], 0xee, sizes[i]);
			check(w);
		}
		for (i = 0; i < HV_ARRAY_SIZE(sizes); i++)
			assert_int_equal(hv_free(&w->pool, p[i]), 0);
		check(w);
	}
}

static void b6_realloc(void **state)
{
	static const u64 sizes[] = { 1, 20, 32, 33, 64, 100, 500, 2048, 2049, 4096, 5000, 8192, 70000, 9000, 4096, 4000,
				     2000, 100, 31, 3, 300000, 1 };
	struct world *w = *state;
	u64 had = 7, both;
	u8 *p = hv_alloc(&w->pool, had);
	u32 i;

	memset(p, 0x77, had);
	for (i = 0; i < HV_ARRAY_SIZE(sizes); had = sizes[i++]) {
		both = had < sizes[i] ? had : sizes[i];
		p = hv_realloc(&w->pool, p, sizes[i]);
		assert_non_null(p);
		assert_true(is_filled(p, 0x77, both));
		assert_true(is_filled(p + both, 0, sizes[i] - both));
		memset(p, 0x77, sizes[i]);
		check(w);
	}
	assert_int_equal(hv_free(&w->pool, p), 0);
	p = hv_realloc(&w->pool, NULL, 5000);
	assert_true(is_filled(p, 0, 5000));
	assert_int_equal(hv_free(&w->pool, p), 0);
}

static void b6_realloc_refusals(void **state)
{
	struct world *w = *state;
	u8 *p = hv_alloc(&w->pool, 100), *frame, *ballast[FRAMES];
	u64 i, count = 0;

	memset(p, 5, 100);
	assert_null(hv_realloc(&w->pool, p, 0));
	assert_null(hv_realloc(&w->pool, p, ~0ULL));
	assert_null(hv_realloc(&w->pool, p + 1, 50));
	assert_null(hv_realloc(&w->pool, w->range.memory, 50));
	frame = hv_alloc(&w->pool, 4096);
	memset(frame, 6, 4096);
	while ((ballast[count] = hv_pool_alloc(&w->pool)))
		count++;
	assert_null(hv_realloc(&w->pool, p, 3000));
	assert_null(hv_realloc(&w->pool, frame, 5000));
	assert_true(is_filled(p, 5, 100) && is_filled(frame, 6, 4096));
	/* Less always works: it stays where it is. */
	assert_ptr_equal(hv_realloc(&w->pool, frame, 2048), frame);
	assert_true(is_filled(frame, 6, 2048) && is_filled(frame + 2048, 0, 2048));
	for (i = 0; i < count; i++)
		assert_int_equal(hv_pool_free(&w->pool, ballast[i]), 0);
	assert_int_equal(hv_free(&w->pool, p), 0);
	assert_null(hv_realloc(&w->pool, p, 10));
	assert_int_equal(hv_free(&w->pool, frame), 0);
}

/* What the count calls free can be had, though slabs keep empty pages. */
static void b8_free_means_free(void **state)
{
	struct world *w = *state;
	void *items[300], *frame[FRAMES];
	u64 i, count = 0;

	for (i = 0; i < HV_ARRAY_SIZE(items); i++)
		items[i] = hv_alloc(&w->pool, 1 + i * 7);
	for (i = 0; i < HV_ARRAY_SIZE(items); i++)
		assert_int_equal(hv_free(&w->pool, items[i]), 0);
	assert_int_equal(w->pool.free, w->pool.frames);
	assert_true(w->pool.slabs.idle > 0);
	while ((frame[count] = hv_pool_alloc(&w->pool)))
		count++;
	assert_int_equal(count, w->pool.frames);
	for (i = 0; i < count; i++)
		assert_int_equal(hv_pool_free(&w->pool, frame[i]), 0);
	assert_non_null(items[0] = hv_alloc(&w->pool, 64));
	assert_int_equal(hv_free(&w->pool, items[0]), 0);
	assert_int_equal(hv_pool_trim(&w->pool), 2);
	assert_int_equal(hv_pool_trim(&w->pool), 0);
}

/* Whatever there is already: creating and destroying something brings the count back. */
static void b8_counts_come_back(void **state)
{
	struct world *w = *state;
	u64 random = unit_seed(4711), before, size, round, i;
	void *kept[200], *passing[150];

	for (round = 0; round < HV_ARRAY_SIZE(kept); round++) {
		size = 1 + unit_random(&random) % 3000;
		kept[round] = hv_alloc(&w->pool, size);
		before = w->pool.free;
		for (i = 0; i < HV_ARRAY_SIZE(passing); i++)
			passing[i] = hv_alloc(&w->pool, 1 + (size * i * 7919) % 2048);
		check(w);
		for (i = 0; i < HV_ARRAY_SIZE(passing); i++)
			assert_int_equal(hv_free(&w->pool, passing[i]), 0);
		assert_int_equal(w->pool.free, before);
	}
	for (round = 0; round < HV_ARRAY_SIZE(kept); round++)
		assert_int_equal(hv_free(&w->pool, kept[round]), 0);
}

static void b3_check(void **state)
{
	struct world *w = *state;

	w->shown++;
	assert_int_equal(hv_pool_check(&w->pool), -EIO);
	w->shown--;
	w->pool.buddy.free++;
	assert_int_equal(hv_pool_check(&w->pool), -EIO);
	w->pool.buddy.free--;
	w->pool.slabs.idle++;
	assert_int_equal(hv_pool_check(&w->pool), -EIO);
	w->pool.slabs.idle--;
	assert_int_equal(hv_pool_check(&w->pool), 0);
}

int main(void)
{
#define WORLD_TEST(name, function) { name, function, setup, teardown, NULL }
	const struct CMUnitTest tests[] = {
		WORLD_TEST("B1 the pool hands out every frame of its range, zeroed", b1_every_frame),
		WORLD_TEST("B1 addresses translate both ways", b1_addresses),
		WORLD_TEST("B3 the self-check knows all counters", b3_check),
		WORLD_TEST("B3 what makes no pool has no frames", b3_no_pool),
		WORLD_TEST("B4 contiguous frames are rounded up to a block", b4_contiguous),
		WORLD_TEST("B5 what the pool did not give is refused", b5_refusals),
		WORLD_TEST("B6 hv_alloc takes any size, zeroed", b6_any_size),
		WORLD_TEST("B6 realloc copies what was there, blocks too", b6_realloc),
		WORLD_TEST("B6 a realloc that fails leaves what was there", b6_realloc_refusals),
		WORLD_TEST("B8 every frame that counts as free can be had", b8_free_means_free),
		WORLD_TEST("B8 create and destroy bring the count back", b8_counts_come_back),
	};

	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
