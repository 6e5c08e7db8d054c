// SPDX-License-Identifier: GPL-2.0-only
/* How frames of a memory set go back: disowned first, which can fail, then unmapped, flushed, scrubbed, freed. */
#include <hv/bits.h>
#include <hv/string.h>
#include "region.h"

/* A piece of one leaf in one region. Whatever is mapped is in some region. */
struct piece {
	u64 start, end;
	hv_hpa_t to;
	bool has_frames;
};

/* The last piece in [start, end), if any. */
static bool last_piece(const struct hv_mset *set, u64 start, u64 end, struct piece *piece)
{
	const struct hv_region *region;
	struct hv_pt_mapping mapping;

	if (hv_pt_prev(&set->pt, start, &end, &mapping))
		return false;
	region = hv_region_of(hv_span_at(&set->regions, end - 1));
	piece->has_frames = hv_region_has_frames(region);
	piece->end = end;
	piece->start = hv_pt_leaf_start(&mapping, start, end);
	if (region->span.start > piece->start)
		piece->start = region->span.start;
	piece->to = hv_hpa(mapping.address - (end - HV_PAGE_SIZE - piece->start));
	return true;
}

/* The first piece in [start, end), if any. */
static bool first_piece(const struct hv_mset *set, u64 start, u64 end, struct piece *piece)
{
	const struct hv_region *region;
	struct hv_pt_mapping mapping;

	if (hv_pt_next(&set->pt, &start, end, &mapping))
		return false;
	region = hv_region_of(hv_span_at(&set->regions, start));
	piece->has_frames = hv_region_has_frames(region);
	piece->start = start;
	piece->end = hv_pt_leaf_end(&mapping, start, end);
	if (hv_span_end(&region->span) < piece->end)
		piece->end = hv_span_end(&region->span);
	piece->to = hv_hpa(mapping.address);
	return true;
}

/* Undo what hv_region_disown() did, the last change first. */
static void own_again(struct hv_mset *set, u64 start, u64 end)
{
	struct piece piece;

	for (; start < end && first_piece(set, start, end, &piece); start = piece.end)
		if (piece.has_frames)
			(void)!hv_owner_change(set->owners, piece.to, piece.end - piece.start, HV_OWNER_HYPERVISOR,
					       set->owner); /* cannot fail within a batch */
}

/* From above, since pages were populated from below: within one batch, that cannot fail. */
int hv_region_disown(struct hv_mset *set, u64 start, u64 end)
{
	struct piece piece;
	u64 at;
	int err;

	if (!set->owners || !set->frames)
		return 0;
	for (at = end; at > start && last_piece(set, start, at, &piece); at = piece.start) {
		if (!piece.has_frames)
			continue;
		err = hv_owner_change(set->owners, piece.to, piece.end - piece.start, set->owner, HV_OWNER_HYPERVISOR);
		if (err) {
			own_again(set, piece.end, end);
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

/* What was revoked from @at on is one leaf, of several regions if they touch and their frames do. */
static void free_leaf(struct hv_mset *set, u64 at, const struct hv_pt_mapping *mapping)
{
	const struct hv_region *region;
	u64 hpa = mapping->address, end = at + mapping->size, size;

	for (; at != end; at += size, hpa += size) {
		region = hv_region_of(hv_span_at(&set->regions, at));
		size = hv_span_end(&region->span) - at;
		if (size > end - at)
			size = end - at;
		if (hv_region_has_frames(region))
			free_frames(set, region, hpa, size);
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
