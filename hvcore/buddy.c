// SPDX-License-Identifier: GPL-2.0-only
/* The buddy allocator. Frames are numbers within the region; alignment counts from where a largest block begins. */
#include <hv/buddy.h>
#include <hv/compiler.h>
#include <hv/string.h>

#define META_PER_PAGE (HV_PAGE_SIZE / sizeof(u64))
#define LARGEST (1ULL << (HV_MAX_ORDER - 1))

/* May lie outside of the region, and is a very large number if that is below it. */
static u64 buddy_of(const struct hv_buddy *b, u64 frame, u32 order)
{
	return ((frame + b->skew) ^ (1ULL << order)) - b->skew;
}

static bool is_kind(const struct hv_buddy *b, u64 frame, enum hv_meta_kind kind, u32 order)
{
	return (b->meta[frame] & (HV_META_KIND | HV_META_ORDER)) == hv_meta_block(kind, order);
}

static void set_next(struct hv_buddy *b, u64 frame, u64 next)
{
	b->meta[frame] = (b->meta[frame] & ~HV_META_NEXT) | HV_PUT(HV_META_NEXT, next);
}

static void set_prev(struct hv_buddy *b, u64 frame, u64 prev)
{
	b->meta[frame] = (b->meta[frame] & ~HV_META_PREV) | HV_PUT(HV_META_PREV, prev);
}

static void set_tails(struct hv_buddy *b, u64 frame, u32 order)
{
	u64 tail = hv_meta_block(HV_META_COMPOUND, order);
	u64 *at = &b->meta[frame], *end = at + (1ULL << order);

	while (++at < end)
		*at = tail;
}

static void link(struct hv_buddy *b, u64 frame, u32 order)
{
	u64 next = b->next_page[order];

	b->meta[frame] = hv_meta_free(order, next, 0);
	if (next)
		set_prev(b, next, frame);
	b->next_page[order] = frame;
	b->free_pages[order]++;
}

static void unlink(struct hv_buddy *b, u64 frame, u32 order)
{
	u64 next = HV_GET(HV_META_NEXT, b->meta[frame]), prev = HV_GET(HV_META_PREV, b->meta[frame]);

	if (next)
		set_prev(b, next, prev);
	if (prev)
		set_next(b, prev, next);
	else
		b->next_page[order] = next;
	b->free_pages[order]--;
}

/* Free a block, after merging it with its buddies as far as they are free as a whole. */
static void release(struct hv_buddy *b, u64 frame, u32 order)
{
	u32 merged = order;
	u64 buddy;

	b->free += 1ULL << order;
	for (; merged + 1 < HV_MAX_ORDER; merged++) {
		buddy = buddy_of(b, frame, merged);
		if (buddy >= b->page_count || !is_kind(b, buddy, HV_META_FREE, merged))
			break;
		unlink(b, buddy, merged);
		b->nr_pages[merged] -= 2;
		b->nr_pages[merged + 1]++;
		frame = buddy < frame ? buddy : frame;
	}
	if (merged > order)
		set_tails(b, frame, merged);
	link(b, frame, merged);
}

int hv_buddy_init(struct hv_buddy *b, void *start_virt, hv_hpa_t start_phys, u64 page_count)
{
	u64 start = hv_hpa_raw(start_phys), meta_pages = (page_count + META_PER_PAGE - 1) / META_PER_PAGE;
	u64 i;

	memset(b, 0, sizeof(*b));
	if (!HV_IS_ALIGNED(start | (u64)(__UINTPTR_TYPE__)start_virt, HV_PAGE_SIZE) || start >> HV_PHYSICAL_BITS ||
	    page_count > HV_META_MAX_FRAMES || page_count <= meta_pages)
		return -EINVAL;
	hv_lock(&b->lock);
	b->start_virt = start_virt;
	b->start_phys = start_phys;
	b->meta = start_virt;
	b->page_count = page_count;
	b->meta_pages = meta_pages;
	b->skew = (start >> HV_PAGE_SHIFT) % LARGEST;
	b->nr_pages[0] = page_count - meta_pages;
	for (i = 0; i < meta_pages; i++)
		b->meta[i] = HV_META_RESERVED;
	for (; i < page_count; i++)
		b->meta[i] = hv_meta_block(HV_META_ALLOCATED, 0);
	for (i = meta_pages; i < page_count; i++)
		release(b, i, 0);
	hv_unlock(&b->lock);
	return 0;
}

