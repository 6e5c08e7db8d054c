// SPDX-License-Identifier: GPL-2.0-only
/* An address space in words: a line for each region, and what all of it costs. */
#include <hv/aspace.h>
#include <hv/log.h>

static const char mappers[][8] = {
	[HV_MAP_OFFSET] = "linear", [HV_MAP_EMPTY] = "empty", [HV_MAP_ALLOC] = "alloc", [HV_MAP_LAZY] = "lazy",
	[HV_MAP_DEFERRED] = "later",
};

/* Leaves of 4K, 2M and 1G that map [start, end). */
static void count_leaves(const struct hv_pt *pt, u64 start, u64 end, u64 leaves[3])
{
	struct hv_pt_mapping mapping;
	u64 at;

	for (at = start; !hv_pt_next(pt, &at, end, &mapping); at = hv_pt_leaf_end(&mapping, at, end))
		leaves[mapping.size >= HV_SIZE_1G ? 2 : mapping.size >= HV_SIZE_2M]++;
}

static void dump_region(const struct hv_mset *set, const struct hv_region *region)
{
	u64 end = hv_span_end(&region->span), leaves[3] = { 0 };
	u32 flags = region->flags;

	count_leaves(&set->pt, region->span.start, end, leaves);
	hv_log(HV_LOG_INFO, "  0x%llx-0x%llx %s %c%c%c%c, leaves: %llu of 4K, %llu of 2M, %llu of 1G",
	       region->span.start, end - 1, mappers[region->mapper], flags & HV_MEM_READ ? 'r' : '-',
	       flags & HV_MEM_WRITE ? 'w' : '-', flags & HV_MEM_EXECUTE ? 'x' : '-', flags & HV_MEM_DMA ? 'd' : '-',
	       leaves[0], leaves[1], leaves[2]);
}

void hv_aspace_dump(struct hv_aspace *as, const char *name)
{
	const struct hv_mset *set = &as->set;
	struct hv_span *span;

	hv_aspace_lock(as);
	hv_log(HV_LOG_INFO, "%s: %llu regions, %llu frames of tables, %llu of memory", name, set->regions.count,
	       set->pt.tables, set->frames);
	for (span = hv_span_first(&set->regions); span; span = hv_span_next(&set->regions, span))
		dump_region(set, hv_region_of(span));
	hv_aspace_unlock(as);
}
