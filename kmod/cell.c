// SPDX-License-Identifier: GPL-2.0-only
/* The table of cells, and their way from one state to the next. What the hypervisor does for it is in the hooks. */
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cell_hooks.h"
#include "events.h"
#include "fault.h"
#include "hvk.h"
#include "refuse.h"
#include "watch.h"

/* A cell that fails again and again begins anew that often. */
#define RESTART_MS 100

static LIST_HEAD(cells);	/* lock: hvk.lock */
static u32 generation;		/* lock: hvk.lock */
static struct hvk_cell root = {
	.state = HV_CELL_RUNNING, .conf = { .id = HVK_ROOT_ID, .name = HVK_ROOT_NAME }
};

u32 hvk_cells_generation(void)
{
	return generation;
}

static void change(struct hvk_cell *cell, enum hv_uapi_cell_state state)
{
	generation++;
	if (state != HV_CELL_GONE) {
		WRITE_ONCE(cell->state, state);
		hvk_sysfs_announce_cell(cell);
	}
	hvk_event_cell(cell, state);
}

static void insert(struct hvk_cell *cell)
{
	struct hvk_cell *next = hvk_cell_from(cell->conf.id);

	list_add_tail(&cell->list, next ? &next->list : &cells);
	hvk_sysfs_add_cell(cell);
}

static void take_out(struct hvk_cell *cell)
{
	hvk_sysfs_remove_cell(cell);
	list_del(&cell->list);
	change(cell, HV_CELL_GONE);
}

void hvk_cells_add_root(void)
{
	cpumask_copy(&root.cpus, &hvk.cpus);
	insert(&root);
	change(&root, HV_CELL_RUNNING);
}

void hvk_cells_remove_root(void)
{
	hvk_watch_stop();
	take_out(&root);
}

bool hvk_cells_has_others(void)
{
	return hvk_cell_from(HVK_ROOT_ID + 1);
}

struct hvk_cell *hvk_cell_from(u32 id)
{
	struct hvk_cell *cell;

	lockdep_assert_held(&hvk.lock);
	list_for_each_entry(cell, &cells, list)
		if (cell->conf.id >= id)
			return cell;
	return NULL;
}

struct hvk_cell *hvk_cell_by_name(const char *name)
{
	struct hvk_cell *cell;

	lockdep_assert_held(&hvk.lock);
	list_for_each_entry(cell, &cells, list)
		if (!strcmp(cell->conf.name, name))
			return cell;
	return NULL;
}

u32 hvk_cell_free_id(void)
{
	struct hvk_cell *cell;
	u32 id = HVK_ROOT_ID;

	list_for_each_entry(cell, &cells, list)
		if (cell->conf.id == id)
			id++;
	return id;
}

u64 hvk_cell_entries(const struct hvk_cell *cell)
{
	return hvk_cell_is_root(cell) ? hvk.entries : READ_ONCE(cell->page->starts);
}

u64 hvk_cell_bytes(const struct hvk_cell *cell)
{
	u64 bytes = 0;
	u32 i;

	if (hvk_cell_is_root(cell))
		return hvk.stats->root_bytes_4k + hvk.stats->root_bytes_2m + hvk.stats->root_bytes_1g;
	for (i = 0; i < cell->conf.nr_regions; i++)
		if (!(cell->conf.regions[i].flags & HV_MEM_DEVICE))
			bytes += cell->conf.regions[i].size;
	return bytes;
}

void hvk_cell_cpus(const struct hvk_cell *cell, struct cpumask *cpus)
{
	if (hvk_cell_is_root(cell))
		cpumask_andnot(cpus, &cell->cpus, &hvk.given);
	else
		cpumask_copy(cpus, &cell->cpus);
}

/*
 * A cell keeps the module. Its reference alone would have rmmod say EWOULDBLOCK; a module that has no exit is refused
 * before references are counted, and with EBUSY. While somebody holds one, nobody is about to call the exit. Who forces
 * it gets past both, see CAVEATS.md.
 */
