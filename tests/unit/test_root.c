// SPDX-License-Identifier: GPL-2.0-only
/* The root cell and the owners of memory, built from a machine that we make up. */
/* sources: hvcore/root.c hvcore/peek.c hvcore/memory.c hvcore/aspace.c hvcore/mset.c hvcore/mset_check.c */
/* sources: hvcore/region.c */
/* sources: hvcore/region_release.c hvcore/pt.c hvcore/pt_map.c hvcore/pt_change.c hvcore/pt_table.c hvcore/owner.c */
/* sources: hvcore/span.c hvcore/normal_world.c hvcore/psc.c hvcore/psc_native.c hvcore/pool.c hvcore/buddy.c */
/* sources: hvcore/buddy_check.c hvcore/slab.c hvcore/slab_check.c hvcore/string.c arch/x86/svm/nptfmt.c */
/* sources: hvcore/aspace_dump.c arch/x86/ptfmt.c tests/unit/fake_arch.c tests/unit/fake_log.c */
/* sources: tests/unit/root_unit.c hvcore/region_deferred.c */
#include "root_unit.h"

#include <hv/log.h>
#include <svm/nptfmt.h>
#include "fake_log.h"

static void g1_hypervisor_reads_as_zeros(void **state)
{
	(void)state;
	assert_true(root_unit_is_zeros(RANGE, hv.config->hypervisor_memory.size));
	assert_true(hv_memory_is_hidden(RANGE) && hv_memory_is_hidden(RANGE + RANGE_SIZE - PAGE));
	assert_false(hv_memory_is_hidden(RANGE - PAGE) || hv_memory_is_hidden(RANGE + RANGE_SIZE));
}

static void g2_secure_ranges_likewise(void **state)
{
	(void)state;
	assert_true(root_unit_is_zeros(SECURE, SECURE_SIZE));
	assert_true(hv_memory_is_hidden(SECURE));
	/* only the first nr of the array count */
	assert_false(hv_memory_is_hidden(SHARED + HV_SHARED_STATS + PAGE));
	assert_int_equal(root_unit_mapping(SHARED + 0x10000).address, SHARED + 0x10000);
}

static void g2_shown_pages_are_read_only(void **state)
{
	struct hv_pt_mapping log = root_unit_mapping(SHARED + HV_SHARED_LOG);

	(void)state;
	assert_int_equal(root_unit_mapping(SHARED).address, RANGE);
	assert_int_equal(log.address, RANGE + LOG_OFFSET);
	assert_int_equal(log.flags & HV_PT_RWX, HV_PT_READ);
	assert_int_equal(root_unit_mapping(SHARED + HV_SHARED_STATS).address, RANGE + hv.header->stats_offset);
}

static void g3_own_tables_map_own_memory(void **state)
{
	u64 rw = HV_PT_READ | HV_PT_WRITE;
	struct hv_pt pt;

	(void)state;
	assert_int_equal(hv_pt_init(&pt, &svm_npt_format, &hv.pool), 0);
	assert_int_equal(hv_memory_map_own(&pt, 0x1000, hv_hpa(RANGE + POOL_OFFSET), PAGE, rw), 0);
	assert_int_equal(hv_memory_map_own(&pt, 0x2000, hv_hpa(APIC), PAGE, rw), 0);
	assert_int_equal(hv_memory_map_own(&pt, 0x3000, hv_hpa(RANGE - PAGE), PAGE, HV_PT_READ), -EBUSY);
	assert_int_equal(hv_memory_map_own(&pt, 0x3000, hv_hpa(RANGE + RANGE_SIZE - PAGE), 2 * PAGE, rw), -EBUSY);
	hv_pt_fini(&pt);
}

static void g3_a_range_without_room_is_refused(void **state)
{
	(void)state;
	root_unit_machine(0);
	assert_int_equal(root_unit_build(), -EINVAL);
}

static void g4_regions_are_mapped_as_they_are(void **state)
{
	struct hv_pt_mapping ram = root_unit_mapping(0x5000000), device = root_unit_mapping(0x80000000);

	(void)state;
	assert_int_equal(ram.address, 0x5000000);
	assert_int_equal(ram.size, HV_SIZE_2M);
	assert_int_equal(ram.flags & (HV_PT_RWX | HV_PT_TYPE_MASK), HV_PT_RWX);	/* nested tables have no type here */
	assert_int_equal(device.size, HV_SIZE_1G);
	assert_int_equal(device.address, 0x80000000);
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
}

