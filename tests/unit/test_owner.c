// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/owner.c hvcore/span.c tests/unit/fake_alloc.c */
/* D1: one owner for every frame, and that what fails changes nothing. */
#include "owner_map_unit.h"

static void d1_default_is_root(void **state)
{
	struct hv_owner_map map;
	hv_hpa_t end;

	(void)state;
	start(&map);
	assert_int_equal(hv_owner_of(&map, hv_hpa(0), &end), ROOT);
	assert_true(hv_hpa_raw(end) == LIMIT);
	assert_int_equal(hv_owner_of(&map, hv_hpa(LIMIT - 1), &end), ROOT);
	assert_int_equal(hv_owner_of(&map, hv_hpa(LIMIT), &end), HV_OWNER_NONE);
	assert_true(hv_hpa_raw(end) == LIMIT);
	assert_int_equal(hv_owner_of(&map, hv_hpa(~0ULL), &end), HV_OWNER_NONE);
	assert_true(hv_owner_holds(&map, ROOT, hv_hpa(0), LIMIT));
	assert_int_equal(map.pieces.count, 0);
	assert_int_equal(hv_owner_bytes(&map), sizeof(map));
	stop(&map);
}

static void d1_owner_numbers(void **state)
{
	(void)state;
	assert_int_equal(hv_owner_cell(0), ROOT);
	assert_int_equal(hv_owner_cell(7), 7);
	assert_int_equal(hv_owner_cell(HV_OWNER_MAX_CELL), HV_OWNER_MAX_CELL);
	assert_int_equal(hv_owner_cell(HV_OWNER_MAX_CELL + 1), HV_OWNER_NONE);
	assert_int_equal(hv_owner_cell(0x10001), HV_OWNER_NONE);
	assert_int_equal(hv_owner_set(0), SET);
	assert_int_equal(hv_owner_set(255), HV_OWNER_LAST_SET);
	assert_int_equal(hv_owner_set(256), HV_OWNER_NONE);
	assert_true(hv_owner_is_valid(ROOT) && hv_owner_is_valid(HV) && hv_owner_is_valid(DEVICE));
	assert_true(hv_owner_is_valid(SET) && hv_owner_is_valid(A));
	assert_false(hv_owner_is_valid(HV_OWNER_NONE));
	assert_false(hv_owner_is_valid(HV_OWNER_LAST_SET + 1));
}

static void d1_exact_to_a_frame(void **state)
{
	struct hv_owner_map map;
	hv_hpa_t end;

	(void)state;
	start(&map);
	change(&map, 10, 1, ROOT, HV);
	assert_int_equal(owner_at(&map, 10 * PAGE - 1), ROOT);
	assert_int_equal(hv_owner_of(&map, hv_hpa(10 * PAGE), &end), HV);
	assert_true(hv_hpa_raw(end) == 11 * PAGE);
	assert_int_equal(owner_at(&map, 11 * PAGE - 1), HV);
	assert_int_equal(owner_at(&map, 11 * PAGE), ROOT);
	hv_owner_of(&map, hv_hpa(PAGE), &end);
	assert_true(hv_hpa_raw(end) == 10 * PAGE);
	assert_false(hv_owner_holds(&map, ROOT, hv_hpa(9 * PAGE), 2 * PAGE));
	assert_true(hv_owner_holds(&map, HV, hv_hpa(10 * PAGE), PAGE));
	assert_false(hv_owner_holds(&map, HV, hv_hpa(10 * PAGE), 1));
	stop(&map);
}

static void d1_init_refuses(void **state)
{
	struct hv_owner_map map;

	(void)state;
	assert_int_equal(hv_owner_init(&map, 0, 1), -EINVAL);
	assert_int_equal(hv_owner_init(&map, PAGE + 1, 1), -EINVAL);
	assert_int_equal(hv_owner_init(&map, PAGE, 0), -EINVAL);
	assert_int_equal(hv_owner_init(&map, PAGE, HV_SPAN_MAX_COUNT + 1), -EINVAL);
	assert_int_equal(hv_owner_init(&map, -PAGE, HV_SPAN_MAX_COUNT), 0);
}

