// SPDX-License-Identifier: GPL-2.0-only
/* Root's memory is copied into cells: from where, to where, and when. */
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

#include <hvabi/guest.h>

#define FROM 0x2000000ULL	/* root's RAM */

static struct hv_cell_load load_of(u64 gpa, u64 from, u64 size)
{
	return (struct hv_cell_load){ .id = 1, .gpa = gpa, .from = from, .size = size };
}

static void load_is(int err, u64 gpa, u64 from, u64 size)
{
	struct hv_cell_load load = load_of(gpa, from, size);

	cells_unit_nr_copies = 0;
	assert_int_equal(hv_cell_load(&load), err);
	assert_int_equal(cells_unit_nr_copies > 0, !err);
	assert_false(hv_lock_is_held(&hv.cells_lock) || hv_lock_is_held(&hv.owners.lock));
}

static void assert_copy(u32 i, u64 to, u64 from, u64 size)
{
	assert_true(i < cells_unit_nr_copies);
	assert_int_equal(cells_unit_copies[i].to, to);
	assert_int_equal(cells_unit_copies[i].from, from);
	assert_int_equal(cells_unit_copies[i].size, size);
}

static void images_are_loaded(void **state)
{
	(void)state;
	ready();
	load_is(0, LOW + 0x123, FROM + 0x456, 0x3001);
	assert_int_equal(cells_unit_nr_copies, 1);
	assert_copy(0, BLOCK + 0x123, FROM + 0x456, 0x3001);
	load_is(0, LOW, FROM, HV_CELL_LOAD_MAX);
	load_is(-E2BIG, LOW, FROM, HV_CELL_LOAD_MAX + 1);
	load_is(-E2BIG, LOW, FROM, ~0ULL);
	load_is(-EINVAL, LOW, FROM, 0);
	/* the last byte, and one more */
	load_is(0, LOW + HV_SIZE_2M - 8, FROM, 8);
	load_is(-EINVAL, LOW + HV_SIZE_2M - 8, FROM, 9);
	load_is(-EINVAL, LOW + HV_SIZE_2M, FROM, 1);
	load_is(-EINVAL, ~0ULL, FROM, 1);
	load_is(-EINVAL, ~0ULL - 7, FROM, 16);
	/* not loadable: another region, and what is in no configuration */
	load_is(-EINVAL, HIGH, FROM, 1);
	load_is(-EINVAL, HV_COMM_GPA, FROM, 8);
	load_is(-EINVAL, HV_APIC_GPA, FROM, 4);
}

static void sources_are_roots(void **state)
{
	(void)state;
	ready();
	load_is(-EFAULT, LOW, RANGE, 1);
	load_is(-EFAULT, LOW, RANGE - 1, 2);
	load_is(0, LOW, RANGE - 1, 1);
	load_is(-EFAULT, LOW, SECURE, 16);
	load_is(-EFAULT, LOW, BLOCK, 16);
	load_is(-EFAULT, LOW, OTHER + HV_SIZE_2M - 1, 2);
	load_is(-EFAULT, LOW, RAM_END - 1, 2);
	load_is(-EFAULT, LOW, APIC, 4);
	load_is(-EFAULT, LOW, SMALL_UNIT, 4);
	load_is(-EFAULT, LOW, ~0ULL, 2);
	load_is(-EFAULT, LOW, 1ULL << 50, 2);
}

/* Memory that root gave in pieces is one region of the cell. */
static void loads_cross_pieces(void **state)
{
	struct hv_cellconf conf = conf_of(1, "one", 1, 1);

	(void)state;
	conf.nr_regions = 1;
	conf.regions[0].size = 2 * HV_SIZE_2M;
	conf.regions[0].flags |= HV_MEM_LOADABLE;
	give();
	assert_int_equal(hv_cell_create(&conf), 0);
	assert_int_equal(fill(1), 0);
	load_is(0, HV_SIZE_2M - 0x10, FROM, 0x30);
	assert_int_equal(cells_unit_nr_copies, 2);
	assert_copy(0, BLOCK + HV_SIZE_2M - 0x10, FROM, 0x10);
	assert_copy(1, OTHER, FROM + 0x10, 0x20);
}

static void loads_need_a_cell_at_rest(void **state)
{
	struct hv_cell_load load = load_of(LOW, FROM, 1);

	(void)state;
	load_is(-ENOENT, LOW, FROM, 1);
	give();
	assert_int_equal(create(), 0);
	load_is(-EBUSY, LOW, FROM, 1);
	assert_int_equal(fill(1), 0);
	load_is(0, LOW, FROM, 1);
	cells_unit_attend_all();
	assert_int_equal(hv_cell_start(1), 0);
	load_is(-EBUSY, LOW, FROM, 1);
	assert_int_equal(hv_cell_stop(1), -EAGAIN);
	load_is(-EBUSY, LOW, FROM, 1);
	assert_int_equal(stop(1), 0);
	load_is(0, LOW, FROM, 1);
	load.rsvd = 1;
	assert_int_equal(hv_cell_load(&load), -EINVAL);
	assert_int_equal(hv_cell_destroy(1), -EAGAIN);
	load_is(-EBUSY, LOW, FROM, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CELLS_TEST("images go into loadable memory only", images_are_loaded),
		CELLS_TEST("what is loaded is root's own", sources_are_roots),
		CELLS_TEST("loads cross pieces of memory", loads_cross_pieces),
		CELLS_TEST("loads need a cell at rest", loads_need_a_cell_at_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
