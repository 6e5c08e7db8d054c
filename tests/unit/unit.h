/* SPDX-License-Identifier: GPL-2.0-only */
/* What every unit test includes first: cmocka with what it wants before it, and a few helpers. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <hv/err.h>
#include <hv/types.h>

/** unit_copy() - a heap copy of exactly @len bytes, so that ASan sees the first one read beyond; to be freed */
static inline void *unit_copy(const void *from, size_t len)
{
	void *copy = malloc(len);

	if (!copy)
		abort();
	memcpy(copy, from, len);
	return copy;
}

/** unit_random() - xorshift64*: the same numbers everywhere for the same @state, which must not be 0 */
static inline u64 unit_random(u64 *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

#endif