static void d1_change_refuses(void **state)
{
	struct hv_owner_map map;
	struct noted before;

	(void)state;
	start(&map);
	change(&map, 10, 10, ROOT, A);
	note(&map, &before);
	assert_int_equal(try_change(&map, 10, 0, A, B), -EINVAL);
	assert_int_equal(hv_owner_change(&map, hv_hpa(10 * PAGE + 1), PAGE, A, B), -EINVAL);
	assert_int_equal(hv_owner_change(&map, hv_hpa(10 * PAGE), PAGE - 1, A, B), -EINVAL);
	assert_int_equal(try_change(&map, LIMIT / PAGE - 1, 2, ROOT, B), -EINVAL);
	assert_int_equal(try_change(&map, LIMIT / PAGE, 1, ROOT, B), -EINVAL);
	assert_int_equal(try_change(&map, 0, LIMIT / PAGE + 1, ROOT, B), -EINVAL);
	assert_int_equal(hv_owner_change(&map, hv_hpa(-PAGE), PAGE, ROOT, B), -EINVAL);
	assert_int_equal(hv_owner_change(&map, hv_hpa(PAGE), -PAGE, ROOT, B), -EINVAL);
	assert_int_equal(try_change(&map, 10, 1, A, A), -EINVAL);
	assert_int_equal(try_change(&map, 10, 1, A, HV_OWNER_NONE), -EINVAL);
	assert_int_equal(try_change(&map, 10, 1, HV_OWNER_NONE, A), -EINVAL);
	assert_int_equal(try_change(&map, 10, 1, B, A), -EBUSY);
	assert_int_equal(try_change(&map, 9, 2, ROOT, B), -EBUSY);
	assert_int_equal(try_change(&map, 9, 2, A, B), -EBUSY);
	assert_int_equal(try_change(&map, 19, 2, A, B), -EBUSY);
	assert_int_equal(try_change(&map, 0, 100, ROOT, B), -EBUSY);
	assert_as_noted(&map, &before);
	stop(&map);
}

static void d1_neighbours_merge(void **state)
{
	struct hv_owner_map map;

	(void)state;
	start(&map);
	change(&map, 10, 10, ROOT, A);
	change(&map, 30, 10, ROOT, A);
	assert_int_equal(map.pieces.count, 2);
	change(&map, 20, 10, ROOT, A);
	assert_int_equal(map.pieces.count, 1);
	change(&map, 9, 1, ROOT, A);
	change(&map, 40, 1, ROOT, A);
	assert_int_equal(map.pieces.count, 1);
	change(&map, 15, 5, A, B);
	assert_int_equal(map.pieces.count, 3);
	change(&map, 15, 5, B, ROOT);
	assert_int_equal(map.pieces.count, 2);
	change(&map, 15, 5, ROOT, B);
	change(&map, 15, 5, B, A);
	assert_int_equal(map.pieces.count, 1);
	assert_true(hv_owner_holds(&map, A, hv_hpa(9 * PAGE), 32 * PAGE));
	change(&map, 9, 32, A, ROOT);
	assert_int_equal(map.pieces.count, 0);
	assert_int_equal(fake_live, 0);
	/* at both ends of memory */
	change(&map, 0, 1, ROOT, A);
	change(&map, LIMIT / PAGE - 1, 1, ROOT, A);
	change(&map, 1, LIMIT / PAGE - 2, ROOT, A);
	assert_int_equal(map.pieces.count, 1);
	stop(&map);
}

