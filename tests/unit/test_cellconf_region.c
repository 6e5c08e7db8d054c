// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/cellconf.c hvcore/cellconf_region.c hvcore/cellconf_io.c hvcore/cellconf_x86.c */
/* sources: hvcore/cellconf_devices.c */
/* The regions of a configuration, its entry, and its devices. */
#include "cellconf_unit.h"

#define FLAG "a flag that does not exist, or is not for configurations"
#define DEVICE_FLAG "a device is neither loaded nor executed nor the target of DMA"
#define OVERLAP "overlaps another region, or shares a page with it"
#define TWICE "physical memory that is in another region already"

static void flags(void **state)
{
	unsigned int bit;

	(void)state;
	for (bit = 0; bit < 32; bit++)
		if (!(HV_CONF_REGION_FLAGS >> bit & 1))
			REFUSED(conf.regions[2].flags = HV_MEM_READ | 1u << bit, REGION_FLAGS, 2, EINVAL, FLAG);
	REFUSED(conf.regions[0].flags |= HV_MEM_COMM, REGION_FLAGS, 0, EINVAL,
		"a flag that does not exist, or is not for configurations");
	REFUSED(conf.regions[2].flags = HV_MEM_WRITE, REGION_FLAGS, 2, EINVAL, "a region is readable at least");
	REFUSED(conf.regions[2].flags = 0, REGION_FLAGS, 2, EINVAL, "a region is readable at least");
	REFUSED(conf.regions[0].flags |= HV_MEM_IO, REGION_FLAGS, 0, EINVAL, "only a device has registers");
	REFUSED(conf.regions[0].flags |= HV_MEM_ROOTSHARED, REGION_FLAGS, 0, EINVAL,
		"only an identical mapping can be shared with root");
	REFUSED(conf.regions[2].flags |= HV_MEM_ROOTSHARED, REGION_FLAGS, 2, EINVAL,
		"only an identical mapping can be shared with root");
	REFUSED(conf.regions[3].flags |= HV_MEM_LOADABLE, REGION_FLAGS, 3, EINVAL,
		"a device is neither loaded nor executed nor the target of DMA");
	REFUSED(conf.regions[3].flags |= HV_MEM_EXECUTE, REGION_FLAGS, 3, EINVAL, DEVICE_FLAG);
	REFUSED(conf.regions[3].flags |= HV_MEM_DMA, REGION_FLAGS, 3, EINVAL, DEVICE_FLAG);
	ACCEPTED((conf.regions[0].flags |= HV_MEM_DMA, conf.regions[0].populate = 1));
	REFUSED((conf.regions[0].flags |= HV_MEM_DMA, conf.regions[0].populate = 0), REGION_POPULATE, 0, EINVAL,
		"memory for devices is populated: they do not wait for a first touch");
	ACCEPTED(conf.regions[1].flags |= HV_MEM_LOADABLE | HV_MEM_DMA);
	ACCEPTED(conf.regions[2].flags |= HV_MEM_LOADABLE | HV_MEM_EXECUTE);
	ACCEPTED(conf.regions[2].flags = HV_MEM_READ);
}

static void values(void **state)
{
	(void)state;
	REFUSED(conf.regions[1].mode = HV_MODE_COUNT, REGION_MODE, 1, EINVAL, "a way of mapping that does not exist");
	REFUSED(conf.regions[1].mode = 255, REGION_MODE, 1, EINVAL, "a way of mapping that does not exist");
	REFUSED(conf.regions[3].mode = HV_MODE_ALLOC, REGION_MODE, 3, EINVAL, "a device is mapped identically");
	REFUSED(conf.regions[3].mode = HV_MODE_SECURE, REGION_MODE, 3, EINVAL, "a device is mapped identically");
	REFUSED(conf.regions[1].is_lenient = 2, REGION_LENIENT, 1, EINVAL, "lenient is 0 or 1");
	REFUSED(conf.regions[0].is_lenient = 1, REGION_LENIENT, 0, EINVAL, "only an identical mapping can be lenient");
	REFUSED(conf.regions[2].is_lenient = 1, REGION_LENIENT, 2, EINVAL, "only an identical mapping can be lenient");
	REFUSED(conf.regions[3].is_lenient = 1, REGION_LENIENT, 3, EINVAL, "the mapping of a device is not lenient");
	REFUSED(conf.regions[0].populate = 2, REGION_POPULATE, 0, EINVAL, "populate is 0 or 1");
	REFUSED(conf.regions[1].populate = 1, REGION_POPULATE, 1, EINVAL,
		"an identical mapping has nothing to populate");
	REFUSED(conf.regions[2].rsvd = 1, REGION_RSVD, 2, EINVAL, "a reserved member of the region is not 0");
	ACCEPTED(conf.regions[2].populate = 1);
	ACCEPTED(conf.regions[1].is_lenient = 0);
}

