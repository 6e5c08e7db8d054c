// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/pt.c hvcore/pt_map.c hvcore/pt_change.c hvcore/pt_table.c arch/x86/ptfmt.c arch/x86/svm/nptfmt.c */
/* sources: arch/x86/vmx/eptfmt.c tests/unit/fake_pool.c tests/unit/fake_arch.c */
/* The walker when memory is short, for every number of frames that may be left, and when hardware walks its tables. */
#include <hv/hv.h>
#include "pt_unit.h"

static struct hv_pool pool;
static struct hv_pt pt;

static int setup(void **state)
{
	(void)state;
	fake_pool_init(&pool, 4096);
	fake_tlb_reset();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(fake_pool_used(), 0);
	fake_pool_fini(&pool);
	return 0;
}

/* Something with all leaf sizes, holes, and what is nearly full. */
static void prepare(const struct hv_pt_format *format)
{
	struct hv_pt_format all_sizes = *format;

	all_sizes.leaf_levels = 3;
	assert_int_equal(hv_pt_init(&pt, &all_sizes, &pool), 0);
	assert_int_equal(hv_pt_map(&pt, 0, 0, 3 * G1, HV_PT_RWX), 0);
	assert_int_equal(hv_pt_map(&pt, 4 * G1, G1, M2 - K4, HV_PT_RWX), 0);
	assert_int_equal(hv_pt_map(&pt, 5 * G1, 5 * G1, M2, HV_PT_RWX), 0);
	assert_int_equal(hv_pt_map(&pt, 5 * G1 + 2 * M2, 5 * G1 + 2 * M2, K4, HV_PT_READ), 0);
}

struct attempt {
	enum { MAP, OBJECT, UNMAP, REVOKE, PROTECT } what;
	u64 from, size;
};

static const struct hv_pt_object object = { 8 * G1, M2 };

static int carry_out(const struct attempt *a)
{
	switch (a->what) {
	case MAP:
		return hv_pt_map(&pt, a->from, a->from + K4, a->size, HV_PT_RWX);
	case OBJECT:
		return hv_pt_map_object(&pt, a->from, &object, a->size, HV_PT_READ);
	case UNMAP:
		return hv_pt_unmap(&pt, a->from, a->size);
	case REVOKE:
		return hv_pt_revoke(&pt, a->from, a->size);
	case PROTECT:
		return hv_pt_protect(&pt, a->from, a->size, HV_PT_READ);
	}
	return -EINVAL;
}

static const struct attempt attempts[] = {
	{ MAP, 3 * G1 + M2 - K4, 4 * M2 },
	{ MAP, 511 * G1 - K4, 2 * K4 },
	{ MAP, 4 * G1 + M2 - K4, 4 * M2 },
	{ MAP, 5 * G1 - 2 * M2 - K4, 4 * M2 },		/* meets what is there */
	{ OBJECT, 6 * G1 - M2 - K4, 2 * M2 + 2 * K4 },
	{ UNMAP, K4, 3 * G1 - 2 * K4 },
	{ UNMAP, G1 + M2 + K4, K4 },
	{ UNMAP, G1 + M2 + K4, M2 },
	{ REVOKE, G1 + K4, G1 },
	{ PROTECT, G1 + M2 + K4, K4 },
	{ PROTECT, K4, 3 * G1 - 2 * K4 },
	{ PROTECT, 0, 6 * G1 },
};

static void try_with(const struct attempt *attempt, u64 left, bool *done)
{
	struct hv_pt_mapping mapping;
	struct pt_state before, after;
	u64 at = 0;
	int err;

	before = pt_unit_state(&pt);
	fake_pool_left = left;
	err = carry_out(attempt);
	fake_pool_left = FAKE_POOL_PLENTY;
	if (attempt->what == REVOKE && !err)
		while (!hv_pt_collect(&pt, &at, 8 * G1, &mapping))
			assert_int_equal(mapping.flags, 0);
	after = pt_unit_state(&pt);
	if (err)
		assert_true(pt_unit_same(&before, &after));
	*done = err != -ENOMEM;
}

