// SPDX-License-Identifier: GPL-2.0-only
/* The address space of a cell: looking through it at the memory behind. */
#include <hv/aspace.h>
#include <hv/string.h>

/* How far memory is contiguous from @at, at most to @end. */
static u64 contiguous_end(const struct hv_pt *pt, const struct hv_pt_mapping *first, u64 at, u64 end)
{
	u64 next = hv_pt_leaf_end(first, at, end);
	struct hv_pt_mapping mapping;

	while (next != end && !hv_pt_query(pt, next, &mapping) && mapping.address == first->address + (next - at) &&
	       mapping.flags == first->flags)
		next = hv_pt_leaf_end(&mapping, next, end);
	return next;
}

int hv_aspace_translate(struct hv_aspace *as, hv_gpa_t gpa, hv_hpa_t *hpa)
{
	struct hv_pt_mapping mapping;
	int err;

	hv_lock(&as->lock);
	err = hv_pt_query(&as->set.pt, hv_gpa_raw(gpa), &mapping);
	hv_unlock(&as->lock);
	if (!err)
		*hpa = hv_hpa(mapping.address);
	return err;
}

int hv_aspace_translate_and_get_limit(struct hv_aspace *as, hv_gpa_t gpa, hv_hpa_t *hpa, u64 *limit)
{
	u64 at = hv_gpa_raw(gpa);
	struct hv_pt_mapping mapping;
	int err;

	hv_lock(&as->lock);
	err = hv_pt_query(&as->set.pt, at, &mapping);
	if (!err) {
		*hpa = hv_hpa(mapping.address);
		*limit = contiguous_end(&as->set.pt, &mapping, at, hv_gpa_raw(hv_aspace_end(as))) - at;
	}
	hv_unlock(&as->lock);
	return err;
}

bool hv_chunk_next(const struct hv_aspace *as, struct hv_chunk *chunk)
{
	struct hv_pt_mapping mapping;

	if (chunk->err || chunk->at == chunk->end)
		return false;
	if (!hv_aspace_contains_range(as, hv_gpa(chunk->at), chunk->end - chunk->at)) {
		chunk->err = -EINVAL;
		return false;
	}
	chunk->err = hv_pt_query(&as->set.pt, chunk->at, &mapping);
	if (!chunk->err && (chunk->rights & ~mapping.flags))
		chunk->err = -EPERM;
	if (chunk->err)
		return false;
	chunk->hpa = hv_hpa(mapping.address);
	chunk->size = contiguous_end(&as->set.pt, &mapping, chunk->at, chunk->end) - chunk->at;
	chunk->at += chunk->size;
	return true;
}

/* A copy in either direction; one of the two is NULL. */
struct copy {
	u64 at, end;
	u8 *to;
	const u8 *from;
	u32 rights;
};

/* What of a copy lies in one leaf and one region. */
struct piece {
	u8 *pointer;	/* NULL: a lazy page that nobody touched so far */
	u64 size;
};

static int find_piece(const struct hv_aspace *as, const struct copy *copy, u64 at, struct piece *piece)
{
	const struct hv_region *region = hv_region_of(hv_span_at(&as->set.regions, at));
	struct hv_pt_mapping mapping = { .size = HV_PAGE_SIZE };
	u64 end;
	int err;

	err = hv_mset_check_touch(&as->set, at, copy->rights);
	if (err)
		return err;
	if (!hv_region_has_frames(region))
		return -EPERM;
	piece->pointer = NULL;
	if (!hv_pt_query(&as->set.pt, at, &mapping))
		piece->pointer = hv_pool_pointer(region->frames, hv_hpa(mapping.address));
	end = hv_pt_leaf_end(&mapping, at, copy->end);
	piece->size = (end < hv_span_end(&region->span) ? end : hv_span_end(&region->span)) - at;
	return 0;
}

/* Can all of it be reached? */
static int check_copy(const struct hv_aspace *as, const struct copy *copy, bool *is_lazy)
{
	struct piece piece;
	u64 at;
	int err;

	*is_lazy = false;
	for (at = copy->at; at != copy->end; at += piece.size) {
		err = find_piece(as, copy, at, &piece);
		if (err)
			return err;
		*is_lazy = *is_lazy || !piece.pointer;
	}
	return 0;
}

static int touch_all(struct hv_aspace *as, const struct copy *copy)
{
	u64 at;
	int err;

	for (at = copy->at & HV_PAGE_MASK; at < copy->end; at += HV_PAGE_SIZE) {
		err = hv_mset_touch(&as->set, at, copy->rights);
		if (err)
			return err;
	}
	return 0;
}

static int carry_out(const struct hv_aspace *as, const struct copy *copy)
{
	struct piece piece;
	u64 at, done;
	int err;

	for (at = copy->at; at != copy->end; at += piece.size) {
		err = find_piece(as, copy, at, &piece);
		if (err)
			return err;
		done = at - copy->at;
		if (copy->to)
			memcpy(copy->to + done, piece.pointer, piece.size);
		else
			memcpy(piece.pointer, copy->from + done, piece.size);
	}
	return 0;
}

static int copy_locked(struct hv_aspace *as, const struct copy *copy)
{
	bool is_lazy;
	int err;

	err = check_copy(as, copy, &is_lazy);
	if (!err && is_lazy)
		err = touch_all(as, copy);
	return err ? err : carry_out(as, copy);
}

static int copy_all(struct hv_aspace *as, struct copy *copy, u64 size)
{
	int err;

	if (!hv_aspace_contains_range(as, hv_gpa(copy->at), size))
		return -EINVAL;
	copy->end = copy->at + size;
	hv_aspace_lock(as);
	err = copy_locked(as, copy);
	hv_aspace_unlock(as);
	return err;
}

int hv_aspace_copy_from(struct hv_aspace *as, void *to, hv_gpa_t gpa, u64 size)
{
	struct copy copy = { .at = hv_gpa_raw(gpa), .to = to, .rights = HV_MEM_READ };

	return copy_all(as, &copy, size);
}

int hv_aspace_copy_to(struct hv_aspace *as, hv_gpa_t gpa, const void *from, u64 size)
{
	struct copy copy = { .at = hv_gpa_raw(gpa), .from = from, .rights = HV_MEM_READ | HV_MEM_WRITE };

	return copy_all(as, &copy, size);
}