static void d1_growing_and_shrinking_need_no_memory(void **state)
{
	struct hv_owner_map map;
	u64 i;

	(void)state;
	start(&map);
	for (i = 0; i < HV_OWNER_BUILTIN; i++)
		change(&map, 100 + 50 * i, 10, ROOT, A);
	assert_int_equal(map.nr_spare, 0);
	fake_fail_after = 0;
	change(&map, 110, 5, ROOT, A);		/* behind one */
	change(&map, 145, 5, ROOT, A);		/* in front of one */
	change(&map, 115, 30, ROOT, A);		/* between two */
	fake_fail_after = FAKE_NEVER;
	change(&map, 300, 1, ROOT, B);
	assert_int_equal(map.nr_spare, 0);
	fake_fail_after = 0;
	change(&map, 100, 5, A, ROOT);
	change(&map, 155, 5, A, ROOT);
	change(&map, 250, 10, A, B);		/* all of one */
	assert_int_equal(try_change(&map, 110, 5, A, ROOT), -ENOMEM);
	stop(&map);
}

static void d1_cost(void **state)
{
	struct hv_owner_map map;
	char text[128];
	u64 i;

	(void)state;
	start(&map);
	/* a gibibyte and a page cost the same */
	change(&map, 0, 262144, ROOT, A);
	assert_int_equal(map.pieces.count, 1);
	change(&map, 0, 262144, A, ROOT);
	for (i = 0; i < 20000; i++)
		assert_int_equal(hv_owner_change(&map, hv_hpa(2 * i * PAGE), PAGE, ROOT, A), 0);
	assert_int_equal(hv_owner_bytes(&map), sizeof(map) + (20000 - HV_OWNER_BUILTIN) * HV_OWNER_PIECE_BYTES);
	assert_true(map.pieces.root->height <= 20);	/* 1.44 log2(20000) */
	snprintf(text, sizeof(text), "%zu bytes + %d per piece; 20000 pieces: %u levels", sizeof(map),
		 HV_OWNER_PIECE_BYTES, map.pieces.root->height);
	printf("# note: %s\n", text);
	stop(&map);
}

static void d1_fragmentation_is_bounded(void **state)
{
	struct hv_owner_map map;
	struct noted before;
	u64 i;

	(void)state;
	fake_live = 0;
	assert_int_equal(hv_owner_init(&map, LIMIT, 10), 0);
	hv_owner_set_pool(&map, pool);
	for (i = 0; i < 10; i++)
		change(&map, i * 3, 2, ROOT, A);
	note(&map, &before);
	assert_int_equal(try_change(&map, 100, 1, ROOT, A), -ENOMEM);
	assert_int_equal(try_change(&map, 0, 1, A, B), -ENOMEM);
	assert_as_noted(&map, &before);
	/* what needs no further piece still works */
	change(&map, 2, 1, ROOT, A);
	change(&map, 100, 1, ROOT, B);
	change(&map, 0, 5, A, B);
	stop(&map);
}

/* The pool's own frames get an owner before there is a pool. */
static void d1_first_pieces_need_no_pool(void **state)
{
	struct hv_owner_map map;
	u64 i;

	(void)state;
	fake_live = 0;
	assert_int_equal(hv_owner_init(&map, LIMIT, MANY), 0);
	for (i = 0; i < HV_OWNER_BUILTIN; i++)
		change(&map, 2 * i, 1, ROOT, HV);
	assert_int_equal(try_change(&map, 2 * i, 1, ROOT, HV), -ENOMEM);
	hv_owner_set_pool(&map, pool);
	change(&map, 2 * i, 1, ROOT, HV);
	assert_int_equal(fake_live, 1);
	change(&map, 0, 1, HV, ROOT);
	change(&map, 2 * i, 1, HV, ROOT);
	change(&map, 0, 1, ROOT, HV);
	assert_int_equal(fake_live, 0);
	stop(&map);
}

static void d1_all_of_a_cell_goes_back_without_memory(void **state)
{
	struct hv_owner_map map;
	hv_hpa_t from;
	u64 i, size;

	(void)state;
	start(&map);
	for (i = 0; i < 100; i++)
		change(&map, i * 2, 1, ROOT, i % 3 ? A : B);
	while (hv_owner_find(&map, A, hv_hpa(0), &from, &size) == 0) {
		fake_fail_after = 0;
		assert_int_equal(hv_owner_change(&map, from, size, A, ROOT), 0);
	}
	fake_fail_after = FAKE_NEVER;
	assert_int_equal(map.pieces.count, 34);
	assert_int_equal(hv_owner_find(&map, B, hv_hpa(7 * PAGE), &from, &size), 0);
	assert_true(hv_hpa_raw(from) == 12 * PAGE && size == PAGE);
	assert_int_equal(hv_owner_find(&map, ROOT, hv_hpa(0), &from, &size), -ENOENT);
	stop(&map);
}

