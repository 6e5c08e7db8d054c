/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A provider of frames and small memory for tests of what uses them: it has exactly as many as a test says, refuses
 * what it did not give out, lets ASan watch the free ones, and asks the fake TLB before it takes a frame back.
 */
#ifndef FAKE_POOL_H
#define FAKE_POOL_H

#include <hv/pool.h>

#define FAKE_POOL_START 0x240000000ULL
#define FAKE_POOL_PLENTY (~0ULL)

/* So many allocations of either kind succeed until something is freed. */
extern u64 fake_pool_left;

/** fake_pool_init() - a pool of @frames frames in a new arena, with nothing allocated, and plenty left */
void fake_pool_init(struct hv_pool *pool, u64 frames);
void fake_pool_fini(struct hv_pool *pool);

/** fake_pool_expect_scrubbed() - from now on, frames come back to @pool with nothing in them */
void fake_pool_expect_scrubbed(const struct hv_pool *pool);

/** fake_pool_used() - frames and pieces of memory that are allocated */
u64 fake_pool_used(void);

/** fake_pool_has() - is the frame at @hpa allocated? */
bool fake_pool_has(const struct hv_pool *pool, u64 hpa);

#endif