static void g4_dma_is_part_of_the_map(void **state)
{
	const struct hv_span_tree *regions = &hv.root.space.set.regions;
	struct hv_region *region;
	struct hv_span *span;

	(void)state;
	for (span = hv_span_first(regions); span; span = hv_span_next(regions, span)) {
		region = hv_region_of(span);
		if (region->flags & HV_MEM_DMA)
			assert_true(hv_owner_may_map(&hv.owners, HV_OWNER_ROOT, hv_hpa(span->start), span->size,
						     HV_RIGHT_READ | HV_RIGHT_WRITE | HV_RIGHT_DMA));
		assert_false(region->flags & HV_MEM_ENCRYPTED);
	}
}

static void g6_normal_world_is_ram(void **state)
{
	(void)state;
	assert_true(hv_memory_is_roots(0, RANGE));
	assert_true(hv_memory_is_roots(RAM_END - PAGE, PAGE));
	assert_false(hv_memory_is_roots(RAM_END - PAGE, PAGE + 1));
	assert_false(hv_memory_is_roots(RANGE - 1, 2));
	assert_false(hv_memory_is_roots(SECURE, 1));
	assert_false(hv_memory_is_roots(APIC, 4));
	assert_false(hv_memory_is_roots(~0ULL, 2));
}

/* root_unit_setup() is not theirs: they make their machines themselves, and leave one to the teardown. */
static void g7_overlap_is_refused(void **state)
{
	static const struct hv_region_config bad[] = {
		{ RANGE, PAGE, HV_REGION_RAM, 0 },
		{ RANGE + RANGE_SIZE - PAGE, 2 * PAGE, HV_REGION_DEVICE, 0 },
		{ SECURE - PAGE, 2 * PAGE, HV_REGION_RAM, 0 },
		{ 0, 4 * HV_SIZE_1G, HV_REGION_RAM, 0 },
	};
	unsigned int i;
	int err;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(bad); i++) {
		root_unit_machine(PLENTY);
		hv.config->nr_regions = 1;
		hv.config->regions[0] = bad[i];
		err = root_unit_build();
		assert_true(err == -EEXIST || err == -EBUSY);
		assert_int_equal(hv.pool.free, root_unit_free);
		assert_int_equal(hv_memory_check(), 0);
		free(hv.header);
	}
	root_unit_machine(PLENTY);
}

static void g7_every_failure_unwinds(void **state)
{
	u64 frames;
	int err = -ENOMEM;

	(void)state;
	for (frames = 1; err && frames < 200; frames++) {
		root_unit_machine(frames);
		err = root_unit_build();
		assert_true(!err || err == -ENOMEM || err == -EINVAL);
		if (err && hv.zero_page) {
			assert_int_equal(hv_memory_check(), 0);
			assert_int_equal(hv.pool.free, root_unit_free);
		}
		free(hv.header);
	}
	assert_int_equal(err, 0);
	root_unit_machine(PLENTY);
}

static void g9_the_cell_can_be_dumped(void **state)
{
	unsigned int before = fake_log_lines;

	(void)state;
	hv_aspace_dump(&hv.root.space, "root");
	/* a head, and a line for each region */
	assert_int_equal(fake_log_lines - before, 1 + hv.root.space.set.regions.count);
	assert_string_equal(fake_log_last,
			    "  0xfef00000-0xffffffff linear rwxd, leaves: 256 of 4K, 8 of 2M, 0 of 1G");
}

static void stores_are_no_interrupts(void **state)
{
	u64 at;

	(void)state;
	for (at = MESSAGES; at < MESSAGES + MESSAGES_SIZE; at += PAGE) {
		assert_int_equal(root_unit_mapping(at).address, hv_hpa_raw(hv_virt_to_hpa(hv.zero_page)));
		assert_int_equal(root_unit_mapping(at).flags & HV_PT_RWX, HV_PT_READ);
	}
	assert_int_equal(root_unit_mapping(MESSAGES - PAGE).address, APIC);
	assert_int_equal(root_unit_mapping(MESSAGES + MESSAGES_SIZE).address, MESSAGES + MESSAGES_SIZE);
}

static void moderation_needs_no_memory(void **state)
{
	u64 free_frames = hv.pool.free;

	(void)state;
	assert_int_equal(root_unit_mapping(APIC).flags & HV_PT_RWX, HV_PT_READ | HV_PT_WRITE);
	while (hv_pool_alloc(&hv.pool))
		;
	hv_root_moderate(HV_MODERATE_START, true);
	assert_int_equal(root_unit_mapping(APIC).flags & HV_PT_RWX, HV_PT_READ);
	hv_root_moderate(HV_MODERATE_START, false);
	assert_int_equal(root_unit_mapping(APIC).flags & HV_PT_RWX, HV_PT_READ | HV_PT_WRITE);
	assert_true(free_frames > 0);
}

