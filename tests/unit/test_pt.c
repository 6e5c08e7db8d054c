// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/pt.c hvcore/pt_map.c hvcore/pt_change.c hvcore/pt_table.c arch/x86/ptfmt.c arch/x86/svm/nptfmt.c */
/* sources: arch/x86/vmx/eptfmt.c tests/unit/fake_pool.c tests/unit/fake_arch.c */
/* The walker, item by item of contract-memory.md; every test runs with every format. */
#include "pt_unit.h"

static struct hv_pool pool;
static struct hv_pt pt;
static const struct hv_pt_format *format;

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

static bool has_type(void)
{
	return format->type;
}

/* What a query has to say of a mapping with these flags: not every format can tell everything. */
static u64 seen(u64 flags)
{
	if (!format->exec && !format->no_exec)
		flags |= HV_PT_EXEC;
	return flags & ~(HV_PT_TYPE_MASK & ~HV_PT_TYPE(format->type >> format->type_shift));
}

#define MAPPED(from, to, leaf, wanted) is_mapped(from, to, leaf, wanted, __LINE__)
static void is_mapped(u64 from, u64 to, u64 leaf, u64 flags, int line)
{
	struct hv_pt_mapping mapping;

	if (hv_pt_query(&pt, from, &mapping) || mapping.address != to || mapping.size != leaf ||
	    mapping.flags != seen(flags))
		fail_msg("line %d, format %ld", line, (long)(format - pt_unit_format(0)));
}

#define UNMAPPED(from)                                                                                                 \
	do {                                                                                                           \
		struct hv_pt_mapping unused;                                                                           \
		assert_int_equal(hv_pt_query(&pt, from, &unused), -ENOENT);                                            \
	} while (0)

static void each_format(void (*test)(void))
{
	unsigned int i;

	for (i = 0; i < NR_FORMATS; i++) {
		struct hv_pt_format all_sizes = *pt_unit_format(i);

		all_sizes.leaf_levels = 3;
		format = &all_sizes;
		assert_int_equal(hv_pt_init(&pt, format, &pool), 0);
		test();
		hv_pt_fini(&pt);
		assert_int_equal(fake_pool_used(), 0);
	}
}

static void largest(void)
{
	assert_int_equal(hv_pt_map(&pt, G1 - M2 - K4, 5 * G1 - M2 - K4, G1 + M2 + 2 * K4 + M2, PT_RW), 0);
	MAPPED(G1 - M2 - K4, 5 * G1 - M2 - K4, K4, PT_RW);
	MAPPED(G1 - 1, 5 * G1 - 1, M2, PT_RW);
	MAPPED(G1 + 0x123456, 5 * G1 + 0x123456, G1, PT_RW);
	MAPPED(2 * G1, 6 * G1, M2, PT_RW);
	MAPPED(2 * G1 + M2, 6 * G1 + M2, K4, PT_RW);
	UNMAPPED(2 * G1 + M2 + K4);
	UNMAPPED(G1 - M2 - K4 - 1);
	assert_int_equal(pt.leaves[0], 2);
	assert_int_equal(pt.leaves[1], 2);
	assert_int_equal(pt.leaves[2], 1);
	(void)pt_unit_state(&pt);
}

static void e1_largest_leaves(void **state)
{
	(void)state;
	each_format(largest);
}

static void offsets(void)
{
	/* only 4 KiB apart in alignment, so 4 KiB leaves */
	assert_int_equal(hv_pt_map(&pt, M2, M2 + K4, 2 * M2, HV_PT_RWX), 0);
	MAPPED(2 * M2, 2 * M2 + K4, K4, HV_PT_RWX);
	assert_int_equal(pt.leaves[0], 1024);
	assert_int_equal(hv_pt_unmap(&pt, M2, 2 * M2), 0);
	assert_int_equal(pt.tables, 1);
	assert_int_equal(hv_pt_map(&pt, G1, G1 + M2, G1, HV_PT_RWX), 0);
	assert_int_equal(pt.leaves[1], 512);
	assert_int_equal(pt.leaves[2], 0);
}

static void e1_leaves_need_both_alignments(void **state)
{
	(void)state;
	each_format(offsets);
}

