/* SPDX-License-Identifier: GPL-2.0-only */
/* The page pool: frames of the hypervisor's own range that are not image, per-CPU slot or configuration. */
#ifndef HV_POOL_H
#define HV_POOL_H

#include <hv/err.h>
#include <hv/lock.h>
#include <hv/types.h>

struct hv_pool {
	struct hv_lock lock;
	u8 *base;		/* where the pool is mapped */
	hv_hpa_t start;
	u64 frames;
	u64 free;
	u64 fresh;		/* frames from here on were never handed out */
	struct hv_pool_link *list;
	u64 *free_shown;	/* copy of @free for readers in root, or NULL */
};

void hv_pool_init(struct hv_pool *pool, void *base, hv_hpa_t start, u64 frames);

/** hv_pool_alloc() - a zeroed frame, or NULL */
void *hv_pool_alloc(struct hv_pool *pool);

/** hv_pool_alloc_contiguous() - @count zeroed frames in a row, or NULL; for tables that hardware wants in one piece */
void *hv_pool_alloc_contiguous(struct hv_pool *pool, u64 count);

void hv_pool_free(struct hv_pool *pool, void *frame);

hv_hpa_t hv_pool_hpa(const struct hv_pool *pool, const void *frame);
void *hv_pool_pointer(const struct hv_pool *pool, hv_hpa_t frame);

#endif
