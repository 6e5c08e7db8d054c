// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions whose frames are there from the beginning, but zeroed and mapped only where somebody looks: in pieces of
 * 2 MiB where region and frames have all of it, else of a page. A touch must not fail for want of memory that others
 * used up meanwhile: where there is no table yet, a piece is mapped from the start, and keeps it.
 */
#include <hv/arch.h>
#include <hv/bits.h>
#include "region.h"

static bool has_block(const struct hv_region *region, u64 block)
{
	return block >= region->span.start && hv_span_end(&region->span) - block >= HV_SIZE_2M &&
	       HV_IS_ALIGNED(region->to - region->span.start, HV_SIZE_2M) && !(region->flags & HV_MEM_NO_HUGE);
}

static struct hv_region piece_at(const struct hv_region *region, u64 at)
{
	u64 block = at & ~(HV_SIZE_2M - 1);
	bool is_large = has_block(region, block);
	struct hv_region piece = *region;

	piece.span.start = is_large ? block : at & HV_PAGE_MASK;
	piece.span.size = is_large ? HV_SIZE_2M : HV_PAGE_SIZE;
	piece.to += piece.span.start - region->span.start;
	return piece;
}

bool hv_region_ends_piece(const struct hv_region *upper)
{
	return HV_IS_ALIGNED(upper->span.start | upper->to, HV_SIZE_2M);
}

/* Leaves stay as they are put: merging would take a table away. */
int hv_region_wake(struct hv_mset *set, const struct hv_region *region, u64 at)
{
	struct hv_region piece = piece_at(region, at);

	hv_arch_scrub(hv_hpa(piece.to), piece.span.size);
	return hv_region_map_linear(set, &piece, HV_PT_UNMERGED);
}

int hv_region_prepare(struct hv_mset *set, const struct hv_region *region)
{
	u64 start = region->span.start, end = hv_span_end(&region->span), at, rest;
	int err;

	for (at = start; at != end; at += rest < end - at ? rest : end - at) {
		rest = HV_SIZE_2M - (at & (HV_SIZE_2M - 1));
		if (hv_pt_has_room(&set->pt, at, piece_at(region, at).span.size))
			continue;
		err = hv_region_wake(set, region, at);
		if (err)
			goto err_release;
	}
	return 0;

err_release:
	if (at != start)
		hv_region_release(set, start, at);
	return err;
}
