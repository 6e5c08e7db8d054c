// SPDX-License-Identifier: GPL-2.0-only
/* What devices have to do with the root cell: registers of IOMMUs, reserved memory; and what memory encryption has. */
/* sources: hvcore/root.c hvcore/peek.c hvcore/memory.c hvcore/aspace.c hvcore/mset.c hvcore/mset_check.c */
/* sources: hvcore/region.c */
/* sources: hvcore/region_release.c hvcore/pt.c hvcore/pt_map.c hvcore/pt_change.c hvcore/pt_table.c hvcore/owner.c */
/* sources: hvcore/span.c hvcore/normal_world.c hvcore/psc.c hvcore/psc_native.c hvcore/pool.c hvcore/buddy.c */
/* sources: hvcore/buddy_check.c hvcore/slab.c hvcore/slab_check.c hvcore/string.c arch/x86/svm/nptfmt.c */
/* sources: arch/x86/ptfmt.c tests/unit/fake_arch.c tests/unit/fake_log.c tests/unit/root_unit.c */
/* sources: hvcore/region_deferred.c */
#include "root_unit.h"

#include <x86/ptfmt.h>

#define BIT47 (1ULL << 47)
#define RW (HV_PT_READ | HV_PT_WRITE)

static void registers_leave_roots_map(void **state)
{
	(void)state;
	assert_true(root_unit_is_zeros(SMALL_UNIT, PAGE));
	assert_true(root_unit_is_zeros(LARGE_UNIT, LARGE_UNIT_SIZE));
	/* up to the byte, and only so many as there are */
	assert_int_equal(root_unit_mapping(SMALL_UNIT - PAGE).address, SMALL_UNIT - PAGE);
	assert_int_equal(root_unit_mapping(SMALL_UNIT + PAGE).address, SMALL_UNIT + PAGE);
	assert_int_equal(root_unit_mapping(LARGE_UNIT - PAGE).address, LARGE_UNIT - PAGE);
	assert_int_equal(root_unit_mapping(LARGE_UNIT + LARGE_UNIT_SIZE).address, LARGE_UNIT + LARGE_UNIT_SIZE);
	assert_int_equal(root_unit_mapping(RAM_END).address, RAM_END);
	/* what is far from them has leaves as large as ever */
	assert_int_equal(root_unit_mapping(0x80000000).size, HV_SIZE_1G);
	assert_int_equal(root_unit_mapping(LARGE_UNIT - HV_SIZE_2M).size, HV_SIZE_2M);
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
}

static void registers_are_the_hypervisors(void **state)
{
	struct hv_region_config device = { SMALL_UNIT, PAGE, HV_REGION_DEVICE, 0 };
	struct hv_pt pt;

	(void)state;
	assert_true(hv_memory_is_hidden(SMALL_UNIT) && hv_memory_is_hidden(LARGE_UNIT + LARGE_UNIT_SIZE - 1));
	assert_false(hv_memory_is_hidden(SMALL_UNIT - 1) || hv_memory_is_hidden(SMALL_UNIT + PAGE));
	assert_false(hv_memory_is_roots(SMALL_UNIT, 4));
	/* it maps them, nobody else can */
	assert_int_equal(hv_pt_init(&pt, &x86_host_format, &hv.pool), 0);
	assert_int_equal(hv_memory_map_own(&pt, 0x1000, hv_hpa(SMALL_UNIT), PAGE, RW), 0);
	assert_int_equal(hv_memory_map_own(&pt, 0x2000, hv_hpa(SMALL_UNIT), 2 * PAGE, RW), -EBUSY);
	hv_pt_fini(&pt);
	assert_int_equal(hv_aspace_map_linear(&hv.root.space, hv_gpa(4 * HV_SIZE_1G), hv_hpa(device.start), device.size,
					      HV_MEM_READ), -EBUSY);
}

static void a_write_to_registers_is_dropped(void **state)
{
	struct hv_cpu cpu = { 0 };
	struct hv_exit exit = { .gpa = LARGE_UNIT + 0x18, .access = HV_ACCESS_WRITE };

	(void)state;
	assert_int_equal(hv_root_violation(&cpu, &exit), HV_RESUME);
	exit.gpa = LARGE_UNIT + LARGE_UNIT_SIZE;
	assert_int_equal(hv_root_violation(&cpu, &exit), HV_INJECT_GP);
}

/* In whatever order the firmware lists them, wherever they are: neighbours, in no region, at the edge of one. */
static void units_anywhere(void **state)
{
	(void)state;
	root_unit_machine(PLENTY);
	hv.config->nr_iommus = 5;
	hv.config->iommus[0] = (struct hv_range){ SMALL_UNIT, PAGE };
	hv.config->iommus[1] = (struct hv_range){ SMALL_UNIT - PAGE, PAGE };
	hv.config->iommus[2] = (struct hv_range){ RAM_END, PAGE };
	hv.config->iommus[3] = (struct hv_range){ 4 * HV_SIZE_1G - PAGE, PAGE };
	hv.config->iommus[4] = (struct hv_range){ 5 * HV_SIZE_1G, PAGE };
	hv.config->nr_reserved = 0;
	assert_int_equal(root_unit_build(), 0);
	assert_true(root_unit_is_zeros(SMALL_UNIT - PAGE, 2 * PAGE));
	assert_true(root_unit_is_zeros(RAM_END, PAGE) && root_unit_is_zeros(4 * HV_SIZE_1G - PAGE, PAGE));
	assert_true(root_unit_is_zeros(5 * HV_SIZE_1G, PAGE));
	assert_int_equal(root_unit_mapping(RAM_END + PAGE).address, RAM_END + PAGE);
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
}