static void rights(void)
{
	static const u64 flags[] = { HV_PT_READ, PT_RW, HV_PT_READ | HV_PT_EXEC, HV_PT_RWX, PT_RW | HV_PT_NO_HUGE };
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(flags); i++) {
		u64 type = HV_PT_TYPE(i % 2 ? 6 : 1);

		assert_int_equal(hv_pt_map(&pt, i * M2, i * M2, M2, flags[i] | type), 0);
		MAPPED(i * M2 + K4, i * M2 + K4, i == 4 ? K4 : M2, flags[i] | type);
	}
	assert_true(!has_type() || pt.format.type_shift);
}

static void e1_rights_and_types_come_back(void **state)
{
	(void)state;
	each_format(rights);
}

static void split(void)
{
	assert_int_equal(hv_pt_map(&pt, G1, 3 * G1, G1, PT_RW), 0);
	assert_int_equal(pt.tables, pt.format.levels - 2);
	assert_int_equal(hv_pt_unmap(&pt, G1 + M2 + K4, K4), 0);
	MAPPED(G1 + M2, 3 * G1 + M2, K4, PT_RW);
	UNMAPPED(G1 + M2 + K4);
	MAPPED(G1 + M2 + 2 * K4, 3 * G1 + M2 + 2 * K4, K4, PT_RW);
	MAPPED(G1 + 2 * M2, 3 * G1 + 2 * M2, M2, PT_RW);
	assert_int_equal(pt.leaves[0], 511);
	assert_int_equal(pt.leaves[1], 511);
	assert_int_equal(pt.leaves[2], 0);
	assert_int_equal(pt.tables, pt.format.levels);
	(void)pt_unit_state(&pt);
}

static void e1_unmap_splits_on_demand(void **state)
{
	(void)state;
	each_format(split);
}

static void merge(void)
{
	struct pt_state before, after;

	assert_int_equal(hv_pt_map(&pt, G1, 3 * G1, G1, PT_RW), 0);
	before = pt_unit_state(&pt);
	assert_int_equal(hv_pt_unmap(&pt, G1 + M2 + K4, K4), 0);
	assert_int_equal(hv_pt_map(&pt, G1 + M2 + K4, 3 * G1 + M2 + K4, K4, PT_RW), 0);
	after = pt_unit_state(&pt);
	assert_true(pt_unit_same(&before, &after));
	MAPPED(G1 + M2, 3 * G1 + M2, G1, PT_RW);
	/* to the wrong place, or with other rights, there is nothing to merge */
	assert_int_equal(hv_pt_unmap(&pt, G1, K4), 0);
	assert_int_equal(hv_pt_map(&pt, G1, 4 * G1, K4, PT_RW), 0);
	MAPPED(G1, 4 * G1, K4, PT_RW);
	assert_int_equal(hv_pt_unmap(&pt, G1, K4), 0);
	assert_int_equal(hv_pt_map(&pt, G1, 3 * G1, K4, HV_PT_READ), 0);
	MAPPED(G1, 3 * G1, K4, HV_PT_READ);
	assert_int_equal(hv_pt_protect(&pt, G1, K4, PT_RW), 0);
	after = pt_unit_state(&pt);
	assert_true(pt_unit_same(&before, &after));
}

static void e1_full_tables_become_one_leaf(void **state)
{
	(void)state;
	each_format(merge);
}

/* Not only from one end: page by page, from above, from below, and every other one first. */
static void merge_pages(void)
{
	unsigned int i;

	for (i = 0; i < 512; i++)
		assert_int_equal(hv_pt_map(&pt, i * K4, M2 + i * K4, K4, PT_RW), 0);
	for (i = 1024; i-- > 512;)
		assert_int_equal(hv_pt_map(&pt, i * K4, M2 + i * K4, K4, PT_RW), 0);
	for (i = 0; i < 512; i++) {
		u64 at = (1024 + i * 5 % 512) * K4;

		assert_int_equal(hv_pt_map(&pt, at, M2 + at, K4, PT_RW), 0);
	}
	assert_int_equal(pt.leaves[0], 0);
	assert_int_equal(pt.leaves[1], 3);
	for (i = 3; i < 512; i++)
		assert_int_equal(hv_pt_map(&pt, i * M2, M2 + i * M2, M2, PT_RW), 0);
	assert_int_equal(pt.leaves[1], 512);	/* 2 MiB off for more */
	assert_int_equal(hv_pt_unmap(&pt, 0, G1), 0);
	assert_int_equal(pt.tables, 1);
}

