// SPDX-License-Identifier: GPL-2.0-only
/* The page pool: a list of returned frames in front of a stretch that was never used. */
#include <hv/pool.h>
#include <hv/string.h>

struct hv_pool_link {
	struct hv_pool_link *next;
};

void hv_pool_init(struct hv_pool *pool, void *base, hv_hpa_t start, u64 frames)
{
	*pool = (struct hv_pool){ .base = base, .start = start, .frames = frames, .free = frames };
}

static void show_free(struct hv_pool *pool)
{
	if (pool->free_shown)
		hv_store_once(pool->free_shown, pool->free);
}

static void *take_fresh(struct hv_pool *pool, u64 count)
{
	void *frame;

	if (count > pool->frames - pool->fresh)
		return NULL;
	frame = pool->base + pool->fresh * HV_PAGE_SIZE;
	pool->fresh += count;
	return frame;
}

static void *take_returned(struct hv_pool *pool)
{
	struct hv_pool_link *link = pool->list;

	if (link)
		pool->list = link->next;
	return link;
}

void *hv_pool_alloc_contiguous(struct hv_pool *pool, u64 count)
{
	void *frame = NULL;

	hv_lock(&pool->lock);
	if (count == 1)
		frame = take_returned(pool);
	if (!frame)
		frame = take_fresh(pool, count);
	if (frame) {
		pool->free -= count;
		show_free(pool);
	}
	hv_unlock(&pool->lock);
	return frame ? memset(frame, 0, count * HV_PAGE_SIZE) : NULL;
}

void *hv_pool_alloc(struct hv_pool *pool)
{
	return hv_pool_alloc_contiguous(pool, 1);
}

void hv_pool_free(struct hv_pool *pool, void *frame)
{
	struct hv_pool_link *link = frame;

	hv_lock(&pool->lock);
	link->next = pool->list;
	pool->list = link;
	pool->free++;
	show_free(pool);
	hv_unlock(&pool->lock);
}

hv_hpa_t hv_pool_hpa(const struct hv_pool *pool, const void *frame)
{
	return hv_hpa(hv_hpa_raw(pool->start) + (u64)((const u8 *)frame - pool->base));
}

void *hv_pool_pointer(const struct hv_pool *pool, hv_hpa_t frame)
{
	return pool->base + (hv_hpa_raw(frame) - hv_hpa_raw(pool->start));
}
