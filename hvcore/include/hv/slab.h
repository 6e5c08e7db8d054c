/* SPDX-License-Identifier: GPL-2.0-only */
/* The slab allocator: items of seven sizes, cut out of single frames of the buddy allocator. */
#ifndef HV_SLAB_H
#define HV_SLAB_H

#include <hv/buddy.h>
#include <hv/check.h>

/* Sizes are the powers of two from 32 to 2048; what is larger is a whole block. */
#define HV_SLAB_MIN 32u
#define HV_SLAB_MAX 2048u
#define HV_SLAB_SIZES 7
HV_STATIC_ASSERT(HV_SLAB_MIN << (HV_SLAB_SIZES - 1) == HV_SLAB_MAX);

/* Where a page of a slab belongs. */
enum hv_slab_list { HV_SLAB_PARTIAL, HV_SLAB_EMPTY, HV_SLAB_FULL, HV_SLAB_LISTS };

/*
 * Describes a frame that is cut into items. It is an item itself, of the slab of descriptors, whose own pages are
 * described by their first item.
 */
struct hv_slab_page {
	u64 used[HV_PAGE_SIZE / HV_SLAB_MIN / 64];	/* one bit per item */
	struct hv_slab_page *next, *prev;
	struct hv_slab *slab;
	u8 *items;
	u16 nr_used;
	u16 nr_idle;		/* of descriptors: items that describe idle pages */
	u16 is_idle;		/* counted in hv_slabs.idle */
	u16 list;		/* enum hv_slab_list */
	u64 rsvd;
};

#define HV_SLAB_DESCRIPTOR 64
HV_ASSERT_SIZE(struct hv_slab_page, HV_SLAB_DESCRIPTOR);

/* A set of pages with items of one size. */
struct hv_slab {
	u32 item_size;
	u32 own;		/* items of each page that describe the page itself: 1 for descriptors, else 0 */
	u64 capacity;		/* items, used or not */
	u64 free;
	u64 pages;
	u64 empty;		/* pages without an item in use, but its own */
	struct hv_slab_page *lists[HV_SLAB_LISTS];
};

struct hv_slabs {
	struct hv_lock lock;	/* of everything here; taken before the buddy allocator's, never while that is held */
	struct hv_buddy *buddy;
	u64 idle;		/* frames that hv_slab_trim() would give back */
	struct hv_slab sizes[HV_SLAB_SIZES];
	struct hv_slab descriptors;
};

/**
 * hv_slab_init() - start without any frame
 *
 * Return: 0; -EBUSY if the buddy allocator's lock is held, which the lock order forbids.
 */
int __must_check hv_slab_init(struct hv_slabs *slabs, struct hv_buddy *buddy);

/** hv_slab_alloc() - an item of at least @size bytes with whatever was in it; NULL also if @size is 0 or above 2048 */
void *hv_slab_alloc(struct hv_slabs *slabs, u64 size);

/** hv_slab_free() - -EINVAL, and nothing changed, unless @item is exactly one that is in use */
int hv_slab_free(struct hv_slabs *slabs, void *item);

/** hv_slab_size() - the size of the item in use at @item, or 0 if there is none */
u64 hv_slab_size(struct hv_slabs *slabs, const void *item);

/** hv_slab_item_size() - the size of the items that hv_slab_alloc() takes for @size bytes, or 0 if it refuses */
static inline u64 hv_slab_item_size(u64 size)
{
	u64 item = HV_SLAB_MIN;

	if (!size || size > HV_SLAB_MAX)
		return 0;
	while (item < size)
		item *= 2;
	return item;
}

/** hv_slab_spare() - frames that can be had: those the buddy allocator has free, and those hv_slab_trim() would give */
u64 hv_slab_spare(struct hv_slabs *slabs);

/** hv_slab_trim() - give back all frames without an item in use. Return: how many. */
u64 hv_slab_trim(struct hv_slabs *slabs);

/** hv_slab_check() - prove that pages, lists, bits and counters agree. Return: 0, or -EIO if something is broken. */
int __must_check hv_slab_check(struct hv_slabs *slabs);

#endif
