// SPDX-License-Identifier: GPL-2.0-only
/* Allocation failures, one after the other. No part of the product knows of it. */
#include "inject.h"

struct frame_state {
	u64 kind, order;
	u64 used[2];		/* of a slab's page: its items in use */
	u64 contents;		/* a sum of what is in use */
};

struct pool_state {
	u64 size;		/* of all this */
	u64 free, shown, frames;
	u64 nr_pages[HV_MAX_ORDER], free_pages[HV_MAX_ORDER];
	struct frame_state frame[];
};

static u64 sum_up(u64 sum, const u8 *at, u64 len)
{
	const u64 *word = (const u64 *)at;
	u64 i;

	for (i = 0; i < len / sizeof(*word); i++)
		sum = (sum ^ word[i]) * 0x100000001b3ULL;
	return sum;
}

static void look_at_slab(struct frame_state *frame, const struct hv_slab_page *page, bool contents)
{
	u32 i, size = page->slab->item_size;

	/* Descriptors point to each other in any order. */
	contents = contents && !page->slab->own;
	memcpy(frame->used, page->used, sizeof(frame->used));
	for (i = 0; contents && i < HV_PAGE_SIZE / size; i++)
		if (page->used[i / 64] >> i % 64 & 1)
			frame->contents = sum_up(frame->contents, page->items + i * size, size);
}

struct pool_state *pool_state(struct hv_pool *pool, bool contents)
{
	struct hv_buddy *buddy = &pool->buddy;
	u64 size = sizeof(struct pool_state) + buddy->page_count * sizeof(struct frame_state);
	struct pool_state *state = calloc(1, size);
	struct hv_meta meta;
	u64 i;

	hv_pool_trim(pool);
	state->size = size;
	state->free = pool->free;
	state->shown = pool->free_shown ? *pool->free_shown : 0;
	state->frames = pool->frames;
	memcpy(state->nr_pages, buddy->nr_pages, sizeof(state->nr_pages));
	memcpy(state->free_pages, buddy->free_pages, sizeof(state->free_pages));
	for (i = 0; i < buddy->page_count; i++) {
		const u8 *at = buddy->start_virt + i * HV_PAGE_SIZE;

		meta = hv_meta_decode(buddy->meta[i]);
		state->frame[i].kind = meta.kind;
		state->frame[i].order = meta.order;
		if (meta.kind == HV_META_SLAB)
			look_at_slab(&state->frame[i], meta.slab, contents);
		else if (meta.kind == HV_META_ALLOCATED && contents)
			state->frame[i].contents = sum_up(0, at, HV_PAGE_SIZE << meta.order);
	}
	return state;
}

bool pool_state_equal(struct pool_state *a, struct pool_state *b)
{
	bool equal = a->size == b->size && !memcmp(a, b, a->size);

	free(a);
	free(b);
	return equal;
}

/* Take frames until @left are free. The first word of each points to the one before. */
static void *drain(struct hv_pool *pool, u64 left)
{
	void *ballast = NULL, **frame;

	for (; pool->free > left; ballast = frame) {
		frame = hv_pool_alloc(pool);
		assert_non_null(frame);
		*frame = ballast;
	}
	return ballast;
}

static void refill(struct hv_pool *pool, void *ballast)
{
	void *next;

	for (; ballast; ballast = next) {
		next = *(void **)ballast;
		assert_int_equal(hv_pool_free(pool, ballast), 0);
	}
}

/* Return: was it enough? */
static bool try_with(const struct inject *test, struct hv_pool *pool, u64 left)
{
	struct pool_state *empty = pool_state(pool, false), *before;
	void *state = test->setup(pool), *ballast;
	u64 digest = test->digest ? test->digest(state) : 0;
	bool contents = !test->may_write;
	int err;

	hv_pool_trim(pool);
	ballast = drain(pool, left);
	before = pool_state(pool, contents);
	err = test->operation(state);
	assert_int_equal(hv_pool_check(pool), 0);
	if (!err)
		test->undo(state);
	else
		assert_int_equal(err, -ENOMEM);
	if (!pool_state_equal(before, pool_state(pool, contents)))
		fail_msg("%s with %llu free frames changed something", err ? "a failure" : "an undone success", left);
	if (test->digest)
		assert_true(test->digest(state) == digest);
	refill(pool, ballast);
	test->teardown(state);
	assert_true(pool_state_equal(empty, pool_state(pool, false)));
	return !err;
}

u64 inject(const struct inject *test)
{
	struct fake_range range = fake_range(test->frames, 0);
	struct hv_pool pool;
	u64 left;

	assert_int_equal(hv_pool_init(&pool, range.memory, range.start, range.frames), 0);
	for (left = 0; !try_with(test, &pool, left); left++)
		if (left == pool.frames)
			fail_msg("never succeeded");
	assert_int_equal(hv_pool_check(&pool), 0);
	fake_range_free(&range);
	return left;
}
