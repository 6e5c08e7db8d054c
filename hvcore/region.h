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

/* Map [to, to + size). @how: HV_PT_UNMERGED or 0. */
int __must_check hv_region_map_linear(struct hv_mset *set, const struct hv_region *region, u64 how);

/* region_deferred.c: have all tables that touching a deferred region may need, and some of its pieces. */
int __must_check hv_region_prepare(struct hv_mset *set, const struct hv_region *region);

/* Zero and map the piece around @at, where nothing is mapped. */
int __must_check hv_region_wake(struct hv_mset *set, const struct hv_region *region, u64 at);

/* Would what ends where this one begins have the same pieces if both were one region? */
bool hv_region_ends_piece(const struct hv_region *upper);

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
