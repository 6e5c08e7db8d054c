// SPDX-License-Identifier: GPL-2.0-only
/* sources: tests/unit/psc_with_sim.c tests/unit/psc_sim.c hvcore/psc_native.c hvcore/owner.c hvcore/span.c */
/* sources: tests/unit/fake_alloc.c */
/* Page-state changes: lists (C2, C3), the owner map as a back end (C7), pools (C1) and donations (C8). */
#include "psc_sim.h"
#include "psc_unit.h"

static void c2_layout(void **state)
{
	struct hv_psc psc;
	u8 bytes[16];

	(void)state;
	assert_int_equal(sizeof(psc), 8 + 253 * 8);
	memset(&psc, 0, sizeof(psc));
	psc.cur_entry = 0x1122;
	psc.end_entry = 0x3344;
	psc.rsvd = 0x55667788;
	psc.entry[0] = 0x99;
	memcpy(bytes, &psc, sizeof(bytes));
	assert_memory_equal(bytes, "\x22\x11\x44\x33\x88\x77\x66\x55\x99\0\0\0\0\0\0\0", 16);
	assert_true(hv_psc_frame(0x01f123456789abcd) == 0x000123456789a000);
	assert_int_equal(hv_psc_op(0x0120000000000000), 2);
	assert_int_equal(hv_psc_op(0x01f0000000000000), 15);
	assert_int_equal(hv_psc_size(HV_PSC_2M), HV_SIZE_2M);
	assert_int_equal(hv_psc_size(0), PAGE);
}

static void c3_sizes(void **state)
{
	struct hv_psc psc;

	(void)state;
	/* up to the first 2 MiB boundary, two large ones, and what is left */
	assert_true(hv_psc_build(&psc, HV_SIZE_2M - 2 * PAGE, 3 * HV_SIZE_2M + PAGE, PRIVATE) ==
		    3 * HV_SIZE_2M + PAGE);
	assert_int_equal(psc.cur_entry, 0);
	assert_int_equal(psc.end_entry, 4);
	assert_int_equal(psc.rsvd, 0);
	assert_true(psc.entry[0] == HV_SIZE_2M - 2 * PAGE + (1ULL << 52));
	assert_true(psc.entry[1] == HV_SIZE_2M - PAGE + (1ULL << 52));
	assert_true(psc.entry[2] == (HV_SIZE_2M | 1ULL << 52 | 1ULL << 56));
	assert_true(psc.entry[3] == (2 * HV_SIZE_2M | 1ULL << 52 | 1ULL << 56));
	assert_true(psc.entry[4] == (3 * HV_SIZE_2M | 1ULL << 52));
	/* aligned, but a page short of 2 MiB */
	assert_true(hv_psc_build(&psc, 0, HV_SIZE_2M - PAGE, SHARED) == 253 * PAGE);
	assert_true(psc.entry[0] == 2ULL << 52);
	assert_int_equal(hv_psc_check(&psc), 0);
}

static void c3_batches(void **state)
{
	static const struct { u64 entries, lists; } want[] = {
		{ 1, 1 }, { 253, 1 }, { 254, 2 }, { 506, 2 }, { 507, 3 }, { 760, 4 },
	};
	static const u64 sizes[] = { PAGE, HV_SIZE_2M };
	struct hv_psc psc;
	u64 at, begin, end, lists, total;
	unsigned int i, s;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(want); i++) {
		for (s = 0; s < 2; s++) {
			begin = s ? 0 : PAGE;	/* 507 pages behind a boundary hold no 2 MiB */
			end = begin + want[i].entries * sizes[s];
			lists = total = 0;
			for (at = begin; at < end; lists++) {
				at = hv_psc_build(&psc, at, end, PRIVATE);
				total += psc.end_entry + 1u;
				assert_int_equal(hv_psc_check(&psc), 0);
			}
			assert_true(at == end);
			assert_int_equal(lists, want[i].lists);
			assert_int_equal(total, want[i].entries);
		}
	}
}

