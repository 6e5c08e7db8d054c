/* SPDX-License-Identifier: GPL-2.0-only */
/* For the memory set's own files: how one region is mapped, and how its frames go back. */
#ifndef REGION_H
#define REGION_H

#include <hv/mset.h>

/* May @set have such a region? 0, -EINVAL or -EBUSY. */
int __must_check hv_region_check(const struct hv_mset *set, const struct hv_region *region);

/* Where flags and mapper allow these rights, may the owner have them on [start, start + size)? */
int __must_check hv_region_check_rights(const struct hv_mset *set, const struct hv_region *region, u64 start, u64 size,
					u32 rights);

u64 hv_region_pt_flags(const struct hv_region *region);

/* Map what is not lazy. */
int __must_check hv_region_map(struct hv_mset *set, const struct hv_region *region);

/* Take a frame for the page at @at and map it. @how: HV_PT_UNMERGED or 0. */
int __must_check hv_region_take_page(struct hv_mset *set, const struct hv_region *region, u64 at, u64 how);

/* Note that frames in [start, end) will be the hypervisor's again, the last ones first. */
int __must_check hv_region_disown(struct hv_mset *set, u64 start, u64 end);

/*
 * Unmap [start, end), flush, and give frames back. Cannot fail: leaves begin and end there, frames are disowned, and
 * the regions are still recorded.
 */
void hv_region_release(struct hv_mset *set, u64 start, u64 end);

/* The same for all of the set, records included: it is empty then. In mset.c. */
void hv_mset_drop(struct hv_mset *set);

#endif
