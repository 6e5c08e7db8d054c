// SPDX-License-Identifier: GPL-2.0-only
/*
 * One page-table walker for every format. Check first: a change allocates all the tables it needs before it writes a
 * leaf.
 */
#include <hv/bits.h>
#include <hv/pt.h>

#define INDEX_BITS 9
#define ENTRIES (1u << INDEX_BITS)

static u64 level_size(unsigned int level)
{
	return HV_PAGE_SIZE << (INDEX_BITS * (level - 1));
}

static u64 *entry_of(u64 *table, u64 address, unsigned int level)
{
	return &table[(address / level_size(level)) % ENTRIES];
}

static bool is_present(const struct hv_pt *pt, u64 entry)
{
	return entry & pt->format.present;
}

static bool is_leaf(const struct hv_pt *pt, u64 entry, unsigned int level)
{
	return level == 1 || (entry & pt->format.large);
}

static u64 *table_of(const struct hv_pt *pt, u64 entry)
{
	return hv_pool_pointer(pt->pool, hv_hpa(entry & pt->format.address));
}

static u64 make_leaf(const struct hv_pt_format *f, u64 to, u64 flags, unsigned int level)
{
	u64 entry = (to & f->address) | f->leaf;

	if (level > 1)
		entry |= f->large;
	if (flags & HV_PT_READ)
		entry |= f->read;
	if (flags & HV_PT_WRITE)
		entry |= f->write;
	entry |= flags & HV_PT_EXEC ? f->exec : f->no_exec;
	if (f->type_shift)
		entry |= HV_GET(HV_PT_TYPE_MASK, flags) << f->type_shift;
	return entry;
}

static u64 leaf_flags(const struct hv_pt_format *f, u64 entry)
{
	u64 flags = 0;

	if (entry & f->read)
		flags |= HV_PT_READ;
	if (entry & f->write)
		flags |= HV_PT_WRITE;
	if (f->exec ? entry & f->exec : !(entry & f->no_exec))
		flags |= HV_PT_EXEC;
	if (f->type_shift)
		flags |= HV_PT_TYPE((entry >> f->type_shift) & 7);
	return flags;
}

static u64 *new_table(struct hv_pt *pt)
{
	u64 *table = hv_pool_alloc(pt->pool);

	if (table)
		pt->tables++;
	return table;
}

static void free_table(struct hv_pt *pt, u64 *table)
{
	(void)hv_pool_free(pt->pool, table); /* from new_table() */
	pt->tables--;
}

static u64 table_entry(const struct hv_pt *pt, const u64 *table)
{
	return hv_hpa_raw(hv_pool_hpa(pt->pool, table)) | pt->format.table;
}

int hv_pt_init(struct hv_pt *pt, const struct hv_pt_format *format, struct hv_pool *pool)
{
	*pt = (struct hv_pt){ .format = *format, .pool = pool };
	pt->root = new_table(pt);
	return pt->root ? 0 : -ENOMEM;
}

static void free_below(struct hv_pt *pt, u64 *table, unsigned int level)
{
	unsigned int i;

	for (i = 0; level > 1 && i < ENTRIES; i++)
		if (is_present(pt, table[i]) && !is_leaf(pt, table[i], level))
			free_below(pt, table_of(pt, table[i]), level - 1);
	free_table(pt, table);
}

void hv_pt_fini(struct hv_pt *pt)
{
	if (pt->root)
		free_below(pt, pt->root, pt->format.levels);
	pt->root = NULL;
}

static int check_range(const struct hv_pt *pt, u64 from, u64 size)
{
	u64 limit = level_size(pt->format.levels) * ENTRIES;

	if (!size || !HV_IS_ALIGNED(from | size, HV_PAGE_SIZE) || from + size < from)
		return -EINVAL;
	/* Host tables map the canonical upper half: only the bits that are translated count. */
	return from + size - 1 > limit - 1 && from < -(limit / 2) ? -EINVAL : 0;
}

/* Replace a leaf by a table of leaves of the next size that map the same. */
static int split(struct hv_pt *pt, u64 *entry, unsigned int level)
{
	const struct hv_pt_format *f = &pt->format;
	u64 flags = leaf_flags(f, *entry);
	u64 to = *entry & f->address & ~(level_size(level) - 1);
	u64 *table = new_table(pt);
	unsigned int i;

	if (!table)
		return -ENOMEM;
	for (i = 0; i < ENTRIES; i++)
		table[i] = make_leaf(f, to + i * level_size(level - 1), flags, level - 1);
	*entry = table_entry(pt, table);
	pt->leaves[level - 1]--;
	pt->leaves[level - 2] += ENTRIES;
	return 0;
}

/*
 * The table at @level that @address belongs to. Missing tables are made and leaves on the way split;
 * the mapping they describe stays what it was.
 */
static int descend(struct hv_pt *pt, u64 address, unsigned int level, u64 **table)
{
	unsigned int at;
	u64 *entry;
	int err;

	*table = pt->root;
	for (at = pt->format.levels; at > level; at--) {
		entry = entry_of(*table, address, at);
		if (!is_present(pt, *entry)) {
			u64 *fresh = new_table(pt);

			if (!fresh)
				return -ENOMEM;
			*entry = table_entry(pt, fresh);
		} else if (is_leaf(pt, *entry, at)) {
			err = split(pt, entry, at);
			if (err)
				return err;
		}
		*table = table_of(pt, *entry);
	}
	return 0;
}