static void c3_nothing_to_build(void **state)
{
	struct hv_psc psc;

	(void)state;
	assert_int_equal(hv_psc_build(&psc, PAGE, PAGE, PRIVATE), PAGE);
	assert_int_equal(hv_psc_check(&psc), -EINVAL);
	assert_int_equal(hv_psc_build(&psc, 2 * PAGE, PAGE, PRIVATE), 2 * PAGE);
	assert_int_equal(hv_psc_build(&psc, PAGE + 1, 3 * PAGE, PRIVATE), PAGE + 1);
	assert_int_equal(hv_psc_build(&psc, PAGE, 3 * PAGE - 1, PRIVATE), PAGE);
	assert_int_equal(hv_psc_build(&psc, PAGE, HV_PSC_END + PAGE, PRIVATE), PAGE);
	assert_true(hv_psc_build(&psc, HV_PSC_END - PAGE, HV_PSC_END, PRIVATE) == HV_PSC_END);
	assert_int_equal(hv_psc_check(&psc), 0);
}

static void c2_malformed_lists(void **state)
{
	struct hv_psc good, psc;
	unsigned int bit;

	(void)state;
	hv_psc_build(&good, HV_SIZE_2M - PAGE, 2 * HV_SIZE_2M, PRIVATE);
	assert_int_equal(hv_psc_check(&good), 0);
	for (bit = 0; bit < 64; bit++) {
		if (bit >= 12 && bit < 52)
			continue;
		psc = good;
		psc.entry[1] ^= 1ULL << bit;
		/* 4 KiB at the same place are fine */
		assert_int_equal(hv_psc_check(&psc), bit == 56 ? 0 : -EINVAL);
	}
#define BAD(change) do { psc = good; change; assert_int_equal(hv_psc_check(&psc), -EINVAL); } while (0)
	BAD(psc.rsvd = 1);
	BAD(psc.end_entry = 253);
	BAD(psc.end_entry = 0xffff);
	BAD(psc.cur_entry = 2);
	BAD(psc.cur_entry = 0xffff; psc.end_entry = 0xffff);
	BAD(psc.entry[1] += PAGE);			/* 2 MiB, unaligned */
	BAD(psc.entry[0] += PAGE);			/* inside the next one */
	BAD(psc.entry[1] -= HV_SIZE_2M);		/* descending */
	BAD(psc.entry[0] ^= 3ULL << 52);		/* mixed */
	BAD(psc.entry[0] ^= 1ULL << 52; psc.entry[1] ^= 1ULL << 52);	/* no operation */
	BAD(psc.entry[0] ^= 2ULL << 52; psc.entry[1] ^= 2ULL << 52);	/* an unknown one */
}

static void c7_native_changes_the_owner(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(change(f, HV, 10, 5000, PRIVATE), 0);
	assert_true(holds(f, HV, 10, 5000));
	assert_int_equal(f->owners.pieces.count, 1);
	assert_int_equal(change(f, HV, 10, 5000, SHARED), 0);
	assert_int_equal(f->owners.pieces.count, 0);
	assert_int_equal(change(f, SET, 10, 1, PRIVATE), 0);
	assert_int_equal(change(f, CELL, 11, 1, PRIVATE), 0);
	assert_int_equal(f->owners.pieces.count, 2);
	assert_int_equal(f->sim.calls, 0);
	assert_int_equal(fake_live, 0);
}

static void c7_native_refuses(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(change(f, HV, 10, 10, PRIVATE), 0);
	remember(f);
	assert_int_equal(change(f, CELL, 0, 0, PRIVATE), -EINVAL);
	assert_int_equal(hv_psc_change(&f->sim.m, CELL, hv_hpa(1), PAGE, PRIVATE), -EINVAL);
	assert_int_equal(hv_psc_change(&f->sim.m, CELL, hv_hpa(PAGE), 1, PRIVATE), -EINVAL);
	assert_int_equal(change(f, CELL, LIMIT / PAGE, 1, PRIVATE), -EINVAL);
	assert_int_equal(change(f, CELL, 1, LIMIT / PAGE, PRIVATE), -EINVAL);
	assert_int_equal(change(f, CELL, 1, -1, PRIVATE), -EINVAL);
	assert_int_equal(change(f, CELL, 0, 1, 0), -EINVAL);
	assert_int_equal(change(f, CELL, 0, 1, 3), -EINVAL);
	assert_int_equal(change(f, HV_OWNER_ROOT, 0, 1, PRIVATE), -EINVAL);
	assert_int_equal(change(f, HV_OWNER_DEVICE, 0, 1, PRIVATE), -EINVAL);
	assert_int_equal(change(f, HV_OWNER_NONE, 0, 1, PRIVATE), -EINVAL);
	assert_int_equal(change(f, CELL, 10, 1, PRIVATE), -EBUSY);
	assert_int_equal(change(f, CELL, 0, 1000, PRIVATE), -EBUSY);
	assert_int_equal(change(f, CELL, 10, 1, SHARED), -EBUSY);
	assert_int_equal(change(f, HV, 9, 2, SHARED), -EBUSY);
	assert_unchanged(f);
}

