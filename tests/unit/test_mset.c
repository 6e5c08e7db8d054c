// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/pt.c hvcore/pt_map.c hvcore/pt_change.c hvcore/pt_table.c arch/x86/ptfmt.c arch/x86/svm/nptfmt.c */
/* sources: arch/x86/vmx/eptfmt.c tests/unit/fake_pool.c tests/unit/fake_arch.c hvcore/region.c */
/* sources: hvcore/region_release.c hvcore/mset.c hvcore/mset_clone.c hvcore/mset_check.c hvcore/span.c */
/* sources: hvcore/owner.c hvcore/region_deferred.c */
/* Memory sets, item by item; and with every number of frames that may be left. */
#include "mset_unit.h"

static struct mset_fixture f;

static int setup(void **state)
{
	(void)state;
	mset_unit_init(&f, &svm_npt_format, 1200);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mset_unit_fini(&f);
	return 0;
}

static int insert(struct hv_region region)
{
	return hv_mset_insert(&f.set, &region);
}

static const struct hv_region *region_at(u64 at)
{
	const struct hv_region *region = hv_region_of(hv_span_at(&f.set.regions, at));

	assert_non_null(region);
	return region;
}

static void insert_refuses_overlap(void **state)
{
	struct mset_state before, after;
	static const u64 starts[] = { M2, M2 - K4, 2 * M2 - K4, M2 + K4 };
	unsigned int i;

	(void)state;
	assert_int_equal(insert(mset_unit_offset(M2, M2, 4 * G1, RW)), 0);
	before = mset_unit_state(&f);
	for (i = 0; i < HV_ARRAY_SIZE(starts); i++) {
		assert_int_equal(insert(mset_unit_offset(starts[i], 2 * K4, 4 * G1, RW)), -EEXIST);
		assert_int_equal(insert(mset_unit_alloc(&f, starts[i], 2 * K4, HV_MAP_LAZY)), -EEXIST);
	}
	assert_int_equal(insert(mset_unit_offset(0, G1, 4 * G1, RW)), -EEXIST);
	after = mset_unit_state(&f);
	assert_true(mset_unit_same(&before, &after));
	assert_int_equal(insert(mset_unit_offset(0, M2, 4 * G1, RW)), 0);
	assert_int_equal(insert(mset_unit_offset(2 * M2, M2, 4 * G1, RW)), 0);
	assert_int_equal(f.set.regions.count, 3);
}

static void partial_delete_splits(void **state)
{
	(void)state;
	assert_int_equal(insert(mset_unit_offset(G1, G1, 5 * G1, RW)), 0);
	assert_int_equal(hv_mset_delete(&f.set, G1 + M2, 2 * M2), 0);
	assert_int_equal(f.set.regions.count, 2);
	assert_int_equal(region_at(G1)->span.size, M2);
	assert_int_equal(region_at(2 * G1 - 1)->span.start, G1 + 3 * M2);
	assert_int_equal(region_at(2 * G1 - 1)->to, 5 * G1 + 3 * M2);
	assert_int_equal(hv_mset_check(&f.set), 0);
	/* over several regions, and holes */
	assert_int_equal(hv_mset_delete(&f.set, G1 + K4, 4 * M2), 0);
	assert_int_equal(region_at(G1)->span.size, K4);
	assert_int_equal(region_at(2 * G1 - 1)->span.start, G1 + 4 * M2 + K4);
	assert_int_equal(hv_mset_check(&f.set), 0);
	assert_int_equal(hv_mset_delete(&f.set, G1 + M2, M2), -ENOENT);
	assert_int_equal(hv_mset_delete(&f.set, G1, 0), -EINVAL);
	assert_int_equal(hv_mset_delete(&f.set, G1 + 1, K4), -EINVAL);
}

