// SPDX-License-Identifier: GPL-2.0-only
/* Memory of a cell that is zeroed and mapped on first touch: by the cell, by its hypercalls, by loading. */
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

#define FROM 0x2000000ULL	/* root's RAM */
#define SECOND (LOW + HV_SIZE_2M)

/* One region of two blocks; the first one comes with its table. */
static int setup(void **state)
{
	struct hv_cellconf conf = conf_of(1, "one", 1, 2);

	assert_int_equal(cells_unit_setup(state), 0);
	give();
	conf.nr_regions = 1;
	conf.regions[0] = (struct hv_conf_region){ .gpa = LOW, .size = 2 * HV_SIZE_2M,
						   .flags = HV_MEM_RWX | HV_MEM_LOADABLE };
	assert_int_equal(hv_cell_create(&conf), 0);
	cells_unit_scrubbed = 0;
	assert_int_equal(fill(1), 0);
	assert_int_equal(cells_unit_scrubbed, HV_SIZE_2M);
	assert_int_equal(cell_of(1)->state, HV_CELL_READY);
	cells_unit_attend_all();
	return 0;
}

static bool is_mapped(u64 gpa)
{
	struct hv_pt_mapping mapping;

	return !hv_pt_query(&cell_of(1)->space.set.pt, gpa, &mapping);
}

static void assert_woken(void)
{
	assert_int_equal(cells_unit_scrubbed, 2 * HV_SIZE_2M);
	assert_int_equal(cells_mapping(1, SECOND).address, OTHER);
	assert_int_equal(cells_mapping(1, SECOND).size, HV_SIZE_2M);
}

static void by_the_cell(void **state)
{
	struct hv_cell *cell = cell_of(1);

	(void)state;
	assert_true(is_mapped(LOW));
	assert_false(is_mapped(SECOND));
	assert_false(hv_cell_touch(cell, SECOND + HV_SIZE_2M, HV_ACCESS_READ));
	assert_false(hv_cell_touch(cell, ~0ULL, HV_ACCESS_READ));
	assert_false(hv_cell_touch(cell, HV_APIC_GPA, HV_ACCESS_WRITE));
	assert_false(is_mapped(SECOND));
	assert_true(hv_cell_touch(cell, SECOND + 0x1234, HV_ACCESS_WRITE));
	assert_woken();
	/* another CPU was first */
	assert_true(hv_cell_touch(cell, SECOND + 0x1234, HV_ACCESS_READ));
	assert_woken();
}

static void by_a_hypercall(void **state)
{
	u64 hpa;

	(void)state;
	assert_false(is_mapped(SECOND));
	assert_true(hv_guest_frame(cell_of(1), SECOND + 0x5000, HV_PT_READ | HV_PT_WRITE, &hpa));
	assert_int_equal(hpa, OTHER + 0x5000);
	assert_woken();
}

static void by_loading(void **state)
{
	struct hv_cell_load load = { .id = 1, .gpa = SECOND - 0x10, .from = FROM, .size = 0x20 };

	(void)state;
	assert_int_equal(hv_cell_load(&load), 0);
	assert_woken();
	assert_int_equal(cells_unit_nr_copies, 2);
	assert_int_equal(cells_unit_copies[1].to, OTHER);
}

/* What nobody touched holds what root left there: it is scrubbed before it goes back all the same. */
static void not_at_all(void **state)
{
	(void)state;
	assert_int_equal(destroy(1), 0);
	assert_false(hv_cell_exists());
	assert_int_equal(cells_unit_scrubbed, 3 * HV_SIZE_2M);
	get_back();
}

/* Cells without such memory are asked nothing. */
static void of_others(void **state)
{
	struct hv_cell *cell = cell_of(1);

	(void)state;
	((struct hv_cellconf *)cell->conf)->regions[0].populate = 1;
	assert_false(hv_cell_touch(cell, SECOND, HV_ACCESS_READ));
	assert_false(is_mapped(SECOND));
}

static void nobody_waits(void)
{
	fail_msg("a touch waits for root");
}

