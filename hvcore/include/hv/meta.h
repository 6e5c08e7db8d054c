/* SPDX-License-Identifier: GPL-2.0-only */
/* What the buddy allocator notes of each frame: 8 bytes. Frames go by their number within the region. */
#ifndef HV_META_H
#define HV_META_H

#include <hv/bits.h>
#include <hv/check.h>
#include <hv/types.h>

/* Orders run from 0 to one below this: the largest block has 4 MiB. */
#define HV_MAX_ORDER 11
#define HV_PHYSICAL_BITS 52
#define HV_REAL_MAX_ORDER (HV_PHYSICAL_BITS - HV_PAGE_SHIFT)
HV_STATIC_ASSERT(HV_MAX_ORDER < HV_REAL_MAX_ORDER);
HV_STATIC_ASSERT(HV_MAX_ORDER >= 10); /* there are 2 MiB blocks */

/* Whatever is 0 or makes no sense is Reserved, which nothing can free. */
enum hv_meta_kind {
	HV_META_RESERVED,
	HV_META_FREE,		/* first frame of a free block, in the list of its order */
	HV_META_ALLOCATED,	/* first frame of a block in use */
	HV_META_SLAB,		/* one frame that the slab allocator cuts up; @slab is its descriptor */
	HV_META_COMPOUND,	/* any other frame of a block */
};

/*
 *	63         36 35          8 7      3 2    0
 *	+------------+-------------+--------+------+
 *	|    prev    |    next     | order  | kind |	Free; the others have no neighbours
 *	+------------+-------------+--------+------+
 *	|               slab                | kind |	SlabPage
 *	+-----------------------------------+------+
 */
#define HV_META_KIND HV_MASK(2, 0)
#define HV_META_ORDER HV_MASK(7, 3)
#define HV_META_NEXT HV_MASK(35, 8)
#define HV_META_PREV HV_MASK(63, 36)
#define HV_META_SLAB_POINTER (~HV_META_KIND)
#define HV_META_MAX_FRAMES HV_BIT(28)
HV_STATIC_ASSERT(HV_MAX_ORDER <= 32);

struct hv_slab_page;

struct hv_meta {
	enum hv_meta_kind kind;
	u32 order;
	u64 next, prev;			/* frame 0 holds metadata, so 0 is none */
	struct hv_slab_page *slab;	/* aligned to 8 */
};

static inline u64 hv_meta_free(u32 order, u64 next, u64 prev)
{
	return HV_META_FREE | HV_PUT(HV_META_ORDER, order) | HV_PUT(HV_META_NEXT, next) | HV_PUT(HV_META_PREV, prev);
}

static inline u64 hv_meta_block(enum hv_meta_kind kind, u32 order)
{
	return kind | HV_PUT(HV_META_ORDER, order);
}

static inline u64 hv_meta_slab(const struct hv_slab_page *slab)
{
	return HV_META_SLAB | ((u64)(__UINTPTR_TYPE__)slab & HV_META_SLAB_POINTER);
}

static inline u64 hv_meta_encode(const struct hv_meta *meta)
{
	switch (meta->kind) {
	case HV_META_FREE:
		return hv_meta_free(meta->order, meta->next, meta->prev);
	case HV_META_SLAB:
		return hv_meta_slab(meta->slab);
	case HV_META_ALLOCATED:
	case HV_META_COMPOUND:
		return hv_meta_block(meta->kind, meta->order);
	default:
		return HV_META_RESERVED;
	}
}

static inline struct hv_meta hv_meta_decode(u64 entry)
{
	struct hv_meta meta = { .kind = entry & HV_META_KIND };

	if (meta.kind == HV_META_SLAB) {
		meta.slab = (void *)(__UINTPTR_TYPE__)(entry & HV_META_SLAB_POINTER);
	} else if (meta.kind == HV_META_FREE) {
		meta.next = HV_GET(HV_META_NEXT, entry);
		meta.prev = HV_GET(HV_META_PREV, entry);
	} else if (meta.kind > HV_META_COMPOUND) {
		meta.kind = HV_META_RESERVED;
	}
	if (meta.kind != HV_META_SLAB && meta.kind != HV_META_RESERVED)
		meta.order = HV_GET(HV_META_ORDER, entry);
	return meta;
}

#endif
