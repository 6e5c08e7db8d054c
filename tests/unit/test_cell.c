// SPDX-License-Identifier: GPL-2.0-only
/* Cells are made of memory that root gave, and give it back. */
/* sources: hvcore/cell.c hvcore/cell_memory.c hvcore/cell_run.c hvcore/comm.c hvcore/cpu.c hvcore/request.c */
/* sources: hvcore/cellconf.c hvcore/cellconf_region.c hvcore/cellconf_io.c hvcore/cellconf_x86.c */
/* sources: hvcore/root.c hvcore/peek.c hvcore/memory.c hvcore/aspace.c hvcore/aspace_access.c hvcore/donation.c */
/* sources: hvcore/mset.c hvcore/mset_check.c hvcore/region.c hvcore/region_release.c hvcore/pt.c hvcore/pt_map.c */
/* sources: hvcore/pt_change.c hvcore/pt_table.c hvcore/owner.c hvcore/span.c hvcore/normal_world.c hvcore/psc.c */
/* sources: hvcore/psc_native.c hvcore/pool.c hvcore/buddy.c hvcore/buddy_check.c hvcore/slab.c */
/* sources: hvcore/slab_check.c hvcore/string.c arch/x86/svm/nptfmt.c arch/x86/ptfmt.c */
/* sources: tests/unit/fake_arch.c tests/unit/fake_log.c tests/unit/root_unit.c */
/* sources: tests/unit/cells_unit.c tests/unit/fake_cell.c hvcore/region_deferred.c */
#include "cells_unit.h"

#include <hv/donation.h>

#define IDENTICAL 0xa000000ULL

static void test_life(void **state)
{
	u64 frames;
	unsigned int i;

	(void)state;
	hv_pool_trim(&hv.pool);
	frames = hv.pool.free;
	for (i = 0; i < 500; i++) {
		cells_unit_scrubbed = 0;
		give();
		assert_int_equal(create(), 0);
		assert_true(hv_cell_exists());
		assert_int_equal(fill(1), 0);
		assert_int_equal(cells_unit_scrubbed, 2 * HV_SIZE_2M);
		assert_owner(BLOCK, 1);
		assert_owner(OTHER, 1);
		assert_int_equal(cells_mapping(1, LOW).address, BLOCK);
		assert_int_equal(cells_mapping(1, LOW).size, HV_SIZE_2M);
		assert_int_equal(cells_mapping(1, HIGH).address, OTHER);
		assert_int_equal(cells_mapping(1, HIGH).flags & HV_PT_RWX, HV_PT_READ);
		assert_int_equal(destroy(1), 0);
		assert_int_equal(cells_unit_scrubbed, 4 * HV_SIZE_2M);
		assert_false(hv_cell_exists());
		get_back();
		assert_owner(BLOCK, HV_OWNER_ROOT);
	}
	hv_pool_trim(&hv.pool);
	assert_int_equal(hv.pool.free, frames);
	assert_int_equal(hv_memory_check(), 0);
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
}

static void test_names_and_ids(void **state)
{
	struct hv_cellconf conf = conf_of(2, "one", 3, 1);
	u32 id;

	(void)state;
	assert_int_equal(create(), 0);
	assert_int_equal(hv_cell_create(&conf), -EEXIST);
	conf = conf_of(1, "two", 3, 1);
	assert_int_equal(hv_cell_create(&conf), -EEXIST);
	conf.id = HV_OWNER_MAX_CELL + 1;
	assert_int_equal(hv_cell_create(&conf), -EINVAL);
	conf.id = 0;
	assert_int_equal(hv_cell_create(&conf), -EINVAL);
	for (id = 2; id <= HV_MAX_CELLS; id++) {
		conf = conf_of(id, "", id + 1, 1);
		(void)snprintf(conf.name, sizeof(conf.name), "cell%u", id);
		assert_int_equal(hv_cell_create(&conf), 0);
	}
	conf = conf_of(id, "more", id + 1, 1);
	assert_int_equal(hv_cell_create(&conf), -ENOSPC);
	for (id = 1; id <= HV_MAX_CELLS; id++)
		assert_int_equal(destroy(id), 0);
	assert_int_equal(hv_cell_destroy(1), -ENOENT);
	assert_false(hv_cell_exists());
}

