// SPDX-License-Identifier: GPL-2.0-only
/* The table of cells, and their way from one state to the next. What the hypervisor does for it is in the hooks. */
#define pr_fmt(fmt) "hv: " fmt
#include <linux/io.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <hvabi/hypercall.h>

#include "cell.h"
#include "events.h"
#include "hvk.h"
#include "refuse.h"

static LIST_HEAD(cells);	/* lock: hvk.lock */
static u32 generation;		/* lock: hvk.lock */
static struct hvk_cell root = {
	.state = HV_CELL_RUNNING, .conf = { .id = HVK_ROOT_ID, .name = HVK_ROOT_NAME }
};

/*
 * Hooks: each asks the hypervisor for one step, and either all of it happens or nothing. Called with hvk.lock held
 * while launched, in a state in which the step is allowed.
 */

static int no_cells(struct netlink_ext_ack *extack)
{
	return hvk_refuse(extack, NULL, -EOPNOTSUPP, "this hypervisor cannot run cells yet");
}

/* No call keeps the CPU for long, so it takes several. */
static int forget(const struct hvk_cell *cell)
{
	long err;

	do {
		err = hv_boot_call(hvk.launch, HV_HC_CELL_DESTROY, cell->conf.id);
		cond_resched();
	} while (err == -EAGAIN);
	return (int)err;
}

static int donate(const struct hvk_cell *cell, const char **why)
{
	*why = "the hypervisor does not take the memory";
	return hvk_cell_memory_donate(&cell->memory, &cell->conf);
}

static int make(const struct hvk_cell *cell, const char **why)
{
	struct hv_cellconf *conf;
	int err;

	*why = "the hypervisor does not make the cell";
	/* Linear, and in as few pages as can be: the hypervisor reads it by its physical address. */
	conf = kmemdup(&cell->conf, sizeof(cell->conf), GFP_KERNEL);
	if (!conf)
		return -ENOMEM;
	err = (int)hv_boot_call(hvk.launch, HV_HC_CELL_CREATE, virt_to_phys(conf));
	kfree(conf);
	if (err)
		return err;
	return hvk_cell_memory_fill(&cell->memory, &cell->conf);
}

/* Memory that does not come back is nobody's until the hypervisor leaves, and must not be Linux's. */
static int get_back(struct hvk_cell *cell)
{
	int err = hvk_cell_memory_return(&cell->memory, &cell->conf);

	if (err) {
		pr_err("the memory of cell %s does not come back (error %d)\n", cell->conf.name, err);
		return err;
	}
	hvk_cell_memory_release(&cell->memory, &cell->conf);
	return 0;
}

/* Whatever there is of a cell goes first: while the hypervisor has one, what it holds of its pages is not Linux's. */
static int unmake(struct hvk_cell *cell)
{
	int err = forget(cell);

	if (err && err != -ENOENT) {
		pr_err("what was made of cell %s does not end (error %d); its memory is lost\n", cell->conf.name, err);
		return err;
	}
	return get_back(cell);
}

/* Takes the CPUs and the memory of cell->conf from root, and tells the hypervisor of the cell. */
static int hook_create(struct hvk_cell *cell, struct netlink_ext_ack *extack)
{
	const char *why;
	int err;

	err = hvk_cell_memory_claim(&cell->memory, &cell->conf, &why);
	if (err)
		return hvk_refuse(extack, NULL, err, why);
	err = hvk_cpus_take(cell->conf.physical, cell->conf.nr_physical, &why);
	if (err)
		goto err_memory;
	err = donate(cell, &why);
	if (!err)
		err = make(cell, &why);
	if (!err)
		return 0;

	hvk_cpus_give_back(cell->conf.physical, cell->conf.nr_physical);
err_memory:
	(void)unmake(cell); /* it has said so */
	return hvk_refuse(extack, NULL, err, why);
}

/* Copies the image into a loadable region. */
static int hook_load(struct hvk_cell *cell, const struct hvk_image *image, struct netlink_ext_ack *extack)
{
	return no_cells(extack);
}

/* Takes root's rights to the loadable regions and sets the cell's CPUs going. */
static int hook_start(struct hvk_cell *cell, struct netlink_ext_ack *extack)
{
	return no_cells(extack);
}

/* Parks the cell's CPUs. */
static int hook_stop(struct hvk_cell *cell, struct netlink_ext_ack *extack)
{
	return no_cells(extack);
}

