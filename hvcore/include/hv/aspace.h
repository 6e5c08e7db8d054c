/* SPDX-License-Identifier: GPL-2.0-only */
/* The address space of a cell: a range of guest-physical addresses, its memory set, and access through it. */
#ifndef HV_ASPACE_H
#define HV_ASPACE_H

#include <hv/lock.h>
#include <hv/mset.h>

/*
 * Every function takes the owner map's lock and then this one, but those that say otherwise. In this order, because
 * whoever holds the owner map may wait for CPUs that do not answer, while a cell's CPUs need its space to go on: so
 * whoever waits for the owner map must not have a space already, and what a running cell does needs its space only.
 */
struct hv_aspace {
	u64 base, size;
	struct hv_lock lock;
	struct hv_mset set;
	struct hv_pool *frames;		/* that its memory is taken from */
	struct hv_pool *secure;		/* likewise, of the secure ranges, or NULL */
};

/** hv_aspace_base() - the first guest-physical address; the others likewise */
static inline hv_gpa_t hv_aspace_base(const struct hv_aspace *as)
{
	return hv_gpa(as->base);
}

static inline u64 hv_aspace_size(const struct hv_aspace *as)
{
	return as->size;
}

static inline hv_gpa_t hv_aspace_end(const struct hv_aspace *as)
{
	return hv_gpa(as->base + as->size);
}

/** hv_aspace_root() - where the root table is */
static inline hv_hpa_t hv_aspace_root(const struct hv_aspace *as)
{
	return hv_pool_hpa(as->set.pt.pool, as->set.pt.root);
}

/** hv_aspace_contains_range() - is [gpa, gpa + size) not empty and in range, whether or not something is there? */
static inline bool hv_aspace_contains_range(const struct hv_aspace *as, hv_gpa_t gpa, u64 size)
{
	u64 offset = hv_gpa_raw(gpa) - as->base;

	return size && hv_gpa_raw(gpa) >= as->base && offset < as->size && size <= as->size - offset;
}

/* What an address space is made of. */
struct hv_aspace_config {
	u64 base, size;
	const struct hv_pt_format *format;
	struct hv_pool *pool;		/* for tables and records */
	struct hv_pool *frames;
	struct hv_pool *secure;
	struct hv_owner_map *owners;	/* or NULL, in tests */
	u16 owner;
};

/** hv_aspace_lock() - for whoever walks chunks; in the order of hv/lock.h */
static inline void hv_aspace_lock(struct hv_aspace *as)
{
	if (as->set.owners)
		hv_lock(&as->set.owners->lock);
	hv_lock(&as->lock);
}

static inline void hv_aspace_unlock(struct hv_aspace *as)
{
	hv_unlock(&as->lock);
	if (as->set.owners)
		hv_unlock(&as->set.owners->lock);
}

/** hv_aspace_new_empty() - allocates the root table, nothing else. Takes no lock. Return: 0, -EINVAL, -ENOMEM. */
int __must_check hv_aspace_new_empty(struct hv_aspace *as, const struct hv_aspace_config *config);

/** hv_aspace_set_live() - from now on, CPUs or devices may use the tables, or none does any more */
void hv_aspace_set_live(struct hv_aspace *as, bool live);

/** hv_aspace_destroy() - clear it and give back the root table. Nobody uses it. Return: as hv_aspace_clear(). */
int __must_check hv_aspace_destroy(struct hv_aspace *as);

/** hv_aspace_map_linear() - map [gpa, gpa + size) to [hpa, hpa + size); errors as of hv_mset_insert() */
int __must_check hv_aspace_map_linear(struct hv_aspace *as, hv_gpa_t gpa, hv_hpa_t hpa, u64 size, u32 flags);

/** hv_aspace_map_deferred() - the same, but zeroed and mapped where it is touched first, in pieces of up to 2 MiB */
int __must_check hv_aspace_map_deferred(struct hv_aspace *as, hv_gpa_t gpa, hv_hpa_t hpa, u64 size, u32 flags);

/* Where the frames of a mapping come from, and when. */
#define HV_ALLOC_POPULATE 0x1	/* now; else on first touch */
#define HV_ALLOC_SECURE 0x2	/* from secure ranges; -ENODEV if there are none */

/** hv_aspace_map_alloc() - map zeroed frames, not necessarily contiguous, to [gpa, gpa + size) */
int __must_check hv_aspace_map_alloc(struct hv_aspace *as, hv_gpa_t gpa, u64 size, u32 flags, u32 how);

/** hv_aspace_map_empty() - map every page to @object, without the right to write */
int __must_check hv_aspace_map_empty(struct hv_aspace *as, hv_gpa_t gpa, u64 size, u32 flags,
				     const struct hv_pt_object *object);

