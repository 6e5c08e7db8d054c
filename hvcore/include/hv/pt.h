/* SPDX-License-Identifier: GPL-2.0-only */
/* One page-table walker for every format; the formats are data. */
#ifndef HV_PT_H
#define HV_PT_H

#include <hv/err.h>
#include <hv/pool.h>
#include <hv/types.h>

/* Rights and attributes of a mapping, neutral. */
#define HV_PT_READ 0x1
#define HV_PT_WRITE 0x2
#define HV_PT_EXEC 0x4
#define HV_PT_RWX (HV_PT_READ | HV_PT_WRITE | HV_PT_EXEC)
#define HV_PT_TYPE_SHIFT 4	/* memory type as in the MTRRs, where the format has a field for it */
#define HV_PT_TYPE(type) ((u64)(type) << HV_PT_TYPE_SHIFT)
#define HV_PT_TYPE_MASK HV_PT_TYPE(7)

/* The two types that the core names itself. */
#define HV_TYPE_UC 0
#define HV_TYPE_WB 6

#define HV_PT_MAX_LEVELS 5

/*
 * Levels count from 1 (entries that map 4 KiB). A format whose entries have no bit of a kind leaves it 0.
 */
struct hv_pt_format {
	u8 levels;
	u8 leaf_levels;		/* largest level that may hold a leaf */
	u8 type_shift;		/* where a leaf keeps the memory type; 0: not at all */
	u64 address;		/* bits of an entry that hold an address */
	u64 present;		/* any of these set: the entry is in use */
	u64 table;		/* an entry that points to a table */
	u64 leaf;		/* bits of every leaf */
	u64 large;		/* additionally of a leaf above level 1; tells leaf and table apart */
	u64 read, write, exec, no_exec;
};

struct hv_pt {
	struct hv_pt_format format;
	struct hv_pool *pool;
	u64 *root;
	u64 tables;			/* frames in use, the root included */
	u64 leaves[HV_PT_MAX_LEVELS];	/* leaves per level - 1 */
};

struct hv_pt_mapping {
	u64 address;		/* where @from is mapped to */
	u64 size;		/* of the leaf */
	u64 flags;
};

int __must_check hv_pt_init(struct hv_pt *pt, const struct hv_pt_format *format, struct hv_pool *pool);

/** hv_pt_fini() - give back all tables */
void hv_pt_fini(struct hv_pt *pt);

/**
 * hv_pt_map() - map [from, from + size) to [to, to + size) with the largest leaves that fit
 *
 * Return: 0; -EINVAL if anything is not page-aligned, empty or beyond the format; -EEXIST if a part is mapped already;
 * -ENOMEM. What fails changes nothing.
 */
int __must_check hv_pt_map(struct hv_pt *pt, u64 from, u64 to, u64 size, u64 flags);

/** hv_pt_map_same() - map every 4 KiB page of [from, from + size) to the one frame @to; otherwise as hv_pt_map() */
int __must_check hv_pt_map_same(struct hv_pt *pt, u64 from, u64 to, u64 size, u64 flags);

/**
 * hv_pt_unmap() - unmap [from, from + size), splitting larger leaves at its ends; holes are fine
 *
 * Return: 0, -EINVAL, -ENOMEM (a split needs a table; nothing is unmapped then). The caller flushes.
 */
int __must_check hv_pt_unmap(struct hv_pt *pt, u64 from, u64 size);

/**
 * hv_pt_protect() - change the flags of the one leaf at @from
 *
 * Return: 0, or -ENOENT if no leaf of exactly @size is there. Needs no memory. The caller flushes.
 */
int __must_check hv_pt_protect(struct hv_pt *pt, u64 from, u64 size, u64 flags);

/** hv_pt_query() - what @from is mapped to; -ENOENT if to nothing */
int __must_check hv_pt_query(const struct hv_pt *pt, u64 from, struct hv_pt_mapping *mapping);

#endif
