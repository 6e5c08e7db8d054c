/* SPDX-License-Identifier: GPL-2.0-only */
/* For the walker's own files: entries, what they say, and the tables they point to. */
#ifndef PT_ENTRY_H
#define PT_ENTRY_H

#include <hv/bits.h>
#include <hv/pt.h>

#define INDEX_BITS 9
#define ENTRIES (1u << INDEX_BITS)

static inline unsigned int level_shift(unsigned int level)
{
	return HV_PAGE_SHIFT + INDEX_BITS * (level - 1);
}

static inline u64 level_size(unsigned int level)
{
	return 1ULL << level_shift(level);
}

static inline unsigned int index_at(u64 address, unsigned int level)
{
	return (address >> level_shift(level)) & (ENTRIES - 1);
}

/* Where the next entry of @level begins, or @end if that is lower. Nothing overflows at the end of all addresses. */
static inline u64 next_at(u64 at, u64 end, unsigned int level)
{
	u64 left = level_size(level) - (at & (level_size(level) - 1));

	return end - at < left ? end : at + left;
}

static inline bool is_present(const struct hv_pt_format *f, u64 entry)
{
	return entry & f->present;
}

static inline bool is_leaf(const struct hv_pt_format *f, u64 entry, unsigned int level)
{
	return level == 1 || (entry & f->kind) == f->large;
}

static inline bool is_table(const struct hv_pt_format *f, u64 entry, unsigned int level)
{
	return is_present(f, entry) && !is_leaf(f, entry, level);
}

static inline u64 *table_of(const struct hv_pt *pt, u64 entry)
{
	return hv_pool_pointer(pt->pool, hv_hpa(entry & pt->format.address));
}

/* The entry that points to @table, which is of @level. */
static inline u64 table_entry(const struct hv_pt *pt, const u64 *table, unsigned int level)
{
	return hv_hpa_raw(hv_pool_hpa(pt->pool, table)) | pt->format.table | level * pt->format.next_level;
}

static inline u64 leaf_address(const struct hv_pt_format *f, u64 entry, unsigned int level)
{
	return entry & f->address & ~(level_size(level) - 1);
}

/* The entry that maps @to, but for what large leaves have in addition. */
static inline u64 leaf_bits(const struct hv_pt_format *f, u64 to, u64 flags)
{
	u64 entry = to | f->leaf | (HV_GET(HV_PT_TYPE_MASK, flags) << f->type_shift & f->type);

	if (flags & HV_PT_READ)
		entry |= f->read;
	if (flags & HV_PT_WRITE)
		entry |= f->write;
	if (flags & HV_PT_NO_HUGE)
		entry |= f->keep;
	if (flags & HV_PT_ENCRYPTED)
		entry |= f->encrypt;
	return entry | (flags & HV_PT_EXEC ? f->exec : f->no_exec);
}

static inline u64 large_bits(const struct hv_pt_format *f, unsigned int level)
{
	return level > 1 ? f->large : 0;
}

static inline u64 leaf_flags(const struct hv_pt_format *f, u64 entry)
{
	u64 flags = HV_PT_READ | HV_PT_TYPE((entry & f->type) >> f->type_shift);

	if (entry & f->write)
		flags |= HV_PT_WRITE;
	if (f->exec ? entry & f->exec : !(entry & f->no_exec))
		flags |= HV_PT_EXEC;
	if (entry & f->keep)
		flags |= HV_PT_NO_HUGE;
	if (entry & f->encrypt)
		flags |= HV_PT_ENCRYPTED;
	return flags;
}

/* Flags that any format can have; write or execute alone cannot be had everywhere. */
static inline bool are_flags_sane(u64 flags)
{
	return (flags & HV_PT_READ) && !(flags & ~(HV_PT_RWX | HV_PT_NO_HUGE | HV_PT_TYPE_MASK));
}

/* Pages of one level-1 table, which is there: what changes them need not look at the tables above. */
struct pt_pages {
	u64 *table;
	unsigned int first, count;
};

/* pt.c */
u64 *hv_pt_find(const struct hv_pt *pt, u64 address, unsigned int *level);

/* Is [from, end) in one such table? */
static inline bool find_pages(struct hv_pt *pt, u64 from, u64 end, struct pt_pages *pages)
{
	unsigned int level;
	u64 *entry;

	if ((from ^ (end - 1)) >= level_size(2))
		return false;
	entry = hv_pt_find(pt, from, &level);
	if (level > 1)
		return false;
	pages->first = index_at(from, 1);
	pages->count = (unsigned int)((end - from) >> HV_PAGE_SHIFT);
	pages->table = entry - pages->first;
	return true;
}

/* pt_table.c */
u64 *hv_pt_table_alloc(struct hv_pt *pt);
void hv_pt_table_drop(struct hv_pt *pt, u64 *table);
bool hv_pt_table_is_empty(const u64 *table, unsigned int near);
void hv_pt_table_drop_empty(struct hv_pt *pt, u64 *entry, unsigned int near);
int __must_check hv_pt_split(struct hv_pt *pt, u64 *entry, unsigned int level);
bool hv_pt_table_is_full(const struct hv_pt *pt, const u64 *table, unsigned int level);
void hv_pt_merge_entry(struct hv_pt *pt, u64 *entry, unsigned int level);
void hv_pt_merge_at(struct hv_pt *pt, u64 address);

/* pt_change.c */
void hv_pt_clear(struct hv_pt *pt, u64 from, u64 end);

#endif
