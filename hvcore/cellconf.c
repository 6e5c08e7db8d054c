// SPDX-License-Identifier: GPL-2.0-only
/* Checks a cell's configuration of memory and CPUs. It comes from outside: every count is bounded before it is used. */
#include <hv/align.h>
#include <hv/bits.h>
#include <hv/cellconf.h>

static int fault_at(struct hv_conf_fault *fault, u32 index, const char *what, int err)
{
	*fault = (struct hv_conf_fault){ .what = what, .index = index };
	return err;
}

static bool is_name(const char *name)
{
	u32 i;

	for (i = 0; i < HV_CONF_NAME && name[i]; i++)
		if (name[i] < ' ' || name[i] > '~')
			return false;
	return i > 0 && i < HV_CONF_NAME;
}

static const char *check_device(const struct hv_conf_region *region)
{
	u64 start, end;

	if (region->mode != HV_MODE_IDENTICAL)
		return "a device is mapped identically";
	if (region->flags & (HV_MEM_LOADABLE | HV_MEM_EXECUTE | HV_MEM_DMA))
		return "a device is neither loaded nor executed nor the target of DMA";
	return hv_align_outward(region->gpa, region->size, &start, &end) ? "the range is empty or too long" : NULL;
}

static const char *check_memory(const struct hv_conf_region *region)
{
	if (!HV_IS_ALIGNED(region->gpa | region->size, HV_PAGE_SIZE))
		return "address and size are multiples of 4 KiB";
	if (!region->size || region->gpa + region->size < region->gpa)
		return "the range is empty or too long";
	if (region->flags & HV_MEM_IO)
		return "registers are those of a device";
	if (region->mode != HV_MODE_IDENTICAL && (region->flags & HV_MEM_ROOTSHARED))
		return "only what lies at a given place can be shared with root";
	return NULL;
}

/* What is wrong with one region by itself, or NULL. */
static const char *check_region(const struct hv_conf_region *region)
{
	if (region->flags & ~(u32)HV_CONF_REGION_FLAGS)
		return "a flag that does not exist, or is not for configurations";
	if (!(region->flags & HV_MEM_READ))
		return "memory is readable at least";
	if (region->mode >= HV_MODE_COUNT)
		return "a way of mapping that does not exist";
	if (region->is_lenient > 1 || region->populate > 1 || region->rsvd)
		return "a field has a value without meaning";
	if (region->is_lenient && region->mode != HV_MODE_IDENTICAL)
		return "only an identical mapping can be lenient";
	if (region->populate && region->mode == HV_MODE_IDENTICAL)
		return "an identical mapping has nothing to populate";
	return region->flags & HV_MEM_DEVICE ? check_device(region) : check_memory(region);
}

/* The pages that a checked region covers. */
static void region_pages(const struct hv_conf_region *region, u64 *start, u64 *end)
{
	if (hv_align_outward(region->gpa, region->size, start, end)) {
		*start = 0;	/* not so after check_region() */
		*end = ~0ULL;
	}
}

static bool overlap(const struct hv_conf_region *a, const struct hv_conf_region *b)
{
	u64 a_start, a_end, b_start, b_end;

	/* Registers of two devices may lie in one page; it is mapped once, with one set of rights. */
	if ((a->flags & b->flags & HV_MEM_DEVICE) && a->flags == b->flags)
		return false;
	region_pages(a, &a_start, &a_end);
	region_pages(b, &b_start, &b_end);
	return a_start < b_end && b_start < a_end;
}

static int check_regions(const struct hv_cellconf *conf, struct hv_conf_fault *fault)
{
	const char *what;
	u32 i, k;

	for (i = 0; i < conf->nr_regions; i++) {
		what = check_region(&conf->regions[i]);
		if (what)
			return fault_at(fault, i, what, -EINVAL);
		for (k = 0; k < i; k++)
			if (overlap(&conf->regions[i], &conf->regions[k]))
				return fault_at(fault, i, "overlaps another region, or shares a page with it",
						-EEXIST);
	}
	return 0;
}

