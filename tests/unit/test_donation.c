// SPDX-License-Identifier: GPL-2.0-only
/* Memory that root gives and gets back. */
/* sources: hvcore/root.c hvcore/peek.c hvcore/memory.c hvcore/aspace.c hvcore/mset.c hvcore/mset_check.c */
/* sources: hvcore/region.c */
/* sources: hvcore/region_release.c hvcore/pt.c hvcore/pt_map.c hvcore/pt_change.c hvcore/pt_table.c hvcore/owner.c */
/* sources: hvcore/span.c hvcore/normal_world.c hvcore/psc.c hvcore/psc_native.c hvcore/pool.c hvcore/buddy.c */
/* sources: hvcore/buddy_check.c hvcore/slab.c hvcore/slab_check.c hvcore/string.c hvcore/donation.c */
/* sources: arch/x86/svm/nptfmt.c arch/x86/ptfmt.c tests/unit/fake_arch.c tests/unit/fake_log.c */
/* sources: tests/unit/root_unit.c hvcore/region_deferred.c hvcore/cell_memory.c */
#include "root_unit.h"

#include <hv/donation.h>
#include <hv/peek.h>

#define LARGE (HV_PSC_2M | (u64)HV_PSC_PRIVATE << HV_PSC_OP_SHIFT)
#define SMALL ((u64)HV_PSC_PRIVATE << HV_PSC_OP_SHIFT)
#define RUN 0x4000000ULL	/* two blocks in a row */
#define BLOCK 0x8000000ULL
#define FRAME 0x9005000ULL
#define UNTOUCHED 0x9006000ULL

static const u64 given[] = { RUN, RUN + HV_SIZE_2M, BLOCK, FRAME };

static struct hv_psc list_of(unsigned int op)
{
	struct hv_psc list = {
		.end_entry = 3,
		.entry = { RUN | LARGE, (RUN + HV_SIZE_2M) | LARGE, BLOCK | LARGE, FRAME | SMALL },
	};
	unsigned int i;

	for (i = 0; i < 4; i++)
		list.entry[i] = (list.entry[i] & ~HV_PSC_OP_MASK) | (u64)op << HV_PSC_OP_SHIFT;
	return list;
}

static int give(void)
{
	struct hv_psc list = list_of(HV_PSC_PRIVATE);

	return hv_donation_take(&list);
}

static int get_back(void)
{
	struct hv_psc list = list_of(HV_PSC_SHARED);

	return hv_donation_return(&list);
}

static void assert_roots(void)
{
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(given); i++) {
		assert_int_equal(root_unit_mapping(given[i]).address, given[i]);
		assert_owner(given[i], HV_OWNER_ROOT);
	}
	assert_int_equal(hv_memory_check(), 0);
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
}

static void assert_given(void)
{
	struct hv_pt_mapping mapping;
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(given); i++) {
		assert_int_equal(hv_pt_query(&hv.root.space.set.pt, given[i], &mapping), -ENOENT);
		assert_owner(given[i], HV_MEMORY_DONATED);
		assert_false(hv_memory_is_roots(given[i], HV_PAGE_SIZE));
	}
	assert_int_equal(root_unit_mapping(UNTOUCHED).address, UNTOUCHED);
	assert_int_equal(hv_memory_check(), 0);
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
}

static void test_gives_and_gets_back(void **state)
{
	u64 frames = hv.pool.free, regions = hv.root.space.set.regions.count, tables = hv.root.space.set.pt.tables;
	unsigned int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		assert_int_equal(give(), 0);
		assert_given();
		assert_int_equal(get_back(), 0);
		assert_roots();
	}
	hv_pool_trim(&hv.pool);
	assert_int_equal(hv.pool.free, frames);
	assert_int_equal(hv.root.space.set.regions.count, regions);
	assert_int_equal(hv.root.space.set.pt.tables, tables);
	assert_int_equal(hv.psc.lost, 0);
}

/* All of it is forgotten at once, before it changes hands. */
static void test_one_flush_for_all(void **state)
{
	u64 flushes;

	(void)state;
	hv_aspace_set_live(&hv.root.space, true);
	flushes = hv.stats->tlb_flushes;
	assert_int_equal(give(), 0);
	assert_int_equal(hv.stats->tlb_flushes, flushes + 1);
	assert_int_equal(get_back(), 0);
	hv_aspace_set_live(&hv.root.space, false);
}