static void places(void **state)
{
	(void)state;
	REFUSED(conf.nr_regions = 0, REGIONS, 0, EINVAL, "a cell has 1 to 64 regions of memory");
	REFUSED(conf.nr_regions = HV_CONF_MAX_REGIONS + 1, REGIONS, 0, EINVAL, "a cell has 1 to 64 regions of memory");
	REFUSED(conf.nr_regions = ~0u, REGIONS, 0, EINVAL, "a cell has 1 to 64 regions of memory");
	REFUSED(conf.regions[2].gpa = HV_CONF_GPA_END, REGION_GPA, 2, EINVAL, "an address in a cell is below 2^48");
	REFUSED(conf.regions[2].gpa = -K4, REGION_GPA, 2, EINVAL, "an address in a cell is below 2^48");
	REFUSED(conf.regions[3].gpa = ~0ULL, REGION_GPA, 3, EINVAL, "an address in a cell is below 2^48");
	REFUSED(conf.regions[0].size = 0, REGION_SIZE, 0, EINVAL, "a region is not empty");
	REFUSED(conf.regions[3].size = 0, REGION_SIZE, 3, EINVAL, "a region is not empty");
	REFUSED((conf.regions[2].gpa = HV_CONF_GPA_END - K4, conf.regions[2].size = 2 * K4), REGION_SIZE, 2, EINVAL,
		"a region ends at 2^48 at the latest");
	REFUSED(conf.regions[2].size = -K4, REGION_SIZE, 2, EINVAL, "a region ends at 2^48 at the latest");
	REFUSED((conf.regions[3].gpa = conf.regions[3].phys = HV_CONF_GPA_END - 1), REGION_SIZE, 3, EINVAL,
		"a region ends at 2^48 at the latest");
	REFUSED(conf.regions[3].size = ~0ULL, REGION_SIZE, 3, EINVAL, "a region ends at 2^48 at the latest");
	REFUSED(conf.regions[0].gpa = 1, REGION_GPA, 0, EINVAL, "the address of memory is a multiple of 4 KiB");
	REFUSED(conf.regions[1].gpa += K4 / 2, REGION_GPA, 1, EINVAL, "the address of memory is a multiple of 4 KiB");
	REFUSED(conf.regions[0].size = 1, REGION_SIZE, 0, EINVAL, "the size of memory is a multiple of 4 KiB");
	REFUSED(conf.regions[1].size += K4 / 2, REGION_SIZE, 1, EINVAL, "the size of memory is a multiple of 4 KiB");
	ACCEPTED(conf.regions[2].gpa = HV_CONF_GPA_END - K4);
	ACCEPTED((conf.regions[3].gpa = conf.regions[3].phys = HV_CONF_GPA_END - 2));
}

static void phys(void **state)
{
	(void)state;
	REFUSED(conf.regions[1].phys += 1, REGION_PHYS, 1, EINVAL, "a physical address is a multiple of 4 KiB");
	REFUSED(conf.regions[1].phys = HV_CONF_PHYS_END, REGION_PHYS, 1, EINVAL,
		"physical memory ends at 2^52 at the latest");
	REFUSED(conf.regions[1].phys = -K4, REGION_PHYS, 1, EINVAL, "physical memory ends at 2^52 at the latest");
	REFUSED((conf.regions[1].phys = HV_CONF_PHYS_END - K4, conf.regions[1].size = 2 * K4), REGION_PHYS, 1, EINVAL,
		"physical memory ends at 2^52 at the latest");
	REFUSED(conf.regions[0].phys = K4, REGION_PHYS, 0, EINVAL, "only an identical mapping has a physical address");
	REFUSED(conf.regions[2].phys = M2, REGION_PHYS, 2, EINVAL, "only an identical mapping has a physical address");
	REFUSED(conf.regions[3].phys = 0, REGION_PHYS, 3, EINVAL, "a cell sees a device where it is");
	REFUSED(conf.regions[3].phys = 0xfed00000, REGION_PHYS, 3, EINVAL, "a cell sees a device where it is");
	ACCEPTED(conf.regions[1].phys = 0);
	ACCEPTED(conf.regions[1].phys = HV_CONF_PHYS_END - K4);
}

static void add(struct hv_conf_region region)
{
	conf.regions[conf.nr_regions++] = region;
}

static void add_identical(u64 gpa, u64 phys_start, u64 size, u32 more)
{
	add((struct hv_conf_region){ .gpa = gpa, .phys = phys_start, .size = size, .flags = RW | more,
				     .mode = HV_MODE_IDENTICAL });
}

