/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens when the k-th frame cannot be had, for every k: an operation runs on a pool that has exactly k free
 * frames. As long as it fails, everything has to be as it was.
 */
#ifndef INJECT_H
#define INJECT_H

#include "pool_unit.h"

#include <hv/pool.h>

struct inject {
	u64 frames;			/* of the pool */
	void *(*setup)(struct hv_pool *pool);		/* the state to begin with */
	int (*operation)(void *state);			/* 0 or an error */
	void (*undo)(void *state);			/* of a success; everything is as before, then */
	void (*teardown)(void *state);
	u64 (*digest)(const void *state);		/* of what is not in the pool; optional */
	bool may_write;			/* contents of memory in use may differ after a failure, its extent not */
};

/**
 * inject() - fail @test at every frame it needs
 *
 * Asserts that each failure is -ENOMEM and changes nothing, that the pool's self-check holds, and that undo and
 * teardown leave nothing behind. Return: with how many free frames it succeeded.
 */
u64 inject(const struct inject *test);

/* The whole state of a pool in a form that two equal states share, however they came about. */
struct pool_state;

/** pool_state() - gives idle pages back first; @contents: what is in memory in use counts, too */
struct pool_state *pool_state(struct hv_pool *pool, bool contents);

/** pool_state_equal() - frees both */
bool pool_state_equal(struct pool_state *a, struct pool_state *b);

#endif
