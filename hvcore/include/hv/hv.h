/* SPDX-License-Identifier: GPL-2.0-only */
/* The one root of all state: everything mutable is reached from here or from the CPU's own slot. */
#ifndef HV_HV_H
#define HV_HV_H

#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/normal_world.h>
#include <hv/owner.h>
#include <hv/peek.h>
#include <hv/pool.h>
#include <hv/psc.h>
#include <hvabi/launch.h>
#include <hvabi/log.h>
#include <hvabi/stats.h>

struct hv {
	u32 state;			/* enum hv_state; owner: the launch's first and the leave's last CPU */
	struct hv_header *header;
	struct hv_sysconfig *config;
	struct hv_stats *stats;
	struct hv_cpu_pub *pub;		/* [config->nr_cpus] */
	struct hv_owner_map owners;
	struct hv_psc_machine psc;
	struct hv_psc psc_lists[2];	/* its own copy, and the one that a back end sees */
	struct hv_normal_world normal;
	struct hv_pool pool;
	struct hv_cell root;
	struct hv_cell *cells[HV_MAX_CELLS];
	struct hv_lock cells_lock;	/* of the table, of every cell's state and of whose the CPUs are; outermost */
	u32 moderation;			/* HV_MODERATE_*; lock: cells_lock */
	u64 apic_khz;			/* of the local APIC's timer, undivided; 0 before a CPU first came to a cell */
	u32 nr_cells;			/* root not counted; changed under cells_lock, read without */
	void *zero_page;		/* what root sees of hidden memory */
	struct hv_peek peeks[HV_PEEKS];	/* lock: root.space's, for these two */
	u32 next_peek;
	u64 encryption_bit;		/* of addresses, 0 if there is none; fixed before launch */

	u32 active_cpus;		/* CPUs that run as guests or are about to; atomic */
	u32 leave_arrived;		/* CPUs that asked to leave */
	u32 leave_verdict;		/* 0 open, 1 go, 2 refused */
};

/** hv_selfcheck() - 0, or -EIO if a data structure contradicts another */
int hv_selfcheck(void);

extern struct hv hv;
extern struct hv_log_ring hv_log_ring;

/* The hypervisor's range is mapped linearly at HV_BASE. */
static inline hv_hpa_t hv_virt_to_hpa(const void *p)
{
	return hv_hpa((u64)(__UINTPTR_TYPE__)p - (u64)(__UINTPTR_TYPE__)hv.header + hv.config->hypervisor_memory.start);
}

#endif