/* More frames than can be said: the owner map knows them, no list does. */
static void c7_beyond_what_can_be_said(void **state)
{
	struct fixture *f = *state;

	hv_owner_fini(&f->owners);
	assert_int_equal(hv_owner_init(&f->owners, HV_PSC_END + PAGE, 10), 0);
	remember(f);
	assert_int_equal(change(f, HV, HV_PSC_END / PAGE, 1, PRIVATE), -EINVAL);
	assert_unchanged(f);
	assert_int_equal(change(f, HV, HV_PSC_END / PAGE - 1, 1, PRIVATE), 0);
}

static void c7_native_without_memory(void **state)
{
	struct fixture *f = *state;
	u64 k;
	int i, err;

	for (i = 0; i < HV_OWNER_BUILTIN; i++)
		assert_int_equal(change(f, HV, i * 2, 1, PRIVATE), 0);
	assert_int_equal(change(f, CELL, 1000, 1000, PRIVATE), 0);
	remember(f);
	for (k = 0;; k++) {
		fake_fail_after = k;
		err = change(f, HV, 100, 600, PRIVATE);
		fake_fail_after = FAKE_NEVER;
		if (err != -ENOMEM)
			break;
		assert_unchanged(f);
	}
	assert_int_equal(err, 0);
	assert_true(k > 0);
	/* a whole run goes back without any, wherever it lies */
	fake_fail_after = 0;
	assert_int_equal(change(f, CELL, 1000, 1000, SHARED), 0);
	fake_fail_after = FAKE_NEVER;
	for (i = 2000; f->owners.nr_spare; i += 2)
		assert_int_equal(hv_owner_change(&f->owners, hv_hpa(i * PAGE), PAGE, HV_OWNER_ROOT, HV), 0);
	fake_fail_after = 0;
	assert_int_equal(change(f, HV, 300, 100, SHARED), -ENOMEM);
	assert_int_equal(change(f, HV, 300, 100, SHARED), 0);
	fake_fail_after = 0;
	assert_int_equal(change(f, HV, 100, 100, SHARED), 0);
	fake_fail_after = FAKE_NEVER;
	assert_int_equal(change(f, HV, 0, 1, SHARED), 0);
}

static void c8_gibibyte_takes_three_calls(void **state)
{
	struct fixture *f = *state;
	u64 at, end = 2 * HV_SIZE_1G, calls = 0;
	struct hv_psc list;

	for (at = HV_SIZE_1G; at < end; calls++) {
		at = hv_psc_build(&list, at, end, PRIVATE);
		assert_int_equal(hv_psc_donate(&f->sim.m, calls % 2 ? CELL : HV, &list), 0);
		assert_int_equal(list.cur_entry, list.end_entry + 1);
		assert_int_equal(hv_psc_check(&list), -EINVAL);	/* nothing is left of it */
	}
	assert_int_equal(calls, 3);
	assert_true(holds(f, HV, HV_SIZE_1G / PAGE, 253 * 512));
	assert_true(holds(f, CELL, HV_SIZE_1G / PAGE + 253 * 512, 253 * 512));
	assert_true(holds(f, HV, HV_SIZE_1G / PAGE + 506 * 512, 6 * 512));
}