/* A batch is undone, the last change first, while the pool refuses everything. */
static void batch_can_be_undone_without_memory(void **state)
{
	static const struct { u64 page, pages; u16 from, to; } step[] = {
		{ 0, 10, ROOT, A }, { 20, 10, ROOT, A }, { 10, 10, ROOT, A }, { 5, 20, A, B }, { 10, 5, B, ROOT },
		{ 10, 5, ROOT, A }, { 5, 5, B, A }, { 15, 10, B, A }, { 0, 30, A, ROOT },
	};
	struct hv_owner_map map;
	struct noted before;
	int i;

	(void)state;
	start(&map);
	for (i = 40; i < 50; i += 2)
		change(&map, i, 1, ROOT, B);
	note(&map, &before);
	assert_int_equal(hv_owner_begin(&map, 0), 0);
	for (i = 0; i < (int)HV_ARRAY_SIZE(step); i++)
		change(&map, step[i].page, step[i].pages, step[i].from, step[i].to);
	for (i = HV_ARRAY_SIZE(step) - 1; i >= 0; i--) {
		fake_fail_after = 0;
		change(&map, step[i].page, step[i].pages, step[i].to, step[i].from);
	}
	fake_fail_after = FAKE_NEVER;
	hv_owner_end(&map);
	assert_as_noted(&map, &before);
	stop(&map);
}

static void batch_with_two_nodes_needs_no_more(void **state)
{
	struct hv_owner_map map;
	struct noted before;
	u64 i;

	(void)state;
	start(&map);
	change(&map, 0, 100, ROOT, A);
	for (i = 200; i < 210; i += 2)
		change(&map, i, 1, ROOT, B);
	note(&map, &before);
	fake_fail_after = 1;
	assert_int_equal(hv_owner_begin(&map, 2), -ENOMEM);
	assert_as_noted(&map, &before);
	assert_int_equal(hv_owner_begin(&map, 2), 0);
	for (i = 10; i < 90; i += 5) {
		fake_fail_after = 0;
		change(&map, i, 5, A, B);
	}
	for (i = 10; i < 90; i += 5)
		change(&map, i, 5, B, A);
	fake_fail_after = FAKE_NEVER;
	hv_owner_end(&map);
	assert_as_noted(&map, &before);
	stop(&map);
}

/* Beside the model, every change first fails at each of its allocations. */
#define FRAMES 96

struct model {
	struct hv_owner_map map;
	u16 owner[FRAMES];
	u64 random, refused;
};

static bool owned(const struct model *m, u64 page, u64 pages, u16 owner)
{
	u64 i;

	for (i = page; i < page + pages; i++)
		if (m->owner[i] != owner)
			return false;
	return true;
}

static void compare(const struct model *m)
{
	hv_hpa_t end;
	u64 i, next;

	for (i = 0; i < FRAMES; i++) {
		assert_int_equal(hv_owner_of(&m->map, hv_hpa(i * PAGE), &end), m->owner[i]);
		for (next = i; next < FRAMES && m->owner[next] == m->owner[i]; next++)
			;
		assert_true(next == FRAMES || hv_hpa_raw(end) == next * PAGE);
	}
}

