// SPDX-License-Identifier: GPL-2.0-only
/* hv_alloc() and hv_free() on the heap. */
#include <stdlib.h>
#include "fake_alloc.h"

u64 fake_live;
u64 fake_fail_after = FAKE_NEVER;

void *hv_alloc(struct hv_pool *pool, u64 size)
{
	(void)pool;
	if (!fake_fail_after) {
		fake_fail_after = FAKE_NEVER;
		return NULL;
	}
	if (fake_fail_after != FAKE_NEVER)
		fake_fail_after--;
	fake_live++;
	return calloc(1, size);
}

int hv_free(struct hv_pool *pool, void *p)
{
	(void)pool;
	if (!p || !fake_live)
		abort();
	fake_live--;
	free(p);
	return 0;
}