static void partial_delete_of_frames(void **state)
{
	(void)state;
	assert_int_equal(insert(mset_unit_alloc(&f, M2, M2, HV_MAP_ALLOC)), 0);
	assert_int_equal(insert(mset_unit_alloc(&f, 2 * M2, M2, HV_MAP_LAZY)), 0);
	assert_int_equal(hv_mset_touch(&f.set, 2 * M2, HV_MEM_READ), 0);
	assert_int_equal(hv_mset_touch(&f.set, 2 * M2 + K4, HV_MEM_READ), 0);
	assert_int_equal(hv_mset_delete(&f.set, M2 + K4, M2), 0);
	assert_int_equal(f.set.frames, 2);
	assert_int_equal(f.frames.free, 1198);
	assert_int_equal(hv_mset_check(&f.set), 0);
	assert_int_equal(hv_owner_check(&f.owners), 0);
}

static void clear(void **state)
{
	struct mset_state before = mset_unit_state(&f), after;

	(void)state;
	assert_int_equal(hv_mset_clear(&f.set), 0);
	assert_int_equal(insert(mset_unit_alloc(&f, M2, M2, HV_MAP_ALLOC)), 0);
	assert_int_equal(insert(mset_unit_offset(G1, G1, 5 * G1, RW)), 0);
	assert_int_equal(insert(mset_unit_empty(&f, 7 * G1, M2, K4)), 0);
	assert_int_equal(hv_mset_clear(&f.set), 0);
	after = mset_unit_state(&f);
	assert_true(mset_unit_same(&before, &after));
}

static void protect(void **state)
{
	(void)state;
	assert_int_equal(insert(mset_unit_offset(G1, M2, 5 * G1, RW)), 0);
	assert_int_equal(insert(mset_unit_alloc(&f, G1 + M2, M2, HV_MAP_LAZY)), 0);
	assert_int_equal(hv_mset_protect(&f.set, G1 + K4, 2 * M2 - 2 * K4, HV_MEM_READ), 0);
	assert_int_equal(f.set.regions.count, 4);
	assert_int_equal(region_at(G1)->flags, RW);
	assert_int_equal(region_at(G1 + M2)->flags, HV_MEM_READ);
	assert_int_equal(hv_mset_touch(&f.set, G1 + M2, HV_MEM_WRITE), -EPERM);
	assert_int_equal(hv_mset_touch(&f.set, G1 + 2 * M2 - K4, HV_MEM_WRITE), 0);
	assert_int_equal(hv_mset_check(&f.set), 0);
	/* in the middle of one */
	assert_int_equal(hv_mset_protect(&f.set, G1 + M2 + K4, K4, RW), 0);
	assert_int_equal(f.set.regions.count, 6);
	assert_int_equal(hv_mset_protect(&f.set, G1, 3 * M2, RW), -ENOENT);
	assert_int_equal(hv_mset_protect(&f.set, G1, M2, HV_MEM_WRITE), -EINVAL);
	assert_int_equal(hv_mset_protect(&f.set, G1, M2, RW | HV_MEM_DMA), -EINVAL);
	assert_int_equal(hv_mset_protect(&f.set, G1, 0, RW), -EINVAL);
	assert_int_equal(hv_mset_check(&f.set), 0);
}

static u8 *byte_at(const struct hv_mset *set, u64 at)
{
	struct hv_pt_mapping mapping;

	assert_int_equal(hv_pt_query(&set->pt, at, &mapping), 0);
	return hv_pool_pointer(&f.frames, hv_hpa(mapping.address));
}

static void clone(void **state)
{
	struct hv_mset copy;

	(void)state;
	assert_int_equal(hv_mset_init(&copy, &vmx_ept_format, &f.pool, &f.owners, CELL), 0);
	assert_int_equal(insert(mset_unit_alloc(&f, M2, 3 * K4, HV_MAP_ALLOC)), 0);
	assert_int_equal(insert(mset_unit_alloc(&f, 2 * M2, M2, HV_MAP_LAZY)), 0);
	assert_int_equal(insert(mset_unit_offset(G1, G1, 5 * G1, RW)), 0);
	assert_int_equal(hv_mset_touch(&f.set, 2 * M2 + K4, HV_MEM_WRITE), 0);
	*byte_at(&f.set, M2 + K4) = 17;
	*byte_at(&f.set, 2 * M2 + K4) = 18;
	assert_int_equal(hv_mset_clone(&copy, &f.set), 0);
	assert_int_equal(hv_mset_check(&copy), 0);
	assert_int_equal(copy.frames, 4);
	assert_int_equal(copy.regions.count, 3);
	assert_int_equal(*byte_at(&copy, M2 + K4), 17);
	assert_int_equal(*byte_at(&copy, 2 * M2 + K4), 18);
	*byte_at(&copy, M2 + K4) = 19;
	assert_int_equal(*byte_at(&f.set, M2 + K4), 17);
	assert_int_equal(hv_mset_clone(&copy, &f.set), -EEXIST);
	assert_int_equal(hv_mset_fini(&copy), 0);
	/* another owner may not map the same */
	assert_int_equal(hv_mset_init(&copy, &vmx_ept_format, &f.pool, &f.owners, CELL + 1), 0);
	assert_int_equal(hv_mset_clone(&copy, &f.set), -EBUSY);
	assert_int_equal(copy.regions.count, 0);
	assert_int_equal(copy.frames, 0);
	assert_int_equal(hv_mset_fini(&copy), 0);
}

