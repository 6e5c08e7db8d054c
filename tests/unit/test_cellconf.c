// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/cellconf.c */
/* A cell's configuration: what is one, and what each kind of mistake is told. */
#include <hv/cellconf.h>
#include "unit.h"

#define RW (HV_MEM_READ | HV_MEM_WRITE)
#define K4 HV_PAGE_SIZE

static struct hv_cellconf conf;
static struct hv_conf_fault fault;

static int setup(void **state)
{
	(void)state;
	conf = (struct hv_cellconf){
		.id = 1,
		.name = "hello",
		.nr_regions = 4,
		.nr_vcpus = 2,
		.regions = {
			{ .gpa = 0, .size = 0x200000, .flags = HV_MEM_RWX | HV_MEM_LOADABLE, .populate = 1 },
			{ .gpa = 0x40000000, .size = 0x1000, .flags = RW | HV_MEM_ROOTSHARED,
			  .mode = HV_MODE_IDENTICAL, .is_lenient = 1 },
			{ .gpa = 0x200000, .size = 0x1000, .flags = RW | HV_MEM_NO_HUGE, .mode = HV_MODE_SECURE },
			{ .gpa = 0xfed00123, .size = 2, .flags = RW | HV_MEM_DEVICE | HV_MEM_IO,
			  .mode = HV_MODE_IDENTICAL },
		},
	};
	return 0;
}

static int check(void)
{
	int err;

	fault.what = NULL;
	err = hv_cellconf_check(&conf, &fault);
	assert_true(!err == !fault.what);
	return err;
}

static void good(void **state)
{
	(void)state;
	assert_int_equal(check(), 0);
	conf.nr_regions = 0;
	assert_int_equal(check(), 0);
}

#define REFUSED(change, err)                                                                                           \
	do {                                                                                                           \
		setup(NULL);                                                                                           \
		change;                                                                                                \
		assert_int_equal(check(), err);                                                                        \
	} while (0)

static void flags(void **state)
{
	unsigned int bit;

	(void)state;
	for (bit = 0; bit < 32; bit++) {
		bool legal = HV_CONF_REGION_FLAGS >> bit & 1;

		setup(NULL);
		conf.regions[0].flags = HV_MEM_READ | 1u << bit;
		if (!legal) {
			assert_int_equal(check(), -EINVAL);
			assert_int_equal(fault.index, 0);
		}
	}
	REFUSED(conf.regions[0].flags = 0, -EINVAL);
	REFUSED(conf.regions[0].flags = HV_MEM_WRITE, -EINVAL);
	REFUSED(conf.regions[0].flags |= HV_MEM_IO, -EINVAL);
	REFUSED(conf.regions[0].flags |= HV_MEM_ROOTSHARED, -EINVAL);
	REFUSED(conf.regions[3].flags |= HV_MEM_LOADABLE, -EINVAL);
	REFUSED(conf.regions[3].flags |= HV_MEM_EXECUTE, -EINVAL);
	REFUSED(conf.regions[3].flags |= HV_MEM_DMA, -EINVAL);
	REFUSED(conf.regions[3].mode = HV_MODE_ALLOC, -EINVAL);
}

static void fields(void **state)
{
	(void)state;
	REFUSED(conf.regions[1].mode = HV_MODE_COUNT, -EINVAL);
	REFUSED(conf.regions[1].is_lenient = 2, -EINVAL);
	REFUSED(conf.regions[1].populate = 1, -EINVAL);
	REFUSED(conf.regions[0].populate = 2, -EINVAL);
	REFUSED(conf.regions[0].is_lenient = 1, -EINVAL);
	REFUSED(conf.regions[2].rsvd = 1, -EINVAL);
	assert_int_equal(fault.index, 2);
	REFUSED(conf.id = 0, -EINVAL);
	REFUSED(conf.name[0] = 0, -EINVAL);
	REFUSED(conf.name[1] = '\n', -EINVAL);
	REFUSED(conf.name[1] = (char)0x80, -EINVAL);
	REFUSED(memset(conf.name, 'x', sizeof(conf.name)), -EINVAL);
}

static void ranges(void **state)
{
	(void)state;
	REFUSED(conf.regions[0].size = 0, -EINVAL);
	REFUSED(conf.regions[0].size = 1, -EINVAL);
	REFUSED(conf.regions[0].gpa = 1, -EINVAL);
	REFUSED(conf.regions[0].gpa = -K4 * 2, -EINVAL);
	REFUSED(conf.regions[3].size = 0, -EINVAL);
	REFUSED(conf.regions[3].gpa = ~0ULL, -EINVAL);
	REFUSED(conf.regions[3].gpa = ~0ULL - 2, -EINVAL);
	REFUSED(conf.regions[1].gpa = 0x1ff000, -EEXIST);
	assert_int_equal(fault.index, 1);
	REFUSED(conf.regions[3].gpa = 0x200fff, -EEXIST);
	/* only its outer pages are what another region has */
	REFUSED((conf.regions[3].gpa = 0x3ffffffe, conf.regions[3].size = 3), -EEXIST);
	REFUSED((conf.regions[3].gpa = 0x3ffffffe, conf.regions[3].size = 2), 0);
}

