// SPDX-License-Identifier: GPL-2.0-only
/* Checks the regions of a configuration, each by itself and with the others, and that the cell begins in one. */
#include <hv/align.h>
#include <hv/bits.h>
#include <hvabi/guest.h>
#include "cellconf.h"

/* Where in the cell: that there is such a place. */
static int check_place(const struct hv_conf_region *region, u32 i, struct hv_conf_fault *fault)
{
	if (region->gpa >= HV_CONF_GPA_END)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_GPA, i, "an address in a cell is below 2^48");
	if (!region->size)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_SIZE, i, "a region is not empty");
	if (region->size > HV_CONF_GPA_END - region->gpa)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_SIZE, i, "a region ends at 2^48 at the latest");
	return 0;
}

/* Registers need not fill pages; what is mapped is aligned outwards. */
static int check_device(const struct hv_conf_region *region, u32 i, struct hv_conf_fault *fault)
{
	if (region->mode != HV_MODE_IDENTICAL)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_MODE, i, "a device is mapped identically");
	if (region->is_lenient)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_LENIENT, i, "the mapping of a device is not lenient");
	if (region->flags & (HV_MEM_LOADABLE | HV_MEM_EXECUTE | HV_MEM_DMA))
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_FLAGS, i,
				      "a device is neither loaded nor executed nor the target of DMA");
	if (region->phys != region->gpa)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_PHYS, i, "a cell sees a device where it is");
	return 0;
}

static int check_identical(const struct hv_conf_region *region, u32 i, struct hv_conf_fault *fault)
{
	if (!HV_IS_ALIGNED(region->phys, HV_PAGE_SIZE))
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_PHYS, i, "a physical address is a multiple of 4 KiB");
	if (region->phys >= HV_CONF_PHYS_END || region->size > HV_CONF_PHYS_END - region->phys)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_PHYS, i, "physical memory ends at 2^52 at the latest");
	return 0;
}

static int check_memory(const struct hv_conf_region *region, u32 i, struct hv_conf_fault *fault)
{
	if (!HV_IS_ALIGNED(region->gpa, HV_PAGE_SIZE))
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_GPA, i, "the address of memory is a multiple of 4 KiB");
	if (!HV_IS_ALIGNED(region->size, HV_PAGE_SIZE))
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_SIZE, i, "the size of memory is a multiple of 4 KiB");
	if (region->flags & HV_MEM_IO)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_FLAGS, i, "only a device has registers");
	if (region->mode == HV_MODE_IDENTICAL)
		return check_identical(region, i, fault);
	if ((region->flags & HV_MEM_DMA) && !region->populate)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_POPULATE, i,
				      "memory for devices is populated: they do not wait for a first touch");
	if (region->flags & HV_MEM_ROOTSHARED)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_FLAGS, i,
				      "only an identical mapping can be shared with root");
	if (region->phys)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_PHYS, i,
				      "only an identical mapping has a physical address");
	return 0;
}

/* Members that are one of a few values. */
static int check_values(const struct hv_conf_region *region, u32 i, struct hv_conf_fault *fault)
{
	if (region->flags & ~(u32)HV_CONF_REGION_FLAGS)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_FLAGS, i,
				      "a flag that does not exist, or is not for configurations");
	if (!(region->flags & HV_MEM_READ))
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_FLAGS, i, "a region is readable at least");
	if (region->mode >= HV_MODE_COUNT)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_MODE, i, "a way of mapping that does not exist");
	if (region->is_lenient > 1)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_LENIENT, i, "lenient is 0 or 1");
	if (region->is_lenient && region->mode != HV_MODE_IDENTICAL)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_LENIENT, i, "only an identical mapping can be lenient");
	if (region->populate > 1)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_POPULATE, i, "populate is 0 or 1");
	if (region->populate && region->mode == HV_MODE_IDENTICAL)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_POPULATE, i,
				      "an identical mapping has nothing to populate");
	if (region->rsvd)
		return hv_conf_refuse(fault, HV_CONF_AT_REGION_RSVD, i, "a reserved member of the region is not 0");
	return 0;
}

/* Do two ranges that end below 2^64, by far, share a page? */
static bool share_page(u64 a, u64 a_size, u64 b, u64 b_size)
{
	return hv_align_down_4k(a) < hv_align_up_4k(b + b_size) && hv_align_down_4k(b) < hv_align_up_4k(a + a_size);
}

