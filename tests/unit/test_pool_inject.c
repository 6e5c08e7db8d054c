// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/frame.c hvcore/pool.c hvcore/slab.c hvcore/slab_check.c hvcore/buddy.c hvcore/buddy_check.c */
/* sources: tests/unit/pool_unit.c tests/unit/fake_relax.c tests/unit/inject.c */
/* Running out of memory at every single frame, and the pool under random operations of all kinds. */
#include "inject.h"

#include <hv/frame.h>

#define OPERATIONS 400000

struct things {
	struct hv_pool *pool;
	u8 *kept[10];
	u8 *more[40];
	u8 *p;
};

static void *things_setup(struct hv_pool *pool)
{
	struct things *t = calloc(1, sizeof(*t));
	u32 i;

	t->pool = pool;
	for (i = 0; i < HV_ARRAY_SIZE(t->kept); i++) {
		t->kept[i] = hv_alloc(pool, 20U << i);
		memset(t->kept[i], 0x11, 20U << i);
	}
	return t;
}

static void things_undo(void *state)
{
	struct things *t = state;
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(t->more) && t->more[i]; i++) {
		assert_int_equal(hv_free(t->pool, t->more[i]), 0);
		t->more[i] = NULL;
	}
}

static void things_teardown(void *state)
{
	struct things *t = state;
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(t->kept); i++)
		assert_int_equal(hv_free(t->pool, t->kept[i]), 0);
	free(t);
}

/* Forty allocations of all sizes; who fails gives back the others. */
static int many(void *state)
{
	struct things *t = state;
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(t->more); i++) {
		t->more[i] = hv_alloc(t->pool, 1 + i * 131);
		if (!t->more[i]) {
			things_undo(t);
			return -ENOMEM;
		}
	}
	return 0;
}

static int one_small(void *state)
{
	struct things *t = state;

	t->more[0] = hv_alloc(t->pool, 128);
	return t->more[0] ? 0 : -ENOMEM;
}

static int one_block(void *state)
{
	struct things *t = state;

	t->more[0] = hv_pool_alloc_contiguous(t->pool, 3);
	return t->more[0] ? 0 : -ENOMEM;
}

static int grow(void *state)
{
	struct things *t = state;
	u8 *p = hv_realloc(t->pool, t->kept[2], 9000);

	if (!p)
		return -ENOMEM;
	assert_true(is_filled(p, 0x11, 80) && is_filled(p + 80, 0, 9000 - 80));
	t->kept[2] = p;
	return 0;
}

static void grow_undo(void *state)
{
	struct things *t = state;

	assert_non_null(t->kept[2] = hv_realloc(t->pool, t->kept[2], 80));
}

static struct inject with_things(int (*operation)(void *state), void (*undo)(void *state))
{
	return (struct inject){ 200, things_setup, operation, undo, things_teardown, NULL, false };
}

static void b5_many(void **state)
{
	struct inject test = with_things(many, things_undo);
	u64 needed = inject(&test);

	(void)state;
	printf("# note: forty allocations failed with 0 to %llu free frames\n", needed - 1);
	assert_in_range(needed, 20, 100);
}

static void b5_single(void **state)
{
	struct inject test = with_things(one_small, things_undo);

	(void)state;
	assert_int_equal(inject(&test), 0);	/* its slab has room */
	test = with_things(one_block, things_undo);
	assert_in_range(inject(&test), 4, 200);
	test = with_things(grow, grow_undo);
	assert_in_range(inject(&test), 4, 200);
}

/* What a cell holds: all of its frames or none. */
struct holding {
	struct hv_pool *pool;
	struct hv_frame_holder guest;
	struct hv_frame frames[8];
};

static void *holding_setup(struct hv_pool *pool)
{
	struct holding *h = calloc(1, sizeof(*h));

	h->pool = pool;
	h->guest.is_guest = true;
	return h;
}

static void give_up(void *state)
{
	struct holding *h = state;
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(h->frames) && hv_frame_pointer(&h->frames[i]); i++)
		assert_int_equal(hv_frame_put(&h->frames[i]), 0);
}

static int hold(void *state)
{
	struct holding *h = state;
	int err;
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(h->frames); i++) {
		err = hv_frame_alloc(&h->frames[i], h->pool, &h->guest, i % 3);
		if (err) {
			give_up(h);
			return err;
		}
	}
	return 0;
}

static u64 held(const void *state)
{
	const struct holding *h = state;
	u64 sum = h->guest.frames;
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(h->frames); i++)
		sum += hv_frame_size(&h->frames[i]);
	return sum;
}

static void b8_frames(void **state)
{
	struct inject test = { 64, holding_setup, hold, give_up, free, held, false };

	(void)state;
	assert_in_range(inject(&test), 17, 30);
}

struct piece {
	u8 *at;
	u64 size;
	u8 stamp;
};

static void resize(struct hv_pool *pool, struct piece *piece, u64 size)
{
	u64 both = piece->size < size ? piece->size : size;
	u8 *at = hv_realloc(pool, piece->at, size);

	assert_true(is_filled(at ? at : piece->at, piece->stamp, at ? both : piece->size));
	if (!at)
		return;
	assert_true(is_filled(at + both, 0, size - both));
	memset(at, piece->stamp, size);
	*piece = (struct piece){ at, size, piece->stamp };
}

/* All of the pool's operations on things that know what is in them. */
static void b6_random(void **state)
{
	struct fake_range range = fake_range(400, 5);
	u64 random = unit_seed(0x706f6f6c), operation, size;
	struct piece pieces[300] = { 0 }, *piece;
	struct hv_pool pool;

	(void)state;
	assert_int_equal(hv_pool_init(&pool, range.memory, range.start, range.frames), 0);
	for (operation = 0; operation < OPERATIONS; operation++) {
		piece = &pieces[unit_random(&random) % HV_ARRAY_SIZE(pieces)];
		size = 1 + (unit_random(&random) & 0xffff >> operation % 13);
		if (!piece->at) {
			piece->at = hv_alloc(&pool, size);
			piece->size = piece->at ? size : 0;
			piece->stamp = (u8)operation | 1;
			assert_true(is_filled(piece->at, 0, piece->size));
			memset(piece->at ? (void *)piece->at : (void *)&size, piece->stamp, piece->size);
		} else if (operation % 3) {
			resize(&pool, piece, size);
		} else {
			assert_true(is_filled(piece->at, piece->stamp, piece->size));
			assert_int_equal(hv_free(&pool, piece->at), 0);
			assert_int_equal(hv_free(&pool, piece->at), -EINVAL);
			*piece = (struct piece){ 0 };
		}
		if (operation % 1000 == 0)
			assert_int_equal(hv_pool_check(&pool), 0);
	}
	for (piece = pieces; piece < pieces + HV_ARRAY_SIZE(pieces); piece++)
		if (piece->at)
			assert_int_equal(hv_free(&pool, piece->at), 0);
	assert_int_equal(pool.free, pool.frames);
	assert_int_equal(hv_pool_check(&pool), 0);
	fake_range_free(&range);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("B5 forty allocations fail at every frame and change nothing", b5_many),
		TEST("B5 one allocation, one block, one realloc fail and change nothing", b5_single),
		TEST("B6 random operations never mix up anybody's bytes", b6_random),
		TEST("B8 a set of frames is had as a whole or not at all", b8_frames),
	};

	return cmocka_run_group_tests_name("pool_inject", tests, NULL, NULL);
}
