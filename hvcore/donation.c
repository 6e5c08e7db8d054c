// SPDX-License-Identifier: GPL-2.0-only
/* Frames on their way between root and cells. */
#include <hv/donation.h>
#include <hv/hv.h>
#include <hv/log.h>
#include <hv/memory.h>

struct run {
	u64 start, size;
};

/* Entries from *@i on that follow one another without a gap are unmapped, and mapped, as one. */
static bool next_run(const struct hv_psc *list, u32 *i, struct run *run)
{
	if (*i > list->end_entry)
		return false;
	run->start = hv_psc_frame(list->entry[*i]);
	run->size = 0;
	while (*i <= list->end_entry && hv_psc_frame(list->entry[*i]) == run->start + run->size)
		run->size += hv_psc_size(list->entry[(*i)++]);
	return true;
}

static bool is_operation(const struct hv_psc *list, unsigned int op)
{
	return !hv_psc_check(list) && hv_psc_op(list->entry[list->cur_entry]) == op;
}

static int map(const struct run *run)
{
	const struct hv_region model = {
		.span = { .start = run->start, .size = run->size },
		.flags = HV_ROOT_RIGHTS,
		.mapper = HV_MAP_OFFSET,
		.to = run->start,
	};

	return hv_mset_insert(&hv.root.space.set, &model);
}

static int unmap(const struct run *run)
{
	return hv_mset_delete(&hv.root.space.set, run->start, run->size);
}

static int lose(const struct run *run)
{
	hv.psc.lost += run->size >> HV_PAGE_SHIFT;
	hv_log(HV_LOG_ERR, "root: lost 0x%llx-0x%llx for want of memory", run->start, run->start + run->size - 1);
	return -EIO;
}

/*
 * Root's RAM, and mapped as such: not where it is shown the log. And nobody else's: a cell with which root shares a
 * frame has it mapped as long as it exists, so it would reach for what another cell is given.
 */
static bool can_give(const struct run *run)
{
	const struct hv_range *shared = &hv.config->shared;

	return hv_is_valid_normal_world_gpaddr(&hv.normal, hv_gpa(run->start), run->size) &&
	       (run->start + run->size <= shared->start || run->start >= shared->start + shared->size) &&
	       !hv_cell_shares(run->start, run->size);
}

static bool can_give_all(const struct hv_psc *list)
{
	u32 i = list->cur_entry;
	struct run run;

	while (next_run(list, &i, &run))
		if (!can_give(&run))
			return false;
	return true;
}

/* Those below entry @end. */
static int map_again(const struct hv_psc *list, u32 end, int err)
{
	u32 i = list->cur_entry;
	struct run run;

	while (i < end && next_run(list, &i, &run))
		if (map(&run))
			err = lose(&run);
	return err;
}

/* All CPUs forget all of it at once. */
static int unmap_all(const struct hv_psc *list)
{
	u32 i = list->cur_entry, first = i;
	struct run run;
	int err = 0;

	hv_pt_hold(&hv.root.space.set.pt);
	while (!err && next_run(list, &i, &run)) {
		err = unmap(&run);
		if (!err)
			first = i;
	}
	hv_pt_let_go(&hv.root.space.set.pt);
	return err ? map_again(list, first, err) : 0;
}

static int take(struct hv_psc *list)
{
	int err;

	/* Each frame has a second address then, by which root would reach it still. */
	if (hv.encryption_bit)
		return -EOPNOTSUPP;
	if (!can_give_all(list))
		return -EBUSY;
	err = unmap_all(list);
	if (err)
		return err;
	err = hv_psc_donate(&hv.psc, HV_MEMORY_DONATED, list);
	return err ? map_again(list, list->end_entry + 1u, err) : 0;
}

int hv_donation_take(struct hv_psc *list)
{
	int err;

	if (!is_operation(list, HV_PSC_PRIVATE))
		return -EINVAL;
	/* Until the frames are not root's any more, no cell comes to be that shares them. */
	hv_lock(&hv.cells_lock);
	hv_aspace_lock(&hv.root.space);
	err = take(list);
	hv_aspace_unlock(&hv.root.space);
	hv_unlock(&hv.cells_lock);
	return err;
}

static bool is_donated(const struct run *run)
{
	return hv_owner_holds(&hv.owners, HV_MEMORY_DONATED, hv_hpa(run->start), run->size);
}

static bool is_roots(const struct run *run)
{
	return hv_owner_holds(&hv.owners, HV_OWNER_ROOT, hv_hpa(run->start), run->size);
}

static bool were_given(const struct hv_psc *list)
{
	u32 i = list->cur_entry;
	struct run run;
	bool any = false;

	while (next_run(list, &i, &run)) {
		if (!is_donated(&run) && !is_roots(&run))
			return false;
		any = any || is_donated(&run);
	}
	return any;
}

static int change(const struct run *run, unsigned int op)
{
	return hv_psc_change(&hv.psc, HV_MEMORY_DONATED, hv_hpa(run->start), run->size, op);
}

static int give_back(const struct run *run)
{
	int err;

	/* One node that the change may need, and two for undoing it. */
	err = hv_owner_begin(&hv.owners, 3);
	if (err)
		return err;
	err = hv_peek_forget(run->start, run->size);
	if (!err)
		err = change(run, HV_PSC_SHARED);
	if (!err) {
		err = map(run);
		if (err && change(run, HV_PSC_PRIVATE))
			err = lose(run);
	}
	hv_owner_end(&hv.owners);
	return err;
}

static int give_all_back(const struct hv_psc *list)
{
	u32 i = list->cur_entry;
	struct run run;
	int err = 0;

	while (!err && next_run(list, &i, &run))
		if (is_donated(&run))
			err = give_back(&run);
	return err;
}

int hv_donation_return(const struct hv_psc *list)
{
	int err;

	if (!is_operation(list, HV_PSC_SHARED))
		return -EINVAL;
	hv_aspace_lock(&hv.root.space);
	/* Nothing is taken away; but tables that become large leaves again are flushed before they are freed. */
	hv_pt_hold(&hv.root.space.set.pt);
	err = were_given(list) ? give_all_back(list) : -EBUSY;
	hv_pt_let_go(&hv.root.space.set.pt);
	hv_aspace_unlock(&hv.root.space);
	return err;
}
