// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory sets. Every change has the records and tables it may need first, then changes the tables, then the records,
 * which cannot fail.
 */
#include <hv/bits.h>
#include <hv/string.h>
#include "region.h"

int hv_mset_init(struct hv_mset *set, const struct hv_pt_format *format, struct hv_pool *pool,
		 struct hv_owner_map *owners, u16 owner)
{
	*set = (struct hv_mset){ .pool = pool, .owners = owners, .owner = owner };
	return hv_pt_init(&set->pt, format, pool);
}

int hv_mset_fini(struct hv_mset *set)
{
	int err;

	err = hv_mset_clear(set);
	if (!err)
		hv_pt_fini(&set->pt);
	return err;
}

static struct hv_region *new_record(struct hv_mset *set)
{
	return hv_alloc(set->pool, sizeof(struct hv_region));
}

static void free_record(struct hv_mset *set, struct hv_region *record)
{
	if (record)
		(void)hv_free(set->pool, record); /* it is new_record()'s */
}

/* Changes of owners from here to end_batch() can be undone. */
static int begin_batch(struct hv_mset *set, bool has_frames)
{
	return set->owners && has_frames ? hv_owner_begin(set->owners, 2) : 0;
}

static void end_batch(struct hv_mset *set, bool has_frames)
{
	if (set->owners && has_frames)
		hv_owner_end(set->owners);
}

/* Could @lower and @upper, which touch, be one record? */
static bool continues(const struct hv_region *lower, const struct hv_region *upper)
{
	return hv_region_is_linear(lower) && lower->mapper == upper->mapper && lower->flags == upper->flags &&
	       lower->to + lower->span.size == upper->to &&
	       (lower->mapper == HV_MAP_OFFSET || hv_region_ends_piece(upper));
}

static void join(struct hv_mset *set, struct hv_region *lower, struct hv_region *upper)
{
	u64 size = lower->span.size + upper->span.size;

	(void)hv_span_remove(&set->regions, &upper->span);				    /* it is in there, */
	(void)!hv_span_resize(&set->regions, &lower->span, lower->span.start, size); /* and its place is free */
	free_record(set, upper);
}

/* What comes back piece by piece is in the end what it was before it went. */
static void join_neighbours(struct hv_mset *set, struct hv_region *record)
{
	u64 start = record->span.start, end = hv_span_end(&record->span);
	struct hv_region *upper = hv_region_of(hv_span_at(&set->regions, end));
	struct hv_region *lower = start ? hv_region_of(hv_span_at(&set->regions, start - 1)) : NULL;

	if (upper && continues(record, upper))
		join(set, record, upper);
	if (lower && continues(lower, record))
		join(set, lower, record);
}

int hv_mset_insert(struct hv_mset *set, const struct hv_region *model)
{
	bool has_frames = hv_region_has_frames(model);
	struct hv_region *record;
	int err;

	err = hv_region_check(set, model);
	if (err)
		return err;
	if (hv_span_first_overlap(&set->regions, model->span.start, model->span.size))
		return -EEXIST;
	record = new_record(set);
	if (!record)
		return -ENOMEM;
	*record = *model;
	err = hv_span_insert(&set->regions, &record->span);
	if (err)
		goto err_free;
	err = begin_batch(set, has_frames);
	if (err)
		goto err_remove;
	err = hv_region_map(set, record);
	end_batch(set, has_frames);
	hv_pt_flush(&set->pt);
	if (!err) {
		join_neighbours(set, record);
		return 0;
	}

err_remove:
	(void)hv_span_remove(&set->regions, &record->span); /* it was inserted above */
err_free:
	free_record(set, record);
	return err;
}

/* The part of @record from @at on becomes a record of its own, @upper. */
static void split_record(struct hv_mset *set, struct hv_region *record, u64 at, struct hv_region *upper)
{
	u64 start = record->span.start, end = hv_span_end(&record->span);

	*upper = *record;
	upper->span.start = at;
	upper->span.size = end - at;
	if (hv_region_is_linear(record))
		upper->to += at - start;
	(void)!hv_span_resize(&set->regions, &record->span, start, at - start); /* it shrinks */
	(void)!hv_span_insert(&set->regions, &upper->span);			/* into what is free now */
}

/* Records that a change of [start, end) may need in addition. */
struct spare {
	struct hv_region *record[2];
	unsigned int count;
};

static void free_spare(struct hv_mset *set, struct spare *spare)
{
	while (spare->count)
		free_record(set, spare->record[--spare->count]);
}

/* Does a region begin before @at and end behind it? */
static bool is_inside(const struct hv_mset *set, u64 at)
{
	const struct hv_span *span = hv_span_at(&set->regions, at);

	return span && span->start < at;
}

static int get_spare(struct hv_mset *set, u64 start, u64 end, struct spare *spare)
{
	unsigned int needed = is_inside(set, start) + is_inside(set, end);

	for (spare->count = 0; spare->count < needed; spare->count++) {
		spare->record[spare->count] = new_record(set);
		if (!spare->record[spare->count]) {
			free_spare(set, spare);
			return -ENOMEM;
		}
	}
	return 0;
}

static void split_records(struct hv_mset *set, u64 start, u64 end, struct spare *spare)
{
	const u64 places[] = { start, end };
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(places); i++)
		if (is_inside(set, places[i]))
			split_record(set, hv_region_of(hv_span_at(&set->regions, places[i])), places[i],
				     spare->record[--spare->count]);
}