static void assert_moderated(bool is)
{
	u64 rights = is ? HV_PT_READ : HV_PT_READ | HV_PT_WRITE;

	assert_int_equal(root_unit_mapping(APIC).flags & HV_PT_RWX, rights);
	assert_int_equal(root_unit_moderates, is);
}

/* The last reason that goes ends it, in whatever order they go, and one that comes twice has to go but once. */
static void moderation_has_reasons(void **state)
{
	(void)state;
	hv_root_moderate(HV_MODERATE_START, true);
	hv_root_moderate(HV_MODERATE_CELLS, true);
	assert_moderated(true);
	hv_root_moderate(HV_MODERATE_START, false);
	assert_moderated(true);
	hv_root_moderate(HV_MODERATE_CELLS, false);
	assert_moderated(false);
	hv_root_moderate(HV_MODERATE_CELLS, true);
	hv_root_moderate(HV_MODERATE_START, true);
	hv_root_moderate(HV_MODERATE_START, true);
	hv_root_moderate(HV_MODERATE_CELLS, false);
	assert_moderated(true);
	hv_root_moderate(HV_MODERATE_START, false);
	assert_moderated(false);
	hv_root_moderate(HV_MODERATE_CELLS, false);
	assert_moderated(false);
	root_unit_always_moderates = true;
	hv_root_moderate(HV_MODERATE_CELLS, true);
	assert_moderated(true);
	hv_root_moderate(HV_MODERATE_CELLS, false);
	assert_moderated(true);
}

static void violations_are_judged(void **state)
{
	struct hv_cpu cpu = { 0 };
	struct hv_exit exit = { .gpa = RANGE + 8, .access = HV_ACCESS_WRITE };

	(void)state;
	assert_int_equal(hv_root_violation(&cpu, &exit), HV_RESUME);
	exit.during = HV_DURING_EVENT;
	assert_int_equal(hv_root_violation(&cpu, &exit), HV_INJECT_GP);
	exit = (struct hv_exit){ .gpa = SHARED + HV_SHARED_STATS, .access = HV_ACCESS_WRITE };
	assert_int_equal(hv_root_violation(&cpu, &exit), HV_RESUME);
	exit.gpa = SHARED + HV_SHARED_STATS + PAGE;
	assert_int_equal(hv_root_violation(&cpu, &exit), HV_INJECT_GP);
	exit.gpa = SHARED - 1;
	assert_int_equal(hv_root_violation(&cpu, &exit), HV_INJECT_GP);
	exit = (struct hv_exit){ .gpa = RANGE, .access = HV_ACCESS_EXEC };
	assert_int_equal(hv_root_violation(&cpu, &exit), HV_INJECT_GP);
	exit = (struct hv_exit){ .gpa = 1ULL << 39, .access = HV_ACCESS_READ };
	assert_int_equal(hv_root_violation(&cpu, &exit), HV_INJECT_GP);
}

#define BARE_TEST(name, function) { name, function, NULL, root_unit_teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROOT_TEST("G1 the hypervisor's range reads as zeros", g1_hypervisor_reads_as_zeros),
		ROOT_TEST("G2 secure ranges read as zeros", g2_secure_ranges_likewise),
		ROOT_TEST("G2 what root is shown is read-only", g2_shown_pages_are_read_only),
		ROOT_TEST("G3 own tables map own memory only", g3_own_tables_map_own_memory),
		BARE_TEST("G3 a range without room is refused", g3_a_range_without_room_is_refused),
		ROOT_TEST("G4 regions are mapped as they are", g4_regions_are_mapped_as_they_are),
		ROOT_TEST("G4 what devices reach is part of the map", g4_dma_is_part_of_the_map),
		ROOT_TEST("G6 the normal world is root's RAM", g6_normal_world_is_ram),
		BARE_TEST("G7 an overlap with hidden memory is refused", g7_overlap_is_refused),
		BARE_TEST("G7 every failure unwinds", g7_every_failure_unwinds),
		ROOT_TEST("G9 the cell can be dumped", g9_the_cell_can_be_dumped),
		ROOT_TEST("stores to where devices send interrupts go nowhere", stores_are_no_interrupts),
		ROOT_TEST("moderation needs no memory", moderation_needs_no_memory),
		ROOT_TEST("moderation lasts as long as there is a reason", moderation_has_reasons),
		ROOT_TEST("violations are judged", violations_are_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
