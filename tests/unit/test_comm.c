// SPDX-License-Identifier: GPL-2.0-only
/* What a cell is told about itself, byte by byte as Documentation/ABI/guest.md and the multiboot format have it. */
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

static u8 page[HV_PAGE_SIZE];

static u32 at32(u32 offset)
{
	u32 value;

	memcpy(&value, page + offset, sizeof(value));
	return value;
}

static u64 at64(u32 offset)
{
	return at32(offset) | (u64)at32(offset + 4) << 32;
}

static void look(void)
{
	assert_int_equal(hv_aspace_copy_from(&cell_of(1)->space, page, hv_gpa(0xfef00000), sizeof(page)), 0);
}

static void comm_page_tells_all(void **state)
{
	u32 i;

	(void)state;
	ready();
	strcpy(cell_of(1)->conf->cmdline, "a=b c");
	assert_int_equal(hv_cell_start(1), 0);
	look();
	assert_memory_equal(page, "hvcomm\0", 8);
	assert_int_equal(at32(8), 1);
	assert_int_equal(at32(12), 0x2);	/* xAPIC, console */
	assert_int_equal(at32(16), 2);
	assert_int_equal(at32(20), 2);
	assert_int_equal(at64(24), 2000456);
	assert_int_equal(at64(32), 1000123);
	assert_string_equal((char *)page + 40, "one");
	assert_string_equal((char *)page + 72, "a=b c");
	/* first CPU 2, then CPU 1 */
	assert_int_equal(at32(328), APIC_ID(2));
	assert_int_equal(at32(332), APIC_ID(1));
	for (i = 2; i < 64; i++)
		assert_int_equal(at32(328 + i * 4), 0);
	assert_int_equal(at64(584), LOW);
	assert_int_equal(at64(592), HV_SIZE_2M);
	assert_int_equal(at32(600), HV_MEM_RWX | HV_MEM_LOADABLE);
	assert_int_equal(at64(608), HIGH);
	assert_int_equal(at32(624), HV_MEM_READ);
	for (i = 632; i < 0x900; i++)
		assert_int_equal(page[i], 0);
}

static void flags_say_what_there_is(void **state)
{
	(void)state;
	cells_unit_x2apic = true;
	ready();
	cell_of(1)->conf->flags = 0;
	assert_int_equal(hv_cell_start(1), 0);
	look();
	assert_int_equal(at32(12), 0x1);
}

/* In x2APIC mode there is no page of registers, else there is one that can be read. */
static void registers_are_read_only(void **state)
{
	struct hv_pt_mapping mapping;
	u32 grants = hv.owners.nr_grants;

	(void)state;
	ready();
	mapping = cells_mapping(1, 0xfee00000);
	assert_int_equal(mapping.flags & HV_PT_RWX, HV_PT_READ);
	assert_int_equal(hv.owners.nr_grants, grants + 1);
	assert_int_equal(destroy(1), 0);
	assert_int_equal(hv.owners.nr_grants, grants);
	cells_unit_x2apic = true;
	assert_int_equal(create(), 0);
	assert_int_equal(hv_pt_query(&cell_of(1)->space.set.pt, 0xfee00000, &mapping), -ENOENT);
	assert_int_equal(destroy(1), 0);
	assert_int_equal(hv.owners.nr_grants, grants);
}

static void the_cell_cannot_write_it(void **state)
{
	u8 before[HV_PAGE_SIZE], zero = 0;
	u64 hpa;

	(void)state;
	running();
	assert_int_equal(cells_mapping(1, HV_COMM_GPA).flags & HV_PT_RWX, HV_PT_READ);
	assert_false(hv_guest_frame(cell_of(1), HV_COMM_GPA, HV_PT_WRITE, &hpa));
	assert_true(hv_guest_frame(cell_of(1), HV_COMM_GPA, HV_PT_READ, &hpa));
	assert_int_equal(hv_aspace_copy_to(&cell_of(1)->space, hv_gpa(HV_COMM_GPA), &zero, 1), -EPERM);
	/* nor does root see its frame */
	assert_owner(hpa, 1);
	assert_true(root_unit_is_zeros(hpa, HV_PAGE_SIZE));
	/* the same from the first start on */
	look();
	memcpy(before, page, sizeof(page));
	assert_int_equal(stop(1), 0);
	hv.config->tsc_khz++;
	assert_int_equal(hv_cell_start(1), 0);
	look();
	assert_memory_equal(page, before, sizeof(page));
	assert_int_equal(stop(1), 0);
}

