// SPDX-License-Identifier: GPL-2.0-only
/* The address space of a cell: what changes it. Every change holds the lock until nobody has the old state any more. */
#include <hv/bits.h>
#include <hv/exit.h>
#include <hv/log.h>
#include "aspace.h"

int hv_aspace_new_empty(struct hv_aspace *as, const struct hv_aspace_config *config)
{
	int err;

	*as = (struct hv_aspace){ .base = config->base, .size = config->size, .frames = config->frames,
				  .secure = config->secure };
	err = hv_mset_init(&as->set, config->format, config->pool, config->owners, config->owner);
	if (err)
		return err;
	if (!hv_pt_covers(&as->set.pt, as->base, as->size)) {
		hv_pt_fini(&as->set.pt);
		return -EINVAL;
	}
	return 0;
}

void hv_aspace_set_live(struct hv_aspace *as, bool live)
{
	hv_aspace_lock(as);
	as->set.pt.live = live;
	hv_aspace_unlock(as);
}

int hv_aspace_destroy(struct hv_aspace *as)
{
	int err;

	hv_aspace_lock(as);
	err = hv_mset_fini(&as->set);
	hv_aspace_unlock(as);
	return err;
}

static int insert(struct hv_aspace *as, const struct hv_region *region)
{
	int err;

	if (!hv_aspace_contains_range(as, hv_gpa(region->span.start), region->span.size))
		return -EINVAL;
	hv_aspace_lock(as);
	err = hv_mset_insert(&as->set, region);
	hv_aspace_unlock(as);
	return err;
}

/* Now, or on first touch. */
static int map_frames(struct hv_aspace *as, const struct hv_span *span, hv_hpa_t hpa, u32 flags, u32 mapper)
{
	return insert(as, &(struct hv_region){
				  .span = *span,
				  .flags = flags,
				  .mapper = mapper,
				  .to = hv_hpa_raw(hpa),
			  });
}

int hv_aspace_map_linear(struct hv_aspace *as, hv_gpa_t gpa, hv_hpa_t hpa, u64 size, u32 flags)
{
	const struct hv_span span = { .start = hv_gpa_raw(gpa), .size = size };

	return map_frames(as, &span, hpa, flags, HV_MAP_OFFSET);
}

int hv_aspace_map_deferred(struct hv_aspace *as, hv_gpa_t gpa, hv_hpa_t hpa, u64 size, u32 flags)
{
	const struct hv_span span = { .start = hv_gpa_raw(gpa), .size = size };

	return map_frames(as, &span, hpa, flags, HV_MAP_DEFERRED);
}

int hv_aspace_map_alloc(struct hv_aspace *as, hv_gpa_t gpa, u64 size, u32 flags, u32 how)
{
	struct hv_region region = {
		.span = { .start = hv_gpa_raw(gpa), .size = size },
		.flags = flags,
		.mapper = how & HV_ALLOC_POPULATE ? HV_MAP_ALLOC : HV_MAP_LAZY,
		.frames = how & HV_ALLOC_SECURE ? as->secure : as->frames,
	};

	if (how & ~(u32)(HV_ALLOC_POPULATE | HV_ALLOC_SECURE))
		return -EINVAL;
	return region.frames ? insert(as, &region) : -ENODEV;
}

int hv_aspace_map_empty(struct hv_aspace *as, hv_gpa_t gpa, u64 size, u32 flags, const struct hv_pt_object *object)
{
	return insert(as, &(struct hv_region){
				  .span = { .start = hv_gpa_raw(gpa), .size = size },
				  .flags = flags,
				  .mapper = HV_MAP_EMPTY,
				  .to = object->address,
				  .object_size = object->size,
			  });
}

/* With the frames reserved: the last change is undone within its batch, which cannot fail. */
static int reserve_and_insert(struct hv_mset *set, const struct hv_region *region)
{
	hv_hpa_t hpa = hv_hpa(region->to);
	u64 size = region->span.size;
	int err;

	err = hv_owner_begin(set->owners, 2);
	if (err)
		return err;
	err = hv_owner_change(set->owners, hpa, size, HV_OWNER_ROOT, set->owner);
	if (!err) {
		err = hv_mset_insert(set, region);
		if (err)
			(void)!hv_owner_change(set->owners, hpa, size, set->owner, HV_OWNER_ROOT);
	}
	hv_owner_end(set->owners);
	return err;
}