static void e1_merging_does_not_depend_on_order(void **state)
{
	(void)state;
	each_format(merge_pages);
}

static void empty_tables(void)
{
	unsigned int i;

	for (i = 0; i < 32; i++)
		assert_int_equal(hv_pt_map(&pt, (u64)i * 97 * M2, (u64)i * K4, K4, PT_RW), 0);
	assert_true(pt.tables > 32);
	for (i = 0; i < 32; i++)
		assert_int_equal(hv_pt_unmap(&pt, (u64)i * 97 * M2, K4), 0);
	assert_int_equal(pt.tables, 1);
	assert_int_equal(fake_pool_used(), 1);
	/* holes and nothing at all can be unmapped as well */
	assert_int_equal(hv_pt_unmap(&pt, 0, 512 * G1), 0);
}

static void e1_empty_tables_go_back(void **state)
{
	(void)state;
	each_format(empty_tables);
}

static void protect(void)
{
	assert_int_equal(hv_pt_map(&pt, 0, 0, G1, HV_PT_RWX), 0);
	assert_int_equal(hv_pt_protect(&pt, M2 - K4, M2 + 2 * K4, HV_PT_READ), 0);
	MAPPED(M2 - 2 * K4, M2 - 2 * K4, K4, HV_PT_RWX);
	MAPPED(M2 - K4, M2 - K4, K4, HV_PT_READ);
	MAPPED(M2, M2, M2, HV_PT_READ);
	MAPPED(2 * M2, 2 * M2, K4, HV_PT_READ);
	MAPPED(2 * M2 + K4, 2 * M2 + K4, K4, HV_PT_RWX);
	assert_int_equal(hv_pt_protect(&pt, 0, G1, HV_PT_READ), 0);
	MAPPED(0, 0, G1, HV_PT_READ);
	assert_int_equal(pt.tables, pt.format.levels - 2);
	assert_int_equal(hv_pt_protect(&pt, G1, G1, HV_PT_READ), -ENOENT);
	/* holes are fine */
	assert_int_equal(hv_pt_map(&pt, 2 * G1, 0, K4, HV_PT_READ), 0);
	assert_int_equal(hv_pt_protect(&pt, 0, 4 * G1, PT_RW), 0);
	MAPPED(0, 0, G1, PT_RW);
	MAPPED(2 * G1, 0, K4, PT_RW);
	UNMAPPED(G1);
}

static void e1_protect_any_range(void **state)
{
	(void)state;
	each_format(protect);
}

static void protect_leaf(void)
{
	assert_int_equal(hv_pt_map(&pt, 0, 0, M2, HV_PT_RWX), 0);
	assert_int_equal(hv_pt_unmap(&pt, K4, K4), 0);
	assert_int_equal(hv_pt_map(&pt, K4, K4, K4, HV_PT_RWX | HV_PT_NO_HUGE), 0);
	MAPPED(K4, K4, K4, HV_PT_RWX | HV_PT_NO_HUGE);
	fake_pool_left = 0;
	assert_int_equal(hv_pt_protect(&pt, K4, K4, HV_PT_READ | HV_PT_NO_HUGE), 0);
	MAPPED(K4, K4, K4, HV_PT_READ | HV_PT_NO_HUGE);
	assert_int_equal(hv_pt_protect(&pt, K4, K4, HV_PT_RWX), 0);
	MAPPED(K4, K4, K4, HV_PT_RWX | HV_PT_NO_HUGE);
	MAPPED(0, 0, K4, HV_PT_RWX);
	fake_pool_left = FAKE_POOL_PLENTY;
}

static void e1_a_leaf_of_its_own_needs_no_memory(void **state)
{
	(void)state;
	each_format(protect_leaf);
}