/* What is refused here was refused by the check of the configuration before. */
static void registers_in_other_hands_are_refused(void **state)
{
	static const struct hv_range bad[] = {
		{ RANGE, PAGE }, { SECURE - PAGE, 2 * PAGE }, { APIC, PAGE }, { SMALL_UNIT, PAGE }, { PAGE / 2, PAGE },
		{ 1ULL << 40, PAGE },
	};
	unsigned int i;
	int err;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(bad); i++) {
		root_unit_machine(PLENTY);
		hv.config->iommus[1] = bad[i];
		err = hv_memory_init(POOL_OFFSET);
		assert_true(err == -EBUSY || err == -EINVAL);
		/* all is root's again */
		assert_int_equal(hv.owners.pieces.count, 0);
		assert_int_equal(hv_memory_check(), 0);
		free(hv.header);
	}
	root_unit_machine(PLENTY);
}

/* Take frames until @left are left. */
static void drain(u64 left)
{
	while (hv.pool.free > left)
		assert_non_null(hv_pool_alloc(&hv.pool));
}

static void every_failure_unwinds(void **state)
{
	u64 left, pieces, bit;
	int err;

	(void)state;
	for (bit = 0; bit <= BIT47; bit += BIT47) {
		err = -ENOMEM;
		for (left = 0; err; left++) {
			root_unit_machine(PLENTY);
			root_unit_encryption_bit = bit;
			assert_int_equal(hv_memory_init(POOL_OFFSET), 0);
			hv.zero_page = hv_pool_alloc(&hv.pool);
			hv_pool_trim(&hv.pool);
			drain(left);
			pieces = hv.owners.pieces.count;
			err = hv_root_init(&hv.root);
			assert_true(!err || err == -ENOMEM);
			assert_int_equal(hv_memory_check(), 0);
			hv_pool_trim(&hv.pool);
			if (err) {
				assert_int_equal(hv.pool.free, left);
				assert_int_equal(hv.owners.pieces.count, pieces);
				assert_true(hv_memory_is_hidden(SMALL_UNIT) && !hv_memory_is_roots(0, PAGE));
			}
			free(hv.header);
		}
		printf("# note: %llu frames for the root cell%s\n", left - 1, bit ? " with encryption" : "");
	}
	root_unit_machine(PLENTY);
}

static void claiming_unwinds(void **state)
{
	u64 frames;
	int err = -EINVAL;

	(void)state;
	for (frames = 0; err; frames++) {
		root_unit_machine(frames);
		err = hv_memory_init(POOL_OFFSET);
		assert_true(!err || err == -EINVAL || err == -ENOMEM);
		if (err)
			assert_int_equal(hv.owners.pieces.count, 0);
		free(hv.header);
	}
	root_unit_machine(PLENTY);
}

/* The right to DMA of the region that @gpa is in. */
static bool has_dma(u64 gpa)
{
	const struct hv_region *region = hv_region_of(hv_span_at(&hv.root.space.set.regions, gpa));

	assert_non_null(region);
	return region->flags & HV_MEM_DMA;
}

static void reserved_memory_stays_reachable(void **state)
{
	u64 last = 4 * HV_SIZE_1G - PAGE;
	struct hv_pt_mapping mapping;

	(void)state;
	assert_true(has_dma(0xe0000) && has_dma(0xff000));
	assert_true(has_dma(SMALL_UNIT - PAGE));
	/* only what is in a region; the rest is nowhere */
	assert_true(has_dma(last));
	assert_int_equal(hv_pt_query(&hv.root.space.set.pt, last + PAGE, &mapping), -ENOENT);
	/* and what is hidden is no device's */
	assert_false(has_dma(SMALL_UNIT) || has_dma(RANGE) || has_dma(SECURE));
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
}

static void a_lost_right_is_found(void **state)
{
	struct hv_region *region = hv_region_of(hv_span_at(&hv.root.space.set.regions, SMALL_UNIT - PAGE));

	(void)state;
	region->flags &= ~(u32)HV_MEM_DMA;
	assert_int_equal(hv_memory_check_space(&hv.root.space), -EIO);
	region->flags |= HV_MEM_DMA;
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
}

static void build_with_bit(u64 bit)
{
	root_unit_machine(PLENTY);
	root_unit_encryption_bit = bit;
	assert_int_equal(root_unit_build(), 0);
}