static void test_filling(void **state)
{
	struct hv_cell_fill request = { .id = 1, .list = only(BLOCK, HV_PSC_PRIVATE) };

	(void)state;
	assert_int_equal(fill(1), -ENOENT);
	assert_int_equal(create(), 0);
	/* root's own, not given */
	assert_int_equal(fill(1), -EBUSY);
	give();
	request.rsvd = 1;
	assert_int_equal(hv_cell_fill(&request), -EINVAL);
	request.rsvd = 0;
	request.list = only(BLOCK, HV_PSC_SHARED);
	assert_int_equal(hv_cell_fill(&request), -EINVAL);
	request.list = only(RANGE, HV_PSC_PRIVATE);
	assert_int_equal(hv_cell_fill(&request), -EBUSY);
	assert_owner(BLOCK, HV_MEMORY_DONATED);
	assert_int_equal(fill(1), 0);
	assert_int_equal(fill(1), -EBUSY);
	/* not root's to take back while a cell has it */
	request.list = list_of(BLOCK, OTHER, HV_PSC_SHARED);
	assert_int_equal(hv_donation_return(&request.list), -EBUSY);
	assert_int_equal(destroy(1), 0);
	get_back();
}

static void test_too_much_at_once(void **state)
{
	struct hv_cell_fill request = { .id = 1, .list = { .end_entry = HV_CELL_STEP / HV_SIZE_2M } };
	u32 i;

	(void)state;
	assert_int_equal(create(), 0);
	for (i = 0; i <= request.list.end_entry; i++)
		request.list.entry[i] = (i * HV_SIZE_2M) | HV_PSC_2M | (u64)HV_PSC_PRIVATE << HV_PSC_OP_SHIFT;
	assert_int_equal(hv_cell_fill(&request), -E2BIG);
	assert_int_equal(destroy(1), 0);
}

static void test_secure(void **state)
{
	struct hv_cellconf conf = conf_of(1, "one", 1, 1), other = conf_of(2, "two", 2, 1);

	(void)state;
	conf.regions[1].mode = other.regions[1].mode = HV_MODE_SECURE;
	conf.nr_regions = 2;
	assert_int_equal(hv_cell_create(&conf), 0);
	assert_owner(SECURE, 1);
	assert_int_equal(cells_mapping(1, HIGH).address, SECURE);
	other.regions[1].size = SECURE_SIZE;
	assert_int_equal(hv_cell_create(&other), -ENOMEM);
	assert_owner(SECURE + HV_SIZE_2M, HV_OWNER_HYPERVISOR);
	other.regions[1].size = SECURE_SIZE - HV_SIZE_2M;
	assert_int_equal(hv_cell_create(&other), 0);
	cells_unit_scrubbed = 0;
	assert_int_equal(destroy(1), 0);
	assert_int_equal(destroy(2), 0);
	assert_int_equal(cells_unit_scrubbed, SECURE_SIZE);
	assert_owner(SECURE, HV_OWNER_HYPERVISOR);
	assert_owner(SECURE + SECURE_SIZE - 1, HV_OWNER_HYPERVISOR);
	assert_int_equal(hv_memory_check(), 0);
}

/* A second secure range lies behind the hypervisor's own memory, which is as little a cell's as ever. */
static void test_secure_behind_our_own(void **state)
{
	struct hv_cellconf conf = conf_of(1, "one", 1, 1);
	u64 second = RANGE + RANGE_SIZE;

	root_unit_teardown(state);
	root_unit_machine(PLENTY);
	hv.header->nr_secure = 2;
	hv.header->secure[1] = (struct hv_range){ second, HV_SIZE_2M };
	hv.config->regions[1].start += HV_SIZE_2M;
	hv.config->regions[1].size -= HV_SIZE_2M;
	assert_int_equal(cells_unit_build(), 0);
	conf.regions[0].mode = conf.regions[1].mode = HV_MODE_SECURE;
	conf.regions[1].size = SECURE_SIZE;
	assert_int_equal(hv_cell_create(&conf), 0);
	assert_int_equal(cells_mapping(1, LOW).address, SECURE);
	assert_int_equal(cells_mapping(1, HIGH).address, SECURE + HV_SIZE_2M);
	assert_int_equal(cells_mapping(1, HIGH + HV_SIZE_2M).address, second);
	assert_owner(second - PAGE, HV_OWNER_HYPERVISOR);
	assert_owner(second + HV_SIZE_2M, HV_OWNER_ROOT);
	conf = conf_of(2, "two", 2, 1);
	conf.regions[0].mode = HV_MODE_SECURE;
	conf.nr_regions = 1;
	assert_int_equal(hv_cell_create(&conf), -ENOMEM);
	assert_int_equal(destroy(1), 0);
	assert_int_equal(cells_unit_scrubbed, 3 * HV_SIZE_2M);
	assert_owner(second, HV_OWNER_HYPERVISOR);
	assert_int_equal(hv_memory_check(), 0);
}