static void iterate(void)
{
	static const u64 wanted[] = { K4, 2 * K4, M2, G1 };
	struct hv_pt_mapping mapping;
	unsigned int i = 0;
	u64 at;

	assert_int_equal(hv_pt_map(&pt, K4, 7 * K4, 2 * K4, PT_RW), 0);
	assert_int_equal(hv_pt_map(&pt, M2, M2, M2, PT_RW), 0);
	assert_int_equal(hv_pt_map(&pt, G1, G1, G1, PT_RW), 0);
	for (at = 0; !hv_pt_next(&pt, &at, 4 * G1, &mapping); at = hv_pt_leaf_end(&mapping, at, 4 * G1)) {
		assert_true(i < HV_ARRAY_SIZE(wanted));
		assert_int_equal(at, wanted[i++]);
	}
	assert_int_equal(i, HV_ARRAY_SIZE(wanted));
	at = G1 + 5;
	assert_int_equal(hv_pt_next(&pt, &at, 4 * G1, &mapping), 0);
	assert_int_equal(at, G1 + 5);
	assert_int_equal(mapping.address, G1 + 5);
	assert_int_equal(hv_pt_leaf_end(&mapping, at, G1 + 7), G1 + 7);
	at = 2 * G1;
	assert_int_equal(hv_pt_next(&pt, &at, 4 * G1, &mapping), -ENOENT);
}

static void e1_iterate_over_leaves(void **state)
{
	(void)state;
	each_format(iterate);
}

static void objects(void)
{
	const struct hv_pt_object large = { 4 * M2, M2 }, odd = { 4 * M2 + K4, M2 };
	const struct hv_pt_object none = { 0, 0 }, crooked = { 0, 7 };

	assert_int_equal(hv_pt_map_same(&pt, 0, 9 * K4, M2, HV_PT_READ), 0);
	assert_int_equal(pt.leaves[0], 512);
	MAPPED(17 * K4 + 3, 9 * K4 + 3, K4, HV_PT_READ);
	assert_int_equal(hv_pt_unmap(&pt, 0, M2), 0);
	assert_int_equal(hv_pt_map_object(&pt, M2 - K4, &large, G1 + M2, HV_PT_READ), 0);
	MAPPED(M2 - K4, 4 * M2, K4, HV_PT_READ);
	MAPPED(M2, 4 * M2, M2, HV_PT_READ);
	MAPPED(G1, 4 * M2, M2, HV_PT_READ);
	assert_int_equal(pt.leaves[2], 0);
	assert_int_equal(hv_pt_map_object(&pt, 8 * G1, &odd, M2, HV_PT_READ), 0);
	MAPPED(8 * G1, 4 * M2 + K4, K4, HV_PT_READ);
	assert_int_equal(hv_pt_map_object(&pt, 9 * G1, &none, M2, HV_PT_READ), -EINVAL);
	assert_int_equal(hv_pt_map_object(&pt, 9 * G1, &crooked, M2, HV_PT_READ), -EINVAL);
	assert_int_equal(hv_pt_map_object(&pt, 8 * G1, &large, M2, HV_PT_READ), -EEXIST);
}

static void e2_empty_maps_one_object(void **state)
{
	(void)state;
	each_format(objects);
}

