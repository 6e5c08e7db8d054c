/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of cells. Everything in it, and every function here, needs hvk.lock; root is in it while launched. */
#ifndef HVK_CELL_H
#define HVK_CELL_H

#include <linux/cpumask.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/types.h>

#include <hvabi/cell.h>

#include "cell_memory.h"
#include "uapi/hv.h"

#define HVK_ROOT_ID 0
#define HVK_ROOT_NAME "root"

struct hvk_cell {
	struct list_head list;		/* in order of their ids */
	enum hv_uapi_cell_state state;
	cpumask_t cpus;			/* whose counters it has; root's: all that were there at launch */
	struct device *dev;		/* in class hv */
	struct hvk_cpu_dir **cpu_dirs;	/* in there; sysfs_cell.c */
	/* Of cells other than root: */
	const struct hv_cell_page *page;	/* what the hypervisor shows */
	struct hvk_cell_memory memory;
	struct list_head images;	/* to begin anew with; cell_image.c */
	ktime_t started;
	bool is_restarting;		/* it has failed, and will begin anew */
	enum hv_cell_end end;		/* how it ended last, by itself ... */
	u64 code;			/* ... by a shutdown ... */
	struct hv_fault fault;		/* ... or by a fault */
	struct hv_cellconf conf;	/* physical[]: Linux's numbers; of root only id and name */
};

/* Bytes of a file that become bytes of a cell's memory. */
struct hvk_image {
	struct file *file;
	u64 offset;
	u64 size;
	u64 gpa;
};

/* Goes up with every change of the table; a dump that sees two values says so. */
u32 hvk_cells_generation(void);
void hvk_cells_add_root(void);
void hvk_cells_remove_root(void);
bool hvk_cells_has_others(void);

/* The first cell with that id or a higher one, or NULL. */
struct hvk_cell *hvk_cell_from(u32 id);
struct hvk_cell *hvk_cell_by_name(const char *name);
u32 hvk_cell_free_id(void);

static inline bool hvk_cell_is_root(const struct hvk_cell *cell)
{
	return cell->conf.id == HVK_ROOT_ID;
}

u64 hvk_cell_entries(const struct hvk_cell *cell);
u64 hvk_cell_bytes(const struct hvk_cell *cell);
void hvk_cell_cpus(const struct hvk_cell *cell, struct cpumask *cpus);

/*
 * Life of cells other than root. A failure changes nothing and leaves a sentence in @refusal; but of a cell into which
 * a part of an image came it is not known what it would do, and it becomes one that nothing was loaded into.
 */
int __must_check hvk_cell_create(const struct hv_cellconf *conf, struct hvk_refusal *refusal,
				 struct hvk_cell **made);
int __must_check hvk_cell_load(struct hvk_cell *cell, const struct hvk_image *image, struct hvk_refusal *refusal);
int __must_check hvk_cell_start(struct hvk_cell *cell, struct hvk_refusal *refusal);
int __must_check hvk_cell_stop(struct hvk_cell *cell, struct hvk_refusal *refusal);
int __must_check hvk_cell_destroy(struct hvk_cell *cell, struct hvk_refusal *refusal);
int __must_check hvk_cells_destroy(struct hvk_refusal *refusal);

/* Finds out which cells have ended by themselves, and lets those begin anew that should. Does any run, or will? */
bool hvk_cells_look(void);

/* cpus.c: which CPUs root can give away. */
int __must_check hvk_cpus_check(const u32 *cpus, u32 nr, struct hvk_refusal *refusal);
int __must_check hvk_cpus_choose(u32 *cpus, u32 nr, struct hvk_refusal *refusal);

/* Out of Linux's hands by hotplug, all of them or none; and back. */
int __must_check hvk_cpus_take(const u32 *cpus, u32 nr, struct hvk_refusal *refusal);
void hvk_cpus_give_back(const u32 *cpus, u32 nr);

#endif