/* Cut the free block @frame of order @from down to @order; the upper halves stay free. */
static void split(struct hv_buddy *b, u64 frame, u32 from, u32 order)
{
	u64 half;

	unlink(b, frame, from);
	while (from > order) {
		b->nr_pages[from--]--;
		b->nr_pages[from] += 2;
		half = frame + (1ULL << from);
		set_tails(b, half, from);
		link(b, half, from);
	}
	set_tails(b, frame, order);
	b->meta[frame] = hv_meta_block(HV_META_ALLOCATED, order);
	b->free -= 1ULL << order;
}

void *hv_buddy_alloc(struct hv_buddy *b, u32 order)
{
	void *block = NULL;
	u32 from;

	hv_lock(&b->lock);
	for (from = order; from < HV_MAX_ORDER; from++) {
		u64 frame = b->next_page[from];

		if (!frame)
			continue;
		split(b, frame, from, order);
		block = b->start_virt + frame * HV_PAGE_SIZE;
		break;
	}
	hv_unlock(&b->lock);
	return block;
}

static bool has_frame(const struct hv_buddy *b, const void *p, u64 *frame)
{
	u64 at = (u64)(__UINTPTR_TYPE__)p, start = (u64)(__UINTPTR_TYPE__)b->start_virt;

	*frame = (at - start) / HV_PAGE_SIZE;
	return at >= start && *frame < b->page_count;
}

/* The number of the frame that begins at @p, if it is the first one of a block of that order in use. */
static int find_block(const struct hv_buddy *b, const void *p, u32 order, u64 *frame)
{
	enum hv_meta_kind kind;

	if (order >= HV_MAX_ORDER || !has_frame(b, p, frame) || !HV_IS_ALIGNED((u64)(__UINTPTR_TYPE__)p, HV_PAGE_SIZE))
		return -EINVAL;
	kind = hv_meta_decode(b->meta[*frame]).kind;
	if (kind == HV_META_RESERVED || kind == HV_META_SLAB)
		return -EBUSY;
	return is_kind(b, *frame, HV_META_ALLOCATED, order) ? 0 : -EINVAL;
}

static int find_slab_page(const struct hv_buddy *b, const void *p, u64 *frame)
{
	return find_block(b, p, 0, frame) == -EBUSY && (b->meta[*frame] & HV_META_KIND) == HV_META_SLAB ? 0 : -EINVAL;
}

int hv_buddy_free(struct hv_buddy *b, void *block, u32 order)
{
	u64 frame;
	int err;

	hv_lock(&b->lock);
	err = find_block(b, block, order, &frame);
	if (!err)
		release(b, frame, order);
	hv_unlock(&b->lock);
	return err;
}

int hv_buddy_query(struct hv_buddy *b, const void *p, struct hv_meta *meta)
{
	int err = -EINVAL;
	u64 frame;

	hv_lock(&b->lock);
	if (has_frame(b, p, &frame)) {
		*meta = hv_meta_decode(b->meta[frame]);
		err = 0;
	}
	hv_unlock(&b->lock);
	return err;
}

int hv_buddy_mark(struct hv_buddy *b, void *page, const struct hv_slab_page *slab)
{
	u64 frame;
	int err;

	hv_lock(&b->lock);
	err = slab ? find_block(b, page, 0, &frame) : find_slab_page(b, page, &frame);
	if (!err)
		b->meta[frame] = slab ? hv_meta_slab(slab) : hv_meta_block(HV_META_ALLOCATED, 0);
	hv_unlock(&b->lock);
	return err;
}
