/* SPDX-License-Identifier: GPL-2.0-only */
/* One page-table walker for every format; the formats are data. */
#ifndef HV_PT_H
#define HV_PT_H

#include <hv/err.h>
#include <hv/pool.h>
#include <hv/types.h>

/* Rights and attributes of a mapping, neutral. A mapping is readable at least. */
#define HV_PT_READ 0x1
#define HV_PT_WRITE 0x2
#define HV_PT_EXEC 0x4
#define HV_PT_RWX (HV_PT_READ | HV_PT_WRITE | HV_PT_EXEC)
#define HV_PT_NO_HUGE 0x8	/* by 4 KiB leaves that are never merged: their flags change without memory */
#define HV_PT_TYPE_SHIFT 4	/* memory type as in the MTRRs, where the format has a field for it */
#define HV_PT_TYPE(type) ((u64)(type) << HV_PT_TYPE_SHIFT)
#define HV_PT_TYPE_MASK HV_PT_TYPE(7)
#define HV_PT_UNMERGED 0x80	/* of hv_pt_map(): merging is left to hv_pt_merge(), so that undoing needs no memory */

#define HV_PT_SAME_TYPE 0x100	/* of hv_pt_protect(): the memory type stays */
#define HV_PT_ENCRYPTED 0x200	/* of hv_pt_map(): with the encryption bit, if the format has one; it stays then */

/* The two types that the core names itself. */
#define HV_TYPE_UC 0
#define HV_TYPE_WB 6

#define HV_PT_MAX_LEVELS 5
#define HV_PT_MAX_MERGED 16

/*
 * Levels count from 1 (entries that map 4 KiB). A format whose entries have no bit of a kind leaves it 0. An entry
 * without any of the present bits is ignored by hardware, whatever else is in it.
 */
struct hv_pt_format {
	u8 levels;
	u8 leaf_levels;		/* largest level that may hold a leaf */
	u8 type_shift;		/* where a leaf keeps the memory type */
	bool canonical;		/* the upper half of what is translated is at the upper end of 64 bits */
	u64 address;		/* bits of an entry that hold an address */
	u64 present;		/* any of these set: the entry is in use */
	u64 table;		/* an entry that points to a table */
	u64 next_level;		/* times the level of the table it points to, additionally */
	u64 leaf;		/* bits of every leaf */
	u64 kind;		/* above level 1, these tell leaf and table apart: a leaf has ... */
	u64 large;		/* ... exactly these of them */
	u64 read, write, exec, no_exec;
	u64 type;		/* mask of the memory type; 0: there is none */
	u64 keep;		/* a bit that hardware ignores, for HV_PT_NO_HUGE */
	u64 encrypt;		/* this bit of a leaf: the memory is encrypted; in @table, too, if the pool is */
};

/*
 * Lock: the caller's. Changes of tables that hardware walks (@live) are followed by hv_pt_flush(), before frames that
 * were mapped, or rights that were taken, go to somebody else.
 */
struct hv_pt {
	struct hv_pt_format format;
	struct hv_pool *pool;
	u64 *root;
	u64 tables;			/* in use, the root included */
	u64 leaves[HV_PT_MAX_LEVELS];	/* leaves per level - 1 */
	bool live;			/* CPUs or devices may walk them now */
	bool stale;			/* they may hold what is no longer so */
	bool held;			/* one flush for several changes is still to come */
	u32 nr_merged;
	u64 *unlinked;			/* tables that wait for the flush: what was unmapped, linked by entry 0 ... */
	u64 *merged[HV_PT_MAX_MERGED];	/* ... and what still says the truth, so that nothing in it may change */
};

struct hv_pt_mapping {
	u64 address;		/* where @from is mapped to */
	u64 size;		/* of the leaf */
	u64 flags;
};

/** hv_pt_init() - empty tables: takes one frame */
int __must_check hv_pt_init(struct hv_pt *pt, const struct hv_pt_format *format, struct hv_pool *pool);

/** hv_pt_fini() - give back all tables. Nothing walks them any more. */
void hv_pt_fini(struct hv_pt *pt);

/** hv_pt_covers() - can the format translate all of [from, from + size), page-aligned and not empty? */
bool hv_pt_covers(const struct hv_pt *pt, u64 from, u64 size);

/**
 * hv_pt_map() - map [from, from + size) to [to, to + size) with the largest leaves that fit
 *
 * A table that is full of neighbours becomes one larger leaf. Return: 0; -EINVAL if anything is not page-aligned,
 * empty or beyond the format, or the flags make no sense; -EEXIST if a part is mapped already; -ENOMEM. What fails
 * changes nothing.
 */
int __must_check hv_pt_map(struct hv_pt *pt, u64 from, u64 to, u64 size, u64 flags);

/** hv_pt_map_same() - map every 4 KiB page of [from, from + size) to the one frame @to; otherwise as hv_pt_map() */
int __must_check hv_pt_map_same(struct hv_pt *pt, u64 from, u64 to, u64 size, u64 flags);

