// SPDX-License-Identifier: GPL-2.0-only
/* The buddy allocator's self-check: walks the frames first, then the lists, and compares with the counters. */
#include <hv/buddy.h>

struct tally {
	u64 free;		/* frames in free blocks */
	u64 blocks[HV_MAX_ORDER];
	u64 free_blocks[HV_MAX_ORDER];
};

static bool is_well_placed(const struct hv_buddy *b, u64 frame, u32 order)
{
	u64 i, size = 1ULL << order;

	if (order >= HV_MAX_ORDER || size > b->page_count - frame || !HV_IS_ALIGNED(frame + b->skew, size))
		return false;
	for (i = 1; i < size; i++)
		if (b->meta[frame + i] != hv_meta_block(HV_META_COMPOUND, order))
			return false;
	return true;
}

static bool is_block(const struct hv_meta *meta)
{
	return meta->kind == HV_META_FREE || meta->kind == HV_META_ALLOCATED ||
	       (meta->kind == HV_META_SLAB && meta->slab);
}

/* Two free buddies would have been merged. */
static bool is_merged(const struct hv_buddy *b, u64 frame, u32 order)
{
	u64 buddy = ((frame + b->skew) ^ (1ULL << order)) - b->skew;
	struct hv_meta meta;

	if (order + 1 >= HV_MAX_ORDER || buddy >= b->page_count)
		return true;
	meta = hv_meta_decode(b->meta[buddy]);
	return meta.kind != HV_META_FREE || meta.order != order;
}

static int check_frames(const struct hv_buddy *b, struct tally *tally)
{
	struct hv_meta meta;
	u64 frame;

	for (frame = 0; frame < b->meta_pages; frame++)
		if (b->meta[frame] != HV_META_RESERVED)
			return -EIO;
	for (; frame < b->page_count; frame += 1ULL << meta.order) {
		meta = hv_meta_decode(b->meta[frame]);
		if (b->meta[frame] != hv_meta_encode(&meta) || !is_block(&meta) ||
		    !is_well_placed(b, frame, meta.order))
			return -EIO;
		tally->blocks[meta.order]++;
		if (meta.kind != HV_META_FREE)
			continue;
		if (!is_merged(b, frame, meta.order))
			return -EIO;
		tally->free_blocks[meta.order]++;
		tally->free += 1ULL << meta.order;
	}
	return 0;
}

/* A list that names each block's predecessor rightly cannot come back to one of its own. */
static int check_list(const struct hv_buddy *b, u32 order)
{
	u64 frame, prev = 0, count = 0;
	struct hv_meta meta;

	for (frame = b->next_page[order]; frame; frame = meta.next) {
		if (frame >= b->page_count || count++ == b->free_pages[order])
			return -EIO;
		meta = hv_meta_decode(b->meta[frame]);
		if (meta.kind != HV_META_FREE || meta.order != order || meta.prev != prev)
			return -EIO;
		prev = frame;
	}
	return count == b->free_pages[order] ? 0 : -EIO;
}

static int check(const struct hv_buddy *b)
{
	struct tally tally = { 0 };
	u64 frames = b->meta_pages;
	u32 order;
	int err;

	err = check_frames(b, &tally);
	if (err)
		return err;
	for (order = 0; order < HV_MAX_ORDER; order++) {
		err = check_list(b, order);
		if (err)
			return err;
		if (tally.blocks[order] != b->nr_pages[order] || tally.free_blocks[order] != b->free_pages[order])
			return -EIO;
		frames += b->nr_pages[order] << order;
	}
	return frames == b->page_count && tally.free == b->free ? 0 : -EIO;
}

int hv_buddy_check(struct hv_buddy *b)
{
	int err;

	hv_lock(&b->lock);
	err = check(b);
	hv_unlock(&b->lock);
	return err;
}