/* Frames of both kinds side by side are one run of the cell's, and each goes back to where it came from. */
static void test_neighbours_part_again(void **state)
{
	struct hv_psc list = list_of(SECURE - HV_SIZE_2M, SECURE + SECURE_SIZE, HV_PSC_PRIVATE);
	struct hv_cellconf conf = conf_of(1, "one", 1, 1);
	struct hv_cell_fill request = { .id = 1, .list = only(SECURE - HV_SIZE_2M, HV_PSC_PRIVATE) };

	(void)state;
	conf.nr_regions = 3;
	conf.regions[2] = (struct hv_conf_region){ .gpa = 2 * HIGH, .size = SECURE_SIZE, .flags = HV_MEM_RWX,
						   .mode = HV_MODE_SECURE };
	assert_int_equal(hv_donation_take(&list), 0);
	assert_int_equal(hv_cell_create(&conf), 0);
	assert_int_equal(hv_cell_fill(&request), 0);
	request.list = only(SECURE + SECURE_SIZE, HV_PSC_PRIVATE);
	assert_int_equal(hv_cell_fill(&request), 0);
	assert_owner(SECURE - 1, 1);
	assert_owner(SECURE, 1);
	assert_owner(SECURE + SECURE_SIZE, 1);
	cells_unit_scrubbed = 0;
	assert_int_equal(destroy(1), 0);
	assert_int_equal(cells_unit_scrubbed, SECURE_SIZE + 2 * HV_SIZE_2M);
	assert_owner(SECURE - HV_SIZE_2M, HV_MEMORY_DONATED);
	assert_owner(SECURE, HV_OWNER_HYPERVISOR);
	assert_owner(SECURE + SECURE_SIZE - 1, HV_OWNER_HYPERVISOR);
	assert_owner(SECURE + SECURE_SIZE, HV_MEMORY_DONATED);
	list = list_of(SECURE - HV_SIZE_2M, SECURE + SECURE_SIZE, HV_PSC_SHARED);
	assert_int_equal(hv_donation_return(&list), 0);
}

/* Ten pieces of 2 MiB in a row are a step each. */
static void test_long_runs_take_several_steps(void **state)
{
	struct hv_cellconf conf = conf_of(1, "one", 1, 1);
	struct hv_cell_fill request = { .id = 1 };
	struct hv_psc list;
	u64 before = 0, at;
	u32 i, steps = 0;
	int err;

	(void)state;
	conf.nr_regions = 1;
	conf.regions[0].size = 10 * HV_SIZE_2M;
	assert_int_equal(hv_cell_create(&conf), 0);
	for (i = 0; i < 10; i++) {
		at = BLOCK + i * HV_SIZE_2M;
		list = request.list = only(at, HV_PSC_PRIVATE);
		assert_int_equal(hv_donation_take(&list), 0);
		assert_int_equal(hv_cell_fill(&request), 0);
	}
	assert_int_equal(cells_mapping(1, 9 * HV_SIZE_2M).address, BLOCK + 9 * HV_SIZE_2M);
	cells_unit_scrubbed = 0;
	while ((err = hv_cell_destroy(1)) == -EAGAIN) {
		assert_true(cells_unit_scrubbed - before <= HV_CELL_STEP);
		steps += cells_unit_scrubbed > before;
		before = cells_unit_scrubbed;
		cells_unit_attend_all();
	}
	assert_int_equal(err, 0);
	assert_int_equal(steps, 10);
	assert_int_equal(cells_unit_scrubbed, 10 * HV_SIZE_2M);
	assert_owner(BLOCK + 9 * HV_SIZE_2M, HV_MEMORY_DONATED);
}

