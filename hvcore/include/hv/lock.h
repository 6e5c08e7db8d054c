/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ticket lock. No lock is taken on the exit path of a healthy guest. Lock order, outermost first: cells, owners, a map
 * (hv_aspace.lock), the pool's count (hv_pool.lock), slabs (hv_slabs.lock), buddy (hv_buddy.lock). None is taken under
 * the buddy's: its code knows nothing of slabs and pool, and its test, which links without them, proves it on every
 * build.
 */
#ifndef HV_LOCK_H
#define HV_LOCK_H

#include <hv/arch.h>
#include <hv/atomic.h>

struct hv_lock {
	u32 next;
	u32 serving;
};

static inline void hv_lock(struct hv_lock *lock)
{
	u32 ticket = hv_fetch_add(&lock->next, 1);

	while (hv_load_acquire(&lock->serving) != ticket)
		hv_arch_relax();
}

static inline void hv_unlock(struct hv_lock *lock)
{
	/* Pairs with the acquire in hv_lock(). */
	hv_store_release(&lock->serving, lock->serving + 1);
}

/** hv_lock_is_held() - by anybody; for assertions where there is nobody else */
static inline bool hv_lock_is_held(const struct hv_lock *lock)
{
	return hv_load_once(&lock->next) != hv_load_once(&lock->serving);
}

#endif