static void forget(struct hv_mset *set, u64 start, u64 size)
{
	struct hv_span *span;

	while ((span = hv_span_first_overlap(&set->regions, start, size))) {
		(void)hv_span_remove(&set->regions, span); /* it was found there */
		free_record(set, hv_region_of(span));
	}
}

/* All that can fail of a deletion. */
static int prepare_delete(struct hv_mset *set, u64 start, u64 size)
{
	bool has_frames = set->frames;
	int err;

	err = hv_pt_prepare(&set->pt, start, size);
	if (err)
		goto err_flush;
	err = begin_batch(set, has_frames);
	if (err)
		goto err_merge;
	err = hv_region_disown(set, start, start + size);
	end_batch(set, has_frames);
	if (!err)
		return 0;

err_merge:
	hv_pt_merge(&set->pt, start, HV_PAGE_SIZE);
	hv_pt_merge(&set->pt, start + size - HV_PAGE_SIZE, HV_PAGE_SIZE);
err_flush:
	hv_pt_flush(&set->pt);
	return err;
}

int hv_mset_delete(struct hv_mset *set, u64 start, u64 size)
{
	struct spare spare;
	int err;

	if (!hv_pt_covers(&set->pt, start, size))
		return -EINVAL;
	if (!hv_span_first_overlap(&set->regions, start, size))
		return -ENOENT;
	err = get_spare(set, start, start + size, &spare);
	if (err)
		return err;
	err = prepare_delete(set, start, size);
	if (err) {
		free_spare(set, &spare);
		return err;
	}
	hv_region_release(set, start, start + size);
	split_records(set, start, start + size, &spare);
	forget(set, start, size);
	return 0;
}

/* From the lowest region to the end of the highest one. */
static void extent(const struct hv_mset *set, u64 *start, u64 *end)
{
	const struct hv_span *span = set->regions.root;

	*start = span ? hv_span_first(&set->regions)->start : 0;
	while (span && span->child[1])
		span = span->child[1];
	*end = span ? hv_span_end(span) : 0;
}

void hv_mset_drop(struct hv_mset *set)
{
	u64 start, end;

	extent(set, &start, &end);
	if (start == end)
		return;
	hv_region_release(set, start, end);
	forget(set, start, end - start);
}

int hv_mset_clear(struct hv_mset *set)
{
	bool has_frames = set->frames;
	u64 start, end;
	int err;

	extent(set, &start, &end);
	err = begin_batch(set, has_frames);
	if (err)
		return err;
	err = hv_region_disown(set, start, end);
	end_batch(set, has_frames);
	if (!err)
		hv_mset_drop(set);
	return err;
}

static int check_protect(const struct hv_mset *set, u64 start, u64 end, u32 rights)
{
	const struct hv_region *region;
	u64 at, next;
	int err;

	for (at = start; at < end; at = next) {
		region = hv_region_of(hv_span_at(&set->regions, at));
		if (!region)
			return -ENOENT;
		next = hv_span_end(&region->span) < end ? hv_span_end(&region->span) : end;
		err = hv_region_check_rights(set, region, at, next - at, rights);
		if (err)
			return err;
	}
	return 0;
}

int hv_mset_protect(struct hv_mset *set, u64 start, u64 size, u32 rights)
{
	struct hv_span *span;
	struct spare spare;
	int err;

	if (!hv_pt_covers(&set->pt, start, size))
		return -EINVAL;
	err = check_protect(set, start, start + size, rights);
	if (err)
		return err;
	err = get_spare(set, start, start + size, &spare);
	if (err)
		return err;
	/* Nothing is there yet where all of it is lazy. */
	err = hv_pt_protect(&set->pt, start, size, rights | HV_PT_SAME_TYPE);
	hv_pt_flush(&set->pt);
	if (err && err != -ENOENT) {
		free_spare(set, &spare);
		return err;
	}
	split_records(set, start, start + size, &spare);
	for (span = hv_span_at(&set->regions, start); span && span->start < start + size;
	     span = hv_span_next(&set->regions, span))
		hv_region_of(span)->flags = (hv_region_of(span)->flags & ~(u32)HV_MEM_RWX) | rights;
	return 0;
}

int hv_mset_check_touch(const struct hv_mset *set, u64 at, u32 rights)
{
	const struct hv_region *region = hv_region_of(hv_span_at(&set->regions, at));

	if (!region)
		return -ENOENT;
	return (region->flags & HV_MEM_NO_PRESENT) || (rights & ~region->flags & HV_MEM_RWX) ? -EPERM : 0;
}

static int take_page(struct hv_mset *set, const struct hv_region *region, u64 at)
{
	int err;

	err = begin_batch(set, true);
	if (err)
		return err;
	err = hv_region_take_page(set, region, at & HV_PAGE_MASK, 0);
	end_batch(set, true);
	hv_pt_flush(&set->pt);
	return err;
}

int hv_mset_touch(struct hv_mset *set, u64 at, u32 rights)
{
	const struct hv_region *region;
	struct hv_pt_mapping mapping;
	int err;

	err = hv_mset_check_touch(set, at, rights);
	if (err)
		return err;
	/* Another CPU was first, or hardware held what is no longer so. */
	if (!hv_pt_query(&set->pt, at, &mapping))
		return 0;
	region = hv_region_of(hv_span_at(&set->regions, at));
	return region->mapper == HV_MAP_DEFERRED ? hv_region_wake(set, region, at) : take_page(set, region, at);
}