static void test_identical(void **state)
{
	struct hv_psc list = { .entry = { IDENTICAL | HV_PSC_2M | (u64)HV_PSC_PRIVATE << HV_PSC_OP_SHIFT } };
	struct hv_cellconf conf = conf_of(1, "one", 1, 1);

	(void)state;
	conf.nr_regions = 1;
	conf.regions[0].mode = HV_MODE_IDENTICAL;
	conf.regions[0].populate = 0;
	conf.regions[0].gpa = conf.regions[0].phys = conf.entry = IDENTICAL;
	conf.entry_mode = HV_ENTRY_LONG64;
	assert_int_equal(hv_cell_create(&conf), -EBUSY);
	assert_false(hv_cell_exists());
	assert_int_equal(hv_donation_take(&list), 0);
	assert_int_equal(cells_unit_scrubbed, 0);
	assert_int_equal(hv_cell_create(&conf), 0);
	assert_int_equal(cells_unit_scrubbed, HV_SIZE_2M);
	assert_int_equal(cells_mapping(1, IDENTICAL).address, IDENTICAL);
	assert_owner(IDENTICAL, 1);
	assert_int_equal(destroy(1), 0);
	assert_owner(IDENTICAL, HV_MEMORY_DONATED);
	/* shared with root, which keeps it */
	conf.regions[0].gpa = conf.regions[0].phys = conf.entry = OTHER;
	conf.regions[0].flags |= HV_MEM_ROOTSHARED;
	cells_unit_scrubbed = 0;
	assert_int_equal(hv_cell_create(&conf), 0);
	assert_owner(OTHER, HV_OWNER_ROOT);
	assert_int_equal(cells_mapping(1, OTHER).address, OTHER);
	assert_int_equal(destroy(1), 0);
	assert_int_equal(cells_unit_scrubbed, 0);
	/* but not where stores are interrupts */
	conf.regions[0].size = PAGE;
	conf.regions[0].gpa = conf.regions[0].phys = conf.entry = MESSAGES + MESSAGES_SIZE - PAGE;
	assert_int_equal(hv_cell_create(&conf), -EBUSY);
	/* nor where a CPU has its registers: we would copy images to them, and read buffers from them */
	conf.regions[0].phys = APIC;
	conf.regions[0].flags = HV_MEM_READ | HV_MEM_LOADABLE | HV_MEM_ROOTSHARED;
	conf.regions[1] = (struct hv_conf_region){ .gpa = HIGH, .size = PAGE, .flags = HV_MEM_RWX, .populate = 1 };
	conf.nr_regions = 2;
	conf.entry = HIGH;
	assert_int_equal(hv_cell_create(&conf), -EBUSY);
}

static void is_outermost(u32 cpu)
{
	(void)cpu;
	assert_true(hv_lock_is_held(&hv.cells_lock));
}

static int give_page(u64 page)
{
	struct hv_psc list = { .entry = { page | (u64)HV_PSC_PRIVATE << HV_PSC_OP_SHIFT } };

	return hv_donation_take(&list);
}

/* A frame that a cell shares with root could become another cell's, if root gave it. */
static void test_shared_memory_stays_roots(void **state)
{
	struct hv_psc both = list_of(BLOCK, OTHER, HV_PSC_PRIVATE), block = only(BLOCK, HV_PSC_PRIVATE);
	struct hv_cellconf conf = conf_of(1, "one", 1, 1);

	(void)state;
	conf.regions[1] = (struct hv_conf_region){ .gpa = HIGH, .phys = OTHER, .size = HV_SIZE_2M,
						   .flags = HV_MEM_READ | HV_MEM_ROOTSHARED,
						   .mode = HV_MODE_IDENTICAL };
	assert_int_equal(hv_cell_create(&conf), 0);
	assert_int_equal(hv_donation_take(&both), -EBUSY);
	assert_int_equal(give_page(OTHER), -EBUSY);
	assert_int_equal(give_page(OTHER + HV_SIZE_2M - HV_PAGE_SIZE), -EBUSY);
	assert_owner(BLOCK, HV_OWNER_ROOT);
	assert_owner(OTHER, HV_OWNER_ROOT);
	assert_int_equal(root_unit_mapping(OTHER).address, OTHER);
	assert_int_equal(give_page(OTHER - HV_PAGE_SIZE), 0);
	assert_int_equal(give_page(OTHER + HV_SIZE_2M), 0);
	/* what it has of its own is no matter, nor is what is no cell's any more */
	assert_int_equal(hv_donation_take(&block), 0);
	assert_int_equal(destroy(1), 0);
	assert_int_equal(give_page(OTHER), 0);
	/* the other way round: nothing is shared that root has given, and no cell comes to be while it gives */
	assert_int_equal(hv_cell_create(&conf), -EBUSY);
	cells_unit_on_nmi = is_outermost;
	assert_int_equal(give_page(OTHER + HV_PAGE_SIZE), 0);
	assert_true(cells_unit_cpu[1].nmis);
}

