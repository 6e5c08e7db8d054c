// SPDX-License-Identifier: GPL-2.0-only
/* An address space as a cell's configuration wants it: all of its regions, or none. */
#include <hv/bits.h>
#include "aspace.h"
#include "region.h"

/* What was done so far, to be undone. */
struct progress {
	const struct hv_cellconf *conf;
	struct hv_conf_devices *devices;
	u64 mapped_regions;	/* a bit for each that may have frames */
	u64 reserved_regions;	/* for each that took frames from root */
	u64 reserved_devices;
};

static int map_identical(struct hv_aspace *as, const struct hv_region *region, bool lenient, u64 bit, u64 *reserved)
{
	bool was_reserved = false;
	int err;

	err = hv_aspace_insert_identical(&as->set, region, lenient, &was_reserved);
	if (!err && was_reserved)
		*reserved |= bit;
	return err;
}

static int map_region(struct hv_aspace *as, struct progress *done, u32 i)
{
	const struct hv_conf_region *wanted = &done->conf->regions[i];
	struct hv_region region = {
		.span = { .start = wanted->gpa, .size = wanted->size },
		.flags = wanted->flags,
		.mapper = wanted->populate ? HV_MAP_ALLOC : HV_MAP_LAZY,
		.frames = wanted->mode == HV_MODE_SECURE ? as->secure : as->frames,
	};
	int err;

	if (!hv_aspace_contains_range(as, hv_gpa(wanted->gpa), wanted->size))
		return -EINVAL;
	if (wanted->mode != HV_MODE_IDENTICAL) {
		err = region.frames ? hv_mset_insert(&as->set, &region) : -ENODEV;
		if (!err)
			done->mapped_regions |= HV_BIT(i);
		return err;
	}
	region.mapper = HV_MAP_OFFSET;
	region.to = wanted->phys;
	return map_identical(as, &region, wanted->is_lenient, HV_BIT(i), &done->reserved_regions);
}

static int map_device(struct hv_aspace *as, struct progress *done, u32 i)
{
	u64 start = done->devices->range[i].start, size = done->devices->range[i].end - start;
	const struct hv_region region = {
		.span = { .start = start, .size = size },
		.flags = done->devices->range[i].flags,
		.mapper = HV_MAP_OFFSET,
		.to = start,
	};

	if (!hv_aspace_contains_range(as, hv_gpa(start), size))
		return -EINVAL;
	return map_identical(as, &region, false, HV_BIT(i), &done->reserved_devices);
}

static int map_all(struct hv_aspace *as, struct progress *done)
{
	u32 i;
	int err;

	for (i = 0; i < done->conf->nr_regions; i++) {
		if (done->conf->regions[i].flags & HV_MEM_DEVICE)
			continue;
		err = map_region(as, done, i);
		if (err)
			return err;
	}
	for (i = 0; i < done->devices->count; i++) {
		err = map_device(as, done, i);
		if (err)
			return err;
	}
	return 0;
}

/* Undo changes of owners, the last one first: within a batch, that cannot fail. */
static void give_back(struct hv_aspace *as, const struct progress *done)
{
	struct hv_owner_map *owners = as->set.owners;
	const struct hv_conf_region *region;
	u32 i;

	for (i = done->devices->count; i-- > 0;)
		if (done->reserved_devices & HV_BIT(i))
			(void)!hv_owner_change(owners, hv_hpa(done->devices->range[i].start),
					       done->devices->range[i].end - done->devices->range[i].start,
					       as->set.owner, HV_OWNER_ROOT);
	for (i = done->conf->nr_regions; i-- > 0;) {
		region = &done->conf->regions[i];
		if (done->reserved_regions & HV_BIT(i))
			(void)!hv_owner_change(owners, hv_hpa(region->phys), region->size, as->set.owner,
					       HV_OWNER_ROOT);
		else if (done->mapped_regions & HV_BIT(i))
			(void)!hv_region_disown(&as->set, region->gpa, region->gpa + region->size);
	}
}

static int configure(struct hv_aspace *as, struct progress *done)
{
	int err;

	if (as->set.regions.count)
		return -EEXIST;
	err = as->set.owners ? hv_owner_begin(as->set.owners, 2) : 0;
	if (err)
		return err;
	err = map_all(as, done);
	if (err) {
		give_back(as, done);
		hv_mset_drop(&as->set);
	}
	if (as->set.owners)
		hv_owner_end(as->set.owners);
	return err;
}

HV_STATIC_ASSERT(HV_CONF_MAX_REGIONS <= 64);
HV_STATIC_ASSERT(HV_CONF_MAX_ID == HV_OWNER_MAX_CELL);

int hv_aspace_configure(struct hv_aspace *as, const struct hv_cellconf *conf)
{
	struct progress done = { .conf = conf };
	struct hv_conf_fault fault;
	int err;

	err = hv_cellconf_check(conf, &fault);
	if (err)
		return err;
	/* Too large for the stack. */
	done.devices = hv_alloc(as->set.pool, sizeof(*done.devices));
	if (!done.devices)
		return -ENOMEM;
	err = hv_cellconf_devices(conf, done.devices);
	if (!err) {
		hv_aspace_lock(as);
		err = configure(as, &done);
		hv_aspace_unlock(as);
	}
	(void)hv_free(as->set.pool, done.devices); /* allocated above */
	return err;
}
