/* SPDX-License-Identifier: GPL-2.0-only */
/* A cell: for now the root cell alone. */
#ifndef HV_CELL_H
#define HV_CELL_H

#include <hv/aspace.h>
#include <hv/exit.h>
#include <hv/types.h>
#include <hvabi/cell.h>

/* What root may do with its own memory. */
#define HV_ROOT_RIGHTS (HV_MEM_RWX | HV_MEM_DMA)

/* Life of a cell, but for root, which simply runs. */
enum hv_cell_state {
	HV_CELL_FILLING,	/* memory is missing */
	HV_CELL_READY,
	HV_CELL_ENDING,		/* what it had is given back */
};

struct hv_cell {
	u32 id;
	u32 nr_cpus;
	u32 state;		/* enum hv_cell_state; lock: hv.cells_lock */
	u32 fill_region;	/* where the next frames go: */
	u64 fill_offset;
	struct hv_aspace space;	/* guest-physical to host-physical */
	struct hv_cellconf *conf;	/* not root's */
};

/**
 * hv_cell_create() - a cell, with everything but memory for its alloc regions
 * @conf: a copy that nobody else can write
 *
 * Return: 0; what hv_cellconf_check() says; -EEXIST if the id or the name is taken; -ENOSPC if there are too many
 * cells; -EBUSY if memory that it wants by address was not donated; -EOPNOTSUPP; -ENOMEM. What fails changes nothing.
 */
int __must_check hv_cell_create(const struct hv_cellconf *conf);

/**
 * hv_cell_fill() - frames that root gave become the cell's, zeroed
 *
 * Return: 0; -ENOENT if there is no such cell; -EINVAL; -EBUSY if it has all its memory, less is missing than the list
 * has, or a frame was not given; -E2BIG for more than HV_CELL_STEP; -ENOMEM. What fails changes nothing, but -ENOMEM,
 * after which the cell can only be destroyed.
 */
int __must_check hv_cell_fill(const struct hv_cell_fill *fill);

/** hv_cell_exists() - is there a cell besides root? */
bool hv_cell_exists(void);

/** hv_cell_destroy() - one step of it: 0 when done; -EAGAIN; -ENOENT; -ENOMEM, then it can be tried again */
int __must_check hv_cell_destroy(u32 id);

/**
 * hv_root_init() - build the root cell's memory from the system configuration
 *
 * Context: early stage, one CPU. On failure nothing stays allocated.
 */
int __must_check hv_root_init(struct hv_cell *root);

/** hv_root_moderate() - make writes to the moderated device pages trap, or not */
void hv_root_moderate(bool on);

/** hv_root_violation() - root touched what its map does not allow: report, then drop or inject */
enum hv_verdict hv_root_violation(struct hv_cpu *cpu, struct hv_exit *exit);

#endif
