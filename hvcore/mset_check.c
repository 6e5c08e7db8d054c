// SPDX-License-Identifier: GPL-2.0-only
/* Proof that a memory set's records and tables say the same. */
#include "region.h"

static bool is_right(const struct hv_mset *set, const struct hv_region *region, u64 at,
		     const struct hv_pt_mapping *mapping)
{
	const u64 rights = HV_PT_WRITE | HV_PT_NO_HUGE;
	hv_hpa_t end;

	if ((region->flags & HV_MEM_NO_PRESENT) || ((hv_region_pt_flags(region) ^ mapping->flags) & rights))
		return false;
	if (hv_region_is_linear(region))
		return mapping->address == region->to + (at - region->span.start);
	if (region->mapper == HV_MAP_EMPTY)
		return mapping->address - region->to < region->object_size;
	return !set->owners || hv_owner_of(set->owners, hv_hpa(mapping->address), &end) == set->owner;
}

/* @bytes: in and out, what is mapped; @frames: likewise, of it what was allocated. */
static int check_region(const struct hv_mset *set, const struct hv_region *region, u64 *bytes, u64 *frames)
{
	u64 at = region->span.start, end = hv_span_end(&region->span), mapped = 0, next;
	struct hv_pt_mapping mapping;

	if (hv_region_check(set, region))
		return -EIO;
	for (; !hv_pt_next(&set->pt, &at, end, &mapping); at = next) {
		if (!is_right(set, region, at, &mapping))
			return -EIO;
		next = hv_pt_leaf_end(&mapping, at, end);
		mapped += next - at;
	}
	*bytes += mapped;
	if (hv_region_has_frames(region))
		*frames += mapped / HV_PAGE_SIZE;
	if (region->mapper == HV_MAP_LAZY || region->mapper == HV_MAP_DEFERRED || (region->flags & HV_MEM_NO_PRESENT))
		return 0;
	/* What is split off a populated region is populated, too. */
	return mapped == region->span.size ? 0 : -EIO;
}

int hv_mset_check(const struct hv_mset *set)
{
	u64 bytes = 0, frames = 0, in_tables = 0;
	struct hv_span *span;
	unsigned int level;
	int err;

	err = hv_span_check(&set->regions);
	if (err)
		return err;
	for (span = hv_span_first(&set->regions); span; span = hv_span_next(&set->regions, span)) {
		err = check_region(set, hv_region_of(span), &bytes, &frames);
		if (err)
			return err;
	}
	for (level = 1; level <= HV_PT_MAX_LEVELS; level++)
		in_tables += set->pt.leaves[level - 1] << (HV_PAGE_SHIFT + 9 * (level - 1));
	return bytes == in_tables && frames == set->frames ? 0 : -EIO;
}
