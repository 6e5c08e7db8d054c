// SPDX-License-Identifier: GPL-2.0-only
/* The pool's functions on an arena of the heap. Several pools may exist; what is left counts for all of them. */
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>

#include "fake_arch.h"
#include "fake_pool.h"

#define MAX_POOLS 4
#define REQUIRE(condition) do { if (!(condition)) abort(); } while (0)

struct arena {
	const struct hv_pool *pool;
	u64 frames, nr_free;
	u32 *free;	/* a stack of frame numbers */
	bool *is_used;
	bool scrubbed;	/* what comes back */
};

static struct arena arenas[MAX_POOLS];
static u64 used;
u64 fake_pool_left = FAKE_POOL_PLENTY;

static struct arena *arena_of(const struct hv_pool *pool)
{
	unsigned int i;

	for (i = 0; i < MAX_POOLS; i++)
		if (arenas[i].pool == pool)
			return &arenas[i];
	abort();
}

void fake_pool_init(struct hv_pool *pool, u64 frames)
{
	struct arena *arena = arena_of(NULL);
	u64 i;

	memset(pool, 0, sizeof(*pool));
	*arena = (struct arena){ .pool = pool, .frames = frames, .nr_free = frames };
	pool->base = aligned_alloc(HV_PAGE_SIZE, frames * HV_PAGE_SIZE);
	/* Ranges of pools are far apart, and no frame of one has the number of a frame of another. */
	pool->start = hv_hpa(FAKE_POOL_START + ((u64)(arena - arenas) << 32));
	pool->frames = frames;
	pool->free = frames;
	arena->free = calloc(frames, sizeof(*arena->free));
	arena->is_used = calloc(frames, sizeof(*arena->is_used));
	REQUIRE(pool->base && arena->free && arena->is_used);
	for (i = 0; i < frames; i++)
		arena->free[i] = (u32)(frames - 1 - i);
	ASAN_POISON_MEMORY_REGION(pool->base, frames * HV_PAGE_SIZE);
	fake_pool_left = FAKE_POOL_PLENTY;
}

void fake_pool_fini(struct hv_pool *pool)
{
	struct arena *arena = arena_of(pool);

	ASAN_UNPOISON_MEMORY_REGION(pool->base, arena->frames * HV_PAGE_SIZE);
	free(pool->base);
	free(arena->free);
	free(arena->is_used);
	arena->pool = NULL;
}

void fake_pool_expect_scrubbed(const struct hv_pool *pool)
{
	arena_of(pool)->scrubbed = true;
}

u64 fake_pool_used(void)
{
	return used;
}

static bool take_one(void)
{
	if (!fake_pool_left)
		return false;
	if (fake_pool_left != FAKE_POOL_PLENTY)
		fake_pool_left--;
	used++;
	return true;
}

static void give_one(void)
{
	REQUIRE(used);
	used--;
	if (fake_pool_left != FAKE_POOL_PLENTY)
		fake_pool_left++;
}

static u64 number_of(const struct hv_pool *pool, const void *frame)
{
	u64 offset = (u64)((const u8 *)frame - pool->base);

	REQUIRE(offset % HV_PAGE_SIZE == 0 && offset / HV_PAGE_SIZE < pool->frames);
	return offset / HV_PAGE_SIZE;
}

void *hv_pool_alloc(struct hv_pool *pool)
{
	struct arena *arena = arena_of(pool);
	u8 *frame;
	u32 number;

	if (!arena->nr_free || !take_one())
		return NULL;
	number = arena->free[--arena->nr_free];
	arena->is_used[number] = true;
	pool->free--;
	frame = pool->base + number * HV_PAGE_SIZE;
	ASAN_UNPOISON_MEMORY_REGION(frame, HV_PAGE_SIZE);
	return memset(frame, 0, HV_PAGE_SIZE);
}

int hv_pool_free(struct hv_pool *pool, void *frame)
{
	struct arena *arena = arena_of(pool);
	u64 number = number_of(pool, frame);

	REQUIRE(arena->is_used[number]);
	REQUIRE(!arena->scrubbed || (!*(u8 *)frame && !memcmp(frame, (u8 *)frame + 1, HV_PAGE_SIZE - 1)));
	fake_tlb_check_free(hv_hpa_raw(hv_pool_hpa(pool, frame)));
	memset(frame, 0xdb, HV_PAGE_SIZE);
	ASAN_POISON_MEMORY_REGION(frame, HV_PAGE_SIZE);
	arena->is_used[number] = false;
	arena->free[arena->nr_free++] = (u32)number;
	pool->free++;
	give_one();
	return 0;
}

bool fake_pool_has(const struct hv_pool *pool, u64 hpa)
{
	return arena_of(pool)->is_used[number_of(pool, hv_pool_pointer(pool, hv_hpa(hpa)))];
}

void *hv_alloc(struct hv_pool *pool, u64 size)
{
	(void)pool;
	return take_one() ? calloc(1, size) : NULL;
}

int hv_free(struct hv_pool *pool, void *p)
{
	(void)pool;
	REQUIRE(p);
	free(p);
	give_one();
	return 0;
}

hv_hpa_t hv_pool_hpa(const struct hv_pool *pool, const void *frame)
{
	return hv_hpa(hv_hpa_raw(pool->start) + number_of(pool, frame) * HV_PAGE_SIZE);
}

void *hv_pool_pointer(const struct hv_pool *pool, hv_hpa_t frame)
{
	u64 offset = hv_hpa_raw(frame) - hv_hpa_raw(pool->start);

	REQUIRE(offset < pool->frames * HV_PAGE_SIZE);
	return pool->base + offset;
}
