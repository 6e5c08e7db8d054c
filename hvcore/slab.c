// SPDX-License-Identifier: GPL-2.0-only
/* The slab allocator. Pages grow and shrink in number here; the buddy allocator is called with our lock held. */
#include <hv/compiler.h>
#include <hv/slab.h>
#include <hv/string.h>

static u32 per_page(const struct hv_slab *slab)
{
	return (u32)HV_PAGE_SIZE / slab->item_size;
}

/* The page of descriptors that a descriptor lies in begins with its own. */
static struct hv_slab_page *holder_of(const struct hv_slab_page *page)
{
	return (void *)((__UINTPTR_TYPE__)page & (__UINTPTR_TYPE__)HV_PAGE_MASK);
}

static bool is_below_quarter(const struct hv_slab *slab)
{
	return !slab->free || slab->free * 4 < slab->capacity;
}

static enum hv_slab_list list_of(const struct hv_slab_page *page)
{
	if (page->nr_used == page->slab->own)
		return HV_SLAB_EMPTY;
	return page->nr_used == per_page(page->slab) ? HV_SLAB_FULL : HV_SLAB_PARTIAL;
}

static void link(struct hv_slab_page *page, enum hv_slab_list list)
{
	struct hv_slab_page **head = &page->slab->lists[list];

	page->list = (u16)list;
	page->prev = NULL;
	page->next = *head;
	if (*head)
		(*head)->prev = page;
	*head = page;
	page->slab->empty += list == HV_SLAB_EMPTY;
}

static void unlink(struct hv_slab_page *page)
{
	if (page->next)
		page->next->prev = page->prev;
	if (page->prev)
		page->prev->next = page->next;
	else
		page->slab->lists[page->list] = page->next;
	page->slab->empty -= page->list == HV_SLAB_EMPTY;
}

/* A page is idle if nobody needs it: it is empty, or holds descriptors of idle pages only. */
static bool has_changed_idle(struct hv_slabs *slabs, struct hv_slab_page *page)
{
	u16 idle = page->nr_used == page->slab->own + page->nr_idle;

	if (idle == page->is_idle)
		return false;
	page->is_idle = idle;
	slabs->idle += idle ? 1 : (u64)-1;
	return true;
}

/* After @page's items changed: put it into the list where it belongs, and see who is idle now. */
static void settle(struct hv_slabs *slabs, struct hv_slab_page *page)
{
	struct hv_slab_page *holder = holder_of(page);
	enum hv_slab_list list = list_of(page);

	if (list != page->list) {
		unlink(page);
		link(page, list);
	}
	if (!has_changed_idle(slabs, page) || holder == page)
		return;
	holder->nr_idle += page->is_idle ? 1 : (u16)-1;
	(void)has_changed_idle(slabs, holder); /* nobody holds the holder */
}

static void *take(struct hv_slabs *slabs, struct hv_slab *slab)
{
	struct hv_slab_page *page = slab->lists[HV_SLAB_PARTIAL];
	u32 word = 0, slot;

	if (!page)
		page = slab->lists[HV_SLAB_EMPTY];
	while (!~page->used[word])
		word++;
	slot = (u32)__builtin_ctzll(~page->used[word]);
	page->used[word] |= HV_BIT(slot);
	page->nr_used++;
	slab->free--;
	settle(slabs, page);
	return page->items + (word * 64 + slot) * slab->item_size;
}

static void give(struct hv_slabs *slabs, struct hv_slab_page *page, const void *item)
{
	u32 slot = (u32)((const u8 *)item - page->items) / page->slab->item_size;

	page->used[slot / 64] &= ~HV_BIT(slot % 64);
	page->nr_used--;
	page->slab->free++;
	settle(slabs, page);
}

/* @frame becomes an empty page of @slab, described by @page. */
static void adopt(struct hv_slabs *slabs, struct hv_slab *slab, struct hv_slab_page *page, void *frame)
{
	memset(page, 0, sizeof(*page));
	page->slab = slab;
	page->items = frame;
	page->nr_used = (u16)slab->own;
	page->used[0] = slab->own;
	slab->pages++;
	slab->capacity += per_page(slab);
	slab->free += per_page(slab) - slab->own;
	(void)hv_buddy_mark(slabs->buddy, frame, page); /* a frame of our own */
	link(page, HV_SLAB_EMPTY);
	settle(slabs, page);
}

/* An empty page is no longer ours. */
static void drop(struct hv_slabs *slabs, struct hv_slab_page *page)
{
	struct hv_slab_page *holder = holder_of(page);
	struct hv_slab *slab = page->slab;
	void *frame = page->items;

	unlink(page);
	slab->pages--;
	slab->capacity -= per_page(slab);
	slab->free -= per_page(slab) - slab->own;
	slabs->idle--;
	if (holder != page) {
		holder->nr_idle--;
		give(slabs, holder, page);
	}
	(void)hv_buddy_mark(slabs->buddy, frame, NULL); /* what adopt() marked */
	(void)hv_buddy_free(slabs->buddy, frame, 0);
}

