// SPDX-License-Identifier: GPL-2.0-only
/* How one region of a memory set is mapped: its flags, its mapper. */
#include <hv/arch.h>
#include <hv/bits.h>
#include <hv/check.h>
#include <hv/string.h>
#include "region.h"

HV_STATIC_ASSERT(HV_RIGHT_READ == HV_MEM_READ && HV_RIGHT_WRITE == HV_MEM_WRITE && HV_RIGHT_EXEC == HV_MEM_EXECUTE);
HV_STATIC_ASSERT(HV_RIGHT_DMA == HV_MEM_DMA && HV_RIGHT_ROOTSHARED == HV_MEM_ROOTSHARED);
HV_STATIC_ASSERT(HV_PT_READ == HV_MEM_READ && HV_PT_WRITE == HV_MEM_WRITE && HV_PT_EXEC == HV_MEM_EXECUTE);

u64 hv_region_pt_flags(const struct hv_region *region)
{
	return (region->flags & HV_MEM_RWX) | (region->flags & HV_MEM_NO_HUGE ? HV_PT_NO_HUGE : 0);
}

int hv_region_check_rights(const struct hv_mset *set, const struct hv_region *region, u64 start, u64 size, u32 rights)
{
	u32 flags = rights | (region->flags & (HV_MEM_DMA | HV_MEM_ROOTSHARED));
	u64 to = region->to + (start - region->span.start);

	if (!(rights & HV_MEM_READ) || (rights & ~(u32)HV_MEM_RWX))
		return -EINVAL;
	if (region->mapper == HV_MAP_EMPTY && (rights & HV_MEM_WRITE))
		return -EINVAL;
	if (!hv_region_is_linear(region) || !set->owners)
		return 0;
	return hv_owner_may_map(set->owners, set->owner, hv_hpa(to), size, flags) ? 0 : -EBUSY;
}

static bool is_target_sane(const struct hv_mset *set, const struct hv_region *region)
{
	u64 size = hv_region_is_linear(region) ? region->span.size : region->object_size;
	u64 last = region->to + (size - 1);

	if (hv_region_has_frames(region))
		return region->frames && !(region->flags & (HV_MEM_DEVICE | HV_MEM_IO));
	if (!hv_region_is_linear(region) && region->mapper != HV_MAP_EMPTY)
		return false;
	/* Registers are not zeroed. */
	if (region->mapper == HV_MAP_DEFERRED && (region->flags & (HV_MEM_DEVICE | HV_MEM_IO | HV_MEM_DMA)))
		return false;
	return size && HV_IS_ALIGNED(region->to | size, HV_PAGE_SIZE) && last >= region->to &&
	       !((region->to | last) & HV_PAGE_MASK & ~set->pt.format.address);
}

int hv_region_check(const struct hv_mset *set, const struct hv_region *region)
{
	if (!hv_pt_covers(&set->pt, region->span.start, region->span.size) || !hv_mem_flags_are_known(region->flags) ||
	    !is_target_sane(set, region))
		return -EINVAL;
	return hv_region_check_rights(set, region, region->span.start, region->span.size, region->flags & HV_MEM_RWX);
}

/* Registers are never cached; for the rest it is as the machine has it, piece by piece. */
int hv_region_map_linear(struct hv_mset *set, const struct hv_region *region, u64 how)
{
	bool is_device = region->flags & (HV_MEM_DEVICE | HV_MEM_IO);
	u64 end = region->to + region->span.size, at, piece_end, type = HV_TYPE_UC;
	bool merge = false;
	int err;

	for (at = region->to; at != end; at = piece_end) {
		piece_end = end;
		if (!is_device)
			type = hv_arch_memory_type(at, &piece_end);
		if (piece_end != end && !how) {
			how = HV_PT_UNMERGED;
			merge = true;
		}
		err = hv_pt_map(&set->pt, region->span.start + (at - region->to), at, piece_end - at,
				hv_region_pt_flags(region) | HV_PT_TYPE(type) | how);
		if (err)
			goto err_unmap;
	}
	if (merge)
		hv_pt_merge(&set->pt, region->span.start, region->span.size);
	return 0;

err_unmap:
	if (at != region->to)
		hv_region_release(set, region->span.start, region->span.start + (at - region->to));
	return err;
}

/* The frame is zeroed, so that nothing can be learned from it, whatever becomes of it. */
int hv_region_take_page(struct hv_mset *set, const struct hv_region *region, u64 at, u64 how)
{
	void *frame = hv_pool_alloc(region->frames);
	hv_hpa_t hpa;
	int err;

	if (!frame)
		return -ENOMEM;
	hpa = hv_pool_hpa(region->frames, frame);
	if (set->owners) {
		err = hv_owner_change(set->owners, hpa, HV_PAGE_SIZE, HV_OWNER_HYPERVISOR, set->owner);
		if (err)
			goto err_free;
	}
	err = hv_pt_map(&set->pt, at, hv_hpa_raw(hpa), HV_PAGE_SIZE,
			hv_region_pt_flags(region) | HV_PT_TYPE(HV_TYPE_WB) | how);
	if (err)
		goto err_disown;
	set->frames++;
	return 0;

err_disown:
	/* The last change is undone within a batch: that cannot fail. */
	if (set->owners)
		(void)!hv_owner_change(set->owners, hpa, HV_PAGE_SIZE, set->owner, HV_OWNER_HYPERVISOR);
err_free:
	(void)hv_pool_free(region->frames, frame); /* it came from there */
	return err;
}

static int populate(struct hv_mset *set, const struct hv_region *region)
{
	u64 start = region->span.start, end = hv_span_end(&region->span), at;
	int err;

	for (at = start; at != end; at += HV_PAGE_SIZE) {
		err = hv_region_take_page(set, region, at, HV_PT_UNMERGED);
		if (err)
			goto err_release;
	}
	hv_pt_merge(&set->pt, start, region->span.size);
	return 0;

err_release:
	if (at != start) {
		(void)!hv_region_disown(set, start, at); /* within the batch, the last one first */
		hv_region_release(set, start, at);
	}
	return err;
}

int hv_region_map(struct hv_mset *set, const struct hv_region *region)
{
	const struct hv_pt_object object = { region->to, region->object_size };

	if (region->flags & HV_MEM_NO_PRESENT)
		return 0;
	switch (region->mapper) {
	case HV_MAP_OFFSET:
		return hv_region_map_linear(set, region, 0);
	case HV_MAP_EMPTY:
		return hv_pt_map_object(&set->pt, region->span.start, &object, region->span.size,
					hv_region_pt_flags(region) | HV_PT_TYPE(HV_TYPE_WB));
	case HV_MAP_ALLOC:
		return populate(set, region);
	case HV_MAP_DEFERRED:
		return hv_region_prepare(set, region);
	default:
		return 0;
	}
}
