// SPDX-License-Identifier: GPL-2.0-only
/* A second set like a first one: the same regions, but memory of its own where memory was allocated. */
#include <hv/string.h>
#include "region.h"

/* Give @to the page that @from has at @at; it may have one already. */
static int clone_page(struct hv_mset *to, const struct hv_region *region, u64 at, u64 hpa)
{
	struct hv_pt_mapping mapping;
	int err;

	err = hv_mset_touch(to, at, HV_MEM_READ);
	if (err)
		return err;
	err = hv_pt_query(&to->pt, at, &mapping);
	if (!err)
		memcpy(hv_pool_pointer(region->frames, hv_hpa(mapping.address)),
		       hv_pool_pointer(region->frames, hv_hpa(hpa)), HV_PAGE_SIZE);
	return err;
}

static int clone_region(struct hv_mset *to, const struct hv_mset *from, const struct hv_region *region)
{
	u64 at = region->span.start, end = hv_span_end(&region->span);
	struct hv_pt_mapping mapping;
	int err;

	err = hv_mset_insert(to, region);
	if (err || !hv_region_has_frames(region))
		return err;
	for (; !hv_pt_next(&from->pt, &at, end, &mapping); at += HV_PAGE_SIZE) {
		err = clone_page(to, region, at, mapping.address);
		if (err)
			return err;
	}
	return 0;
}

int hv_mset_clone(struct hv_mset *to, const struct hv_mset *from)
{
	struct hv_span *span;
	int err;

	if (to->regions.count)
		return -EEXIST;
	for (span = hv_span_first(&from->regions); span; span = hv_span_next(&from->regions, span)) {
		err = clone_region(to, from, hv_region_of(span));
		if (err)
			goto err_clear;
	}
	return 0;

err_clear:
	/* Should runs of owners keep it from being empty, it is at least a set like any other. */
	(void)!hv_mset_clear(to);
	return err;
}
