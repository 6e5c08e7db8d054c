/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of the allocators share: a fake range of memory, and what they print and take from outside. */
#ifndef POOL_UNIT_H
#define POOL_UNIT_H

#include "unit.h"

#include <hv/buddy.h>
#include <hv/slab.h>

#define TEST(name, function) { name, function, NULL, NULL, NULL }

/* A heap block of whole frames, so that ASan sees who leaves it; where it is in physical memory is only a number. */
struct fake_range {
	u8 *memory;
	hv_hpa_t start;
	u64 frames;
};

#define FAKE_START 0x100000000ULL	/* as aligned as can be */

/** fake_range() - @frames frames full of garbage, the first of which is number @skew behind FAKE_START */
struct fake_range fake_range(u64 frames, u64 skew);
void fake_range_free(struct fake_range *range);

/** fake_buddy() - a buddy allocator on such a range, which is fine so far */
struct fake_range fake_buddy(struct hv_buddy *buddy, u64 frames, u64 skew);

/** unit_seed() - from the environment variable HV_SEED, or @otherwise; printed */
u64 unit_seed(u64 otherwise);

/** is_filled() - are @len bytes at @p all @byte? */
bool is_filled(const void *p, u8 byte, size_t len);

/* A buddy allocator as it was, but for its lock. */
struct buddy_copy {
	struct hv_buddy buddy;
	u64 *meta;
};

/** buddy_copy() - to be given to buddy_is_as_before(), which frees it */
struct buddy_copy buddy_copy(const struct hv_buddy *buddy);
bool buddy_is_as_before(const struct hv_buddy *buddy, struct buddy_copy *copy);

/** naive_free_blocks() - how many blocks of @order make up the free frames, if they are as large as can be */
u64 naive_free_blocks(const struct hv_buddy *buddy, const bool *is_free, u32 order);

#endif