/* What every page of a range is mapped to: leaves are no larger than this, and all map its start. */
struct hv_pt_object {
	u64 address, size;
};

/** hv_pt_map_object() - map every leaf of [from, from + size) to the start of @object; otherwise as hv_pt_map() */
int __must_check hv_pt_map_object(struct hv_pt *pt, u64 from, const struct hv_pt_object *object, u64 size, u64 flags);

/** hv_pt_merge() - what hv_pt_map() with HV_PT_UNMERGED left to do */
void hv_pt_merge(struct hv_pt *pt, u64 from, u64 size);

/**
 * hv_pt_unmap() - unmap [from, from + size), splitting larger leaves at its ends; holes are fine
 *
 * Return: 0, -EINVAL, -ENOMEM (a split needs a table; nothing is unmapped then).
 */
int __must_check hv_pt_unmap(struct hv_pt *pt, u64 from, u64 size);

/**
 * hv_pt_prepare() - split leaves at both ends of [from, from + size), so that changing all of it needs no memory
 *
 * What was split in vain hv_pt_merge() merges. Return: 0, -EINVAL, -ENOMEM (nothing is split then).
 */
int __must_check hv_pt_prepare(struct hv_pt *pt, u64 from, u64 size);

/**
 * hv_pt_revoke() - unmap like hv_pt_unmap(), but remember in the tables what was mapped
 *
 * For frames that may be given away only after a flush: hv_pt_collect() tells them afterwards, without memory. In
 * between nothing else may change there.
 */
int __must_check hv_pt_revoke(struct hv_pt *pt, u64 from, u64 size);

/**
 * hv_pt_collect() - forget the first leaf at *@from or above, and below @end, that was revoked
 * @from: in: where to look; out: where to go on
 * @mapping: out: what it was mapped to. Its flags are gone.
 *
 * Return: 0, or -ENOENT if there is none.
 */
int __must_check hv_pt_collect(struct hv_pt *pt, u64 *from, u64 end, struct hv_pt_mapping *mapping);

/**
 * hv_pt_protect() - change rights and memory type of all that is mapped in [from, from + size); holes are fine
 *
 * Leaves are split at its ends and merged where they became equal; those mapped with HV_PT_NO_HUGE remain what they
 * are. Where both ends lie between leaves it needs no memory. Return: 0; -EINVAL; -ENOENT if nothing is mapped there;
 * -ENOMEM. What fails changes nothing.
 */
int __must_check hv_pt_protect(struct hv_pt *pt, u64 from, u64 size, u64 flags);

/** hv_pt_query() - what @from is mapped to; -ENOENT if to nothing */
int __must_check hv_pt_query(const struct hv_pt *pt, u64 from, struct hv_pt_mapping *mapping);

/** hv_pt_has_room() - is there a table for a leaf of @size at @at? */
bool hv_pt_has_room(const struct hv_pt *pt, u64 at, u64 size);

/**
 * hv_pt_next() - the first leaf that ends above *@from and begins below @end
 * @from: in: where to look; out: an address in that leaf, *@from itself or the leaf's start
 * @mapping: out: what *@from is mapped to
 *
 * Return: 0, or -ENOENT if there is none. To go on, continue behind the leaf (hv_pt_leaf_end()).
 */
int __must_check hv_pt_next(const struct hv_pt *pt, u64 *from, u64 end, struct hv_pt_mapping *mapping);

/**
 * hv_pt_prev() - the last leaf that begins below *@end and ends above @from
 * @end: in: where to look; out: the end of that leaf, or *@end itself if that lies in it
 * @mapping: out: what *@end - HV_PAGE_SIZE is mapped to
 *
 * Return: 0, or -ENOENT if there is none. To go on, continue with hv_pt_leaf_start().
 */
int __must_check hv_pt_prev(const struct hv_pt *pt, u64 from, u64 *end, struct hv_pt_mapping *mapping);

/** hv_pt_leaf_start() - the start of the leaf that ends at @end or maps it, or @from if that is higher */
static inline u64 hv_pt_leaf_start(const struct hv_pt_mapping *mapping, u64 from, u64 end)
{
	u64 start = (end - 1) & ~(mapping->size - 1);

	return start < from ? from : start;
}

/** hv_pt_leaf_end() - the end of the leaf that maps @from, or @end if that is lower */
static inline u64 hv_pt_leaf_end(const struct hv_pt_mapping *mapping, u64 from, u64 end)
{
	u64 left = mapping->size - (from & (mapping->size - 1));

	return end - from < left ? end : from + left;
}

/**
 * hv_pt_hold() - several changes that take something away are to be followed by one flush: hv_pt_let_go()
 *
 * Until then, frames that were mapped are not touched or given to anybody; so not for sets that have frames of their
 * own, which free them as they go.
 */
void hv_pt_hold(struct hv_pt *pt);
void hv_pt_let_go(struct hv_pt *pt);

/** hv_pt_flush() - drop what CPUs and devices may hold of what was taken away, then free the tables that waited */
void hv_pt_flush(struct hv_pt *pt);

#endif
