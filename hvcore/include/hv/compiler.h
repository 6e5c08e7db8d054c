/* SPDX-License-Identifier: GPL-2.0-only */
/* Hints that keep the frequent way through an exit straight. */
#ifndef HV_COMPILER_H
#define HV_COMPILER_H

#define hv_likely(x) __builtin_expect(!!(x), 1)
#define hv_unlikely(x) __builtin_expect(!!(x), 0)

/* Not on the frequent way: a call of its own, so that the frequent one saves no registers for it. */
#define HV_COLD __attribute__((cold, noinline))


/* Frequent, but not together with its neighbours: the same, for the sake of the caller. */
#define HV_APART __attribute__((noinline))

#endif