static void counts(void **state)
{
	(void)state;
	REFUSED(conf.nr_regions = HV_CONF_MAX_REGIONS + 1, -EINVAL);
	REFUSED(conf.nr_regions = ~0u, -EINVAL);
	REFUSED(conf.nr_vcpus = 0, -EINVAL);
	REFUSED(conf.nr_vcpus = HV_CONF_MAX_VCPUS + 1, -EINVAL);
	REFUSED((conf.nr_masks = 1, conf.masks[0] = 1), -EINVAL);
	REFUSED((conf.nr_masks = 3, conf.masks[0] = conf.masks[1] = conf.masks[2] = 1), -EINVAL);
	REFUSED((conf.nr_masks = 2, conf.masks[0] = 1), -EINVAL);
	assert_int_equal(fault.index, 1);
	REFUSED((conf.nr_physical = 1), -EINVAL);
	REFUSED((conf.nr_physical = ~0u), -EINVAL);
	REFUSED((conf.nr_physical = 2), -EINVAL);
	REFUSED((conf.nr_physical = 2, conf.physical[1] = 1), 0);
}

static void affinity(void **state)
{
	struct hv_affinity a;

	(void)state;
	assert_int_equal(hv_cellconf_affinity(&conf, 1, &a), 0);
	assert_true(a.vcpu == 1 && !a.has_mask && a.physical == 1);
	assert_int_equal(hv_cellconf_affinity(&conf, 2, &a), -EINVAL);
	assert_int_equal(hv_cellconf_affinity(&conf, ~0u, &a), -EINVAL);
	conf.nr_masks = 2;
	conf.masks[0] = 3;
	conf.masks[1] = 4;
	conf.nr_physical = 2;
	conf.physical[0] = 9;
	conf.physical[1] = 8;
	assert_int_equal(check(), 0);
	assert_int_equal(hv_cellconf_affinity(&conf, 1, &a), 0);
	assert_true(a.vcpu == 1 && a.has_mask && a.mask == 4 && a.physical == 8);
	/* unchecked ones do not overrun either */
	conf.nr_vcpus = ~0u;
	assert_int_equal(hv_cellconf_affinity(&conf, HV_CONF_MAX_VCPUS, &a), -EINVAL);
	assert_int_equal(hv_cellconf_affinity(&conf, 2, &a), -EINVAL);
	conf.nr_masks = 0;
	assert_int_equal(hv_cellconf_affinity(&conf, 2, &a), -EINVAL);
}

static void add_device(u64 gpa, u64 size, u32 rights)
{
	conf.regions[conf.nr_regions++] = (struct hv_conf_region){ .gpa = gpa, .size = size,
								   .flags = rights | HV_MEM_DEVICE,
								   .mode = HV_MODE_IDENTICAL };
}

static void devices(void **state)
{
	struct hv_conf_devices d;

	(void)state;
	conf.nr_regions = 1;
	add_device(0xfee00020, 4, RW);
	add_device(0xfed00ff0, 0x20, RW);	/* two pages, tail included */
	add_device(0xfec00000, 0x1000, RW);
	add_device(0xfed02000, 1, RW);		/* touches */
	add_device(0xfed03000, 1, HV_MEM_READ);	/* touches, but has other rights */
	add_device(0xfec00800, 0x100, RW);	/* in a page that is there */
	assert_int_equal(check(), 0);
	assert_int_equal(hv_cellconf_devices(&conf, &d), 0);
	assert_int_equal(d.count, 4);
	assert_true(d.range[0].start == 0xfec00000 && d.range[0].end == 0xfec01000);
	assert_true(d.range[1].start == 0xfed00000 && d.range[1].end == 0xfed03000);
	assert_true(d.range[2].start == 0xfed03000 && d.range[2].end == 0xfed04000);
	assert_true(d.range[2].flags == (HV_MEM_READ | HV_MEM_DEVICE));
	assert_true(d.range[3].start == 0xfee00000 && d.range[3].end == 0xfee01000);
	add_device(0xfed03800, 1, RW);
	assert_int_equal(check(), -EEXIST);
	assert_int_equal(hv_cellconf_devices(&conf, &d), -EEXIST);
	conf.regions[conf.nr_regions - 1].gpa = ~0ULL;
	assert_int_equal(hv_cellconf_devices(&conf, &d), -EINVAL);
	conf.nr_regions = 0;
	assert_int_equal(hv_cellconf_devices(&conf, &d), 0);
	assert_int_equal(d.count, 0);
}

#define TEST(f, name) { name, f, setup, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good, "F7 a configuration"),
		TEST(flags, "F7 illegal flags"),
		TEST(fields, "F7 illegal fields"),
		TEST(ranges, "F7 ranges: empty, unaligned, too long, overlapping"),
		TEST(counts, "F7 lists shorter or longer than the number of CPUs"),
		TEST(affinity, "F7 affinity of a CPU"),
		TEST(devices, "F7 devices are aligned outwards, sorted, merged"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