static void add_device(u64 gpa, u64 size, u32 rights)
{
	add((struct hv_conf_region){ .gpa = gpa, .phys = gpa, .size = size, .flags = rights | HV_MEM_DEVICE,
				     .mode = HV_MODE_IDENTICAL });
}

static void move_device(u64 gpa, u64 size)
{
	conf.regions[3].gpa = conf.regions[3].phys = gpa;
	conf.regions[3].size = size;
}

static void overlaps(void **state)
{
	(void)state;
	REFUSED(conf.regions[1].gpa = M2 - K4, REGION_GPA, 1, EEXIST,
		"overlaps another region, or shares a page with it");
	REFUSED(conf.regions[2].gpa = 0, REGION_GPA, 2, EEXIST, OVERLAP);
	REFUSED(conf.regions[2].size = 0x40000000 - M2 + K4, REGION_GPA, 2, EEXIST, OVERLAP);
	ACCEPTED(conf.regions[2].size = 0x40000000 - M2);
	REFUSED(move_device(M2 + 0xfff, 2), REGION_GPA, 3, EEXIST, OVERLAP);
	/* only its outer pages are what another region has */
	REFUSED(move_device(0x3ffffffe, 3), REGION_GPA, 3, EEXIST, OVERLAP);
	ACCEPTED(move_device(0x3ffffffe, 2));
	REFUSED(move_device(0x40000fff, 1), REGION_GPA, 3, EEXIST, OVERLAP);
	ACCEPTED(move_device(0x40001000, 1));
	/* no frame is mapped twice, not even where root sees it as well */
	REFUSED(add_identical(0x50000000, 0x7f000000, K4, 0), REGION_PHYS, 4, EEXIST,
		"physical memory that is in another region already");
	REFUSED(add_identical(0x50000000, 0x7f000000, K4, HV_MEM_ROOTSHARED), REGION_PHYS, 4, EEXIST, TWICE);
	REFUSED(add_identical(0x50000000, 0x7effe000, 3 * K4, 0), REGION_PHYS, 4, EEXIST, TWICE);
	ACCEPTED(add_identical(0x50000000, 0x7effe000, 2 * K4, 0));
	ACCEPTED(add_identical(0x50000000, 0x7f001000, 2 * K4, 0));
	REFUSED(add_identical(0x50000000, 0xfed00000, K4, 0), REGION_PHYS, 4, EEXIST, TWICE);
	REFUSED(add_device(0x7f000ff0, 4, RW), REGION_PHYS, 4, EEXIST, TWICE);
	/* addresses in the cell say nothing of frames */
	ACCEPTED(add_identical(0x7f000000, 0x40000000, K4, 0));
	REFUSED(add_device(0xfed00800, 1, RW), REGION_GPA, 4, EEXIST, OVERLAP);
	ACCEPTED(add_device(0xfed00800, 1, RW | HV_MEM_IO));
}

#define INTERFACE "overlaps the local APIC or the pages of the hypervisor's interface"

/* Where the local APIC, the comm page and the first tables of a cell are. */
static void interface(void **state)
{
	(void)state;
	REFUSED(conf.regions[2].gpa = 0xfee00000, REGION_GPA, 2, EEXIST,
		"overlaps the local APIC or the pages of the hypervisor's interface");
	ACCEPTED(conf.regions[2].gpa = 0xfedff000);
	ACCEPTED(conf.regions[2].gpa = 0xfee01000);
	ACCEPTED((conf.regions[2].gpa = 0xfee01000, conf.regions[2].size = 0xff000));
	REFUSED((conf.regions[2].gpa = 0xfee01000, conf.regions[2].size = 0x100000), REGION_GPA, 2, EEXIST, INTERFACE);
	REFUSED(conf.regions[2].gpa = 0xfef00000, REGION_GPA, 2, EEXIST, INTERFACE);
	REFUSED(conf.regions[2].gpa = 0xfef01000, REGION_GPA, 2, EEXIST, INTERFACE);
	REFUSED(conf.regions[2].gpa = 0xfef0f000, REGION_GPA, 2, EEXIST, INTERFACE);
	ACCEPTED(conf.regions[2].gpa = 0xfef10000);
	REFUSED((conf.regions[2].gpa = 0x80000000, conf.regions[2].size = 1ULL << 40), REGION_GPA, 2, EEXIST,
		INTERFACE);
	REFUSED(move_device(0xfee00ffe, 1), REGION_GPA, 3, EEXIST, INTERFACE);
	REFUSED(move_device(0xfedffffe, 3), REGION_GPA, 3, EEXIST, INTERFACE);
	ACCEPTED(move_device(0xfedffffe, 2));
	REFUSED(move_device(0xfef00000, 1), REGION_GPA, 3, EEXIST, INTERFACE);
	/* where its memory is in the machine does not matter */
	ACCEPTED(conf.regions[1].phys = 0xfee00000);
}

