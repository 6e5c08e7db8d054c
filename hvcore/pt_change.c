// SPDX-License-Identifier: GPL-2.0-only
/* Changes of what is mapped: unmap, revoke, protect. All tables they need are there before the first leaf changes. */
#include "pt_entry.h"

/* Make sure that a leaf boundary lies at @at. */
static int split_at(struct hv_pt *pt, u64 at)
{
	unsigned int level;
	u64 *entry;
	int err;

	for (;;) {
		entry = hv_pt_find(pt, at, &level);
		if (!is_present(&pt->format, *entry) || HV_IS_ALIGNED(at, level_size(level)))
			return 0;
		err = hv_pt_split(pt, entry, level);
		if (err)
			return err;
	}
}

int hv_pt_prepare(struct hv_pt *pt, u64 from, u64 size)
{
	u64 end = from + size;
	int err;

	if (!hv_pt_covers(pt, from, size))
		return -EINVAL;
	err = split_at(pt, from);
	if (!err && hv_pt_covers(pt, end, HV_PAGE_SIZE))
		err = split_at(pt, end);
	if (err) {
		hv_pt_merge_at(pt, from);
		hv_pt_merge_at(pt, end);
	}
	return err;
}

static void drop_below(struct hv_pt *pt, u64 *table, unsigned int level)
{
	unsigned int i;

	for (i = 0; i < ENTRIES; i++) {
		if (!is_present(&pt->format, table[i]))
			continue;
		if (is_leaf(&pt->format, table[i], level))
			pt->leaves[level - 1]--;
		else
			drop_below(pt, table_of(pt, table[i]), level - 1);
	}
	hv_pt_table_drop(pt, table);
}

static void clear(struct hv_pt *pt, u64 *table, unsigned int level, u64 at, u64 end)
{
	u64 next, entry;
	unsigned int i;

	for (i = index_at(at, level); at != end; i++, at = next) {
		next = next_at(at, end, level);
		entry = table[i];
		if (is_table(&pt->format, entry, level) && next - at != level_size(level)) {
			clear(pt, table_of(pt, entry), level - 1, at, next);
			hv_pt_table_drop_empty(pt, &table[i], index_at(next - 1, level - 1));
		} else if (is_table(&pt->format, entry, level)) {
			table[i] = 0;
			pt->stale = true;
			drop_below(pt, table_of(pt, entry), level - 1);
		} else if (is_present(&pt->format, entry)) {
			table[i] = 0;
			pt->leaves[level - 1]--;
			pt->stale = true;
		}
	}
}

/* Unmap what begins and ends between leaves. */
void hv_pt_clear(struct hv_pt *pt, u64 from, u64 end)
{
	clear(pt, pt->root, pt->format.levels, from, end);
}

/* The frequent case. Which tables are empty then, clear() knows best. */
static void unmap_pages(struct hv_pt *pt, const struct pt_pages *pages, u64 from, u64 end)
{
	u64 *entry = pages->table + pages->first;
	unsigned int i;

	for (i = 0; i < pages->count; i++) {
		if (!entry[i])
			continue;
		entry[i] = 0;
		pt->leaves[0]--;
		pt->stale = true;
	}
	if (hv_pt_table_is_empty(pages->table, index_at(end - 1, 1)))
		hv_pt_clear(pt, from, end);
}

int hv_pt_unmap(struct hv_pt *pt, u64 from, u64 size)
{
	struct pt_pages pages;
	int err;

	if (!hv_pt_covers(pt, from, size))
		return -EINVAL;
	if (find_pages(pt, from, from + size, &pages)) {
		unmap_pages(pt, &pages, from, from + size);
		return 0;
	}
	err = hv_pt_prepare(pt, from, size);
	if (err)
		return err;
	hv_pt_clear(pt, from, from + size);
	return 0;
}

static void revoke(struct hv_pt *pt, u64 *table, unsigned int level, u64 at, u64 end)
{
	u64 next, entry;
	unsigned int i;

	for (i = index_at(at, level); at != end; i++, at = next) {
		next = next_at(at, end, level);
		entry = table[i];
		if (is_table(&pt->format, entry, level)) {
			revoke(pt, table_of(pt, entry), level - 1, at, next);
		} else if (is_present(&pt->format, entry)) {
			/* Not 0, even if it was a large leaf of address 0. */
			table[i] = (entry & ~pt->format.present) | pt->format.keep;
			pt->leaves[level - 1]--;
			pt->stale = true;
		}
	}
}

