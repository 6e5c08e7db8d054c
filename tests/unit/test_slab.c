// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/slab.c hvcore/slab_check.c hvcore/buddy.c hvcore/buddy_check.c */
/* sources: tests/unit/pool_unit.c tests/unit/fake_relax.c */
/* The slab allocator. The random test is test_slab_model.c. */
#include <pthread.h>

#include "pool_unit.h"

#define FRAMES 600

struct world {
	struct fake_range range;
	struct hv_buddy buddy;
	struct hv_slabs slabs;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->range = fake_buddy(&w->buddy, FRAMES, 0);
	assert_int_equal(hv_slab_init(&w->slabs, &w->buddy), 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	fake_range_free(&w->range);
	free(w);
	return 0;
}

static void check(struct world *w)
{
	assert_int_equal(hv_slab_check(&w->slabs), 0);
	assert_int_equal(hv_buddy_check(&w->buddy), 0);
}

/* Nobody has an item: all frames come back. */
static void finish(struct world *w)
{
	u64 idle = w->slabs.idle;

	check(w);
	assert_int_equal(w->buddy.free + idle, FRAMES - w->buddy.meta_pages);
	assert_int_equal(hv_slab_trim(&w->slabs), idle);
	assert_int_equal(w->buddy.free, FRAMES - w->buddy.meta_pages);
	check(w);
}

/* Refused with -EINVAL, and nothing changed. */
static void refuses(struct world *w, void *item)
{
	struct buddy_copy copy = buddy_copy(&w->buddy);
	void *memory = unit_copy(w->range.memory, FRAMES * HV_PAGE_SIZE);
	struct hv_slabs slabs = w->slabs;

	assert_int_equal(hv_slab_free(&w->slabs, item), -EINVAL);
	assert_int_equal(hv_slab_size(&w->slabs, item), 0);
	slabs.lock = w->slabs.lock;
	assert_memory_equal(&slabs, &w->slabs, sizeof(slabs));
	assert_memory_equal(memory, w->range.memory, FRAMES * HV_PAGE_SIZE);
	assert_true(buddy_is_as_before(&w->buddy, &copy));
	free(memory);
}

static void b6_sizes(void **state)
{
	struct world *w = *state;
	u8 *item[HV_SLAB_MAX + 1];
	u64 size, item_size;

	assert_null(hv_slab_alloc(&w->slabs, 0));
	assert_null(hv_slab_alloc(&w->slabs, HV_SLAB_MAX + 1));
	assert_null(hv_slab_alloc(&w->slabs, ~0ULL));
	for (size = 1; size <= HV_SLAB_MAX; size += 1 + size / 8) {
		item[size] = hv_slab_alloc(&w->slabs, size);
		item_size = hv_slab_item_size(size);
		assert_non_null(item[size]);
		assert_true(item_size >= size && (item_size / 2 < size || item_size == HV_SLAB_MIN));
		assert_int_equal(hv_slab_size(&w->slabs, item[size]), item_size);
		assert_true(HV_IS_ALIGNED((u64)item[size], item_size));
		memset(item[size], (int)size, item_size);
	}
	check(w);
	for (size = 1; size <= HV_SLAB_MAX; size += 1 + size / 8) {
		assert_true(is_filled(item[size], (u8)size, hv_slab_item_size(size)));
		assert_int_equal(hv_slab_free(&w->slabs, item[size]), 0);
	}
	finish(w);
	assert_int_equal(w->buddy.free, FRAMES - w->buddy.meta_pages);
}

/* More pages than one page of descriptors describes. */
static void b6_descriptors_feed_themselves(void **state)
{
	struct world *w = *state;
	struct hv_slab *descriptors = &w->slabs.descriptors;
	struct hv_slab_page *page;
	struct hv_meta meta;
	void *items[400];
	u32 i, list;

	for (i = 0; i < HV_ARRAY_SIZE(items); i++)
		assert_non_null(items[i] = hv_slab_alloc(&w->slabs, HV_SLAB_MAX));
	check(w);
	assert_true(descriptors->pages >= 4);
	for (list = 0; list < HV_SLAB_LISTS; list++) {
		for (page = descriptors->lists[list]; page; page = page->next) {
			assert_int_equal(hv_buddy_query(&w->buddy, page, &meta), 0);
			assert_ptr_equal(meta.slab, page);	/* a page of descriptors describes itself */
			assert_ptr_equal(page->items, page);
		}
	}
	for (i = 0; i < HV_ARRAY_SIZE(items); i++) {
		assert_int_equal(hv_slab_free(&w->slabs, items[i]), 0);
		check(w);
	}
	assert_true(descriptors->pages <= 2);
	finish(w);
}

static void b6_grows_below_a_quarter(void **state)
{
	struct world *w = *state;
	struct hv_slab *slab = &w->slabs.sizes[0];
	u32 i;

	assert_int_equal(slab->pages, 0);
	for (i = 0; i < 97; i++) {
		assert_non_null(hv_slab_alloc(&w->slabs, 32));
		assert_int_equal(slab->pages, 1);
	}
	assert_int_equal(slab->free, 31);	/* of 128: now it is less than a quarter */
	assert_non_null(hv_slab_alloc(&w->slabs, 32));
	assert_int_equal(slab->pages, 2);
	assert_int_equal(slab->free, 128 + 30);
	check(w);
}

static void b6_shrinks_over_half(void **state)
{
	struct world *w = *state;
	struct hv_slab *slab = &w->slabs.sizes[HV_SLAB_SIZES - 1];
	void *items[64];
	u64 pages, empty;
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(items); i++)
		items[i] = hv_slab_alloc(&w->slabs, HV_SLAB_MAX);
	pages = slab->pages;
	for (i = 0; i < HV_ARRAY_SIZE(items); i++) {
		empty = slab->empty;
		assert_int_equal(hv_slab_free(&w->slabs, items[i]), 0);
		assert_false(slab->free * 2 > slab->capacity && slab->empty > 1);
		if (slab->pages < pages) /* it did not shrink for less */
			assert_true((slab->free + 2) * 2 > slab->capacity + 2 && empty + 1 > 1);
		pages = slab->pages;
		check(w);
	}
	assert_int_equal(slab->pages, 1);
	assert_int_equal(slab->empty, 1);
	finish(w);
	assert_int_equal(slab->pages, 0);
}

