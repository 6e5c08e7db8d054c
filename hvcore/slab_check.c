// SPDX-License-Identifier: GPL-2.0-only
/* The slab allocator's self-check: what the lists, bits and marks say, added up and compared with the counters. */
#include <hv/slab.h>

/* Of one slab, or of all but the descriptors'. */
struct tally {
	u64 pages, capacity, free, empty;
	u64 idle;		/* pages that are idle */
	u64 nr_idle;		/* what pages of descriptors say of the others */
};

static u32 count_used(const struct hv_slab_page *page)
{
	u32 i, count = 0;

	for (i = 0; i < HV_ARRAY_SIZE(page->used) * 64; i++)
		count += (page->used[i / 64] >> i % 64) & 1;
	return count;
}

static bool is_in_use(const struct hv_slab_page *descriptor)
{
	const struct hv_slab_page *holder =
		(const void *)((__UINTPTR_TYPE__)descriptor & (__UINTPTR_TYPE__)HV_PAGE_MASK);

	return holder->used[0] & HV_BIT((u32)((const u8 *)descriptor - (const u8 *)holder) / HV_SLAB_DESCRIPTOR);
}

static int check_page(const struct hv_slabs *slabs, const struct hv_slab *slab, const struct hv_slab_page *page)
{
	u32 limit = (u32)HV_PAGE_SIZE / slab->item_size;
	struct hv_meta meta;
	int err;

	if (page->slab != slab || page->nr_used != count_used(page) || page->nr_used > limit ||
	    page->nr_used < slab->own || page->nr_idle > page->nr_used || !is_in_use(page))
		return -EIO;
	if (limit < 64 && page->used[0] >> limit)
		return -EIO;
	if ((page->list == HV_SLAB_EMPTY) != (page->nr_used == slab->own) ||
	    (page->list == HV_SLAB_FULL) != (page->nr_used == limit) ||
	    page->is_idle != (page->nr_used == slab->own + page->nr_idle))
		return -EIO;
	err = hv_buddy_query(slabs->buddy, page->items, &meta);
	return !err && meta.kind == HV_META_SLAB && meta.slab == page ? 0 : -EIO;
}

static int check_list(const struct hv_slabs *slabs, const struct hv_slab *slab, u32 list, struct tally *tally)
{
	u32 limit = (u32)HV_PAGE_SIZE / slab->item_size;
	const struct hv_slab_page *page, *prev = NULL;
	int err;

	for (page = slab->lists[list]; page; prev = page, page = page->next) {
		if (page->list != list || page->prev != prev || tally->pages++ == slab->pages)
			return -EIO;
		err = check_page(slabs, slab, page);
		if (err)
			return err;
		tally->capacity += limit;
		tally->free += limit - page->nr_used;
		tally->empty += list == HV_SLAB_EMPTY;
		tally->idle += page->is_idle;
		tally->nr_idle += page->nr_idle;
	}
	return 0;
}

static int check_slab(const struct hv_slabs *slabs, const struct hv_slab *slab, struct tally *total)
{
	struct tally tally = { 0 };
	u32 list;
	int err;

	for (list = 0; list < HV_SLAB_LISTS; list++) {
		err = check_list(slabs, slab, list, &tally);
		if (err)
			return err;
	}
	if (tally.pages != slab->pages || tally.capacity != slab->capacity || tally.free != slab->free ||
	    tally.empty != slab->empty || (slab->empty > 1 && slab->free * 2 > slab->capacity))
		return -EIO;
	total->pages += tally.pages;
	total->idle += tally.idle;
	total->nr_idle += tally.nr_idle;
	return 0;
}

static int check(const struct hv_slabs *slabs)
{
	const struct hv_slab *slab = &slabs->descriptors;
	struct tally items = { 0 }, descriptors = { 0 };
	u32 i;
	int err;

	for (i = 0; i < HV_SLAB_SIZES; i++) {
		err = check_slab(slabs, &slabs->sizes[i], &items);
		if (err)
			return err;
	}
	err = check_slab(slabs, slab, &descriptors);
	if (err)
		return err;
	/* Each page has a descriptor and each descriptor a page. */
	if (slab->capacity - slab->free != items.pages + descriptors.pages)
		return -EIO;
	/* Idle pages are known to the pages that their descriptors lie in. */
	if (descriptors.nr_idle != items.idle || items.nr_idle || slabs->idle != items.idle + descriptors.idle)
		return -EIO;
	return 0;
}

int hv_slab_check(struct hv_slabs *slabs)
{
	int err;

	hv_lock(&slabs->lock);
	err = check(slabs);
	hv_unlock(&slabs->lock);
	return err;
}
