// SPDX-License-Identifier: GPL-2.0-only
/* Mapping: one pass over what was empty before, undone if it is not or if there is no table to be had. */
#include "pt_entry.h"

/* What is still to be mapped, and how. */
struct job {
	u64 at, end;
	u64 to;
	u64 bits;		/* of a leaf, without address */
	unsigned int top;	/* largest level for a leaf */
	bool is_object;		/* everything to the same place */
	bool merge;
};

static bool fits(const struct job *job, unsigned int level)
{
	u64 size = level_size(level);

	return level == 1 ||
	       (level <= job->top && HV_IS_ALIGNED(job->at | job->to, size) && job->end - job->at >= size);
}

static int put_leaf(struct hv_pt *pt, struct job *job, u64 *entry, unsigned int level)
{
	if (*entry)
		return -EEXIST;
	*entry = job->to | job->bits | large_bits(&pt->format, level);
	pt->leaves[level - 1]++;
	job->at += level_size(level);
	if (!job->is_object)
		job->to += level_size(level);
	return 0;
}

/* The table behind @entry, made if there is none. */
static int enter(struct hv_pt *pt, u64 *entry, unsigned int level, u64 **table)
{
	if (is_table(&pt->format, *entry, level)) {
		*table = table_of(pt, *entry);
		return 0;
	}
	if (*entry)
		return -EEXIST;
	*table = hv_pt_table_alloc(pt);
	if (!*table)
		return -ENOMEM;
	*entry = table_entry(pt, *table, level - 1);
	return 0;
}

static int fill(struct hv_pt *pt, struct job *job, u64 *table, unsigned int level)
{
	unsigned int i;
	u64 *below;
	int err;

	for (i = index_at(job->at, level); i < ENTRIES && job->at != job->end; i++) {
		if (fits(job, level)) {
			err = put_leaf(pt, job, &table[i], level);
			if (err)
				return err;
			continue;
		}
		err = enter(pt, &table[i], level, &below);
		if (err)
			return err;
		err = fill(pt, job, below, level - 1);
		if (err) {
			hv_pt_table_drop_empty(pt, &table[i], 0);
			return err;
		}
		/* Only when nothing can fail any more: what is merged with neighbours cannot be undone so easily. */
		if (job->merge && job->at == job->end)
			hv_pt_merge_entry(pt, &table[i], level);
	}
	return 0;
}

static int check(const struct hv_pt *pt, u64 from, u64 to, u64 size, u64 flags)
{
	if (!hv_pt_covers(pt, from, size) || !are_flags_sane(flags & ~(u64)(HV_PT_UNMERGED | HV_PT_ENCRYPTED)))
		return -EINVAL;
	if (to + (size - 1) < to || ((to | (to + (size - 1))) & ~(pt->format.address | ~HV_PAGE_MASK)))
		return -EINVAL;
	return HV_IS_ALIGNED(to, HV_PAGE_SIZE) ? 0 : -EINVAL;
}

/* The frequent case: a few pages of a table that is there. */
static int map_pages(struct hv_pt *pt, struct job *job, const struct pt_pages *pages)
{
	u64 from = job->at, *entry = pages->table + pages->first, step = job->is_object ? 0 : HV_PAGE_SIZE;
	unsigned int i;

	for (i = 0; i < pages->count; i++)
		if (entry[i])
			return -EEXIST;
	for (i = 0; i < pages->count; i++)
		entry[i] = (job->to + i * step) | job->bits;
	pt->leaves[0] += pages->count;
	if (job->merge && hv_pt_table_is_full(pt, pages->table, 1))
		hv_pt_merge_at(pt, from);
	return 0;
}

static int map(struct hv_pt *pt, struct job *job, u64 flags)
{
	struct pt_pages pages;
	u64 from = job->at;
	int err;

	job->bits = leaf_bits(&pt->format, 0, flags);
	job->merge = !(flags & (HV_PT_UNMERGED | HV_PT_NO_HUGE));
	if (flags & HV_PT_NO_HUGE)
		job->top = 1;
	if (find_pages(pt, from, job->end, &pages))
		return map_pages(pt, job, &pages);
	err = fill(pt, job, pt->root, pt->format.levels);
	if (err && job->at != from)
		hv_pt_clear(pt, from, job->at);
	if (!err && job->merge && (from ^ (job->end - 1)) >= level_size(2))
		hv_pt_merge_at(pt, from);
	return err;
}

int hv_pt_map(struct hv_pt *pt, u64 from, u64 to, u64 size, u64 flags)
{
	struct job job = { .at = from, .end = from + size, .to = to, .top = pt->format.leaf_levels };
	int err;

	err = check(pt, from, to, size, flags);
	return err ? err : map(pt, &job, flags);
}

int hv_pt_map_object(struct hv_pt *pt, u64 from, const struct hv_pt_object *object, u64 size, u64 flags)
{
	struct job job = { .at = from, .end = from + size, .to = object->address, .is_object = true };
	int err;

	if (!hv_pt_covers(pt, from, size) || !HV_IS_ALIGNED(object->size, HV_PAGE_SIZE) || !object->size)
		return -EINVAL;
	err = check(pt, from, object->address, object->size, flags);
	if (err)
		return err;
	job.top = pt->format.leaf_levels;
	while (level_size(job.top) > object->size)
		job.top--;
	return map(pt, &job, flags);
}

int hv_pt_map_same(struct hv_pt *pt, u64 from, u64 to, u64 size, u64 flags)
{
	return hv_pt_map_object(pt, from, &(struct hv_pt_object){ to, HV_PAGE_SIZE }, size, flags);
}
