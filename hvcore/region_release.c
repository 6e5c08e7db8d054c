// SPDX-License-Identifier: GPL-2.0-only
/* How frames of a memory set go back: disowned first, which can fail, then unmapped, flushed, scrubbed, freed. */
#include <hv/bits.h>
#include <hv/string.h>
#include "region.h"

/* A piece of one leaf in one region. */
struct piece {
	u64 start, end;
	u64 to;
	const struct hv_region *region;
};

/* The first piece in [at, end), if any. */
static bool piece_from(const struct hv_mset *set, u64 at, u64 end, struct piece *piece)
{
	struct hv_pt_mapping mapping;

	if (hv_pt_next(&set->pt, &at, end, &mapping))
		return false;
	piece->start = at;
	piece->to = mapping.address;
	piece->end = hv_pt_leaf_end(&mapping, at, end);
	piece->region = hv_region_of(hv_span_at(&set->regions, at));
	if (piece->region && hv_span_end(&piece->region->span) < piece->end)
		piece->end = hv_span_end(&piece->region->span);
	return true;
}

static bool has_owned_frames(const struct piece *piece)
{
	return piece->region && hv_region_has_frames(piece->region);
}

/* Undo what hv_region_disown() did to [start, at), the last piece first, as a batch needs it. */
static void own_again(struct hv_mset *set, u64 start, u64 at)
{
	struct hv_pt_mapping mapping;
	const struct hv_region *region;
	u64 from, size;

	for (; at > start; at -= size) {
		size = HV_PAGE_SIZE;
		if (hv_pt_query(&set->pt, at - HV_PAGE_SIZE, &mapping))
			continue;
		region = hv_region_of(hv_span_at(&set->regions, at - HV_PAGE_SIZE));
		from = (at - HV_PAGE_SIZE) & ~(mapping.size - 1);
		from = from < start ? start : from;
		if (region && from < region->span.start)
			from = region->span.start;
		size = at - from;
		mapping.address -= at - HV_PAGE_SIZE - from;
		if (region && hv_region_has_frames(region))
			(void)!hv_owner_change(set->owners, hv_hpa(mapping.address), size, HV_OWNER_HYPERVISOR,
					       set->owner); /* cannot fail within a batch */
	}
}

int hv_region_disown(struct hv_mset *set, u64 start, u64 end)
{
	struct piece piece;
	u64 at;
	int err;

	if (!set->owners || !set->frames)
		return 0;
	for (at = start; at < end && piece_from(set, at, end, &piece); at = piece.end) {
		if (!has_owned_frames(&piece))
			continue;
		err = hv_owner_change(set->owners, hv_hpa(piece.to), piece.end - piece.start, set->owner,
				      HV_OWNER_HYPERVISOR);
		if (err) {
			own_again(set, start, piece.start);
			return err;
		}
	}
	return 0;
}

static void free_frames(struct hv_mset *set, const struct hv_region *region, u64 hpa, u64 size)
{
	u8 *frame;
	u64 at;

	for (at = 0; at < size; at += HV_PAGE_SIZE) {
		frame = hv_pool_pointer(region->frames, hv_hpa(hpa + at));
		memset(frame, 0, HV_PAGE_SIZE);
		(void)hv_pool_free(region->frames, frame); /* it came from there */
		set->frames--;
	}
}

/* What was revoked from @at on is one leaf, perhaps of several regions. */
static void free_leaf(struct hv_mset *set, u64 at, const struct hv_pt_mapping *mapping)
{
	const struct hv_region *region;
	u64 end = at + mapping->size, next;

	for (; at != end; at = next) {
		region = hv_region_of(hv_span_from(&set->regions, at));
		next = end;
		if (region && region->span.start > at)
			next = region->span.start < end ? region->span.start : end;
		else if (region && hv_span_end(&region->span) < end)
			next = hv_span_end(&region->span);
		if (region && region->span.start <= at && hv_region_has_frames(region))
			free_frames(set, region, mapping->address + mapping->size - (end - at), next - at);
	}
}

void hv_region_release(struct hv_mset *set, u64 start, u64 end)
{
	struct hv_pt_mapping mapping;
	u64 at = start;

	if (!set->frames) {
		(void)!hv_pt_unmap(&set->pt, start, end - start); /* its ends are prepared */
		hv_pt_flush(&set->pt);
		return;
	}
	(void)!hv_pt_revoke(&set->pt, start, end - start); /* likewise */
	hv_pt_flush(&set->pt);
	while (!hv_pt_collect(&set->pt, &at, end, &mapping))
		free_leaf(set, at - mapping.size, &mapping);
	hv_pt_flush(&set->pt);
}