/* Is a frame that @wanted wants mapped elsewhere in the set, or may it be any time? The object of EMPTY is nobody's. */
static bool is_in_use(const struct hv_mset *set, const struct hv_region *wanted)
{
	const struct hv_region *region;
	const struct hv_span *span;
	u64 from, size;

	for (span = hv_span_first(&set->regions); span; span = hv_span_next(&set->regions, span)) {
		region = hv_span_entry(span, const struct hv_region, span);
		from = hv_region_has_frames(region) ? hv_hpa_raw(region->frames->start) : region->to;
		size = hv_region_has_frames(region) ? region->frames->frames * HV_PAGE_SIZE : region->span.size;
		if (region->mapper != HV_MAP_EMPTY && wanted->to < from + size && from < wanted->to + wanted->span.size)
			return true;
	}
	return false;
}

int hv_aspace_insert_identical(struct hv_mset *set, const struct hv_region *region, bool lenient, bool *reserved)
{
	hv_hpa_t hpa = hv_hpa(region->to);
	int err;

	*reserved = false;
	/* What is mapped already is owned already: say that it exists, not that it is busy. */
	if (hv_span_first_overlap(&set->regions, region->span.start, region->span.size) || is_in_use(set, region))
		return -EEXIST;
	if (!set->owners || (region->flags & HV_MEM_ROOTSHARED))
		return hv_mset_insert(set, region);
	*reserved = hv_owner_holds(set->owners, HV_OWNER_ROOT, hpa, region->span.size);
	if (*reserved)
		return reserve_and_insert(set, region);
	if (hv_owner_holds(set->owners, set->owner, hpa, region->span.size))
		return hv_mset_insert(set, region);
	if (!lenient)
		return -EBUSY;
	err = hv_mset_insert(set, region);
	if (!err)
		hv_log(HV_LOG_WARN, "cell %u: memory at 0x%llx is not reserved for it, but mapped", set->owner,
		       region->to);
	return err;
}

int hv_aspace_map_identical(struct hv_aspace *as, hv_gpa_t gpa, hv_hpa_t hpa, u64 size, u32 flags, bool lenient)
{
	const struct hv_region region = {
		.span = { .start = hv_gpa_raw(gpa), .size = size },
		.flags = flags,
		.mapper = HV_MAP_OFFSET,
		.to = hv_hpa_raw(hpa),
	};
	bool reserved;
	int err;

	if (!hv_aspace_contains_range(as, gpa, size) || !hv_pt_covers(&as->set.pt, region.span.start, size) ||
	    !HV_IS_ALIGNED(region.to, HV_PAGE_SIZE) || !hv_span_is_valid(region.to, size))
		return -EINVAL;
	hv_aspace_lock(as);
	err = hv_aspace_insert_identical(&as->set, &region, lenient, &reserved);
	hv_aspace_unlock(as);
	return err;
}

int hv_aspace_unmap(struct hv_aspace *as, hv_gpa_t gpa, u64 size)
{
	int err;

	if (!hv_aspace_contains_range(as, gpa, size))
		return -EINVAL;
	hv_aspace_lock(as);
	err = hv_mset_delete(&as->set, hv_gpa_raw(gpa), size);
	hv_aspace_unlock(as);
	return err;
}

int hv_aspace_protect(struct hv_aspace *as, hv_gpa_t gpa, u64 size, u32 rights)
{
	int err;

	if (!hv_aspace_contains_range(as, gpa, size))
		return -EINVAL;
	hv_aspace_lock(as);
	err = hv_mset_protect(&as->set, hv_gpa_raw(gpa), size, rights);
	hv_aspace_unlock(as);
	return err;
}

int hv_aspace_clear(struct hv_aspace *as)
{
	int err;

	hv_aspace_lock(as);
	err = hv_mset_clear(&as->set);
	hv_aspace_unlock(as);
	return err;
}

/* HV_ACCESS_* and HV_MEM_* number the three rights alike. */
HV_STATIC_ASSERT(HV_ACCESS_READ == HV_MEM_READ && HV_ACCESS_WRITE == HV_MEM_WRITE && HV_ACCESS_EXEC == HV_MEM_EXECUTE);

int hv_aspace_wake(struct hv_aspace *as, hv_gpa_t gpa, u8 access)
{
	const struct hv_region *region;
	int err = -EPERM;

	if (!hv_aspace_contains_range(as, gpa, 1))
		return -EINVAL;
	hv_lock(&as->lock);
	region = hv_region_of(hv_span_at(&as->set.regions, hv_gpa_raw(gpa)));
	if (!region || region->mapper != HV_MAP_LAZY)
		err = hv_mset_touch(&as->set, hv_gpa_raw(gpa), access);
	hv_unlock(&as->lock);
	return err;
}

int hv_aspace_handle_fault(struct hv_aspace *as, hv_gpa_t gpa, u8 access)
{
	int err;

	if (!hv_aspace_contains_range(as, gpa, 1))
		return -EINVAL;
	hv_aspace_lock(as);
	err = hv_mset_touch(&as->set, hv_gpa_raw(gpa), access);
	hv_aspace_unlock(as);
	return err;
}
