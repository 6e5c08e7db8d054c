/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ticket lock. Lock order, outermost first: root's map, owners, pool. No lock is taken on the exit path of a healthy
 * guest.
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

#endif
