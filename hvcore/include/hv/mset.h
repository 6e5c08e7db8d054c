/* SPDX-License-Identifier: GPL-2.0-only */
/* A memory set: disjoint regions in order, and the tables that say the same. */
#ifndef HV_MSET_H
#define HV_MSET_H

#include <hv/err.h>
#include <hvabi/memflags.h>
#include <hv/owner.h>
#include <hv/pool.h>
#include <hv/pt.h>
#include <hv/span.h>
#include <hv/types.h>

/* What the pages of a region are mapped to. */
enum hv_mapper {
	HV_MAP_OFFSET,		/* [to, to + size), with the largest leaves */
	HV_MAP_EMPTY,		/* every page to the object at @to, without the right to write */
	HV_MAP_ALLOC,		/* frames of @frames, zeroed, all of them now */
	HV_MAP_LAZY,		/* the same, each on first touch */
	HV_MAP_DEFERRED,	/* as OFFSET, but zeroed and mapped piece by piece on first touch */
};

struct hv_region {
	struct hv_span span;
	u32 flags;		/* HV_MEM_* */
	u32 mapper;		/* enum hv_mapper */
	u64 to;
	u64 object_size;	/* EMPTY: that of the object, which caps the leaves */
	struct hv_pool *frames;	/* ALLOC, LAZY: where frames come from and go back to, scrubbed */
};

/*
 * If there is an owner map, only frames that @owner may map are mapped, and those of ALLOC and LAZY become its own.
 * They belong to the hypervisor before and afterwards. An EMPTY region's object is the hypervisor's and stays so.
 *
 * Lock: the caller's, that of the owner map first, then the set's own; touching DEFERRED regions needs the latter only,
 * for it changes no owner. No function returns before CPUs and devices that may hold what was taken away have dropped
 * it.
 */
struct hv_mset {
	struct hv_pt pt;
	struct hv_span_tree regions;
	struct hv_pool *pool;		/* for tables and records */
	struct hv_owner_map *owners;	/* or NULL */
	u16 owner;
	u64 frames;			/* taken for ALLOC and LAZY regions */
};

static inline bool hv_region_is_linear(const struct hv_region *region)
{
	return region->mapper == HV_MAP_OFFSET || region->mapper == HV_MAP_DEFERRED;
}

static inline struct hv_region *hv_region_of(struct hv_span *span)
{
	return span ? hv_span_entry(span, struct hv_region, span) : NULL;
}

static inline bool hv_region_has_frames(const struct hv_region *region)
{
	return region->mapper == HV_MAP_ALLOC || region->mapper == HV_MAP_LAZY;
}

/** hv_mset_init() - an empty set: takes one frame. @owners may be NULL. */
int __must_check hv_mset_init(struct hv_mset *set, const struct hv_pt_format *format, struct hv_pool *pool,
			      struct hv_owner_map *owners, u16 owner);

/** hv_mset_fini() - clear the set and give back its last table; what hv_mset_clear() returns */
int __must_check hv_mset_fini(struct hv_mset *set);

/**
 * hv_mset_insert() - add a region, a copy of *@model, and map it
 *
 * Return: 0; -EINVAL if it is empty, unaligned, out of range, or its flags or mapper make no sense; -EEXIST if it
 * overlaps another; -EBUSY if the owner may not map what it is mapped to; -ENOMEM. What fails changes nothing; the
 * same for the others.
 */
int __must_check hv_mset_insert(struct hv_mset *set, const struct hv_region *model);

/**
 * hv_mset_delete() - unmap and forget all regions and parts of regions in [start, start + size)
 *
 * Return: 0; -EINVAL; -ENOENT if no region is there; -ENOMEM if a record, a leaf or a run of frames of one owner has to
 * be split and cannot.
 */
int __must_check hv_mset_delete(struct hv_mset *set, u64 start, u64 size);

/**
 * hv_mset_protect() - change the rights of [start, start + size), which is in regions as a whole
 * @rights: of HV_MEM_RWX, HV_MEM_READ at least
 *
 * Return: 0; -EINVAL; -ENOENT if a part is in no region; -EBUSY if the owner may not have these rights; -ENOMEM.
 */
int __must_check hv_mset_protect(struct hv_mset *set, u64 start, u64 size, u32 rights);

/** hv_mset_clear() - delete everything. Return: 0, or -ENOMEM if a run of frames of one owner cannot be split. */
int __must_check hv_mset_clear(struct hv_mset *set);

/**
 * hv_mset_clone() - fill @to, which is initialized and empty, with the regions of @from
 *
 * What frames were allocated for gets frames of its own with the same contents; all else is mapped to the same place,
 * if the owner of @to may map it. Return: 0, -EEXIST if @to is not empty, or as hv_mset_insert().
 */
int __must_check hv_mset_clone(struct hv_mset *to, const struct hv_mset *from);

/**
 * hv_mset_touch() - see that the page at @at is mapped, if that is all that is missing for an access
 * @rights: what is accessed for, of HV_MEM_RWX
 *
 * In DEFERRED regions it needs no memory, unless what shares their tables was deleted, and takes no table away.
 *
 * Return: 0, and the access can be repeated; -ENOENT if no region is there; -EPERM if its rights do not suffice, or it
 * is not to be accessed; -ENOMEM. If another CPU was first: 0, and nothing is done.
 */
int __must_check hv_mset_touch(struct hv_mset *set, u64 at, u32 rights);

/** hv_mset_check_touch() - what hv_mset_touch() would say, but for a lack of memory */
int __must_check hv_mset_check_touch(const struct hv_mset *set, u64 at, u32 rights);

/** hv_mset_check() - prove that tables and records say the same: 0, or -EIO. For self-checks: visits everything. */
int __must_check hv_mset_check(const struct hv_mset *set);

#endif