static void c8_donation_refuses(void **state)
{
	struct fixture *f = *state;
	struct hv_psc list, before;

	assert_int_equal(change(f, HV, 50, 10, PRIVATE), 0);
	remember(f);
	/* root cannot take */
	hv_psc_build(&list, 50 * PAGE, 51 * PAGE, SHARED);
	assert_int_equal(hv_psc_donate(&f->sim.m, HV, &list), -EINVAL);
	hv_psc_build(&list, 40 * PAGE, 51 * PAGE, PRIVATE);
	assert_int_equal(hv_psc_donate(&f->sim.m, HV_OWNER_ROOT, &list), -EINVAL);
	assert_int_equal(hv_psc_donate(&f->sim.m, HV_OWNER_DEVICE, &list), -EINVAL);
	assert_int_equal(hv_psc_donate(&f->sim.m, HV_OWNER_NONE, &list), -EINVAL);
	/* one frame of ours at its end: none changes */
	before = list;
	assert_int_equal(hv_psc_donate(&f->sim.m, CELL, &list), -EBUSY);
	assert_memory_equal(&list, &before, sizeof(list));
	list.entry[3] |= 1;
	assert_int_equal(hv_psc_donate(&f->sim.m, CELL, &list), -EINVAL);
	list.entry[3] ^= 1 | LIMIT;
	list.end_entry = 3;
	assert_int_equal(hv_psc_donate(&f->sim.m, CELL, &list), -EBUSY);	/* beyond memory: nobody's */
	assert_unchanged(f);
	/* from the middle on */
	hv_psc_build(&list, 40 * PAGE, 50 * PAGE, PRIVATE);
	list.cur_entry = 6;
	assert_int_equal(hv_psc_donate(&f->sim.m, CELL, &list), 0);
	assert_true(holds(f, CELL, 46, 4) && holds(f, HV_OWNER_ROOT, 40, 6));
}

/* Scattered frames: each entry needs a piece of its own, and each of these allocations fails once. */
static void c8_donation_is_all_or_nothing(void **state)
{
	struct fixture *f = *state;
	struct hv_psc list = { .end_entry = HV_PSC_ENTRIES - 1 };
	unsigned int i, sim;
	u64 k;
	int err;

	for (sim = 0; sim < 2; sim++) {
		if (sim)
			use_sim(f);
		else
			assert_int_equal(change(f, HV, 3, 1, PRIVATE), 0);
		for (i = 0; i < HV_PSC_ENTRIES; i++)
			list.entry[i] = (1 + 2 * i + 1000 * sim) * PAGE | 1ULL << HV_PSC_OP_SHIFT;
		list.cur_entry = 2;
		remember(f);
		for (k = 0;; k++) {
			fake_fail_after = k;
			err = hv_psc_donate(&f->sim.m, CELL, &list);
			fake_fail_after = FAKE_NEVER;
			if (!err)
				break;
			assert_int_equal(err, -ENOMEM);
			assert_int_equal(list.cur_entry, 2);
			assert_unchanged(f);
		}
		assert_true(k >= 247);
		assert_true(holds(f, CELL, 1 + 2 * 252 + 1000 * sim, 1));
		assert_int_equal(hv_owner_check(&f->owners), 0);
	}
	/* the reverse map refuses the last entry: the owner map is as before, too */
	for (i = 0; i < HV_PSC_ENTRIES; i++)
		list.entry[i] += 2000 * PAGE;
	list.cur_entry = 0;
	remember(f);
	f->sim.refuse_entry = f->sim.entries + 252;
	assert_int_equal(hv_psc_donate(&f->sim.m, CELL, &list), -EIO);
	assert_unchanged(f);
}

/* Undone in ascending order, the first entry would leave a hole, and that takes a piece more than there is. */
static void c8_donation_is_undone_backwards(void **state)
{
	struct fixture *f = *state;
	struct hv_psc list = { .end_entry = 2 };
	u64 i;

	for (i = 0; i < HV_OWNER_BUILTIN; i++)
		assert_int_equal(hv_owner_change(&f->owners, hv_hpa(10 * i * PAGE), PAGE, HV_OWNER_ROOT, CELL), 0);
	list.entry[0] = 1 * PAGE | 1ULL << HV_PSC_OP_SHIFT;
	list.entry[1] = 2 * PAGE | 1ULL << HV_PSC_OP_SHIFT;
	list.entry[2] = 5 * PAGE | 1ULL << HV_PSC_OP_SHIFT;
	hv_owner_set_pool(&f->owners, NULL);
	remember(f);
	assert_int_equal(hv_psc_donate(&f->sim.m, CELL, &list), -ENOMEM);
	assert_unchanged(f);
	hv_owner_set_pool(&f->owners, pool_at);
}