/* The entry that maps @address, or the empty one that says nothing does. */
static u64 *find(const struct hv_pt *pt, u64 address, unsigned int *level)
{
	u64 *table = pt->root, *entry;

	for (*level = pt->format.levels;; --*level) {
		entry = entry_of(table, address, *level);
		if (!is_present(pt, *entry) || is_leaf(pt, *entry, *level))
			return entry;
		table = table_of(pt, *entry);
	}
}

int hv_pt_query(const struct hv_pt *pt, u64 from, struct hv_pt_mapping *mapping)
{
	unsigned int level;
	u64 *entry = find(pt, from, &level);

	if (!is_present(pt, *entry))
		return -ENOENT;
	mapping->size = level_size(level);
	mapping->address = (*entry & pt->format.address & ~(mapping->size - 1)) | (from & (mapping->size - 1));
	mapping->flags = leaf_flags(&pt->format, *entry);
	return 0;
}

static u64 step_behind(u64 at, unsigned int level)
{
	return HV_ALIGN_DOWN(at, level_size(level)) + level_size(level);
}

static bool is_empty(const struct hv_pt *pt, u64 from, u64 size)
{
	unsigned int level;
	u64 at;

	for (at = from; at - from < size; at = step_behind(at, level))
		if (is_present(pt, *find(pt, at, &level)))
			return false;
	return true;
}

/* Largest leaf for a piece that starts at @from and @to and has @size left. */
static unsigned int leaf_level(const struct hv_pt *pt, u64 from, u64 to, u64 size)
{
	unsigned int level = pt->format.leaf_levels;

	while (level > 1 && (!HV_IS_ALIGNED(from | to, level_size(level)) || size < level_size(level)))
		level--;
	return level;
}

/* What a caller wants mapped: one to one (stride 1), or all to one frame (stride 0). */
struct request {
	u64 from, to, size, flags, stride;
};

/* Map as far as tables can be had; @done says how far. */
static int map_pieces(struct hv_pt *pt, const struct request *r, u64 *done)
{
	unsigned int level;
	u64 *table;
	int err;

	for (*done = 0; *done < r->size; *done += level_size(level)) {
		level = r->stride ? leaf_level(pt, r->from + *done, r->to + *done, r->size - *done) : 1;
		err = descend(pt, r->from + *done, level, &table);
		if (err)
			return err;
		*entry_of(table, r->from + *done, level) =
			make_leaf(&pt->format, r->to + *done * r->stride, r->flags, level);
		pt->leaves[level - 1]++;
	}
	return 0;
}

static void clear_pieces(struct hv_pt *pt, u64 from, u64 size)
{
	unsigned int level;
	u64 at, *entry;

	for (at = from; at - from < size; at = step_behind(at, level)) {
		entry = find(pt, at, &level);
		if (!is_present(pt, *entry))
			continue;
		*entry = 0;
		pt->leaves[level - 1]--;
	}
}

static int map(struct hv_pt *pt, const struct request *r)
{
	u64 done;
	int err;

	err = check_range(pt, r->from, r->size);
	if (err || !HV_IS_ALIGNED(r->to, HV_PAGE_SIZE))
		return -EINVAL;
	if (!is_empty(pt, r->from, r->size))
		return -EEXIST;
	err = map_pieces(pt, r, &done);
	if (err)
		clear_pieces(pt, r->from, done);
	return err;
}

int hv_pt_map(struct hv_pt *pt, u64 from, u64 to, u64 size, u64 flags)
{
	return map(pt, &(struct request){ from, to, size, flags, 1 });
}

int hv_pt_map_same(struct hv_pt *pt, u64 from, u64 to, u64 size, u64 flags)
{
	return map(pt, &(struct request){ from, to, size, flags, 0 });
}

/* Make sure that a leaf boundary lies at @at. */
static int split_at(struct hv_pt *pt, u64 at)
{
	unsigned int level;
	u64 *entry;
	int err;

	for (;;) {
		entry = find(pt, at, &level);
		if (!is_present(pt, *entry) || HV_IS_ALIGNED(at, level_size(level)))
			return 0;
		err = split(pt, entry, level);
		if (err)
			return err;
	}
}

int hv_pt_unmap(struct hv_pt *pt, u64 from, u64 size)
{
	int err;

	err = check_range(pt, from, size);
	if (err)
		return err;
	err = split_at(pt, from);
	if (err)
		return err;
	err = split_at(pt, from + size);
	if (err)
		return err;
	clear_pieces(pt, from, size);
	return 0;
}

int hv_pt_protect(struct hv_pt *pt, u64 from, u64 size, u64 flags)
{
	unsigned int level;
	u64 *entry = find(pt, from, &level);

	if (!is_present(pt, *entry) || level_size(level) != size || !HV_IS_ALIGNED(from, size))
		return -ENOENT;
	*entry = make_leaf(&pt->format, *entry & pt->format.address & ~(size - 1), flags, level);
	return 0;
}