static void clone_without_memory(void **state)
{
	struct mset_state before, after;
	struct hv_mset copy;
	u64 left;
	int err = -ENOMEM;

	(void)state;
	assert_int_equal(insert(mset_unit_alloc(&f, M2, 3 * K4, HV_MAP_ALLOC)), 0);
	assert_int_equal(insert(mset_unit_alloc(&f, 2 * M2, M2, HV_MAP_LAZY)), 0);
	assert_int_equal(hv_mset_touch(&f.set, 2 * M2 + K4, HV_MEM_WRITE), 0);
	assert_int_equal(hv_mset_init(&copy, &vmx_ept_format, &f.pool, &f.owners, CELL), 0);
	before = mset_unit_state(&f);
	for (left = 0; err; left++) {
		fake_pool_left = left;
		err = hv_mset_clone(&copy, &f.set);
		fake_pool_left = FAKE_POOL_PLENTY;
		assert_true(!err || err == -ENOMEM);
		if (err) {
			after = mset_unit_state(&f);
			assert_true(mset_unit_same(&before, &after));
			assert_int_equal(copy.regions.count, 0);
		}
	}
	assert_true(left > 10);
	assert_int_equal(hv_mset_fini(&copy), 0);
}

/* A populated range next to one that is mapped to somewhere, with frames in an order that splits owners' runs. */
static void prepare(void)
{
	unsigned int i;

	assert_int_equal(insert(mset_unit_offset(G1, G1, 5 * G1, RW)), 0);
	assert_int_equal(insert(mset_unit_alloc(&f, 2 * G1, 8 * K4, HV_MAP_LAZY)), 0);
	assert_int_equal(insert(mset_unit_alloc(&f, 3 * G1, M2 - 4 * K4, HV_MAP_ALLOC)), 0);
	for (i = 0; i < 8; i++)
		assert_int_equal(hv_mset_touch(&f.set, 2 * G1 + i * 3 % 8 * K4, HV_MEM_READ), 0);
}

struct attempt {
	enum { INSERT, DELETE, PROTECT, TOUCH, CLEAR } what;
	u64 start, size;
	u32 mapper;
};

static int carry_out(const struct attempt *a)
{
	switch (a->what) {
	case INSERT:
		if (a->mapper == HV_MAP_DEFERRED)
			return insert(mset_unit_deferred(a->start, a->size, 4 * G1 + M2));
		return insert(a->mapper == HV_MAP_OFFSET ? mset_unit_offset(a->start, a->size, 4 * G1 + M2, RW) :
							   mset_unit_alloc(&f, a->start, a->size, a->mapper));
	case DELETE:
		return hv_mset_delete(&f.set, a->start, a->size);
	case PROTECT:
		return hv_mset_protect(&f.set, a->start, a->size, HV_MEM_READ);
	case TOUCH:
		return hv_mset_touch(&f.set, a->start, HV_MEM_READ);
	case CLEAR:
		return hv_mset_clear(&f.set);
	}
	return -EINVAL;
}