static unsigned int nr_holds;
static typeof(THIS_MODULE->exit) exit_kept;

static bool hold_module(void)
{
	if (!try_module_get(THIS_MODULE))
		return false;
	if (!nr_holds++) {
		exit_kept = THIS_MODULE->exit;
		THIS_MODULE->exit = NULL;
	}
	return true;
}

static void release_module(void)
{
	if (!--nr_holds)
		THIS_MODULE->exit = exit_kept;
	module_put(THIS_MODULE);
}

int hvk_cell_create(const struct hv_cellconf *conf, struct hvk_refusal *refusal, struct hvk_cell **made)
{
	struct hvk_cell *cell;
	int err;
	u32 i;

	hvk_call_begin();
	if (!hold_module())
		return hvk_blame(refusal, HV_A_CELL_UNSPEC, -ENODEV, "the module is about to be removed");
	cell = kzalloc(sizeof(*cell), GFP_KERNEL);
	if (!cell) {
		err = hvk_blame(refusal, HV_A_CELL_UNSPEC, -ENOMEM, "out of memory");
		goto err_module;
	}
	cell->conf = *conf;
	INIT_LIST_HEAD(&cell->images);
	for (i = 0; i < conf->nr_physical; i++)
		cpumask_set_cpu(conf->physical[i], &cell->cpus);
	err = hvk_hook_create(cell, refusal);
	if (err)
		goto err_free;
	insert(cell);
	change(cell, HV_CELL_CREATED);
	*made = cell;
	return 0;

err_free:
	kfree(cell);
err_module:
	release_module();
	return err;
}

/* How a cell ended is known until somebody loads or starts it again. */
static void begin_anew(struct hvk_cell *cell)
{
	WRITE_ONCE(cell->end, HV_END_NONE);
}

static void shut_down(struct hvk_cell *cell)
{
	cell->code = READ_ONCE(cell->page->code);
	WRITE_ONCE(cell->end, HV_END_SHUTDOWN);
	hvk_note("cell %s shut down with code %llu", cell->conf.name, cell->code);
	change(cell, HV_CELL_STOPPED);
}

static void fail(struct hvk_cell *cell)
{
	char text[HVK_FAULT_TEXT];

	cell->fault = cell->page->fault;
	WRITE_ONCE(cell->end, HV_END_FAULT);
	hvk_fault_text(cell, text);
	hvk_warn("cell %s failed on CPU %u: %s", cell->conf.name, hvk_fault_cpu(cell), text);
	cell->is_restarting = cell->conf.flags & HV_CONF_RESTART;
	change(cell, HV_CELL_FAILED);
}

/* Has it ended by itself? Then its CPUs are taken off it, and its state says so. */
static void settle(struct hvk_cell *cell, unsigned int ms)
{
	u32 end;

	if (cell->state != HV_CELL_RUNNING)
		return;
	end = smp_load_acquire(&cell->page->ended);
	if (end == HV_END_NONE || hvk_hook_stop(cell, ms, NULL))
		return;
	if (end == HV_END_SHUTDOWN)
		shut_down(cell);
	else
		fail(cell);
}

/* It runs, or will in a moment without being asked. */
static bool is_active(const struct hvk_cell *cell)
{
	return cell->state == HV_CELL_RUNNING || cell->is_restarting;
}

static int start(struct hvk_cell *cell, struct hvk_refusal *refusal)
{
	int err = hvk_hook_start(cell, refusal);

	if (err)
		return err;
	cell->started = ktime_get();
	change(cell, HV_CELL_RUNNING);
	hvk_watch_start();
	return 0;
}

static void restart(struct hvk_cell *cell)
{
	int err;

	if (!cell->is_restarting || ktime_before(ktime_get(), ktime_add_ms(cell->started, RESTART_MS)))
		return;
	cell->is_restarting = false;
	err = hvk_hook_reload(cell);
	if (!err)
		err = start(cell, NULL);
	if (err)
		hvk_warn("cell %s does not begin anew (error %d)", cell->conf.name, err);
}

