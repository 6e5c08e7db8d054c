// SPDX-License-Identifier: GPL-2.0-only
/* Cells: the table of them, and how one is made and unmade. */
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/cellconf.h>
#include <hv/hv.h>
#include <hv/memory.h>
#include <hv/request.h>
#include <hv/string.h>
#include <hvabi/hypercall.h>
#include "cell.h"

struct hv_cell **hv_cell_slot(u32 id)
{
	u32 i;

	for (i = 0; i < HV_MAX_CELLS; i++)
		if (hv.cells[i] && hv.cells[i]->id == id)
			return &hv.cells[i];
	return NULL;
}

bool hv_cell_exists(void)
{
	bool any;

	hv_lock(&hv.cells_lock);
	any = hv.nr_cells;
	hv_unlock(&hv.cells_lock);
	return any;
}

const char *hv_cell_name(const struct hv_cell *cell)
{
	return cell->conf ? cell->conf->name : "root";
}

u32 hv_cell_cpu(const struct hv_cell *cell, u32 i)
{
	return cell->conf->nr_physical ? cell->conf->physical[i] : i;
}

static int free_slot(const struct hv_cellconf *conf, struct hv_cell ***slot)
{
	u32 i;

	*slot = NULL;
	for (i = 0; i < HV_MAX_CELLS; i++) {
		if (!hv.cells[i] && !*slot)
			*slot = &hv.cells[i];
		if (!hv.cells[i])
			continue;
		if (hv.cells[i]->id == conf->id || !memcmp(hv.cells[i]->conf->name, conf->name, HV_CONF_NAME))
			return -EEXIST;
	}
	return *slot ? 0 : -ENOSPC;
}

static void free_cell(struct hv_cell *cell)
{
	hv_arch_cell_fini(cell);
	(void)hv_free(&hv.pool, cell->conf);	/* NULL, or */
	(void)hv_free(&hv.pool, cell);		/* allocated in new_cell() */
}

static struct hv_cell *new_cell(const struct hv_cellconf *conf)
{
	struct hv_cell *cell = hv_alloc(&hv.pool, sizeof(*cell));
	struct hv_aspace_config config = {
		.size = hv.root.space.size,
		.format = hv_arch_guest_format(),
		.pool = &hv.pool,
		.frames = &hv.pool,
		.owners = &hv.owners,
		.owner = hv_owner_cell(conf->id),
	};

	if (!cell)
		return NULL;
	cell->id = conf->id;
	cell->nr_cpus = conf->nr_vcpus;
	cell->conf = hv_alloc(&hv.pool, sizeof(*cell->conf));
	if (!cell->conf)
		goto err_free;
	*cell->conf = *conf;
	if (hv_arch_cell_init(cell) || hv_aspace_new_empty(&cell->space, &config))
		goto err_free;
	return cell;

err_free:
	free_cell(cell);
	return NULL;
}

/* What root sees of it begins with zeros, whoever had the slot before. */
static void show(struct hv_cell *cell, u64 slot)
{
	cell->page = (struct hv_cell_page *)((u8 *)hv.stats + hv.stats->cells) + slot;
	memset(cell->page, 0, sizeof(*cell->page));
	hv_store_release(&cell->page->id, cell->id);
}

static bool are_free(const struct hv_cell *cell)
{
	u32 i;

	for (i = 0; i < cell->nr_cpus; i++)
		if (!hv_cpu_is_free(hv_cell_cpu(cell, i)) || hv_cell_cpu(cell, i) == hv_arch_this_cpu()->id)
			return false;
	return true;
}

/*
 * A CPU of root that still took one of them for root's, and was about to send it an interrupt, has done so when it
 * answers; what has come by the start is dropped.
 */
static void take_cpus(struct hv_cell *cell)
{
	u32 i;

	for (i = 0; i < cell->nr_cpus; i++)
		hv_cpu_give(hv_cell_cpu(cell, i), cell);
	cell->has_cpus = true;
	hv_request_flush(&hv.root.space.set.pt);
}

/*
 * 0 when root has them all. What they do that never were the cell's, if there are such CPUs at all, is no matter. One
 * look at each: a CPU that is still on its way to the cell may be there a moment later.
 */
static int give_cpus(struct hv_cell *cell)
{
	u32 i, cpu;
	int err = 0;

	if (!cell->has_cpus)
		return 0;
	for (i = 0; i < cell->nr_cpus; i++) {
		cpu = hv_cell_cpu(cell, i);
		if (hv_cpu_does(cpu, HV_REQUEST_MOVE)) {
			err = -EAGAIN;
		} else if (hv.pub[cpu].cell == cell) {
			hv_cpu_give(cpu, &hv.root);
			err = -EAGAIN;
		}
	}
	return err;
}

