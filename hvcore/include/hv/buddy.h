/* SPDX-License-Identifier: GPL-2.0-only */
/* The buddy allocator: blocks of 2^order frames out of one region, aligned to their size in physical memory. */
#ifndef HV_BUDDY_H
#define HV_BUDDY_H

#include <hv/err.h>
#include <hv/lock.h>
#include <hv/meta.h>
#include <hv/types.h>

/* All but the first two lines: lock: @lock, which is held for a bounded time and under which no other lock is taken. */
struct hv_buddy {
	u8 *start_virt;			/* where the region is mapped; an array of metadata comes first */
	hv_hpa_t start_phys;
	struct hv_lock lock;
	u64 *meta;			/* [page_count] */
	u64 page_count;			/* the size of the region is arbitrary */
	u64 meta_pages;
	u64 skew;			/* number of the first frame, counted from where a largest block would begin */
	u64 free;			/* frames in free blocks */
	u64 nr_pages[HV_MAX_ORDER];	/* blocks of this order, free or not */
	u64 next_page[HV_MAX_ORDER];	/* first frame of the first free one, or 0 */
	u64 free_pages[HV_MAX_ORDER];	/* free ones */
};

/**
 * hv_buddy_init() - take over @page_count frames at @start_phys, mapped at @start_virt
 *
 * Return: 0; -EINVAL if an address is not page-aligned, or the region too large or too small to hold anything besides
 * its metadata. @buddy is empty then: it has no frames and refuses everything.
 */
int __must_check hv_buddy_init(struct hv_buddy *buddy, void *start_virt, hv_hpa_t start_phys, u64 page_count);

/** hv_buddy_alloc() - a block of 2^order frames with whatever was in them, or NULL */
void *hv_buddy_alloc(struct hv_buddy *buddy, u32 order);

/**
 * hv_buddy_free() - give back the block of 2^order frames at @block
 *
 * Return: 0; -EBUSY if the frame is Reserved or the slab allocator's; -EINVAL if no block in use of that order begins
 * there. A refusal changes nothing.
 */
int hv_buddy_free(struct hv_buddy *buddy, void *block, u32 order);

/** hv_buddy_query() - what is noted of the frame that @p lies in; -EINVAL if it is none of the region's */
int __must_check hv_buddy_query(struct hv_buddy *buddy, const void *p, struct hv_meta *meta);

/**
 * hv_buddy_mark() - the single frame @page becomes the slab allocator's, described by @slab, or, with NULL, ordinary
 *
 * Return: 0; -EINVAL if it is not a block of order 0 in use, or is so marked already.
 */
int hv_buddy_mark(struct hv_buddy *buddy, void *page, const struct hv_slab_page *slab);

/**
 * hv_buddy_check() - prove that every frame is in exactly one block and every free block in exactly one list
 *
 * At any time, on any CPU; takes time in proportion to the region. Return: 0, or -EIO if something is broken.
 */
int __must_check hv_buddy_check(struct hv_buddy *buddy);

#endif