#define POOL_FRAMES 16

static void c1_pool_is_untouched_before_it_is_private(void **state)
{
	struct fixture *f = *state;
	u8 *memory = aligned_alloc(PAGE, POOL_FRAMES * PAGE);
	struct hv_psc_claim claim = { hv_hpa(100 * PAGE), POOL_FRAMES * PAGE, 0, memory };
	struct hv_psc_claim beyond = { hv_hpa(100 * PAGE), LIMIT + PAGE, 0, memory };
	struct hv_psc_claim no_pool = { hv_hpa(100 * PAGE), POOL_FRAMES * PAGE, POOL_FRAMES * PAGE, memory };
	struct hv_pool pool = { 0 };

	assert_non_null(memory);
	/* ASan stops at the first byte that is touched */
	poison(memory, POOL_FRAMES * PAGE);
	use_sim(f);
	hv_owner_set_pool(&f->owners, NULL);
	f->sim.refuse_entry = POOL_FRAMES - 1;
	remember(f);
	assert_int_equal(hv_psc_claim_pool(&f->sim.m, &pool, &claim), -EIO);
	assert_int_equal(hv_psc_claim_pool(&f->sim.m, &pool, &beyond), -EINVAL);
	assert_int_equal(hv_psc_claim_pool(&f->sim.m, &pool, &no_pool), -EINVAL);
	assert_unchanged(f);
	assert_null(f->owners.pool);
	assert_int_equal(pool.frames, 0);
	f->poisoned = memory;		/* hv_pool_init() looks whether it is private by now */
	f->pool_error = -EINVAL;
	assert_int_equal(hv_psc_claim_pool(&f->sim.m, &pool, &claim), -EINVAL);
	assert_unchanged(f);
	assert_null(f->owners.pool);
	f->pool_error = 0;
	poison(memory, POOL_FRAMES * PAGE);
	assert_int_equal(hv_psc_claim_pool(&f->sim.m, &pool, &claim), 0);
	assert_ptr_equal(f->owners.pool, &pool);
	assert_true(holds(f, HV, 100, POOL_FRAMES) && all(f, 100, POOL_FRAMES, 1, 1));
	assert_int_equal(memory[0], 0xaa);
	free(memory);
}

/* The pool as far as it matters here: it writes its metadata into its first frame. */
int hv_pool_init(struct hv_pool *pool, void *base, hv_hpa_t start, u64 frames)
{
	struct fixture *f = the_fixture;

	assert_ptr_equal(base, f->poisoned);
	assert_true(holds(f, HV, hv_hpa_raw(start) / PAGE, frames));
	assert_true(all(f, hv_hpa_raw(start) / PAGE, frames, 1, 1));
	unpoison(base, frames * PAGE);
	memset(base, 0xaa, PAGE);
	pool->frames = frames;
	return f->pool_error;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("C1 the pool is untouched before it is private", c1_pool_is_untouched_before_it_is_private),
		TEST("C2 layout", c2_layout),
		TEST("C2 malformed lists", c2_malformed_lists),
		TEST("C3 sizes", c3_sizes),
		TEST("C3 253, 254, 506 and 507 entries", c3_batches),
		TEST("C3 nothing to build", c3_nothing_to_build),
		TEST("C7 native changes the owner", c7_native_changes_the_owner),
		TEST("C7 native refuses", c7_native_refuses),
		TEST("C7 native without memory", c7_native_without_memory),
		TEST("C7 beyond what can be said", c7_beyond_what_can_be_said),
		TEST("C8 a gibibyte takes three calls", c8_gibibyte_takes_three_calls),
		TEST("C8 a donation refuses", c8_donation_refuses),
		TEST("C8 a donation is all or nothing", c8_donation_is_all_or_nothing),
		TEST("C8 a donation is undone backwards", c8_donation_is_undone_backwards),
	};

	return cmocka_run_group_tests_name("psc", tests, NULL, NULL);
}
