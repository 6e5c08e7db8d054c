// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walker's tables: from the pool, split out of a leaf, merged into one, and back to the pool, but not before
 * hardware has forgotten them.
 */
#include <hv/atomic.h>
#include <hv/hv.h>
#include <hv/request.h>
#include "pt_entry.h"

u64 *hv_pt_table_alloc(struct hv_pt *pt)
{
	u64 *table = hv_pool_alloc(pt->pool);

	if (table)
		pt->tables++;
	return table;
}

/*
 * A table that nothing points to any more. A CPU that still walks it finds what was there, which it may until the
 * flush; the link is not present in any format, since it is the address of a frame.
 */
void hv_pt_table_drop(struct hv_pt *pt, u64 *table)
{
	pt->tables--;
	if (!pt->live) {
		(void)hv_pool_free(pt->pool, table); /* it came from there */
		return;
	}
	table[0] = (u64)(__UINTPTR_TYPE__)pt->unlinked;
	pt->unlinked = table;
	pt->stale = true;
}

static void free_dropped(struct hv_pt *pt)
{
	u64 *table;

	while (pt->unlinked) {
		table = pt->unlinked;
		pt->unlinked = (u64 *)(__UINTPTR_TYPE__)table[0];
		(void)hv_pool_free(pt->pool, table); /* it came from there */
	}
	while (pt->nr_merged)
		(void)hv_pool_free(pt->pool, pt->merged[--pt->nr_merged]); /* likewise */
}

static void flush_now(struct hv_pt *pt)
{
	if (pt->live) {
		hv_request_flush(pt);
		(void)hv_fetch_add(&hv.stats->tlb_flushes, 1);
	}
	pt->stale = false;
	free_dropped(pt);
}

/* What it maps is mapped still, so the CPU that still walks it has to find all of it: there is no room for a link. */
static void drop_merged(struct hv_pt *pt, u64 *table)
{
	pt->tables--;
	if (!pt->live) {
		(void)hv_pool_free(pt->pool, table); /* it came from there */
		return;
	}
	if (pt->nr_merged == HV_PT_MAX_MERGED)
		flush_now(pt);
	pt->merged[pt->nr_merged++] = table;
	pt->stale = true;
}

void hv_pt_flush(struct hv_pt *pt)
{
	if (pt->stale && !pt->held)
		flush_now(pt);
}

void hv_pt_hold(struct hv_pt *pt)
{
	pt->held = true;
}

void hv_pt_let_go(struct hv_pt *pt)
{
	pt->held = false;
	hv_pt_flush(pt);
}

/* Entries beside @near, which was cleared last, are the most likely ones to be in use. */
bool hv_pt_table_is_empty(const u64 *table, unsigned int near)
{
	unsigned int i;

	if (table[(near + 1) % ENTRIES] || table[(near - 1) % ENTRIES])
		return false;
	for (i = 0; i < ENTRIES; i++)
		if (table[i])
			return false;
	return true;
}

/* Drop the table behind @entry if there is nothing in it. */
void hv_pt_table_drop_empty(struct hv_pt *pt, u64 *entry, unsigned int near)
{
	u64 *table = table_of(pt, *entry);

	if (!hv_pt_table_is_empty(table, near))
		return;
	*entry = 0;
	hv_pt_table_drop(pt, table);
}

/* Replace a leaf of @level by a table of leaves of the next size that map the same. */
int hv_pt_split(struct hv_pt *pt, u64 *entry, unsigned int level)
{
	const struct hv_pt_format *f = &pt->format;
	u64 leaf = level == 2 ? *entry & ~f->large : *entry;
	u64 *table = hv_pt_table_alloc(pt);
	unsigned int i;

	if (!table)
		return -ENOMEM;
	for (i = 0; i < ENTRIES; i++)
		table[i] = leaf + i * level_size(level - 1);
	*entry = table_entry(pt, table, level - 1);
	pt->leaves[level - 1]--;
	pt->leaves[level - 2] += ENTRIES;
	return 0;
}

/* Is @table, of @level, full of leaves that together map what one larger leaf could? */
bool hv_pt_table_is_full(const struct hv_pt *pt, const u64 *table, unsigned int level)
{
	const struct hv_pt_format *f = &pt->format;
	u64 first = table[0], step = level_size(level);
	unsigned int i;

	/* The last one first: most tables fail here. */
	if (table[ENTRIES - 1] != first + (ENTRIES - 1) * step || level >= f->leaf_levels)
		return false;
	if (!is_present(f, first) || !is_leaf(f, first, level) || (first & f->keep) ||
	    !HV_IS_ALIGNED(first & f->address, level_size(level + 1)))
		return false;
	for (i = 1; i < ENTRIES - 1; i++)
		if (table[i] != first + i * step)
			return false;
	return true;
}

/* If the table behind @entry is full of leaves that map one larger piece alike, that piece gets one leaf. */
void hv_pt_merge_entry(struct hv_pt *pt, u64 *entry, unsigned int level)
{
	u64 *table = table_of(pt, *entry);

	if (!hv_pt_table_is_full(pt, table, level - 1))
		return;
	*entry = table[0] | pt->format.large;
	pt->leaves[level - 2] -= ENTRIES;
	pt->leaves[level - 1]++;
	drop_merged(pt, table);
}

static void merge(struct hv_pt *pt, u64 *table, unsigned int level, u64 at, u64 end)
{
	unsigned int i;
	u64 next;

	for (i = index_at(at, level); at != end; i++, at = next) {
		next = next_at(at, end, level);
		if (!is_table(&pt->format, table[i], level))
			continue;
		merge(pt, table_of(pt, table[i]), level - 1, at, next);
		hv_pt_merge_entry(pt, &table[i], level);
	}
}

void hv_pt_merge(struct hv_pt *pt, u64 from, u64 size)
{
	merge(pt, pt->root, pt->format.levels, from, from + size);
}

/* Merge what can be merged of the tables that lead to @address. */
void hv_pt_merge_at(struct hv_pt *pt, u64 address)
{
	hv_pt_merge(pt, address, 1);
}
