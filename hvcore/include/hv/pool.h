/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page pool: frames of the hypervisor's own range that are not image, per-CPU slot or configuration. Frames and
 * blocks come from the buddy allocator, smaller things from the slab allocator, and all of them are zero.
 */
#ifndef HV_POOL_H
#define HV_POOL_H

#include <hv/buddy.h>
#include <hv/err.h>
#include <hv/lock.h>
#include <hv/slab.h>
#include <hv/types.h>

struct hv_pool {
	u8 *base;		/* where the pool is mapped */
	hv_hpa_t start;
	u64 frames;		/* that can be handed out: all but those that hold metadata */
	u64 free;		/* frames that can be had; lock: @lock */
	u64 *free_shown;	/* copy of @free for readers in root, or NULL; lock: @lock */
	struct hv_lock lock;	/* of the two above; the allocators have their own, taken under it if both are needed */
	struct hv_buddy buddy;
	struct hv_slabs slabs;
};

/**
 * hv_pool_init() - take over @frames frames at @start, mapped at @base
 *
 * Their number is arbitrary, one in 512 is kept for metadata. Return: 0, or what hv_buddy_init() says; the pool has no
 * frames then.
 */
int hv_pool_init(struct hv_pool *pool, void *base, hv_hpa_t start, u64 frames);

/** hv_pool_show() - keep a copy of the number of free frames at @shown, from now on */
void hv_pool_show(struct hv_pool *pool, u64 *shown);

/** hv_pool_alloc() - a zeroed frame, or NULL */
void *hv_pool_alloc(struct hv_pool *pool);

/**
 * hv_pool_alloc_contiguous() - @count zeroed frames in a row, or NULL; for tables that hardware wants in one piece
 *
 * @count is rounded up to a power of two, which is also the block's alignment; 4 MiB is the largest.
 */
void *hv_pool_alloc_contiguous(struct hv_pool *pool, u64 count);

/** hv_pool_take() - 2^order frames with whatever was in them, or NULL */
void *hv_pool_take(struct hv_pool *pool, u32 order);

/**
 * hv_pool_free() - give back what hv_pool_alloc() returned
 *
 * Return: 0; -EBUSY for a frame that the pool itself needs, -EINVAL for anything else that is not one frame in use.
 * A refusal changes nothing; the same for the two below.
 */
int hv_pool_free(struct hv_pool *pool, void *frame);

/** hv_pool_free_contiguous() - give back what hv_pool_alloc_contiguous() returned for the same @count */
int hv_pool_free_contiguous(struct hv_pool *pool, void *frames, u64 count);

/** hv_pool_give() - give back what hv_pool_take() returned for the same @order */
int hv_pool_give(struct hv_pool *pool, void *block, u32 order);

/** hv_pool_owns() - does a block in use of that order begin at @block? */
bool hv_pool_owns(struct hv_pool *pool, const void *block, u32 order);

/** hv_alloc() - @size zeroed bytes, aligned to 32 at least, or NULL; to be freed with hv_free() */
void *hv_alloc(struct hv_pool *pool, u64 size);

/** hv_free() - -EINVAL, and nothing changed, if @p is not what hv_alloc() returned, or is free already */
int hv_free(struct hv_pool *pool, void *p);

/**
 * hv_realloc() - make @p, which hv_alloc() returned, @size bytes long
 *
 * Return: where it is now, with what was there, cut off at @size or followed by zeros; or NULL, and @p is as it was:
 * no memory, which cannot happen where @size is not above what @p has, @size is 0, or @p is not valid. A @p of NULL
 * makes it hv_alloc().
 */
void *hv_realloc(struct hv_pool *pool, void *p, u64 size);

/** hv_pool_trim() - make frames that the slab allocator keeps empty available for larger blocks. Return: how many. */
u64 hv_pool_trim(struct hv_pool *pool);

/** hv_pool_check() - prove that no frame is lost or given out twice, at any time. Return: 0, or -EIO. */
int __must_check hv_pool_check(struct hv_pool *pool);

hv_hpa_t hv_pool_hpa(const struct hv_pool *pool, const void *frame);
void *hv_pool_pointer(const struct hv_pool *pool, hv_hpa_t frame);

#endif