static int check_cpus(const struct hv_cellconf *conf, struct hv_conf_fault *fault)
{
	u32 i, k;

	if (!conf->nr_vcpus || conf->nr_vcpus > HV_CONF_MAX_VCPUS)
		return fault_at(fault, 0, "no CPU, or too many", -EINVAL);
	if (conf->nr_masks && conf->nr_masks != conf->nr_vcpus)
		return fault_at(fault, 0, "there are not as many CPU masks as CPUs", -EINVAL);
	if (conf->nr_physical && conf->nr_physical != conf->nr_vcpus)
		return fault_at(fault, 0, "there are not as many physical ids as CPUs", -EINVAL);
	for (i = 0; i < conf->nr_masks; i++)
		if (!conf->masks[i])
			return fault_at(fault, i, "a CPU mask without a CPU", -EINVAL);
	for (i = 0; i < conf->nr_physical; i++)
		for (k = 0; k < i; k++)
			if (conf->physical[i] == conf->physical[k])
				return fault_at(fault, i, "two CPUs with the same physical id", -EINVAL);
	return 0;
}

int hv_cellconf_check(const struct hv_cellconf *conf, struct hv_conf_fault *fault)
{
	int err;

	if (!conf->id)
		return fault_at(fault, 0, "id 0 is that of the root cell", -EINVAL);
	if (!is_name(conf->name))
		return fault_at(fault, 0, "a name has 1 to 31 printable characters", -EINVAL);
	if (conf->nr_regions > HV_CONF_MAX_REGIONS)
		return fault_at(fault, 0, "too many regions", -EINVAL);
	err = check_cpus(conf, fault);
	return err ? err : check_regions(conf, fault);
}

int hv_cellconf_affinity(const struct hv_cellconf *conf, u32 i, struct hv_affinity *affinity)
{
	if (i >= conf->nr_vcpus || i >= HV_CONF_MAX_VCPUS)
		return -EINVAL;
	if ((conf->nr_masks && i >= conf->nr_masks) || (conf->nr_physical && i >= conf->nr_physical))
		return -EINVAL;
	*affinity = (struct hv_affinity){
		.vcpu = i,
		.physical = conf->nr_physical ? conf->physical[i] : i,
		.has_mask = conf->nr_masks,
		.mask = conf->nr_masks ? conf->masks[i] : 0,
	};
	return 0;
}

/* Insert in order of start; there are few. */
static void insert_device(struct hv_conf_devices *devices, u64 start, u64 end, u32 flags)
{
	u32 i;

	for (i = devices->count++; i > 0 && devices->range[i - 1].start > start; i--)
		devices->range[i] = devices->range[i - 1];
	devices->range[i].start = start;
	devices->range[i].end = end;
	devices->range[i].flags = flags;
}

static int merge_devices(struct hv_conf_devices *devices)
{
	u32 from, to = 0;

	for (from = 1; from < devices->count; from++) {
		bool same = devices->range[from].flags == devices->range[to].flags;

		if (devices->range[from].start < devices->range[to].end && !same)
			return -EEXIST;
		if (devices->range[from].start > devices->range[to].end || !same)
			devices->range[++to] = devices->range[from];
		else if (devices->range[from].end > devices->range[to].end)
			devices->range[to].end = devices->range[from].end;
	}
	if (devices->count)
		devices->count = to + 1;
	return 0;
}

int hv_cellconf_devices(const struct hv_cellconf *conf, struct hv_conf_devices *devices)
{
	u64 start, end;
	u32 i;
	int err;

	devices->count = 0;
	for (i = 0; i < conf->nr_regions && i < HV_CONF_MAX_REGIONS; i++) {
		if (!(conf->regions[i].flags & HV_MEM_DEVICE))
			continue;
		err = hv_align_outward(conf->regions[i].gpa, conf->regions[i].size, &start, &end);
		if (err)
			return err;
		insert_device(devices, start, end, conf->regions[i].flags);
	}
	return merge_devices(devices);
}
