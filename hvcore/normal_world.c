// SPDX-License-Identifier: GPL-2.0-only
/* What the hypervisor may touch on behalf of root. */
#include <hv/bits.h>
#include <hv/normal_world.h>

void hv_normal_world_init(struct hv_normal_world *world, struct hv_pool *pool, const struct hv_owner_map *owners)
{
	*world = (struct hv_normal_world){ .pool = pool, .owners = owners };
}

static void drop(struct hv_normal_world *world, struct hv_span *region)
{
	(void)hv_span_remove(&world->regions, region);	/* it was found there */
	(void)hv_free(world->pool, region);		/* and is from there */
}

void hv_normal_world_fini(struct hv_normal_world *world)
{
	struct hv_span *region;

	while ((region = hv_span_first(&world->regions)))
		drop(world, region);
}

int hv_normal_world_insert(struct hv_normal_world *world, hv_gpa_t start, u64 size)
{
	u64 at = hv_gpa_raw(start), limit = world->owners->limit;
	struct hv_span *region;
	int err;

	if (!HV_IS_ALIGNED(at | size, HV_PAGE_SIZE) || !size || size > limit || at > limit - size)
		return -EINVAL;
	if (hv_span_first_overlap(&world->regions, at, size))
		return -EEXIST;
	region = hv_alloc(world->pool, sizeof(*region));
	if (!region)
		return -ENOMEM;
	region->start = at;
	region->size = size;
	err = hv_span_insert(&world->regions, region);
	if (err)
		(void)hv_free(world->pool, region);
	return err;
}

int hv_normal_world_remove(struct hv_normal_world *world, hv_gpa_t start, u64 size)
{
	struct hv_span *region = hv_span_exact(&world->regions, hv_gpa_raw(start), size);

	if (!region)
		return -ENOENT;
	drop(world, region);
	return 0;
}

bool hv_normal_world_contains(const struct hv_normal_world *world, hv_gpa_t point)
{
	return hv_span_at(&world->regions, hv_gpa_raw(point));
}

bool hv_normal_world_contains_range(const struct hv_normal_world *world, hv_gpa_t start, u64 size)
{
	return hv_span_contains_range(&world->regions, hv_gpa_raw(start), size);
}

u64 hv_normal_world_overlaps(const struct hv_normal_world *world, hv_gpa_t start, u64 size,
			     struct hv_normal_piece *list, u64 max)
{
	u64 at = hv_gpa_raw(start), from, room, count = 0;
	const struct hv_span *region = hv_span_first_overlap(&world->regions, at, size);

	for (; region; region = hv_span_next(&world->regions, region)) {
		if (region->start > at && region->start - at >= size)
			break;
		from = region->start > at ? region->start : at;
		room = size - (from - at);
		if (count < max) {
			list[count].start = from;
			list[count].size = hv_span_end(region) - from < room ? hv_span_end(region) - from : room;
		}
		count++;
	}
	return count;
}

bool hv_is_valid_normal_world_gpaddr(const struct hv_normal_world *world, hv_gpa_t gpa, u64 len)
{
	u64 first = HV_ALIGN_DOWN(hv_gpa_raw(gpa), HV_PAGE_SIZE), end;

	if (!hv_normal_world_contains_range(world, gpa, len))
		return false;
	/* Regions end on page boundaries below the limit: rounding up to one does not wrap. */
	end = HV_ALIGN_UP(hv_gpa_raw(gpa) + len, HV_PAGE_SIZE);
	return hv_owner_holds(world->owners, HV_OWNER_ROOT, hv_hpa(first), end - first);
}