static void aliases_are_hidden(void **state)
{
	struct hv_cpu cpu = { 0 };
	struct hv_exit exit = { .gpa = (RANGE + 8) | BIT47, .access = HV_ACCESS_WRITE };
	struct hv_pt_mapping mapping;

	(void)state;
	build_with_bit(BIT47);
	assert_true(root_unit_is_zeros(RANGE, RANGE_SIZE) && root_unit_is_zeros(RANGE | BIT47, RANGE_SIZE));
	assert_true(root_unit_is_zeros(SECURE | BIT47, SECURE_SIZE));
	assert_true(root_unit_is_zeros(SMALL_UNIT | BIT47, PAGE));
	assert_true(hv_memory_is_hidden(RANGE | BIT47) && hv_memory_is_hidden(SECURE | BIT47));
	assert_false(hv_memory_is_hidden((RANGE - PAGE) | BIT47) || hv_memory_is_hidden((RANGE + RANGE_SIZE) | BIT47));
	assert_int_equal(hv_root_violation(&cpu, &exit), HV_RESUME);
	/* beside them there is nothing, and root's own addresses lead where they did */
	assert_int_equal(hv_pt_query(&hv.root.space.set.pt, (RANGE - PAGE) | BIT47, &mapping), -ENOENT);
	assert_int_equal(root_unit_mapping(0x5000000).address, 0x5000000);
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
	assert_false(hv_memory_is_roots(BIT47, PAGE));
}

static void no_frame_has_the_bit(void **state)
{
	u64 frames = HV_SIZE_1G;

	(void)state;
	build_with_bit(BIT47);
	assert_int_equal(hv_aspace_map_linear(&hv.root.space, hv_gpa(8 * HV_SIZE_1G), hv_hpa(frames | BIT47), PAGE,
					      HV_MEM_READ), -EINVAL);
	free(hv.header);
	/* a bit below the CPU's limit lowers that */
	build_with_bit(1ULL << 38);
	assert_int_equal(hv.owners.limit, 1ULL << 38);
	assert_true(root_unit_is_zeros(RANGE | 1ULL << 38, RANGE_SIZE));
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
	free(hv.header);
	/* one that nested tables cannot translate leads nowhere */
	build_with_bit(1ULL << 51);
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
	assert_true(hv_memory_is_hidden(RANGE | 1ULL << 51));
}

static void own_mappings_may_be_encrypted(void **state)
{
	struct hv_pt_format format = x86_host_format;
	struct hv_pt_mapping mapping;
	struct hv_pt pt;

	(void)state;
	build_with_bit(BIT47);
	format.encrypt = BIT47;
	assert_int_equal(hv_pt_init(&pt, &format, &hv.pool), 0);
	assert_int_equal(hv_memory_map_own(&pt, 0, hv_hpa(RANGE + POOL_OFFSET), PAGE, RW | HV_PT_ENCRYPTED), 0);
	assert_int_equal(hv_pt_query(&pt, 0, &mapping), 0);
	assert_int_equal(mapping.address, RANGE + POOL_OFFSET);
	assert_int_equal(mapping.flags, RW | HV_PT_ENCRYPTED);
	/* the owners are asked for the frame as ever */
	assert_int_equal(hv_memory_map_own(&pt, PAGE, hv_hpa(RANGE - PAGE), PAGE, RW | HV_PT_ENCRYPTED), -EBUSY);
	assert_int_equal(hv_memory_map_own(&pt, PAGE, hv_hpa(RANGE | BIT47), PAGE, RW), -EBUSY);
	hv_pt_fini(&pt);
}

static void without_encryption_nothing_is_added(void **state)
{
	u64 regions, tables;

	(void)state;
	build_with_bit(0);
	regions = hv.root.space.set.regions.count;
	tables = hv.root.space.set.pt.tables;
	free(hv.header);
	build_with_bit(BIT47);
	/* two ranges, two units */
	assert_int_equal(hv.root.space.set.regions.count, regions + 4);
	assert_true(hv.root.space.set.pt.tables > tables);
}

#define BARE_TEST(name, function) { name, function, NULL, root_unit_teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROOT_TEST("G5 registers of IOMMUs leave root's map", registers_leave_roots_map),
		ROOT_TEST("G5 registers of IOMMUs are the hypervisor's", registers_are_the_hypervisors),
		ROOT_TEST("G5 a write to them is dropped", a_write_to_registers_is_dropped),
		BARE_TEST("G5 units in any order and place", units_anywhere),
		BARE_TEST("G5 registers in other hands are refused", registers_in_other_hands_are_refused),
		BARE_TEST("G5 G10 every failure unwinds", every_failure_unwinds),
		BARE_TEST("G5 claiming unwinds", claiming_unwinds),
		ROOT_TEST("G8 reserved memory inside a region has the right to DMA", reserved_memory_stays_reachable),
		ROOT_TEST("G8 the self-check finds that right missing", a_lost_right_is_found),
		BARE_TEST("G10 aliases of hidden ranges are hidden", aliases_are_hidden),
		BARE_TEST("G10 no frame has the encryption bit", no_frame_has_the_bit),
		BARE_TEST("G10 own mappings may be encrypted", own_mappings_may_be_encrypted),
		BARE_TEST("G10 without encryption nothing is added", without_encryption_nothing_is_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