/* Pages that every cell has of the hypervisor. */
static bool is_interface(const struct hv_conf_region *region)
{
	return share_page(region->gpa, region->size, HV_APIC_GPA, HV_PAGE_SIZE) ||
	       share_page(region->gpa, region->size, HV_COMM_GPA, HV_COMM_SIZE) ||
	       share_page(region->gpa, region->size, HV_BOOT_GPA, HV_BOOT_SIZE);
}

static int check_region(const struct hv_conf_region *region, u32 i, struct hv_conf_fault *fault)
{
	int err;

	err = check_values(region, i, fault);
	if (!err)
		err = check_place(region, i, fault);
	if (!err)
		err = region->flags & HV_MEM_DEVICE ? check_device(region, i, fault) : check_memory(region, i, fault);
	if (!err && is_interface(region))
		err = hv_conf_refuse_as(fault, -EEXIST, HV_CONF_AT_REGION_GPA, i,
					"overlaps the local APIC or the pages of the hypervisor's interface");
	return err;
}

/* Regions that are sound by themselves. */
static int check_pair(const struct hv_conf_region *a, const struct hv_conf_region *b, u32 i,
		      struct hv_conf_fault *fault)
{
	/* Registers of two devices may lie in one page; it is mapped once, with one set of rights. */
	if ((a->flags & b->flags & HV_MEM_DEVICE) && a->flags == b->flags)
		return 0;
	if (share_page(a->gpa, a->size, b->gpa, b->size))
		return hv_conf_refuse_as(fault, -EEXIST, HV_CONF_AT_REGION_GPA, i,
					 "overlaps another region, or shares a page with it");
	/* Nobody counts where a frame is mapped, so a second mapping would outlive the first one's end. */
	if (a->mode == HV_MODE_IDENTICAL && b->mode == HV_MODE_IDENTICAL &&
	    share_page(a->phys, a->size, b->phys, b->size))
		return hv_conf_refuse_as(fault, -EEXIST, HV_CONF_AT_REGION_PHYS, i,
					 "physical memory that is in another region already");
	return 0;
}

int hv_conf_check_regions(const struct hv_cellconf *conf, struct hv_conf_fault *fault)
{
	u32 i, k;
	int err;

	if (!conf->nr_regions || conf->nr_regions > HV_CONF_MAX_REGIONS)
		return hv_conf_refuse(fault, HV_CONF_AT_REGIONS, 0, "a cell has 1 to 64 regions of memory");
	for (i = 0; i < conf->nr_regions; i++) {
		err = check_region(&conf->regions[i], i, fault);
		for (k = 0; k < i && !err; k++)
			err = check_pair(&conf->regions[i], &conf->regions[k], i, fault);
		if (err)
			return err;
	}
	return 0;
}

static bool is_executable(const struct hv_cellconf *conf, u64 at)
{
	const struct hv_conf_region *region = conf->regions;
	const struct hv_conf_region *end = region + conf->nr_regions;

	for (; region < end; region++)
		if ((region->flags & HV_MEM_EXECUTE) && at >= region->gpa && at - region->gpa < region->size)
			return true;
	return false;
}

int hv_conf_check_entry(const struct hv_cellconf *conf, struct hv_conf_fault *fault)
{
	/* Linear addresses are physical ones at first, and in long mode the upper half of them is not canonical. */
	static const struct {
		u64 end;
		char what[40];
	} modes[] = {
		[HV_ENTRY_REAL16] = { 1ULL << 20, "a cell in real mode begins below 1 MiB" },
		[HV_ENTRY_PROT32] = { 1ULL << 32, "a cell in 32-bit mode begins below 4 GiB" },
		[HV_ENTRY_LONG64] = { 1ULL << 47, "a cell in 64-bit mode begins below 2^47" },
	};
	u32 mode = conf->entry_mode;

	if (mode >= HV_ARRAY_SIZE(modes))
		return hv_conf_refuse(fault, HV_CONF_AT_ENTRY_MODE, 0, "a mode to begin in that does not exist");
	if (conf->entry >= modes[mode].end)
		return hv_conf_refuse(fault, HV_CONF_AT_ENTRY, 0, modes[mode].what);
	if (!is_executable(conf, conf->entry))
		return hv_conf_refuse(fault, HV_CONF_AT_ENTRY, 0, "a cell begins in memory that it may execute");
	return 0;
}