/**
 * hv_aspace_map_identical() - take exactly these frames from root and map them in one piece
 * @lenient: if they are not root's, map them all the same if the owner rules allow that, and say so in the log
 *
 * Frames that it has already are not taken again, and with HV_MEM_ROOTSHARED none is taken. They are the cell's
 * afterwards, and stay so when they are unmapped, until somebody scrubs them and gives them to root.
 *
 * Return: 0; -EBUSY if they are somebody else's; -EEXIST if one of them is mapped in this address space, or belongs to
 * a pool that its regions take frames from; else as hv_mset_insert().
 */
int __must_check hv_aspace_map_identical(struct hv_aspace *as, hv_gpa_t gpa, hv_hpa_t hpa, u64 size, u32 flags,
					 bool lenient);

struct hv_cellconf;

/**
 * hv_aspace_configure() - map all regions of @conf, and its devices
 *
 * Return: 0; what hv_cellconf_check() returns; -EEXIST if the address space is not empty; else the error of the first
 * region that cannot be mapped.
 */
int __must_check hv_aspace_configure(struct hv_aspace *as, const struct hv_cellconf *conf);

/** hv_aspace_unmap() - whatever is in [gpa, gpa + size), parts of regions too; errors as of hv_mset_delete() */
int __must_check hv_aspace_unmap(struct hv_aspace *as, hv_gpa_t gpa, u64 size);

/** hv_aspace_protect() - errors as of hv_mset_protect() */
int __must_check hv_aspace_protect(struct hv_aspace *as, hv_gpa_t gpa, u64 size, u32 rights);

/** hv_aspace_clear() - unmap everything; errors as of hv_mset_clear() */
int __must_check hv_aspace_clear(struct hv_aspace *as);

/**
 * hv_aspace_handle_fault() - a CPU could not access @gpa
 * @access: HV_ACCESS_*
 *
 * Return: 0 if the access can be repeated now: the page is lazy, or another CPU or a flush was first. Else a real
 * fault: -ENOENT, nothing is there; -EPERM, not with these rights; -EINVAL, out of range; -ENOMEM.
 */
int __must_check hv_aspace_handle_fault(struct hv_aspace *as, hv_gpa_t gpa, u8 access);

/**
 * hv_aspace_wake() - the same where frames are there already: for deferred regions, but not for lazy ones
 *
 * Changes no owner, so it takes the space's lock only: a running cell does not wait for root. Return: likewise, and
 * -EPERM for what is lazy.
 */
int __must_check hv_aspace_wake(struct hv_aspace *as, hv_gpa_t gpa, u8 access);

/** hv_aspace_translate() - where @gpa is mapped to, or -ENOENT. Takes the space's lock only, as the next one. */
int __must_check hv_aspace_translate(struct hv_aspace *as, hv_gpa_t gpa, hv_hpa_t *hpa);

/** hv_aspace_translate_and_get_limit() - the same, and how many bytes are contiguous from there, in one leaf or more */
int __must_check hv_aspace_translate_and_get_limit(struct hv_aspace *as, hv_gpa_t gpa, hv_hpa_t *hpa, u64 *limit);

/*
 * Pieces of a range that are contiguous in host-physical memory:
 *
 *	struct hv_chunk chunk = hv_chunk_first(gpa, size, rights);
 *
 *	while (hv_chunk_next(as, &chunk)) ...
 *	if (chunk.err) ...
 *
 * The lock is held by the caller, from the first to the last use of a piece.
 */
struct hv_chunk {
	hv_hpa_t hpa;
	u64 size;
	u64 at, end;	/* what is still to come */
	u32 rights;	/* that are asked for */
	int err;	/* -EINVAL: the range is not one; -ENOENT: a hole; -EPERM: rights are missing */
};

static inline struct hv_chunk hv_chunk_first(hv_gpa_t gpa, u64 size, u32 rights)
{
	u64 at = hv_gpa_raw(gpa);

	return (struct hv_chunk){ .at = at, .end = at + size, .rights = rights, .err = at + size < at ? -EINVAL : 0 };
}

bool hv_chunk_next(const struct hv_aspace *as, struct hv_chunk *chunk);

/**
 * hv_aspace_copy_from() - read guest-physical memory, all of it or nothing
 * hv_aspace_copy_to() - write it: what is not writable for the cell is not written
 *
 * For memory that was allocated; for any other -EPERM. Lazy pages are populated, and stay so if memory runs short at a
 * later one: they read as zero before and after. Return: 0; -EINVAL; -ENOENT if there is a hole; -EPERM; -ENOMEM.
 */
int __must_check hv_aspace_copy_from(struct hv_aspace *as, void *to, hv_gpa_t gpa, u64 size);
int __must_check hv_aspace_copy_to(struct hv_aspace *as, hv_gpa_t gpa, const void *from, u64 size);

/** hv_aspace_dump() - write it into the log: regions, rights, sizes of leaves, counts of frames */
void hv_aspace_dump(struct hv_aspace *as, const char *name);

#endif
