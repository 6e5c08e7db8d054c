/* SPDX-License-Identifier: GPL-2.0-only */
/* Rounding to pages of the three sizes; the checked forms say when the result does not exist. */
#ifndef HV_ALIGN_H
#define HV_ALIGN_H

#include <hv/bits.h>
#include <hv/err.h>
#include <hv/types.h>

static inline u64 hv_align_down_4k(u64 x) { return HV_ALIGN_DOWN(x, HV_PAGE_SIZE); }
static inline u64 hv_align_down_2m(u64 x) { return HV_ALIGN_DOWN(x, HV_SIZE_2M); }
static inline u64 hv_align_down_1g(u64 x) { return HV_ALIGN_DOWN(x, HV_SIZE_1G); }

/* For values that are known to be far from the end of the address space: beyond it they start at 0 again. */
static inline u64 hv_align_up_4k(u64 x) { return HV_ALIGN_UP(x, HV_PAGE_SIZE); }
static inline u64 hv_align_up_2m(u64 x) { return HV_ALIGN_UP(x, HV_SIZE_2M); }
static inline u64 hv_align_up_1g(u64 x) { return HV_ALIGN_UP(x, HV_SIZE_1G); }

/**
 * hv_align_up_checked() - round @x up to a multiple of @size
 * @size: a power of two; anything else is refused
 *
 * Return: 0; -EINVAL, and *@to untouched, if the result does not fit in 64 bits.
 */
static inline int __must_check hv_align_up_checked(u64 x, u64 size, u64 *to)
{
	if (!size || (size & (size - 1)) || x > ~0ULL - (size - 1))
		return -EINVAL;
	*to = HV_ALIGN_UP(x, size);
	return 0;
}

static inline int __must_check hv_align_up_4k_checked(u64 x, u64 *to)
{
	return hv_align_up_checked(x, HV_PAGE_SIZE, to);
}

static inline int __must_check hv_align_up_2m_checked(u64 x, u64 *to)
{
	return hv_align_up_checked(x, HV_SIZE_2M, to);
}

static inline int __must_check hv_align_up_1g_checked(u64 x, u64 *to)
{
	return hv_align_up_checked(x, HV_SIZE_1G, to);
}

/**
 * hv_align_outward() - the pages that a device range touches: [down(base), up(base + len)), its tail included
 *
 * Return: 0; -EINVAL, and nothing written, if @len is 0 or the end does not fit in 64 bits.
 */
static inline int __must_check hv_align_outward(u64 base, u64 len, u64 *start, u64 *end)
{
	u64 up;
	int err;

	if (!len || base + len < base)
		return -EINVAL;
	err = hv_align_up_4k_checked(base + len, &up);
	if (err)
		return err;
	*start = hv_align_down_4k(base);
	*end = up;
	return 0;
}

#endif