static void test_devices_are_refused(void **state)
{
	struct hv_cellconf conf = conf_of(1, "one", 1, 1);

	(void)state;
	conf.regions[1] = (struct hv_conf_region){ .gpa = 0xfe000000, .phys = 0xfe000000, .size = HV_PAGE_SIZE,
						   .flags = HV_MEM_READ | HV_MEM_DEVICE, .mode = HV_MODE_IDENTICAL };
	assert_int_equal(hv_cell_create(&conf), -EOPNOTSUPP);
	assert_false(hv_cell_exists());
}

/* Refused at once, whatever the CPU is busy with: nobody waits for a CPU that never came to the cell. */
static void test_cpus_are_taken_once(void **state)
{
	struct hv_cellconf conf = conf_of(2, "two", 1, 2);

	(void)state;
	assert_int_equal(create(), 0);
	assert_true(hv_cpu_does(1, HV_REQUEST_MOVE));
	assert_int_equal(hv_cell_create(&conf), -EBUSY);
	cells_unit_attend_all();
	assert_int_equal(hv_cell_create(&conf), -EBUSY);
	assert_int_equal(hv_cell_destroy(1), -EAGAIN);
	assert_int_equal(hv_cell_create(&conf), -EBUSY);
	assert_int_equal(destroy(1), 0);
	/* this CPU, and numbers that no CPU has */
	conf = conf_of(2, "two", 0, 2);
	assert_int_equal(hv_cell_create(&conf), -EBUSY);
	conf = conf_of(2, "two", NR_CPUS - 1, 2);
	assert_int_equal(hv_cell_create(&conf), -EBUSY);
	conf = conf_of(2, "two", 511, 1);
	assert_int_equal(hv_cell_create(&conf), -EBUSY);
	assert_false(hv_cell_exists());
	assert_true(hv_cpu_is_free(NR_CPUS - 1));
	assert_int_equal(hv.pub[NR_CPUS - 1].requests, 0);
}

/* With every number of frames that may be left. */
static void test_every_failure_unwinds(void **state)
{
	struct root_unit_drained drained;
	u64 k, frames;
	int err;

	(void)state;
	give();
	hv_pool_trim(&hv.pool);
	frames = hv.pool.free;
	for (k = 0, err = -ENOMEM; err; k++) {
		drained = root_unit_drain(k);
		err = create();
		if (!err)
			err = fill(1);
		root_unit_refill(drained);
		assert_true(!err || err == -ENOMEM);
		assert_true(destroy(1) == 0 || err);
		assert_false(hv_cell_exists());
		hv_pool_trim(&hv.pool);
		assert_int_equal(hv.pool.free, frames);
		assert_owner(BLOCK, HV_MEMORY_DONATED);
		assert_owner(OTHER, HV_MEMORY_DONATED);
	}
	print_message("# note: made with %llu free frames\n", k - 1);
	assert_true(k > 2);
	get_back();
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CELLS_TEST("500 lives, and nothing is left of them", test_life),
		CELLS_TEST("names and ids are unique, and so many cells there are", test_names_and_ids),
		CELLS_TEST("a cell is filled with what root gave, and with no more", test_filling),
		CELLS_TEST("no call takes long", test_too_much_at_once),
		CELLS_TEST("F6a secure memory", test_secure),
		CELLS_TEST("F6a secure memory beside the hypervisor's own", test_secure_behind_our_own),
		CELLS_TEST("F6a secure memory beside memory that root gave", test_neighbours_part_again),
		CELLS_TEST("a long run goes back in steps", test_long_runs_take_several_steps),
		CELLS_TEST("F5 memory at its place", test_identical),
		CELLS_TEST("what a cell shares with root stays root's", test_shared_memory_stays_roots),
		CELLS_TEST("devices are refused", test_devices_are_refused),
		CELLS_TEST("a CPU is in one cell, and nobody waits for another's", test_cpus_are_taken_once),
		CELLS_TEST("every failure unwinds", test_every_failure_unwinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