/* Root may hold the owner map's lock for as long as it likes: it waits for its CPUs there. */
static void whatever_root_waits_for(void **state)
{
	u64 hpa;

	(void)state;
	cells_unit_on_relax = nobody_waits;
	hv_lock(&hv.owners.lock);
	assert_true(hv_guest_frame(cell_of(1), SECOND, HV_PT_READ, &hpa));
	assert_true(hv_cell_touch(cell_of(1), SECOND + HV_PAGE_SIZE, HV_ACCESS_READ));
	hv_unlock(&hv.owners.lock);
	assert_woken();
}

static void the_cell_goes_on(void)
{
	assert_false(hv_lock_is_held(&cell_of(1)->space.lock));
	assert_true(hv_cell_touch(cell_of(1), SECOND, HV_ACCESS_READ));
	cells_unit_on_relax = NULL;
	hv_unlock(&hv.owners.lock);
}

/* Who waits for that lock does not keep the cell from its memory meanwhile. */
static void whoever_waits_with_it(void **state)
{
	(void)state;
	hv_lock(&hv.owners.lock);
	cells_unit_on_relax = the_cell_goes_on;
	assert_int_equal(hv_memory_check_space(&cell_of(1)->space), 0);
	assert_null(cells_unit_on_relax);
	assert_woken();
}

/* Two blocks at their place, with whatever root left in them. */
static void create_identical(u32 more)
{
	struct hv_psc list = list_of(BLOCK, BLOCK + HV_SIZE_2M, HV_PSC_PRIVATE);
	struct hv_cellconf conf = conf_of(1, "one", 1, 2);

	conf.nr_regions = 1;
	conf.regions[0] = (struct hv_conf_region){ .gpa = LOW, .phys = BLOCK, .size = 2 * HV_SIZE_2M,
						   .flags = HV_MEM_RWX | HV_MEM_LOADABLE | more,
						   .mode = HV_MODE_IDENTICAL };
	assert_int_equal(hv_donation_take(&list), 0);
	assert_int_equal(hv_cell_create(&conf), 0);
	assert_int_equal(cell_of(1)->state, HV_CELL_READY);
	assert_owner(BLOCK, 1);
	assert_owner(BLOCK + HV_SIZE_2M, 1);
	cells_unit_attend_all();
}

static void at_its_place(void **state)
{
	struct hv_cell_load load = { .id = 1, .gpa = SECOND, .from = FROM, .size = 0x20 };

	(void)state;
	create_identical(0);
	assert_int_equal(cells_unit_scrubbed, HV_SIZE_2M);
	assert_int_equal(cells_mapping(1, LOW).address, BLOCK);
	assert_false(is_mapped(SECOND));
	assert_int_equal(hv_cell_load(&load), 0);
	assert_int_equal(cells_unit_scrubbed, 2 * HV_SIZE_2M);
	assert_int_equal(cells_mapping(1, SECOND).address, BLOCK + HV_SIZE_2M);
	assert_int_equal(cells_unit_copies[0].to, BLOCK + HV_SIZE_2M);
	assert_true(hv_cell_touch(cell_of(1), SECOND, HV_ACCESS_WRITE));
	assert_int_equal(cells_unit_scrubbed, 2 * HV_SIZE_2M);
	assert_int_equal(destroy(1), 0);
	assert_int_equal(cells_unit_scrubbed, 4 * HV_SIZE_2M);
}

/* A device does not wait. */
static void at_its_place_for_devices(void **state)
{
	(void)state;
	create_identical(HV_MEM_DMA);
	assert_int_equal(cells_unit_scrubbed, 2 * HV_SIZE_2M);
	assert_int_equal(cells_mapping(1, SECOND).address, BLOCK + HV_SIZE_2M);
	assert_false(hv_cell_touch(cell_of(1), LOW + 2 * HV_SIZE_2M, HV_ACCESS_READ));
	assert_int_equal(destroy(1), 0);
}

#define TEST(function, name) { name, function, setup, root_unit_teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(by_the_cell, "a touch of the cell zeroes and maps"),
		TEST(by_a_hypercall, "so does a buffer of its hypercalls"),
		TEST(by_loading, "so does loading"),
		TEST(whatever_root_waits_for, "a touch does not wait for root"),
		TEST(whoever_waits_with_it, "nor for a check of the cell that does"),
		TEST(not_at_all, "what was not touched goes back without what was in it"),
		TEST(of_others, "populated memory is not asked for"),
		CELLS_TEST("memory at its place is zeroed where it is touched", at_its_place),
		CELLS_TEST("and that of devices at once", at_its_place_for_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
