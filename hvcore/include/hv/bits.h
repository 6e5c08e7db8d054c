/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Single bits, contiguous fields and power-of-two rounding. */
#ifndef HV_BITS_H
#define HV_BITS_H

#define HV_BIT(n) (1ULL << (n))
#define HV_MASK(hi, lo) ((~0ULL >> (63 - (hi))) & (~0ULL << (lo)))
#define HV_GET(mask, word) (((u64)(word) & (mask)) / ((mask) & -(mask)))
#define HV_PUT(mask, value) (((u64)(value) * ((mask) & -(mask))) & (mask))

#define HV_ALIGN_DOWN(x, a) ((x) & ~((u64)(a)-1))
#define HV_ALIGN_UP(x, a) HV_ALIGN_DOWN((x) + (u64)(a)-1, a)
#define HV_IS_ALIGNED(x, a) (((x) & ((u64)(a)-1)) == 0)

#endif