static void test_back_in_parts(void **state)
{
	struct hv_psc part = { .end_entry = 0,
			       .entry = { (RUN + HV_PAGE_SIZE) | (u64)HV_PSC_SHARED << HV_PSC_OP_SHIFT } };

	(void)state;
	assert_int_equal(give(), 0);
	assert_int_equal(hv_donation_return(&part), 0);
	assert_int_equal(root_unit_mapping(RUN + HV_PAGE_SIZE).size, HV_PAGE_SIZE);
	assert_owner(RUN, HV_MEMORY_DONATED);
	/* not all of it is there to be returned */
	assert_int_equal(get_back(), -EBUSY);
	assert_owner(FRAME, HV_MEMORY_DONATED);
}

static int try(u64 entry)
{
	struct hv_psc list = { .end_entry = 1, .entry = { 0x1000 | SMALL, entry } };

	return hv_donation_take(&list);
}

static void test_only_its_own(void **state)
{
	u64 frames = hv.pool.free;

	(void)state;
	assert_int_equal(try(RANGE | SMALL), -EBUSY);
	assert_int_equal(try(RANGE | LARGE), -EBUSY);
	assert_int_equal(try(SECURE | SMALL), -EBUSY);
	assert_int_equal(try(APIC | SMALL), -EBUSY);
	assert_int_equal(try(SMALL_UNIT | SMALL), -EBUSY);
	assert_int_equal(try(RAM_END | SMALL), -EBUSY);
	assert_int_equal(try(SHARED | SMALL), -EBUSY);
	assert_int_equal(try(SHARED | LARGE), -EBUSY);
	assert_int_equal(try((HV_PSC_FRAME & ~HV_BIT(12)) | SMALL), -EBUSY);
	assert_owner(0x1000, HV_OWNER_ROOT);
	assert_int_equal(root_unit_mapping(0x1000).address, 0x1000);
	assert_int_equal(give(), 0);
	assert_int_equal(give(), -EBUSY);
	assert_given();
	assert_int_equal(get_back(), 0);
	assert_int_equal(get_back(), -EBUSY);
	hv_pool_trim(&hv.pool);
	assert_int_equal(hv.pool.free, frames);
}

static void test_operation_must_fit(void **state)
{
	struct hv_psc list = list_of(HV_PSC_SHARED);

	(void)state;
	assert_int_equal(hv_donation_take(&list), -EINVAL);
	list = list_of(HV_PSC_PRIVATE);
	assert_int_equal(hv_donation_return(&list), -EINVAL);
	list.end_entry = HV_PSC_ENTRIES;
	assert_int_equal(hv_donation_take(&list), -EINVAL);
	assert_roots();
}

static void test_refused_with_two_addresses(void **state)
{
	(void)state;
	hv.encryption_bit = 1ULL << 47;
	assert_int_equal(give(), -EOPNOTSUPP);
	hv.encryption_bit = 0;
	assert_roots();
}

/* With every number of free frames: given is all or nothing, what does not come back now comes back later. */
static void test_every_failure_unwinds(void **state)
{
	struct root_unit_drained drained;
	u64 k, frames;
	int err;

	(void)state;
	hv_pool_trim(&hv.pool);
	frames = hv.pool.free;
	for (k = 0, err = -ENOMEM; err; k++) {
		drained = root_unit_drain(k);
		err = give();
		root_unit_refill(drained);
		assert_true(!err || err == -ENOMEM);
		if (err)
			assert_roots();
		hv_pool_trim(&hv.pool);
		assert_true(!err || hv.pool.free == frames);
	}
	print_message("# note: given with %llu free frames\n", k - 1);
	assert_true(k > 1);
	for (k = 0, err = -ENOMEM; err; k++) {
		assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
		drained = root_unit_drain(k);
		err = get_back();
		root_unit_refill(drained);
		assert_true(!err || err == -ENOMEM);
	}
	print_message("# note: returned with %llu free frames\n", k - 1);
	assert_roots();
	hv_pool_trim(&hv.pool);
	assert_int_equal(hv.pool.free, frames);
	assert_int_equal(hv.psc.lost, 0);
}

