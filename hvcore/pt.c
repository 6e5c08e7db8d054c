// SPDX-License-Identifier: GPL-2.0-only
/* Page tables of every format: making, looking up, giving back. What changes them is in pt_map.c and pt_change.c. */
#include "pt_entry.h"

int hv_pt_init(struct hv_pt *pt, const struct hv_pt_format *format, struct hv_pool *pool)
{
	*pt = (struct hv_pt){ .format = *format, .pool = pool };
	/* It lies among the bits of an address, but is none. */
	pt->format.address &= ~format->encrypt;
	pt->root = hv_pt_table_alloc(pt);
	return pt->root ? 0 : -ENOMEM;
}

static void free_below(struct hv_pt *pt, u64 *table, unsigned int level)
{
	unsigned int i;

	for (i = 0; level > 1 && i < ENTRIES; i++)
		if (is_table(&pt->format, table[i], level))
			free_below(pt, table_of(pt, table[i]), level - 1);
	hv_pt_table_drop(pt, table);
}

void hv_pt_fini(struct hv_pt *pt)
{
	pt->live = false;
	hv_pt_flush(pt);
	if (pt->root)
		free_below(pt, pt->root, pt->format.levels);
	pt->root = NULL;
}

bool hv_pt_covers(const struct hv_pt *pt, u64 from, u64 size)
{
	u64 limit = level_size(pt->format.levels) * ENTRIES;

	if (!size || !HV_IS_ALIGNED(from | size, HV_PAGE_SIZE) || from + size < from)
		return false;
	if (!pt->format.canonical)
		return from < limit && size <= limit - from;
	return from + size <= limit / 2 || from >= -(limit / 2);
}

/* The entry that maps @address, or the one that says that nothing does. */
u64 *hv_pt_find(const struct hv_pt *pt, u64 address, unsigned int *level)
{
	unsigned int at = pt->format.levels, shift = level_shift(at);
	u64 *table = pt->root, *entry;

	for (;; at--, shift -= INDEX_BITS) {
		entry = &table[(address >> shift) & (ENTRIES - 1)];
		if (!is_table(&pt->format, *entry, at)) {
			*level = at;
			return entry;
		}
		table = table_of(pt, *entry);
	}
}

bool hv_pt_has_room(const struct hv_pt *pt, u64 at, u64 size)
{
	unsigned int level;

	(void)hv_pt_find(pt, at, &level);
	return level_size(level) <= size;
}

static void describe(const struct hv_pt *pt, u64 entry, unsigned int level, u64 at, struct hv_pt_mapping *mapping)
{
	mapping->size = level_size(level);
	mapping->address = leaf_address(&pt->format, entry, level) | (at & (mapping->size - 1));
	mapping->flags = leaf_flags(&pt->format, entry);
}

int hv_pt_query(const struct hv_pt *pt, u64 from, struct hv_pt_mapping *mapping)
{
	unsigned int level;
	u64 entry;

	if (!hv_pt_covers(pt, from & HV_PAGE_MASK, HV_PAGE_SIZE))
		return -ENOENT;
	entry = *hv_pt_find(pt, from, &level);
	if (!is_present(&pt->format, entry))
		return -ENOENT;
	describe(pt, entry, level, from, mapping);
	return 0;
}

int hv_pt_next(const struct hv_pt *pt, u64 *from, u64 end, struct hv_pt_mapping *mapping)
{
	unsigned int level;
	u64 at, entry;

	for (at = *from; at < end; at = next_at(at, end, level)) {
		entry = *hv_pt_find(pt, at, &level);
		if (!is_present(&pt->format, entry))
			continue;
		describe(pt, entry, level, at, mapping);
		*from = at;
		return 0;
	}
	return -ENOENT;
}

int hv_pt_prev(const struct hv_pt *pt, u64 from, u64 *end, struct hv_pt_mapping *mapping)
{
	unsigned int level;
	u64 at, entry;

	for (at = *end; at > from; at = HV_ALIGN_DOWN(at - 1, level_size(level))) {
		entry = *hv_pt_find(pt, at - 1, &level);
		if (!is_present(&pt->format, entry))
			continue;
		describe(pt, entry, level, at - HV_PAGE_SIZE, mapping);
		*end = at;
		return 0;
	}
	return -ENOENT;
}