static void begin(u64 entry, u32 mode, u64 gpa)
{
	conf.entry = entry;
	conf.entry_mode = mode;
	conf.regions[2].gpa = gpa;
	conf.regions[2].flags = HV_MEM_READ | HV_MEM_EXECUTE;
}

static void entry(void **state)
{
	(void)state;
	REFUSED(conf.entry_mode = HV_ENTRY_COUNT, ENTRY_MODE, 0, EINVAL, "a mode to begin in that does not exist");
	REFUSED(conf.entry_mode = ~0u, ENTRY_MODE, 0, EINVAL, "a mode to begin in that does not exist");
	ACCEPTED(conf.entry = 0xfffff);
	REFUSED(conf.entry = 0x100000, ENTRY, 0, EINVAL, "a cell in real mode begins below 1 MiB");
	ACCEPTED(begin(0x100000, HV_ENTRY_PROT32, M2));
	ACCEPTED(begin(0xffffffff, HV_ENTRY_PROT32, 0xfffff000));
	REFUSED(begin(0x100000000, HV_ENTRY_PROT32, 0x100000000), ENTRY, 0, EINVAL,
		"a cell in 32-bit mode begins below 4 GiB");
	ACCEPTED(begin(0x100000000, HV_ENTRY_LONG64, 0x100000000));
	ACCEPTED(begin((1ULL << 47) - 1, HV_ENTRY_LONG64, (1ULL << 47) - K4));
	REFUSED(begin(1ULL << 47, HV_ENTRY_LONG64, 1ULL << 47), ENTRY, 0, EINVAL,
		"a cell in 64-bit mode begins below 2^47");
	REFUSED(begin(~0ULL, HV_ENTRY_LONG64, M2), ENTRY, 0, EINVAL, "a cell in 64-bit mode begins below 2^47");
	REFUSED(begin(2 * M2, HV_ENTRY_PROT32, 2 * M2 - K4), ENTRY, 0, EINVAL,
		"a cell begins in memory that it may execute");
	REFUSED(begin(2 * M2 - 1, HV_ENTRY_PROT32, 2 * M2), ENTRY, 0, EINVAL,
		"a cell begins in memory that it may execute");
	REFUSED(begin(0x40000000, HV_ENTRY_PROT32, M2), ENTRY, 0, EINVAL,
		"a cell begins in memory that it may execute");
	REFUSED(conf.regions[0].flags = RW, ENTRY, 0, EINVAL, "a cell begins in memory that it may execute");
	/* not what is behind the count */
	REFUSED((begin(M2, HV_ENTRY_PROT32, M2), conf.nr_regions = 2), ENTRY, 0, EINVAL,
		"a cell begins in memory that it may execute");
}

static void full(void **state)
{
	u32 i;

	(void)state;
	for (i = conf.nr_regions; i < HV_CONF_MAX_REGIONS; i++)
		add_identical(0x50000000 + i * K4, 0x60000000 + i * K4, K4, 0);
	assert_int_equal(check(), 0);
	conf.regions[63].phys -= 59 * K4;
	refused("the last overlaps the first", HV_CONF_AT_REGION_PHYS, 63, EEXIST, TWICE);
}

static void devices(void **state)
{
	struct hv_conf_devices d;

	(void)state;
	conf.nr_regions = 1;
	add_device(0xfee80020, 4, RW);
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
	assert_true(d.range[3].start == 0xfee80000 && d.range[3].end == 0xfee81000);
	add_device(0xfed03800, 1, RW);
	assert_int_equal(check(), -EEXIST);
	assert_int_equal(hv_cellconf_devices(&conf, &d), -EEXIST);
	conf.regions[conf.nr_regions - 1].gpa = ~0ULL;
	assert_int_equal(hv_cellconf_devices(&conf, &d), -EINVAL);
	conf.nr_regions = 0;
	assert_int_equal(hv_cellconf_devices(&conf, &d), 0);
	assert_int_equal(d.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(flags, "F7 illegal flags of a region"),
		TEST(values, "F7 illegal members of a region"),
		TEST(places, "F7 ranges: empty, unaligned, too long"),
		TEST(phys, "F5 F7 physical addresses"),
		TEST(overlaps, "F5 F7 overlaps in the cell and in memory"),
		TEST(interface, "F5 overlaps with what every cell has"),
		TEST(entry, "F7 a cell begins where it can"),
		TEST(full, "F7 as many regions as there can be"),
		TEST(devices, "F7 devices are aligned outwards, sorted, merged"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