static void e4_no_memory(void **state)
{
	unsigned int i, f;
	bool done;
	u64 left;

	(void)state;
	for (f = 0; f < NR_FORMATS; f++) {
		for (i = 0; i < HV_ARRAY_SIZE(attempts); i++) {
			for (left = 0, done = false; !done; left++) {
				prepare(pt_unit_format(f));
				try_with(&attempts[i], left, &done);
				assert_true(left < 16);
				hv_pt_fini(&pt);
				assert_int_equal(fake_pool_used(), 0);
			}
		}
	}
	fake_pool_left = 0;
	assert_int_equal(hv_pt_init(&pt, pt_unit_format(0), &pool), -ENOMEM);
	hv_pt_fini(&pt);
}

/* The first half of what fails would have made one leaf, together with what was there. */
static void e4_undo_leaves_neighbours(void **state)
{
	struct pt_state before, after;

	(void)state;
	prepare(&vmx_ept_format);
	assert_int_equal(hv_pt_map(&pt, 4 * G1 + M2, 7 * G1, K4, HV_PT_RWX), 0);
	before = pt_unit_state(&pt);
	assert_int_equal(hv_pt_map(&pt, 4 * G1 + M2 - K4, G1 + M2 - K4, 2 * K4, HV_PT_RWX), -EEXIST);
	after = pt_unit_state(&pt);
	assert_true(pt_unit_same(&before, &after));
	hv_pt_fini(&pt);
}

static void touch_all(void)
{
	u64 at;

	for (at = 0; at < 6 * G1; at += G1 / 4 + M2 + K4)
		fake_tlb_touch(&pt, at);
	fake_tlb_touch(&pt, G1 + M2 + K4);
	fake_tlb_touch(&pt, G1 + M2);
	fake_tlb_touch(&pt, 5 * G1);
	fake_tlb_touch(&pt, 5 * G1 + 2 * M2);
}

/* Whatever was done: after the flush nothing is cached that is no longer so, and before it nothing was freed. */
static void e5_flush_before_reuse(void **state)
{
	unsigned int i, f;

	(void)state;
	for (f = 0; f < NR_FORMATS; f++) {
		for (i = 0; i < HV_ARRAY_SIZE(attempts); i++) {
			prepare(pt_unit_format(f));
			pt.live = true;
			touch_all();
			(void)carry_out(&attempts[i]);
			touch_all();
			hv_pt_flush(&pt);
			fake_tlb_check(&pt);
			assert_int_equal(fake_flushes, hv.stats->tlb_flushes);
			fake_tlb_reset();
			hv_pt_fini(&pt);
		}
	}
}

static void e5_only_what_takes_away_needs_a_flush(void **state)
{
	(void)state;
	prepare(&vmx_ept_format);
	hv_pt_flush(&pt);
	assert_int_equal(fake_flushes, 0);	/* not live */
	pt.live = true;
	assert_int_equal(hv_pt_map(&pt, 6 * G1, 6 * G1, M2, HV_PT_READ | HV_PT_TYPE(6)), 0);
	assert_int_equal(hv_pt_protect(&pt, 6 * G1, M2, HV_PT_RWX | HV_PT_TYPE(6)), 0);
	assert_false(pt.stale);
	assert_int_equal(hv_pt_protect(&pt, 6 * G1, K4, HV_PT_RWX | HV_PT_TYPE(6)), 0);
	assert_true(pt.stale);			/* split and merged: a table waits */
	hv_pt_flush(&pt);
	assert_int_equal(fake_flushes, 1);
	assert_int_equal(hv_pt_protect(&pt, 6 * G1, M2, PT_RW | HV_PT_TYPE(6)), 0);
	assert_true(pt.stale);
	hv_pt_flush(&pt);
	assert_int_equal(hv_pt_protect(&pt, 6 * G1, M2, HV_PT_RWX | HV_PT_TYPE(0)), 0);
	assert_true(pt.stale);
	hv_pt_flush(&pt);
	hv_pt_flush(&pt);
	assert_int_equal(fake_flushes, 3);
	assert_int_equal(hv.stats->tlb_flushes, 3);
	assert_int_equal(hv_pt_unmap(&pt, 6 * G1, M2), 0);
	assert_true(pt.stale);
	hv_pt_flush(&pt);
	assert_int_equal(hv_pt_unmap(&pt, 6 * G1, M2), 0);
	assert_false(pt.stale);
	hv_pt_fini(&pt);
	pt.live = false;
}