static u64 zeros(void)
{
	return hv_hpa_raw(hv_virt_to_hpa(hv.zero_page));
}

static bool shows_zeros(u64 page)
{
	struct hv_pt_mapping mapping;

	if (hv_pt_query(&hv.root.space.set.pt, page, &mapping))
		return false;
	assert_int_equal(mapping.address, zeros());
	assert_int_equal(mapping.flags & HV_PT_RWX, HV_PT_READ);
	return true;
}

/* Root reads what it gave away: zeros, in the pages that it looked at last, until the memory comes back. */
static void test_peeking(void **state)
{
	u64 frames;
	u32 i;

	(void)state;
	assert_int_equal(give(), 0);
	hv_pool_trim(&hv.pool);
	frames = hv.pool.free;
	/* what is mapped came back since it was looked at, or somebody else looked */
	assert_true(hv_peek(UNTOUCHED));
	assert_true(hv_peek(RANGE));
	assert_false(hv_peek(hv_memory_limit()));
	assert_false(shows_zeros(RUN));
	assert_true(hv_peek(RUN + 0x123));
	assert_true(shows_zeros(RUN));
	assert_true(hv_peek(RUN));	/* another CPU was first */
	assert_owner(RUN, HV_MEMORY_DONATED);
	for (i = 1; i < HV_PEEKS + 3; i++)
		assert_true(hv_peek(RUN + i * HV_PAGE_SIZE));
	assert_false(shows_zeros(RUN + 2 * HV_PAGE_SIZE));
	for (i = 3; i < HV_PEEKS + 3; i++)
		assert_true(shows_zeros(RUN + i * HV_PAGE_SIZE));
	assert_true(hv_peek(FRAME));
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
	assert_int_equal(get_back(), 0);
	assert_roots();
	assert_int_equal(give(), 0);
	assert_false(shows_zeros(RUN + 5 * HV_PAGE_SIZE));
	hv_pool_trim(&hv.pool);
	assert_int_equal(hv.pool.free, frames);
	assert_int_equal(get_back(), 0);
}

/* Without memory for the tables there is nothing to see, and nothing else changes. */
static void test_peeking_without_memory(void **state)
{
	struct root_unit_drained drained;

	(void)state;
	assert_int_equal(give(), 0);
	drained = root_unit_drain(0);
	assert_false(hv_peek(BLOCK));
	root_unit_refill(drained);
	assert_given();
	assert_true(hv_peek(BLOCK));
	assert_int_equal(get_back(), 0);
	assert_roots();
}

static struct root_unit_drained taken_by_others;

static void take_all(void)
{
	taken_by_others = root_unit_drain(0);
}

/* Another CPU takes the memory that undoing needs: root's frames are kept from everybody, and the log says so. */
static void test_loss_is_said(void **state)
{
	struct hv_pt_mapping mapping;

	(void)state;
	hv_aspace_set_live(&hv.root.space, true);
	fake_on_flush = take_all;
	assert_int_equal(give(), -EIO);
	fake_on_flush = NULL;
	root_unit_refill(taken_by_others);
	assert_int_equal(hv.psc.lost, 3 * 512 + 1);
	assert_int_equal(hv_pt_query(&hv.root.space.set.pt, RUN, &mapping), -ENOENT);
	assert_owner(RUN, HV_OWNER_ROOT);
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
	hv_aspace_set_live(&hv.root.space, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROOT_TEST("root gives memory and gets it back, a thousand times", test_gives_and_gets_back),
		ROOT_TEST("E5 one flush for a whole list", test_one_flush_for_all),
		ROOT_TEST("what is returned in part is not returned again", test_back_in_parts),
		ROOT_TEST("root gives only what is its own", test_only_its_own),
		ROOT_TEST("a list is for one of the two", test_operation_must_fit),
		ROOT_TEST("nothing is given that has two addresses", test_refused_with_two_addresses),
		ROOT_TEST("every failure unwinds", test_every_failure_unwinds),
		ROOT_TEST("what cannot be undone is counted and said", test_loss_is_said),
		ROOT_TEST("root reads zeros where its memory was", test_peeking),
		ROOT_TEST("or nothing, if there is no memory for that", test_peeking_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
