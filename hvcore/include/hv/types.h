/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Integer types, the four address kinds and the page constants. Identical to linux/types.h where both are seen. */
#ifndef HV_TYPES_H
#define HV_TYPES_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;
#ifndef __cplusplus
typedef _Bool bool;
#define true 1
#define false 0
#endif
#ifndef NULL
#define NULL ((void *)0)
#endif
#ifdef __CHECKER__
#define __bitwise __attribute__((bitwise))
#define __force __attribute__((force))
#else
#define __bitwise
#define __force
#endif
#endif

/*
 * A guest-physical address is what a cell puts on its bus, a host-physical address what reaches memory.
 * They are plain numbers to the compiler and four different types to sparse.
 */
typedef u64 __bitwise hv_hpa_t;
typedef u64 __bitwise hv_gpa_t;
typedef u64 __bitwise hv_hva_t;
typedef u64 __bitwise hv_gva_t;

static inline hv_hpa_t hv_hpa(u64 raw) { return (__force hv_hpa_t)raw; }
static inline hv_gpa_t hv_gpa(u64 raw) { return (__force hv_gpa_t)raw; }
static inline hv_hva_t hv_hva(u64 raw) { return (__force hv_hva_t)raw; }
static inline hv_gva_t hv_gva(u64 raw) { return (__force hv_gva_t)raw; }
static inline u64 hv_hpa_raw(hv_hpa_t a) { return (__force u64)a; }
static inline u64 hv_gpa_raw(hv_gpa_t a) { return (__force u64)a; }
static inline u64 hv_hva_raw(hv_hva_t a) { return (__force u64)a; }
static inline u64 hv_gva_raw(hv_gva_t a) { return (__force u64)a; }

#define HV_PAGE_SHIFT 12
#define HV_PAGE_SIZE (1ULL << HV_PAGE_SHIFT)
#define HV_PAGE_MASK (~(HV_PAGE_SIZE - 1))
#define HV_SIZE_2M (1ULL << 21)
#define HV_SIZE_1G (1ULL << 30)

#define HV_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