/* Gives everything back to root, scrubbed. The cell does not run. */
static int hook_destroy(struct hvk_cell *cell, struct netlink_ext_ack *extack)
{
	int err = forget(cell);

	if (!err)
		err = get_back(cell);
	if (err)
		return hvk_refuse(extack, NULL, err, "the hypervisor does not give the memory back");
	hvk_cpus_give_back(cell->conf.physical, cell->conf.nr_physical);
	return 0;
}

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
	insert(&root);
	change(&root, HV_CELL_RUNNING);
}

void hvk_cells_remove_root(void)
{
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
	return hvk_cell_is_root(cell) ? hvk.entries : cell->entries;
}

u64 hvk_cell_memory(const struct hvk_cell *cell)
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
	u32 i;

	cpumask_clear(cpus);
	if (hvk_cell_is_root(cell))
		cpumask_andnot(cpus, &hvk.cpus, &hvk.given);
	for (i = 0; i < cell->conf.nr_physical; i++)
		cpumask_set_cpu(cell->conf.physical[i], cpus);
}

/* A cell keeps the module: it is unloaded when there is none but root. */
int hvk_cell_create(const struct hv_cellconf *conf, struct netlink_ext_ack *extack, struct hvk_cell **made)
{
	struct hvk_cell *cell;
	int err;

	if (!try_module_get(THIS_MODULE))
		return hvk_refuse(extack, NULL, -ENODEV, "the module is about to be removed");
	cell = kzalloc(sizeof(*cell), GFP_KERNEL);
	if (!cell) {
		err = hvk_refuse(extack, NULL, -ENOMEM, "out of memory");
		goto err_module;
	}
	cell->conf = *conf;
	err = hook_create(cell, extack);
	if (err)
		goto err_free;
	insert(cell);
	change(cell, HV_CELL_CREATED);
	*made = cell;
	return 0;

err_free:
	kfree(cell);
err_module:
	module_put(THIS_MODULE);
	return err;
}

static bool holds(const struct hv_conf_region *region, const struct hvk_image *image)
{
	return region->flags & HV_MEM_LOADABLE && image->gpa >= region->gpa && image->size <= region->size &&
	       image->gpa - region->gpa <= region->size - image->size;
}

int hvk_cell_load(struct hvk_cell *cell, const struct hvk_image *image, struct netlink_ext_ack *extack)
{
	u32 i;
	int err;

	if (cell->state == HV_CELL_RUNNING)
		return hvk_refuse(extack, NULL, -EBUSY, "the cell is running; stop it first");
	for (i = 0; i < cell->conf.nr_regions; i++)
		if (holds(&cell->conf.regions[i], image))
			break;
	if (i == cell->conf.nr_regions)
		return hvk_refuse(extack, NULL, -EINVAL, "the image does not lie in one loadable region");
	err = hook_load(cell, image, extack);
	if (!err)
		change(cell, HV_CELL_LOADED);
	return err;
}

int hvk_cell_start(struct hvk_cell *cell, struct netlink_ext_ack *extack)
{
	int err;

	if (cell->state == HV_CELL_RUNNING)
		return hvk_refuse(extack, NULL, -EBUSY, "the cell is running already");
	if (cell->state == HV_CELL_CREATED)
		return hvk_refuse(extack, NULL, -EBUSY, "nothing was loaded into the cell");
	err = hook_start(cell, extack);
	if (err)
		return err;
	cell->entries++;
	change(cell, HV_CELL_RUNNING);
	return 0;
}

int hvk_cell_stop(struct hvk_cell *cell, struct netlink_ext_ack *extack)
{
	int err;

	if (cell->state != HV_CELL_RUNNING)
		return hvk_refuse(extack, NULL, -EBUSY, "the cell is not running");
	err = hook_stop(cell, extack);
	if (!err)
		change(cell, HV_CELL_STOPPED);
	return err;
}

int hvk_cell_destroy(struct hvk_cell *cell, struct netlink_ext_ack *extack)
{
	int err;

	if (cell->state == HV_CELL_RUNNING) {
		err = hvk_cell_stop(cell, extack);
		if (err)
			return err;
	}
	err = hook_destroy(cell, extack);
	if (err)
		return err;
	take_out(cell);
	kfree(cell);
	module_put(THIS_MODULE);
	return 0;
}

int hvk_cells_destroy(struct netlink_ext_ack *extack)
{
	struct hvk_cell *cell;
	int err;

	while ((cell = hvk_cell_from(HVK_ROOT_ID + 1))) {
		err = hvk_cell_destroy(cell, extack);
		if (err)
			return err;
	}
	return 0;
}