static void one_change(struct model *m)
{
	static const u16 owners[] = { ROOT, ROOT, A, B, HV, SET };
	u64 page = unit_random(&m->random) % FRAMES, pages = 1 + unit_random(&m->random) % 9, i, k;
	u16 from = m->owner[page], to = owners[unit_random(&m->random) % HV_ARRAY_SIZE(owners)];
	struct noted before;
	int err;

	pages = pages > FRAMES - page ? FRAMES - page : pages;
	if (unit_random(&m->random) % 16 == 0)
		from = owners[unit_random(&m->random) % HV_ARRAY_SIZE(owners)];
	note(&m->map, &before);
	for (k = 0;; k++) {
		fake_fail_after = k;
		err = hv_owner_change(&m->map, hv_hpa(page * PAGE), pages * PAGE, from, to);
		fake_fail_after = FAKE_NEVER;
		if (err)
			assert_as_noted(&m->map, &before);
		if (err != -ENOMEM)
			break;
		m->refused++;
	}
	assert_true(k <= 2);
	assert_int_equal(err, from == to ? -EINVAL : owned(m, page, pages, from) ? 0 : -EBUSY);
	for (i = page; !err && i < page + pages; i++)
		m->owner[i] = to;
}

static void d1_every_allocation_fails_once(void **state)
{
	const char *text = getenv("HV_SEED");
	u64 seed = text ? strtoull(text, NULL, 0) : 20240608, i;
	struct model m = { .random = seed ? seed : 1 };

	(void)state;
	printf("# note: HV_SEED=%llu\n", seed);
	start(&m.map);
	for (i = 0; i < 30000; i++) {
		one_change(&m);
		if (i % 8 == 0)
			compare(&m);
	}
	assert_true(m.refused > 1000);
	stop(&m.map);
}

static void check_finds_what_is_broken(void **state)
{
	struct hv_owner_map map;
	struct hv_span *piece;

	(void)state;
	start(&map);
	change(&map, 10, 10, ROOT, A);
	change(&map, 20, 10, ROOT, B);
	piece = hv_span_first(&map.pieces);
	piece->tag = B;
	assert_int_equal(hv_owner_check(&map), -EIO);
	piece->tag = ROOT;
	assert_int_equal(hv_owner_check(&map), -EIO);
	piece->tag = 0x10000 + A;
	assert_int_equal(hv_owner_check(&map), -EIO);
	piece->tag = A;
	piece->size--;
	assert_int_equal(hv_owner_check(&map), -EIO);
	piece->size = 0;
	assert_int_equal(hv_owner_check(&map), -EIO);
	piece->size = 10 * PAGE;
	map.nr_taken++;
	assert_int_equal(hv_owner_check(&map), -EIO);
	map.nr_taken--;
	map.nr_spare++;
	assert_int_equal(hv_owner_check(&map), -EIO);
	map.nr_spare--;
	map.max_pieces = 1;
	assert_int_equal(hv_owner_check(&map), -EIO);
	map.max_pieces = MANY;
	stop(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "D1 the default is root", d1_default_is_root, NULL, NULL, NULL },
		{ "D1 owner numbers", d1_owner_numbers, NULL, NULL, NULL },
		{ "D1 exact to a frame", d1_exact_to_a_frame, NULL, NULL, NULL },
		{ "D1 init refuses", d1_init_refuses, NULL, NULL, NULL },
		{ "D1 change refuses and changes nothing", d1_change_refuses, NULL, NULL, NULL },
		{ "D1 neighbours merge", d1_neighbours_merge, NULL, NULL, NULL },
		{ "D1 growing and shrinking need no memory", d1_growing_and_shrinking_need_no_memory, NULL, NULL,
		  NULL },
		{ "D1 cost", d1_cost, NULL, NULL, NULL },
		{ "D1 fragmentation is bounded", d1_fragmentation_is_bounded, NULL, NULL, NULL },
		{ "D1 the first pieces need no pool", d1_first_pieces_need_no_pool, NULL, NULL, NULL },
		{ "D1 all of a cell goes back without memory", d1_all_of_a_cell_goes_back_without_memory, NULL, NULL,
		  NULL },
		{ "D1 every allocation fails once", d1_every_allocation_fails_once, NULL, NULL, NULL },
		{ "D1 a batch can be undone without memory", batch_can_be_undone_without_memory, NULL, NULL, NULL },
		{ "D1 a batch with two nodes needs no more", batch_with_two_nodes_needs_no_more, NULL, NULL, NULL },
		{ "D1 the self-check finds what is broken", check_finds_what_is_broken, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("owner", tests, NULL, NULL);
}