static void b6_double_free(void **state)
{
	struct world *w = *state;
	u8 *item = hv_slab_alloc(&w->slabs, 100), *neighbour = hv_slab_alloc(&w->slabs, 100), *frame;

	refuses(w, item + 1);
	refuses(w, item + 64);
	refuses(w, item + 128 * 9);		/* never handed out */
	refuses(w, NULL);
	refuses(w, w);
	refuses(w, w->range.memory);		/* metadata */
	refuses(w, w->range.memory - 32);
	refuses(w, w->range.memory + FRAMES * HV_PAGE_SIZE);
	refuses(w, w->slabs.descriptors.lists[HV_SLAB_PARTIAL]);
	refuses(w, w->slabs.sizes[2].lists[HV_SLAB_PARTIAL]);
	frame = hv_buddy_alloc(&w->buddy, 1);
	refuses(w, frame);			/* a block, not an item */
	refuses(w, frame + HV_PAGE_SIZE);
	assert_int_equal(hv_slab_free(&w->slabs, item), 0);
	refuses(w, item);
	assert_int_equal(hv_slab_free(&w->slabs, neighbour), 0);
	refuses(w, neighbour);
	hv_slab_trim(&w->slabs);
	refuses(w, neighbour);			/* in a frame that is no longer a slab's */
	check(w);
}

/* Without frames: what is there is used up, then NULL and nothing changed. */
static void b6_exhaustion(void **state)
{
	struct world *w = *state;
	struct buddy_copy copy;
	struct hv_slabs slabs;
	u64 items = 0, frames = 0;
	u8 *frame[FRAMES];

	assert_non_null(hv_slab_alloc(&w->slabs, 32));
	while ((frame[frames] = hv_buddy_alloc(&w->buddy, 0)))
		frames++;
	while (hv_slab_alloc(&w->slabs, 32))
		items++;
	assert_int_equal(items, 127);
	copy = buddy_copy(&w->buddy);
	slabs = w->slabs;
	assert_null(hv_slab_alloc(&w->slabs, 32));
	assert_null(hv_slab_alloc(&w->slabs, 2048));
	slabs.lock = w->slabs.lock;
	assert_memory_equal(&slabs, &w->slabs, sizeof(slabs));
	assert_true(buddy_is_as_before(&w->buddy, &copy));
	assert_int_equal(hv_buddy_free(&w->buddy, frame[--frames], 0), 0);
	assert_non_null(hv_slab_alloc(&w->slabs, 2048));
	check(w);
}

static void b6_needs_two_frames(void **state)
{
	struct world *w = *state;
	u64 frames = 0;
	u8 *frame[FRAMES];
	struct buddy_copy copy;
	struct hv_slabs slabs;

	while ((frame[frames] = hv_buddy_alloc(&w->buddy, 0)))
		frames++;
	assert_int_equal(hv_buddy_free(&w->buddy, frame[3], 0), 0);
	copy = buddy_copy(&w->buddy);
	slabs = w->slabs;
	assert_null(hv_slab_alloc(&w->slabs, 32));	/* items, but no descriptor */
	slabs.lock = w->slabs.lock;
	assert_memory_equal(&slabs, &w->slabs, sizeof(slabs));
	assert_true(buddy_is_as_before(&w->buddy, &copy));
	assert_int_equal(hv_buddy_free(&w->buddy, frame[4], 0), 0);
	assert_non_null(hv_slab_alloc(&w->slabs, 32));
	check(w);
}

/* Empty pages of one size become items of another when there is nothing else. */
static void b6_idle_pages_are_reused(void **state)
{
	struct world *w = *state;
	void *item = hv_slab_alloc(&w->slabs, 64);

	while (hv_buddy_alloc(&w->buddy, 0))
		;
	assert_null(hv_slab_alloc(&w->slabs, 2048));
	assert_int_equal(w->slabs.idle, 0);
	assert_int_equal(hv_slab_free(&w->slabs, item), 0);
	assert_int_equal(w->slabs.idle, 2);		/* its page and the descriptor's */
	assert_non_null(hv_slab_alloc(&w->slabs, 2048));
	assert_int_equal(w->slabs.sizes[1].pages, 0);
	assert_int_equal(w->slabs.idle, 0);
	check(w);
}