static void refused(void)
{
	u64 limit = 1ULL << (12 + 9 * format->levels), top = ~0ULL - K4 + 1;
	const struct { u64 from, to, size, flags; int err; } bad[] = {
		{ K4, 0, 0, PT_RW, -EINVAL },
		{ K4 + 1, 0, K4, PT_RW, -EINVAL },
		{ K4, 1, K4, PT_RW, -EINVAL },
		{ K4, 0, K4 - 1, PT_RW, -EINVAL },
		{ top, 0, K4, PT_RW, -EINVAL },
		{ limit - K4, 0, 2 * K4, PT_RW, -EINVAL },
		{ limit, 0, K4, PT_RW, -EINVAL },
		{ K4, top, K4, PT_RW, -EINVAL },
		{ K4, 1ULL << 52, K4, PT_RW, -EINVAL },
		{ K4, (1ULL << 52) - K4, 2 * K4, PT_RW, -EINVAL },
		{ K4, 0, K4, 0, -EINVAL },
		{ K4, 0, K4, HV_PT_WRITE, -EINVAL },
		{ K4, 0, K4, HV_PT_EXEC, -EINVAL },
		{ K4, 0, K4, PT_RW | 0x100, -EINVAL },
		{ M2, 0, K4, PT_RW, -EEXIST },
		{ 0, 0, G1, PT_RW, -EEXIST },
		{ M2 - K4, 0, 2 * K4, PT_RW, -EEXIST },
		{ M2 + K4, 0, G1, PT_RW, -EEXIST },
	};
	struct pt_state before, after;
	unsigned int i;

	assert_int_equal(hv_pt_map(&pt, M2, M2, M2, PT_RW), 0);
	before = pt_unit_state(&pt);
	for (i = 0; i < HV_ARRAY_SIZE(bad); i++) {
		if (hv_pt_map(&pt, bad[i].from, bad[i].to, bad[i].size, bad[i].flags) != bad[i].err)
			fail_msg("case %u", i);
		after = pt_unit_state(&pt);
		assert_true(pt_unit_same(&before, &after));
	}
	assert_int_equal(hv_pt_unmap(&pt, M2 + 1, K4), -EINVAL);
	assert_int_equal(hv_pt_unmap(&pt, M2, 0), -EINVAL);
	assert_int_equal(hv_pt_revoke(&pt, M2, 0), -EINVAL);
	assert_int_equal(hv_pt_protect(&pt, M2, K4 + 1, PT_RW), -EINVAL);
	assert_int_equal(hv_pt_protect(&pt, M2, K4, HV_PT_WRITE), -EINVAL);
	after = pt_unit_state(&pt);
	assert_true(pt_unit_same(&before, &after));
	UNMAPPED(limit);
	UNMAPPED(~0ULL);
}

static void e1_refused_never_rounded(void **state)
{
	(void)state;
	each_format(refused);
}

static void upper_half(void **state)
{
	u64 half = 1ULL << 47;

	(void)state;
	format = &x86_host_format;
	assert_int_equal(hv_pt_init(&pt, format, &pool), 0);
	assert_int_equal(hv_pt_map(&pt, 0xffffff0000000000, 0, M2, PT_RW), 0);
	assert_int_equal(hv_pt_map(&pt, -half, 0, K4, PT_RW), 0);
	assert_int_equal(hv_pt_map(&pt, half - K4, 0, K4, PT_RW), 0);
	assert_int_equal(hv_pt_map(&pt, half, 0, K4, PT_RW), -EINVAL);
	assert_int_equal(hv_pt_map(&pt, -half - K4, 0, 2 * K4, PT_RW), -EINVAL);
	assert_int_equal(hv_pt_unmap(&pt, half - K4, K4), 0);
	MAPPED(0xffffff0000001234, 0x1234, M2, PT_RW);
	hv_pt_fini(&pt);
}

#define TEST(f, name) { name, f, setup, teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(e1_largest_leaves, "E1 largest leaves that fit"),
		TEST(e1_leaves_need_both_alignments, "E1 a leaf needs both alignments"),
		TEST(e1_rights_and_types_come_back, "E1 E6 rights and memory types come back"),
		TEST(e1_unmap_splits_on_demand, "E1 unmap splits on demand"),
		TEST(e1_full_tables_become_one_leaf, "E1 full tables become one leaf"),
		TEST(e1_merging_does_not_depend_on_order, "E1 merging does not depend on order"),
		TEST(e1_empty_tables_go_back, "E1 empty tables go back to the pool"),
		TEST(e1_protect_any_range, "E1 protect any range"),
		TEST(e1_a_leaf_of_its_own_needs_no_memory, "E1 E7 a NO_HUGE leaf is protected without memory"),
		TEST(e1_iterate_over_leaves, "E1 iterate over leaves"),
		TEST(e2_empty_maps_one_object, "E2 empty: every page to one object, leaves capped by its size"),
		TEST(e1_refused_never_rounded, "E1 what is wrong is refused, never rounded"),
		TEST(upper_half, "E1 the host's upper half"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