/* One step: CPUs go back, then all is unmapped, then given back piece by piece, then forgotten. */
static int end(struct hv_cell **slot)
{
	struct hv_cell *cell = *slot;
	int err;

	cell->state = HV_CELL_ENDING;
	err = give_cpus(cell);
	if (!err)
		err = hv_aspace_clear(&cell->space);
	if (!err)
		err = hv_cell_give_memory(cell);
	if (!err)
		err = hv_aspace_destroy(&cell->space);
	if (err)
		return err;
	hv_cell_give_pages(cell);
	hv_store_release(&cell->page->id, 0);
	*slot = NULL;
	free_cell(cell);
	if (!--hv.nr_cells)
		hv_root_moderate(HV_MODERATE_CELLS, false);
	return 0;
}

static int create(const struct hv_cellconf *conf)
{
	struct hv_cell **slot;
	int err, undo;

	err = free_slot(conf, &slot);
	if (err)
		return err;
	*slot = new_cell(conf);
	if (!*slot)
		return -ENOMEM;
	show(*slot, (u64)(slot - hv.cells));
	if (!hv.nr_cells++)
		hv_root_moderate(HV_MODERATE_CELLS, true);
	err = are_free(*slot) ? 0 : -EBUSY;
	if (!err)
		err = hv_cell_take_pages(*slot);
	if (!err)
		err = hv_cell_take_memory(*slot);
	if (!err) {
		(*slot)->state = hv_cell_missing(*slot) ? HV_CELL_FILLING : HV_CELL_READY;
		take_cpus(*slot);
		return 0;
	}
	do
		undo = end(slot);
	while (undo == -EAGAIN);
	/* If there was no memory even for that, it remains, to be destroyed later. */
	return err;
}

int hv_cell_create(const struct hv_cellconf *conf)
{
	struct hv_conf_fault fault;
	int err;

	err = hv_cellconf_check(conf, &fault);
	if (err)
		return err;
	if (hv_owner_cell(conf->id) == HV_OWNER_NONE)
		return -EINVAL;
	hv_lock(&hv.cells_lock);
	err = create(conf);
	hv_unlock(&hv.cells_lock);
	return err;
}

static int check_fill(const struct hv_cell *cell, const struct hv_psc *list)
{
	u64 bytes = 0;
	u32 i;

	for (i = list->cur_entry; i <= list->end_entry; i++)
		bytes += hv_psc_size(list->entry[i]);
	if (bytes > HV_CELL_STEP)
		return -E2BIG;
	return cell->state != HV_CELL_FILLING || bytes > hv_cell_missing(cell) ? -EBUSY : 0;
}

static bool are_donated(const struct hv_psc *list)
{
	bool are = true;
	u32 i;

	hv_lock(&hv.owners.lock);
	for (i = list->cur_entry; are && i <= list->end_entry; i++)
		are = hv_owner_holds(&hv.owners, HV_MEMORY_DONATED, hv_hpa(hv_psc_frame(list->entry[i])),
				     hv_psc_size(list->entry[i]));
	hv_unlock(&hv.owners.lock);
	return are;
}

static int fill(struct hv_cell *cell, const struct hv_psc *list)
{
	u32 i;
	int err;

	err = check_fill(cell, list);
	if (!err && !are_donated(list))
		err = -EBUSY;
	if (err)
		return err;
	for (i = list->cur_entry; !err && i <= list->end_entry; i++)
		err = hv_cell_take_donated(cell, hv_psc_frame(list->entry[i]), hv_psc_size(list->entry[i]));
	if (err)
		cell->state = HV_CELL_ENDING;
	else if (!hv_cell_missing(cell))
		cell->state = HV_CELL_READY;
	return err;
}

int hv_cell_fill(const struct hv_cell_fill *request)
{
	struct hv_cell **slot;
	int err = -ENOENT;

	if (request->rsvd || hv_psc_check(&request->list) ||
	    hv_psc_op(request->list.entry[request->list.cur_entry]) != HV_PSC_PRIVATE)
		return -EINVAL;
	hv_lock(&hv.cells_lock);
	slot = hv_cell_slot(request->id);
	if (slot)
		err = fill(*slot, &request->list);
	hv_unlock(&hv.cells_lock);
	return err;
}

int hv_cell_destroy(u32 id)
{
	struct hv_cell **slot;
	int err = -ENOENT;

	hv_lock(&hv.cells_lock);
	slot = hv_cell_slot(id);
	if (slot)
		err = (*slot)->state == HV_CELL_RUNNING || (*slot)->state == HV_CELL_STOPPING ? -EBUSY : end(slot);
	hv_unlock(&hv.cells_lock);
	return err;
}