static void shrink(struct hv_slabs *slabs, struct hv_slab *slab)
{
	if (slab->empty > 1 && slab->free * 2 > slab->capacity)
		drop(slabs, slab->lists[HV_SLAB_EMPTY]);
}

static void drop_all(struct hv_slabs *slabs, struct hv_slab *slab)
{
	while (slab->lists[HV_SLAB_EMPTY])
		drop(slabs, slab->lists[HV_SLAB_EMPTY]);
}

static u64 trim(struct hv_slabs *slabs)
{
	u64 idle = slabs->idle;
	u32 i;

	if (!idle)
		return 0;
	for (i = 0; i < HV_SLAB_SIZES; i++)
		drop_all(slabs, &slabs->sizes[i]);
	drop_all(slabs, &slabs->descriptors);
	return idle;
}

/* One more page for @slab, and one for descriptors if they become few. All frames are there before anything changes. */
static int add_page(struct hv_slabs *slabs, struct hv_slab *slab)
{
	struct hv_slab *descriptors = &slabs->descriptors;
	void *frame = hv_buddy_alloc(slabs->buddy, 0), *more;

	if (!frame)
		return -ENOMEM;
	if (is_below_quarter(descriptors)) {
		more = hv_buddy_alloc(slabs->buddy, 0);
		if (more) {
			adopt(slabs, descriptors, more, more);
		} else if (!descriptors->free) {
			(void)hv_buddy_free(slabs->buddy, frame, 0); /* just allocated */
			return -ENOMEM;
		}
	}
	adopt(slabs, slab, take(slabs, descriptors), frame);
	return 0;
}

/* Sees to it that there is a free item. Idle pages of other sizes are worth it only when nothing else is left. */
static int grow(struct hv_slabs *slabs, struct hv_slab *slab)
{
	if (!is_below_quarter(slab))
		return 0;
	if (!add_page(slabs, slab) || slab->free)
		return 0;
	return trim(slabs) ? add_page(slabs, slab) : -ENOMEM;
}

int hv_slab_init(struct hv_slabs *slabs, struct hv_buddy *buddy)
{
	u32 i;

	if (hv_lock_is_held(&buddy->lock))
		return -EBUSY;
	memset(slabs, 0, sizeof(*slabs));
	slabs->buddy = buddy;
	for (i = 0; i < HV_SLAB_SIZES; i++)
		slabs->sizes[i].item_size = HV_SLAB_MIN << i;
	slabs->descriptors.item_size = HV_SLAB_DESCRIPTOR;
	slabs->descriptors.own = 1;
	return 0;
}

void *hv_slab_alloc(struct hv_slabs *slabs, u64 size)
{
	u64 item_size = hv_slab_item_size(size);
	struct hv_slab *slab;
	void *item = NULL;

	if (!item_size)
		return NULL;
	slab = &slabs->sizes[__builtin_ctzll(item_size / HV_SLAB_MIN)];
	hv_lock(&slabs->lock);
	if (!grow(slabs, slab))
		item = take(slabs, slab);
	hv_unlock(&slabs->lock);
	return item;
}

/* The page that holds the item in use at @item, or NULL. Descriptors are nobody's items but ours. */
static struct hv_slab_page *page_of(struct hv_slabs *slabs, const void *item)
{
	struct hv_slab_page *page;
	struct hv_meta meta;
	u64 offset, slot;

	if (hv_buddy_query(slabs->buddy, item, &meta) || meta.kind != HV_META_SLAB)
		return NULL;
	page = meta.slab;
	offset = (u64)((const u8 *)item - page->items);
	slot = offset / page->slab->item_size;
	if (page->slab == &slabs->descriptors || offset % page->slab->item_size ||
	    !(page->used[slot / 64] & HV_BIT(slot % 64)))
		return NULL;
	return page;
}

int hv_slab_free(struct hv_slabs *slabs, void *item)
{
	struct hv_slab_page *page;
	struct hv_slab *slab;
	int err = -EINVAL;

	hv_lock(&slabs->lock);
	page = page_of(slabs, item);
	if (page) {
		slab = page->slab;
		give(slabs, page, item);
		shrink(slabs, slab);
		shrink(slabs, &slabs->descriptors);
		err = 0;
	}
	hv_unlock(&slabs->lock);
	return err;
}

u64 hv_slab_size(struct hv_slabs *slabs, const void *item)
{
	struct hv_slab_page *page;
	u64 size;

	hv_lock(&slabs->lock);
	page = page_of(slabs, item);
	size = page ? page->slab->item_size : 0;
	hv_unlock(&slabs->lock);
	return size;
}

u64 hv_slab_spare(struct hv_slabs *slabs)
{
	u64 spare;

	hv_lock(&slabs->lock); /* no frame is on its way from one to the other */
	spare = slabs->idle + hv_load_once(&slabs->buddy->free);
	hv_unlock(&slabs->lock);
	return spare;
}

u64 hv_slab_trim(struct hv_slabs *slabs)
{
	u64 frames;

	hv_lock(&slabs->lock);
	frames = trim(slabs);
	hv_unlock(&slabs->lock);
	return frames;
}