bool hvk_cells_look(void)
{
	struct hvk_cell *cell;
	bool more = false;

	lockdep_assert_held(&hvk.lock);
	list_for_each_entry(cell, &cells, list) {
		if (hvk_cell_is_root(cell))
			continue;
		settle(cell, 0);
		restart(cell);
		more = more || is_active(cell);
	}
	return more;
}

static bool holds(const struct hv_conf_region *region, const struct hvk_image *image)
{
	return region->flags & HV_MEM_LOADABLE && image->gpa >= region->gpa && image->size <= region->size &&
	       image->gpa - region->gpa <= region->size - image->size;
}

static int load(struct hvk_cell *cell, const struct hvk_image *image, struct hvk_refusal *refusal)
{
	bool is_torn;
	int err = hvk_hook_load(cell, image, &is_torn, refusal);

	if (err && !is_torn)
		return err;
	begin_anew(cell);
	if (!err)
		change(cell, HV_CELL_LOADED);
	else if (cell->state != HV_CELL_CREATED)
		change(cell, HV_CELL_CREATED);
	return err;
}

int hvk_cell_load(struct hvk_cell *cell, const struct hvk_image *image, struct hvk_refusal *refusal)
{
	u32 i;

	hvk_call_begin();
	settle(cell, HVK_PATIENCE_MS);
	if (is_active(cell))
		return hvk_blame(refusal, HV_A_CELL_NAME, -EBUSY, "the cell is running; stop it first");
	for (i = 0; i < cell->conf.nr_regions; i++)
		if (holds(&cell->conf.regions[i], image))
			break;
	if (i == cell->conf.nr_regions)
		return hvk_blame(refusal, HV_A_CELL_IMAGE, -EINVAL, "the image does not lie in one loadable region");
	return load(cell, image, refusal);
}

int hvk_cell_start(struct hvk_cell *cell, struct hvk_refusal *refusal)
{
	int err;

	hvk_call_begin();
	settle(cell, HVK_PATIENCE_MS);
	if (is_active(cell))
		return hvk_blame(refusal, HV_A_CELL_NAME, -EBUSY, "the cell is running already");
	if (cell->state == HV_CELL_CREATED)
		return hvk_blame(refusal, HV_A_CELL_NAME, -EBUSY, "nothing was loaded into the cell");
	err = start(cell, refusal);
	if (!err)
		begin_anew(cell);
	return err;
}

int hvk_cell_stop(struct hvk_cell *cell, struct hvk_refusal *refusal)
{
	int err;

	hvk_call_begin();
	settle(cell, HVK_PATIENCE_MS);
	if (!is_active(cell))
		return hvk_blame(refusal, HV_A_CELL_NAME, -EBUSY, "the cell is not running");
	if (cell->state == HV_CELL_RUNNING) {
		err = hvk_hook_stop(cell, HVK_PATIENCE_MS, refusal);
		if (err)
			return err;
	}
	cell->is_restarting = false;
	change(cell, HV_CELL_STOPPED);
	return 0;
}

int hvk_cell_destroy(struct hvk_cell *cell, struct hvk_refusal *refusal)
{
	int err;

	hvk_call_begin();
	settle(cell, HVK_PATIENCE_MS);
	if (is_active(cell)) {
		err = hvk_cell_stop(cell, refusal);
		if (err)
			return err;
	}
	err = hvk_hook_destroy(cell, refusal);
	if (err)
		return err;
	take_out(cell);
	hvk_images_forget(cell);
	kfree(cell);
	release_module();
	return 0;
}

int hvk_cells_destroy(struct hvk_refusal *refusal)
{
	struct hvk_cell *cell;
	int err;

	while ((cell = hvk_cell_from(HVK_ROOT_ID + 1))) {
		err = hvk_cell_destroy(cell, refusal);
		if (err)
			return err;
	}
	return 0;
}