static void b7_not_under_the_buddys_lock(void **state)
{
	struct world *w = *state;
	struct hv_slabs slabs;

	hv_lock(&w->buddy.lock);
	assert_int_equal(hv_slab_init(&slabs, &w->buddy), -EBUSY);
	hv_unlock(&w->buddy.lock);
	assert_int_equal(hv_slab_init(&slabs, &w->buddy), 0);
}

static void *hammer(void *arg)
{
	struct world *w = arg;
	u64 random = (u64)pthread_self();	/* another one for each */
	void *items[40] = { NULL }, *frame;
	u32 i, round;

	for (round = 0; round < 20000; round++) {
		i = unit_random(&random) % HV_ARRAY_SIZE(items);
		if (items[i] && hv_slab_free(&w->slabs, items[i]))
			return items[i];
		items[i] = hv_slab_alloc(&w->slabs, 1 + unit_random(&random) % HV_SLAB_MAX);
		frame = hv_buddy_alloc(&w->buddy, round % 3);
		if (frame && hv_buddy_free(&w->buddy, frame, round % 3))
			return frame;
		if (round % 512 == 0 && (hv_slab_check(&w->slabs) || hv_buddy_check(&w->buddy)))
			return w;
		if (round % 300 == 0)
			hv_slab_trim(&w->slabs);
	}
	for (i = 0; i < HV_ARRAY_SIZE(items); i++)
		if (items[i] && hv_slab_free(&w->slabs, items[i]))
			return items[i];
	return NULL;
}

/* A wrong lock order would end in a deadlock, a missing lock in broken lists. */
static void b7_threads(void **state)
{
	struct world *w = *state;
	pthread_t threads[4];
	void *wrong;
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hammer, w), 0);
	for (i = 0; i < HV_ARRAY_SIZE(threads); i++) {
		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
	finish(w);
}

static void assert_broken(struct world *w, void *word, size_t size)
{
	u8 *at = word;
	size_t i;

	for (i = 0; i < size; i++) {
		at[i] ^= 1;
		if (!hv_slab_check(&w->slabs))
			fail_msg("a changed bit in byte %zu was not seen", i);
		at[i] ^= 1;
	}
}

#define BROKEN(w, field) assert_broken(w, &(field), sizeof(field))

static void b6_check_sees_what_is_broken(void **state)
{
	struct world *w = *state;
	struct hv_slab *slab = &w->slabs.sizes[3];
	struct hv_slab_page *page;
	u32 i;

	for (i = 0; i < 40; i++)
		assert_non_null(hv_slab_alloc(&w->slabs, 256));
	check(w);
	page = slab->lists[HV_SLAB_FULL];
	BROKEN(w, slab->capacity);
	BROKEN(w, slab->free);
	BROKEN(w, slab->pages);
	BROKEN(w, slab->empty);
	BROKEN(w, w->slabs.idle);
	BROKEN(w, page->used);
	BROKEN(w, page->prev);
	BROKEN(w, page->slab);
	BROKEN(w, page->nr_used);
	BROKEN(w, page->nr_idle);
	BROKEN(w, page->is_idle);
	BROKEN(w, page->list);
	page->items += HV_PAGE_SIZE * 64;
	assert_int_equal(hv_slab_check(&w->slabs), -EIO);
	page->items -= HV_PAGE_SIZE * 64;
	BROKEN(w, w->slabs.descriptors.lists[HV_SLAB_PARTIAL]->used);
	BROKEN(w, w->slabs.descriptors.free);
	check(w);
}

int main(void)
{
#define WORLD_TEST(name, function) { name, function, setup, teardown, NULL }
	const struct CMUnitTest tests[] = {
		WORLD_TEST("B6 items have the seven sizes and are aligned to them", b6_sizes),
		WORLD_TEST("B6 the slab of descriptors feeds itself", b6_descriptors_feed_themselves),
		WORLD_TEST("B6 a slab grows below a quarter free", b6_grows_below_a_quarter),
		WORLD_TEST("B6 a slab shrinks over half free with more than one page empty", b6_shrinks_over_half),
		WORLD_TEST("B6 double free and what is no item: refused", b6_double_free),
		WORLD_TEST("B6 exhaustion is an error and changes nothing", b6_exhaustion),
		WORLD_TEST("B6 items without a descriptor: all or nothing", b6_needs_two_frames),
		WORLD_TEST("B6 idle pages serve other sizes", b6_idle_pages_are_reused),
		WORLD_TEST("B6 the self-check sees what is broken", b6_check_sees_what_is_broken),
		WORLD_TEST("B7 slabs are not initialised under the buddy's lock", b7_not_under_the_buddys_lock),
		WORLD_TEST("B7 four threads, one lock order", b7_threads),
	};

	return cmocka_run_group_tests_name("slab", tests, NULL, NULL);
}