static void without_memory(void **state)
{
	static const struct attempt attempts[] = {
		{ INSERT, 8 * G1 - K4, M2 + 2 * K4, HV_MAP_OFFSET },
		{ INSERT, 8 * G1 - M2 - K4, 2 * M2 + 2 * K4, HV_MAP_DEFERRED },
		{ INSERT, 3 * G1 + M2 - 4 * K4, 8 * K4, HV_MAP_ALLOC },
		{ INSERT, 9 * G1 - 2 * K4, 4 * K4, HV_MAP_ALLOC },
		{ INSERT, 9 * G1 - 2 * K4, 4 * K4, HV_MAP_LAZY },
		{ DELETE, G1 + M2 + K4, K4, 0 },
		{ DELETE, 2 * G1 + K4, K4, 0 },
		{ DELETE, 2 * G1 + K4, 5 * K4, 0 },
		{ DELETE, 2 * G1 - K4, G1 + M2, 0 },
		{ PROTECT, G1 + K4, K4, 0 },
		{ PROTECT, 2 * G1 - K4, 4 * K4, 0 },
		{ TOUCH, 10 * G1, 0, 0 },
		{ CLEAR, 0, 0, 0 },
	};
	struct mset_state before, after;
	unsigned int i, live;
	u64 left;
	int err;

	(void)state;
	for (i = 0; i < 2 * HV_ARRAY_SIZE(attempts); i++) {
		const struct attempt *attempt = &attempts[i / 2];

		live = i % 2;
		err = -ENOMEM;
		for (left = 0; err; left++) {
			prepare();
			assert_int_equal(insert(mset_unit_alloc(&f, 10 * G1, K4, HV_MAP_LAZY)), 0);
			f.set.pt.live = live;
			before = mset_unit_state(&f);
			fake_pool_left = left;
			err = carry_out(attempt);
			fake_pool_left = FAKE_POOL_PLENTY;
			assert_true(!err || err == -ENOMEM);
			after = mset_unit_state(&f);
			assert_false(f.set.pt.stale);
			if (err)
				assert_true(mset_unit_same(&before, &after));
			f.set.pt.live = false;
			assert_int_equal(hv_mset_clear(&f.set), 0);
			assert_true(left < 40);
		}
	}
}

static void flush(void **state)
{
	u64 i;

	(void)state;
	prepare();
	f.set.pt.live = true;
	for (i = 0; i < 8; i++)
		fake_tlb_touch(&f.set.pt, 2 * G1 + i * K4);
	fake_tlb_touch(&f.set.pt, G1 + 17 * M2);
	assert_int_equal(hv_mset_delete(&f.set, 2 * G1 + K4, 3 * K4), 0);
	assert_int_equal(fake_flushes, 1);
	fake_tlb_check(&f.set.pt);
	fake_tlb_touch(&f.set.pt, G1 + 17 * M2);
	assert_int_equal(hv_mset_protect(&f.set, G1 + 16 * M2, G1 / 2, HV_MEM_READ), 0);
	assert_int_equal(fake_flushes, 2);
	fake_tlb_check(&f.set.pt);
	/* what only adds needs none */
	assert_int_equal(hv_mset_protect(&f.set, G1 + 16 * M2, K4, RW), 0);
	assert_int_equal(insert(mset_unit_offset(8 * G1, K4, 4 * G1, RW)), 0);
	assert_int_equal(insert(mset_unit_alloc(&f, 9 * G1, K4, HV_MAP_LAZY)), 0);
	assert_int_equal(hv_mset_touch(&f.set, 9 * G1, HV_MEM_READ), 0);
	assert_int_equal(fake_flushes, 2);
	f.set.pt.live = false;
}

/* Regions that touch, with frames that do: one leaf, and each region's frames go where they came from. */
static void common_leaf(void **state)
{
	u64 half = M2 / 2;

	(void)state;
	assert_int_equal(insert(mset_unit_alloc(&f, M2, half, HV_MAP_ALLOC)), 0);
	assert_int_equal(insert(mset_unit_alloc(&f, M2 + half, half, HV_MAP_ALLOC)), 0);
	assert_int_equal(f.set.pt.leaves[1], 1);
	assert_int_equal(hv_mset_delete(&f.set, M2 + half - K4, 2 * K4), 0);
	assert_int_equal(f.frames.free, 1200 - 510);
	assert_int_equal(hv_mset_clear(&f.set), 0);
	assert_int_equal(f.frames.free, 1200);
}

