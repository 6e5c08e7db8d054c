/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypervisor's own memory and what it knows of everybody's: set up once, in the early stage. */
#ifndef HV_MEMORY_H
#define HV_MEMORY_H

#include <hv/err.h>
#include <hv/owner.h>
#include <hv/pt.h>
#include <hv/types.h>

/* Runs of frames that are not root's. Beyond that, giving memory away is refused. */
#define HV_MEMORY_MAX_PIECES 4096

/* Frames of the hypervisor that root may read: what it is shown, and the zeros that stand for all others. */
#define HV_MEMORY_SHOWN (HV_OWNER_FIRST_SET + 0)
/* Pages of registers that both drive: the local APIC. */
#define HV_MEMORY_REGISTERS (HV_OWNER_FIRST_SET + 1)
/* Frames that root gave and no cell has. Nobody maps them. */
#define HV_MEMORY_DONATED (HV_OWNER_FIRST_SET + 2)

/** hv_memory_limit() - the addresses of frames end here; the encryption bit, if there is one, is not among theirs */
u64 hv_memory_limit(void);

/**
 * hv_memory_init() - the hypervisor's range gets its owner, the pool is made, then secure ranges and registers follow
 * @pool: where in the range it begins
 *
 * Nothing of the pool is touched before it is the hypervisor's. Return: 0, -EINVAL, -EBUSY, -ENOMEM; what fails leaves
 * all memory to root.
 */
int __must_check hv_memory_init(u64 pool);

/** hv_memory_init_world() - root's RAM is what root may point to */
int __must_check hv_memory_init_world(void);

/** hv_memory_show() - frames [start, start + size) of the hypervisor's can be mapped by root for reading */
int __must_check hv_memory_show(hv_hpa_t start, u64 size);

/** hv_memory_show_nothing() - undo hv_memory_show() and hv_memory_init_world(): root's map is gone */
void hv_memory_show_nothing(void);

/** hv_memory_map_own() - hv_pt_map() for the hypervisor's own tables: what the owners allow it, encrypted or not */
int __must_check hv_memory_map_own(struct hv_pt *pt, u64 at, hv_hpa_t start, u64 size, u64 flags);

/** hv_memory_is_roots() - is all of [gpa, gpa + size) RAM, and root's own? */
bool hv_memory_is_roots(u64 gpa, u64 size);

/** hv_memory_is_hidden() - does what root finds at @gpa, with or without encryption, belong to us, or to a cell? */
bool hv_memory_is_hidden(u64 gpa);

/** hv_memory_check() - every frame of the pool is free or in use once, and has one owner. Return: 0 or -EIO. */
int __must_check hv_memory_check(void);

struct hv_aspace;

/** hv_memory_check_space() - a cell's tables say what its regions say and the owners allow: 0 or -EIO. Visits all. */
int __must_check hv_memory_check_space(struct hv_aspace *space);

#endif
