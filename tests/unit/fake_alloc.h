/* SPDX-License-Identifier: GPL-2.0-only */
/* hv_alloc() and hv_free() on the heap, where ASan watches, and where any call can be made to fail. */
#ifndef FAKE_ALLOC_H
#define FAKE_ALLOC_H

#include <hv/pool.h>

#define FAKE_NEVER (~0ULL)

extern u64 fake_live;		/* allocated and not freed */
extern u64 fake_fail_after;	/* so many calls succeed before one fails; then FAKE_NEVER again */

#endif