/* More tables become leaves at once than can wait for one flush. */
static void e5_many_merges(void **state)
{
	unsigned int i;

	(void)state;
	prepare(&svm_npt_format);
	for (i = 0; i < 100; i++)
		assert_int_equal(hv_pt_protect(&pt, i * M2, K4, HV_PT_READ), 0);
	pt.live = true;
	for (i = 0; i < 50; i++)
		fake_tlb_touch(&pt, i * 2 * M2 + K4);
	assert_int_equal(hv_pt_protect(&pt, 0, G1, HV_PT_READ), 0);
	assert_int_equal(pt.leaves[2], 3);
	hv_pt_flush(&pt);
	fake_tlb_check(&pt);
	assert_int_equal(fake_flushes, 100 / HV_PT_MAX_MERGED + 1);
	(void)pt_unit_state(&pt);
	hv_pt_fini(&pt);
}

static void e5_revoke_then_collect(void **state)
{
	struct hv_pt_mapping mapping;
	u64 at = 0, pages = 0;

	(void)state;
	prepare(&vmx_ept_format);
	pt.live = true;
	assert_int_equal(hv_pt_revoke(&pt, 4 * G1 + K4, G1 + M2), 0);
	assert_int_equal(hv_pt_query(&pt, 4 * G1 + K4, &mapping), -ENOENT);
	hv_pt_flush(&pt);
	while (!hv_pt_collect(&pt, &at, 512 * G1, &mapping)) {
		pages += mapping.size / K4;
		if (pages == 1)
			assert_int_equal(mapping.address, G1 + K4);
	}
	assert_int_equal(pages, 510 + 512);
	hv_pt_flush(&pt);
	(void)pt_unit_state(&pt);
	hv_pt_fini(&pt);
}

static void e4_unmerged_is_undone_without_memory(void **state)
{
	struct pt_state before, after;
	unsigned int i;

	(void)state;
	prepare(&x86_amdvi_format);
	before = pt_unit_state(&pt);
	for (i = 0; i < 3; i++)
		assert_int_equal(hv_pt_map(&pt, 4 * G1 + M2 - K4 + i * K4, G1 + M2 - K4 + i * K4, K4,
					   HV_PT_RWX | HV_PT_UNMERGED), 0);
	fake_pool_left = 0;
	assert_int_equal(hv_pt_unmap(&pt, 4 * G1 + M2 - K4, 3 * K4), 0);
	after = pt_unit_state(&pt);
	assert_true(pt_unit_same(&before, &after));
	fake_pool_left = FAKE_POOL_PLENTY;
	assert_int_equal(hv_pt_map(&pt, 4 * G1 + M2 - K4, G1 + M2 - K4, K4, HV_PT_RWX | HV_PT_UNMERGED), 0);
	assert_int_equal(pt.leaves[0], 513);
	hv_pt_merge(&pt, 4 * G1 + M2 - K4, K4);
	assert_int_equal(pt.leaves[0], 1);
	hv_pt_fini(&pt);
}

#define TEST(f, name) { name, f, setup, teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(e4_no_memory, "E4 without memory nothing changes, whatever is left"),
		TEST(e4_undo_leaves_neighbours, "E4 undoing leaves the neighbours alone"),
		TEST(e4_unmerged_is_undone_without_memory, "E4 what is not merged yet is undone without memory"),
		TEST(e5_flush_before_reuse, "E5 flush before reuse"),
		TEST(e5_only_what_takes_away_needs_a_flush, "E5 only what takes away needs a flush"),
		TEST(e5_many_merges, "E5 many merges at once"),
		TEST(e5_revoke_then_collect, "E5 revoke, flush, collect"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
