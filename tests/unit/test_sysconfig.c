// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/sysconfig.c */
/* The check of what the module says of the machine: each way to be wrong, by itself. */
#include "unit.h"

#include <hv/arch.h>
#include <hv/memory.h>
#include <hv/sysconfig.h>

#define PAGE HV_PAGE_SIZE
#define LIMIT (1ULL << 40)
#define RANGE 0x10000000ULL
#define SECURE 0x18000000ULL
#define SHARED 0x1000000ULL
#define RAM_END 0x20000000ULL
#define APIC 0xfee00000ULL
#define UNIT 0xfed90000ULL
#define RESERVED 0x7b800000ULL

static struct hv_header header;
static struct hv_sysconfig config;
static struct hv_sysconfig_fault fault;

u64 hv_memory_limit(void) { return LIMIT; }

bool hv_arch_moderated_page(unsigned int i, u64 *page)
{
	*page = APIC;
	return i == 0;
}

static int setup(void **state)
{
	(void)state;
	memset(&header, 0, sizeof(header));
	memset(&config, 0, sizeof(config));
	memset(&fault, 0, sizeof(fault));
	header.nr_secure = 1;
	header.secure[0] = (struct hv_range){ SECURE, HV_SIZE_2M };
	config.hypervisor_memory = (struct hv_range){ RANGE, HV_SIZE_2M };
	config.shared = (struct hv_range){ SHARED, 8 * PAGE };
	config.nr_regions = 2;
	config.regions[0] = (struct hv_region_config){ 0, RAM_END, HV_REGION_RAM, 0 };
	config.regions[1] = (struct hv_region_config){ RAM_END, HV_SIZE_1G, HV_REGION_DEVICE, 0 };
	config.nr_iommus = 2;
	config.iommus[0] = (struct hv_range){ UNIT, PAGE };
	config.iommus[1] = (struct hv_range){ UNIT + PAGE, 4 * PAGE };
	config.nr_reserved = 2;
	config.reserved[0] = (struct hv_range){ RESERVED, HV_SIZE_2M };
	config.reserved[1] = (struct hv_range){ RESERVED, PAGE };	/* of another device */
	return 0;
}

static int check(void)
{
	return hv_sysconfig_check(&header, &config, &fault);
}

/* It is refused, as a sentence about this range. */
static void is_refused(int err, const char *name, const struct hv_range *range, const char *text)
{
	assert_int_equal(check(), err);
	assert_string_equal(fault.name, name);
	assert_string_equal(fault.text, text);
	assert_memory_equal(&fault.range, range, sizeof(*range));
}

static void a_sound_one_passes(void **state)
{
	(void)state;
	assert_int_equal(check(), 0);
	assert_null(fault.name);
	/* what lies behind the counts does not matter */
	header.secure[1] = (struct hv_range){ 1, 1 };
	config.iommus[2] = (struct hv_range){ RANGE, PAGE };
	config.reserved[2] = (struct hv_range){ RANGE, PAGE };
	config.regions[2] = (struct hv_region_config){ UNIT, PAGE, HV_REGION_RAM, 0 };
	assert_int_equal(check(), 0);
}

static void counts_are_bounded(void **state)
{
	u32 *const counts[] = { &header.nr_secure, &config.nr_regions, &config.nr_iommus, &config.nr_reserved };
	const u32 most[] = { HV_MAX_SECURE, HV_MAX_REGIONS, HV_MAX_IOMMUS, HV_MAX_RESERVED };
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(counts); i++) {
		setup(state);
		*counts[i] = most[i] + 1;
		assert_int_equal(check(), -E2BIG);
		assert_null(fault.name);
		*counts[i] = ~0u;
		assert_int_equal(check(), -E2BIG);
	}
}

