/* SPDX-License-Identifier: GPL-2.0-only */
/* Loads and stores that other CPUs see in order, and the few read-modify-write operations we need. */
#ifndef HV_ATOMIC_H
#define HV_ATOMIC_H

#include <hv/types.h>

#define hv_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define hv_load_once(p) __atomic_load_n(p, __ATOMIC_RELAXED)
#define hv_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define hv_store_once(p, v) __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define hv_fetch_add(p, v) __atomic_fetch_add(p, v, __ATOMIC_ACQ_REL)
#define hv_fetch_or(p, v) __atomic_fetch_or(p, v, __ATOMIC_ACQ_REL)
#define hv_fetch_and(p, v) __atomic_fetch_and(p, v, __ATOMIC_ACQ_REL)
#define hv_exchange(p, v) __atomic_exchange_n(p, v, __ATOMIC_ACQ_REL)

/* True if *p was @old and is @new now. */
#define hv_compare_exchange(p, old, new)                                                                              \
	({                                                                                                            \
		__typeof__(*(p)) hv_expected = (old);                                                                 \
		__atomic_compare_exchange_n(p, &hv_expected, new, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);         \
	})

#endif
