// SPDX-License-Identifier: GPL-2.0-only
/* The page pool: one door to the two allocators, and the count of free frames that others see. */
#include <hv/pool.h>
#include <hv/string.h>

/* An order that no block has. */
#define NO_ORDER HV_MAX_ORDER

/* Every change is followed by a call, so the last one, whichever CPU's that is, sees all of them. */
static void show_free(struct hv_pool *pool)
{
	hv_lock(&pool->lock);
	pool->free = hv_slab_spare(&pool->slabs);
	if (pool->free_shown)
		hv_store_once(pool->free_shown, pool->free);
	hv_unlock(&pool->lock);
}

int hv_pool_init(struct hv_pool *pool, void *base, hv_hpa_t start, u64 frames)
{
	int err, slab_err;

	memset(pool, 0, sizeof(*pool));
	pool->base = base;
	pool->start = start;
	err = hv_buddy_init(&pool->buddy, base, start, frames);
	slab_err = hv_slab_init(&pool->slabs, &pool->buddy);
	pool->frames = pool->buddy.free;
	show_free(pool);
	return err ? err : slab_err;
}

void hv_pool_show(struct hv_pool *pool, u64 *shown)
{
	hv_lock(&pool->lock);
	pool->free_shown = shown;
	hv_unlock(&pool->lock);
	show_free(pool);
}

static u32 order_of(u64 count)
{
	u32 order = 0;

	if (!count)
		return NO_ORDER;
	while (order < NO_ORDER && 1ULL << order < count)
		order++;
	return order;
}

void *hv_pool_take(struct hv_pool *pool, u32 order)
{
	void *block = hv_buddy_alloc(&pool->buddy, order);

	if (!block && order < HV_MAX_ORDER && hv_slab_trim(&pool->slabs))
		block = hv_buddy_alloc(&pool->buddy, order);
	show_free(pool);
	return block;
}

static void *take_zeroed(struct hv_pool *pool, u32 order)
{
	void *block = hv_pool_take(pool, order);

	return block ? memset(block, 0, HV_PAGE_SIZE << order) : NULL;
}

void *hv_pool_alloc_contiguous(struct hv_pool *pool, u64 count)
{
	return take_zeroed(pool, order_of(count));
}

void *hv_pool_alloc(struct hv_pool *pool)
{
	return take_zeroed(pool, 0);
}

int hv_pool_give(struct hv_pool *pool, void *block, u32 order)
{
	int err;

	err = hv_buddy_free(&pool->buddy, block, order);
	if (!err)
		show_free(pool);
	return err;
}

int hv_pool_free_contiguous(struct hv_pool *pool, void *frames, u64 count)
{
	return hv_pool_give(pool, frames, order_of(count));
}

int hv_pool_free(struct hv_pool *pool, void *frame)
{
	return hv_pool_give(pool, frame, 0);
}

static u32 order_at(struct hv_pool *pool, const void *p)
{
	struct hv_meta meta;

	if (!HV_IS_ALIGNED((u64)(__UINTPTR_TYPE__)p, HV_PAGE_SIZE) || hv_buddy_query(&pool->buddy, p, &meta) ||
	    meta.kind != HV_META_ALLOCATED)
		return NO_ORDER;
	return meta.order;
}

bool hv_pool_owns(struct hv_pool *pool, const void *block, u32 order)
{
	return order < NO_ORDER && order_at(pool, block) == order;
}

static u32 order_for(u64 size)
{
	return order_of(size / HV_PAGE_SIZE + (size % HV_PAGE_SIZE != 0));
}

void *hv_alloc(struct hv_pool *pool, u64 size)
{
	u64 item_size = hv_slab_item_size(size);
	void *p;

	if (!item_size)
		return take_zeroed(pool, order_for(size));
	p = hv_slab_alloc(&pool->slabs, size);
	show_free(pool);
	return p ? memset(p, 0, item_size) : NULL;
}

int hv_free(struct hv_pool *pool, void *p)
{
	u32 order = order_at(pool, p);
	int err;

	err = order == NO_ORDER ? hv_slab_free(&pool->slabs, p) : hv_buddy_free(&pool->buddy, p, order);
	if (!err)
		show_free(pool);
	return err;
}

/* What hv_alloc() really gave for @p, or 0 if it did not. */
static u64 room_at(struct hv_pool *pool, const void *p)
{
	u32 order = order_at(pool, p);

	return order == NO_ORDER ? hv_slab_size(&pool->slabs, p) : HV_PAGE_SIZE << order;
}

static u64 room_for(u64 size)
{
	u64 item_size = hv_slab_item_size(size);
	u32 order = order_for(size);

	if (item_size)
		return item_size;
	return order == NO_ORDER ? 0 : HV_PAGE_SIZE << order;
}

void *hv_realloc(struct hv_pool *pool, void *p, u64 size)
{
	u64 have, want = room_for(size);
	void *to = NULL;

	if (!p)
		return hv_alloc(pool, size);
	have = room_at(pool, p);
	if (!have || !want)
		return NULL;
	if (want != have)
		to = hv_alloc(pool, size);
	if (!to) {
		if (want > have)
			return NULL;
		/* It stays where it is. What is cut off is zero if it ever comes back. */
		memset((u8 *)p + size, 0, have - size);
		return p;
	}
	memcpy(to, p, have < size ? have : size);
	(void)hv_free(pool, p); /* found valid above, and nobody else's */
	return to;
}

u64 hv_pool_trim(struct hv_pool *pool)
{
	u64 frames = hv_slab_trim(&pool->slabs);

	show_free(pool);
	return frames;
}

int hv_pool_check(struct hv_pool *pool)
{
	int err;

	err = hv_slab_check(&pool->slabs);
	if (err)
		return err;
	err = hv_buddy_check(&pool->buddy);
	if (err)
		return err;
	hv_lock(&pool->lock);
	if (pool->free > pool->frames || (pool->free_shown && *pool->free_shown != pool->free))
		err = -EIO;
	hv_unlock(&pool->lock);
	return err;
}

hv_hpa_t hv_pool_hpa(const struct hv_pool *pool, const void *frame)
{
	return hv_hpa(hv_hpa_raw(pool->start) + (u64)((const u8 *)frame - pool->base));
}

void *hv_pool_pointer(const struct hv_pool *pool, hv_hpa_t frame)
{
	return pool->base + (hv_hpa_raw(frame) - hv_hpa_raw(pool->start));
}