/* The same, but the upper half of the leaf is not the set's to free. */
static void common_leaf_of_two_kinds(void **state)
{
	u64 start = hv_hpa_raw(f.frames.start), half = M2 / 2, left, i;
	void *held[256];
	struct mset_state before, after;
	int err = -ENOMEM;

	(void)state;
	assert_int_equal(insert(mset_unit_alloc(&f, M2, half, HV_MAP_ALLOC)), 0);
	assert_true(hv_owner_holds(&f.owners, CELL, f.frames.start, half));
	for (i = 0; i < 256; i++)
		held[i] = hv_pool_alloc(&f.frames);
	assert_int_equal(hv_owner_change(&f.owners, hv_hpa(start + half), half, HV_OWNER_HYPERVISOR, CELL), 0);
	assert_int_equal(insert(mset_unit_offset(M2 + half, half, start + half, RW)), 0);
	assert_int_equal(f.set.pt.leaves[1], 1);
	assert_int_equal(insert(mset_unit_alloc(&f, G1, 3 * K4, HV_MAP_ALLOC)), 0);
	for (left = 0; err; left++) {
		before = mset_unit_state(&f);
		fake_pool_left = left;
		err = hv_mset_clear(&f.set);
		fake_pool_left = FAKE_POOL_PLENTY;
		after = mset_unit_state(&f);
		assert_true(!err || mset_unit_same(&before, &after));
	}
	for (i = 0; i < 256; i++)
		(void)hv_pool_free(&f.frames, held[i]);
	assert_int_equal(f.frames.free, 1200);
}

/* A self-check that finds nothing proves nothing. */
static void check_finds(void **state)
{
	struct hv_pt_mapping mapping;

	(void)state;
	assert_int_equal(insert(mset_unit_offset(G1, M2, 5 * G1, RW)), 0);
	assert_int_equal(hv_pt_protect(&f.set.pt, G1, M2, HV_PT_READ), 0);
	assert_int_equal(hv_mset_check(&f.set), -EIO);
	assert_int_equal(hv_pt_protect(&f.set.pt, G1, M2, PT_RW), 0);
	assert_int_equal(hv_mset_check(&f.set), 0);
	assert_int_equal(hv_pt_map(&f.set.pt, 0, 0, K4, PT_RW), 0);
	assert_int_equal(hv_mset_check(&f.set), -EIO);
	assert_int_equal(hv_pt_unmap(&f.set.pt, 0, K4), 0);
	assert_int_equal(hv_pt_unmap(&f.set.pt, G1, K4), 0);
	assert_int_equal(hv_mset_check(&f.set), -EIO);
	assert_int_equal(hv_pt_map(&f.set.pt, G1, 5 * G1 + K4, K4, PT_RW), 0);
	assert_int_equal(hv_mset_check(&f.set), -EIO);
	assert_int_equal(hv_pt_query(&f.set.pt, G1, &mapping), 0);
	f.set.regions.count++;
	assert_int_equal(hv_mset_check(&f.set), -EIO);
	f.set.regions.count--;
	hv_region_of(hv_span_first(&f.set.regions))->flags |= 1 << 30;
	assert_int_equal(hv_mset_check(&f.set), -EIO);
}

#define TEST(f, name) { name, f, setup, teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(insert_refuses_overlap, "E3 insert refuses overlap"),
		TEST(partial_delete_splits, "E3 partial delete splits the record"),
		TEST(partial_delete_of_frames, "E3 B8 partial delete gives frames back"),
		TEST(clear, "E3 clear leaves what there was"),
		TEST(protect, "E3 protect splits records at both ends"),
		TEST(clone, "E3 clone: the same regions, memory of its own"),
		TEST(clone_without_memory, "E3 E4 clone that fails leaves nothing"),
		TEST(without_memory, "E4 without memory nothing changes, whatever is left"),
		TEST(flush, "E5 every removal is flushed, once"),
		TEST(common_leaf, "E3 regions that have a leaf in common"),
		TEST(common_leaf_of_two_kinds, "E3 regions of two kinds that have a leaf in common"),
		TEST(check_finds, "E3 the self-check finds what differs"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