static void multiboot_tells_of_memory(void **state)
{
	struct hv_cellconf conf = conf_of(1, "one", 1, 1);
	u32 map;

	(void)state;
	conf.entry_mode = HV_ENTRY_PROT32;
	strcpy(conf.cmdline, "prog x");
	give();
	assert_int_equal(hv_cell_create(&conf), 0);
	assert_int_equal(fill(1), 0);
	cells_unit_attend_all();
	/* devices are not memory */
	cell_of(1)->conf->nr_regions = 3;
	cell_of(1)->conf->regions[2] = cell_of(1)->conf->regions[1];
	cell_of(1)->conf->regions[1] = (struct hv_conf_region){ .gpa = 0xfd000000, .size = 0x1000,
								.flags = HV_MEM_READ | HV_MEM_DEVICE };
	assert_int_equal(hv_cell_start(1), 0);
	look();
	assert_int_equal(at32(0x900), 1 << 2 | 1 << 6);
	assert_int_equal(at32(0x900 + 16), 0xfef00000 + 72);
	assert_int_equal(at32(0x900 + 20), 0);
	assert_int_equal(at32(0x900 + 44), 2 * 24);
	map = at32(0x900 + 48) - 0xfef00000;
	assert_true(map >= 0x900 + 52 && map + 2 * 24 <= sizeof(page));
	assert_int_equal(at32(map), 20);
	assert_int_equal(at64(map + 4), LOW);
	assert_int_equal(at64(map + 12), HV_SIZE_2M);
	assert_int_equal(at32(map + 20), 1);
	assert_int_equal(at32(map + 24), 20);
	assert_int_equal(at64(map + 28), HIGH);
	assert_int_equal(at64(map + 36), HV_SIZE_2M);
	assert_int_equal(at32(map + 44), 1);
}

/* As many regions as there can be: all are told of, and the page is large enough. */
static void the_most_regions_fit(void **state)
{
	struct hv_cellconf conf = conf_of(1, "one", 1, 1);
	u32 i, map;

	(void)state;
	conf.nr_regions = HV_CONF_MAX_REGIONS;
	for (i = 0; i < conf.nr_regions; i++)
		conf.regions[i] = (struct hv_conf_region){ .gpa = i * 0x3000ULL, .size = HV_PAGE_SIZE,
							   .flags = HV_MEM_RWX, .mode = HV_MODE_SECURE };
	assert_int_equal(hv_cell_create(&conf), 0);
	cells_unit_attend_all();
	assert_int_equal(hv_cell_start(1), 0);
	look();
	assert_int_equal(at32(20), HV_CONF_MAX_REGIONS);
	assert_int_equal(at32(0x900 + 44), HV_CONF_MAX_REGIONS * 24);
	map = at32(0x900 + 48) - 0xfef00000;
	for (i = 0; i < HV_CONF_MAX_REGIONS; i++) {
		assert_int_equal(at64(584 + i * 24), i * 0x3000ULL);
		assert_int_equal(at64(map + i * 24 + 4), i * 0x3000ULL);
		assert_int_equal(at64(map + i * 24 + 12), HV_PAGE_SIZE);
	}
	assert_int_equal(stop(1), 0);
	assert_int_equal(destroy(1), 0);
}

/* Where registers, comm page and the first tables are, no region can be, and that is said before memory is given. */
static void their_place_is_taken(void **state)
{
	static const u64 places[] = { 0xfee00000, 0xfef00000, 0xfef01000, 0xfef0f000 };
	struct hv_cellconf conf;
	unsigned int i, mode;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(places); i++) {
		for (mode = HV_MODE_ALLOC; mode <= HV_MODE_SECURE; mode += HV_MODE_SECURE - HV_MODE_ALLOC) {
			conf = conf_of(1, "one", 1, 1);
			conf.entry_mode = HV_ENTRY_LONG64;
			conf.regions[1].gpa = places[i];
			conf.regions[1].size = HV_PAGE_SIZE;
			conf.regions[1].mode = (u8)mode;
			assert_int_equal(hv_cell_create(&conf), -EEXIST);
			assert_false(hv_cell_exists());
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CELLS_TEST("the comm page tells all", comm_page_tells_all),
		CELLS_TEST("flags say what there is", flags_say_what_there_is),
		CELLS_TEST("registers are read-only", registers_are_read_only),
		CELLS_TEST("the cell cannot write the comm page", the_cell_cannot_write_it),
		CELLS_TEST("multiboot information tells of memory", multiboot_tells_of_memory),
		CELLS_TEST("the most regions fit", the_most_regions_fit),
		CELLS_TEST("no region is where the cell's own pages are", their_place_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
