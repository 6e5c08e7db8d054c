/* SPDX-License-Identifier: GPL-2.0-only */
/* The four widths of an access. */
#ifndef HV_WIDTH_H
#define HV_WIDTH_H

#include <hv/bits.h>
#include <hv/err.h>
#include <hv/types.h>

/* The value is the logarithm of the size. */
enum hv_width { HV_BYTE, HV_WORD, HV_DWORD, HV_QWORD };

/** hv_width_of() - the width of an access of @size bytes; -EINVAL, and nothing written, unless 1, 2, 4 or 8 */
static inline int __must_check hv_width_of(u64 size, enum hv_width *width)
{
	if (!size || size > 8 || (size & (size - 1)))
		return -EINVAL;
	*width = (enum hv_width)__builtin_ctzll(size);
	return 0;
}

static inline u32 hv_width_size(enum hv_width width)
{
	return 1u << (width & 3);
}

/** hv_width_bits() - how many bits: the access covers bits 0 to this one, exclusive */
static inline u32 hv_width_bits(enum hv_width width)
{
	return 8 * hv_width_size(width);
}

/** hv_width_mask() - the bits that an access of this width covers */
static inline u64 hv_width_mask(enum hv_width width)
{
	return HV_MASK(hv_width_bits(width) - 1, 0);
}

static inline const char *hv_width_name(enum hv_width width)
{
	static const char names[][6] = { "Byte", "Word", "Dword", "Qword" };

	return names[width & 3];
}

#endif