static void ranges_are_whole_frames_that_exist(void **state)
{
	static const struct hv_range odd[] = { { UNIT, 0 }, { UNIT + 8, PAGE }, { UNIT, PAGE - 1 }, { ~0ULL, ~0ULL } };
	static const struct hv_range beyond[] = {
		{ LIMIT, PAGE }, { LIMIT - PAGE, 2 * PAGE }, { PAGE, LIMIT }, { -PAGE, 2 * PAGE }, { 0, -PAGE },
	};
	struct hv_range *const ranges[] = { &config.hypervisor_memory, &config.shared, &header.secure[0],
					    &config.iommus[1], &config.reserved[1] };
	const char *const names[] = { "the hypervisor's memory", "the shared range", "the secure range", "the IOMMU",
				      "reserved memory" };
	unsigned int i, j;

	for (i = 0; i < HV_ARRAY_SIZE(ranges); i++) {
		setup(state);
		for (j = 0; j < HV_ARRAY_SIZE(odd); j++) {
			*ranges[i] = odd[j];
			is_refused(-EINVAL, names[i], &odd[j], "is not made of pages");
		}
		for (j = 0; j < HV_ARRAY_SIZE(beyond); j++) {
			*ranges[i] = beyond[j];
			is_refused(-EINVAL, names[i], &beyond[j], "is beyond the end of physical addresses");
		}
	}
	setup(state);
	config.regions[1].size = LIMIT;
	is_refused(-EINVAL, "the region", &(struct hv_range){ RAM_END, LIMIT },
		   "is beyond the end of physical addresses");
}

static const struct {
	struct hv_range range;
	const char *text;
} obstacles[] = {
	{ { RANGE + HV_SIZE_2M - PAGE, 2 * PAGE }, "overlaps the hypervisor's memory" },
	{ { RANGE - PAGE, HV_SIZE_1G }, "overlaps the hypervisor's memory" },
	{ { SECURE - PAGE, 2 * PAGE }, "overlaps a secure range" },
	{ { UNIT, PAGE }, "overlaps the registers of an IOMMU" },
	{ { SHARED + PAGE, PAGE }, "overlaps the pages that the hypervisor shows to root" },
	{ { APIC, PAGE }, "overlaps the registers of the local APIC" },
};

static void units_overlap_nothing(void **state)
{
	const struct hv_range in_ram = { RAM_END - PAGE, 2 * PAGE };
	const struct hv_range large = { HV_SIZE_1G, HV_IOMMU_MAX_SIZE + PAGE };
	unsigned int i;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(obstacles); i++) {
		config.iommus[1] = obstacles[i].range;
		is_refused(-EEXIST, "the IOMMU", &obstacles[i].range, obstacles[i].text);
	}
	config.iommus[1] = in_ram;
	is_refused(-EEXIST, "the IOMMU", &in_ram, "overlaps RAM");
	config.iommus[1] = large;
	is_refused(-EINVAL, "the IOMMU", &large, "has more registers than any");
	config.iommus[1] = (struct hv_range){ RAM_END, PAGE };
	assert_int_equal(check(), 0);
}

static void reserved_memory_overlaps_nothing_hidden(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(obstacles); i++) {
		config.reserved[1] = obstacles[i].range;
		is_refused(-EEXIST, "reserved memory", &obstacles[i].range, obstacles[i].text);
	}
	/* any unit, not only those before it */
	config.reserved[1] = config.iommus[1];
	is_refused(-EEXIST, "reserved memory", &config.iommus[1], "overlaps the registers of an IOMMU");
	/* RAM it may overlap, and what is next to something hidden */
	config.reserved[1] = (struct hv_range){ RANGE + HV_SIZE_2M, PAGE };
	assert_int_equal(check(), 0);
	config.reserved[1] = (struct hv_range){ RANGE - PAGE, PAGE };
	assert_int_equal(check(), 0);
}

#define TEST(f, name) { name, f, setup, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_sound_one_passes, "G7 a sound configuration passes"),
		TEST(counts_are_bounded, "G5 G7 G8 counts are bounded"),
		TEST(ranges_are_whole_frames_that_exist, "G5 G7 G8 ranges are whole frames that exist"),
		TEST(units_overlap_nothing, "G5 registers of an IOMMU overlap nothing"),
		TEST(reserved_memory_overlaps_nothing_hidden, "G8 reserved memory overlaps nothing hidden"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