int hv_pt_revoke(struct hv_pt *pt, u64 from, u64 size)
{
	int err;

	err = hv_pt_prepare(pt, from, size);
	if (err)
		return err;
	revoke(pt, pt->root, pt->format.levels, from, from + size);
	return 0;
}

/* Find the first revoked leaf in [*@at, @end) below @table; take it out. Tables that are empty then go. */
static bool collect(struct hv_pt *pt, u64 *table, unsigned int level, u64 *at, u64 end, struct hv_pt_mapping *mapping)
{
	bool found = false;
	unsigned int i;
	u64 next;

	for (i = index_at(*at, level); !found && i < ENTRIES && *at != end; i++, *at = next) {
		next = next_at(*at, end, level);
		if (is_table(&pt->format, table[i], level)) {
			found = collect(pt, table_of(pt, table[i]), level - 1, at, next, mapping);
			next = *at;
			hv_pt_table_drop_empty(pt, &table[i], index_at(next - 1, level - 1));
		} else if (table[i] && !is_present(&pt->format, table[i])) {
			mapping->address = leaf_address(&pt->format, table[i], level);
			mapping->size = level_size(level);
			mapping->flags = 0;
			table[i] = 0;
			found = true;
		}
	}
	return found;
}

int hv_pt_collect(struct hv_pt *pt, u64 *from, u64 end, struct hv_pt_mapping *mapping)
{
	return collect(pt, pt->root, pt->format.levels, from, end, mapping) ? 0 : -ENOENT;
}

struct rights {
	u64 bits;	/* of a leaf, without address */
	u64 stays;	/* bits that do not change */
	bool found;	/* something was mapped */
};

/* Does something that @was allowed not hold any more, or hold differently? */
static bool takes_away(const struct hv_pt_format *f, u64 was, u64 is)
{
	return (was & ~is & (f->read | f->write | f->exec)) || (~was & is & f->no_exec) || ((was ^ is) & f->type);
}

/* Change one leaf. */
static void protect_leaf(struct hv_pt *pt, struct rights *rights, u64 *entry, unsigned int level)
{
	const struct hv_pt_format *f = &pt->format;
	u64 was = *entry, is;

	is = leaf_address(f, was, level) | rights->bits | large_bits(f, level) | (was & rights->stays);
	*entry = is;
	rights->found = true;
	if (takes_away(f, was, is))
		pt->stale = true;
}

/* The frequent case. */
static void protect_pages(struct hv_pt *pt, struct rights *rights, const struct pt_pages *pages, u64 from)
{
	u64 *entry = pages->table + pages->first;
	unsigned int i;

	for (i = 0; i < pages->count; i++)
		if (is_present(&pt->format, entry[i]))
			protect_leaf(pt, rights, &entry[i], 1);
	if (hv_pt_table_is_full(pt, pages->table, 1))
		hv_pt_merge_at(pt, from);
}

static void protect(struct hv_pt *pt, struct rights *rights, u64 *table, unsigned int level, u64 at, u64 end)
{
	unsigned int i;
	u64 next;

	for (i = index_at(at, level); at != end; i++, at = next) {
		next = next_at(at, end, level);
		if (!is_present(&pt->format, table[i]))
			continue;
		if (is_leaf(&pt->format, table[i], level)) {
			protect_leaf(pt, rights, &table[i], level);
			continue;
		}
		protect(pt, rights, table_of(pt, table[i]), level - 1, at, next);
		hv_pt_merge_entry(pt, &table[i], level);
	}
}

int hv_pt_protect(struct hv_pt *pt, u64 from, u64 size, u64 flags)
{
	u64 keeps = pt->format.keep | pt->format.encrypt;
	struct rights rights = { .bits = leaf_bits(&pt->format, 0, flags), .stays = keeps };
	struct pt_pages pages;
	int err;

	if (!are_flags_sane(flags & ~(u64)HV_PT_SAME_TYPE) || !hv_pt_covers(pt, from, size))
		return -EINVAL;
	if (flags & HV_PT_SAME_TYPE)
		rights.stays |= pt->format.type;
	rights.bits &= ~rights.stays;
	if (find_pages(pt, from, from + size, &pages)) {
		protect_pages(pt, &rights, &pages, from);
		return rights.found ? 0 : -ENOENT;
	}
	err = hv_pt_prepare(pt, from, size);
	if (err)
		return err;
	protect(pt, &rights, pt->root, pt->format.levels, from, from + size);
	return rights.found ? 0 : -ENOENT;
}
