/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that Linux takes out of its own hands for a cell. */
#ifndef HVK_CELL_MEMORY_H
#define HVK_CELL_MEMORY_H

#include <linux/list.h>
#include <linux/types.h>

#include <hvabi/cell.h>

#include "refuse.h"

/* In pages, their number and order in the page's own members; and which identical regions were taken. */
struct hvk_cell_memory {
	struct list_head pages;
	u64 identical;		/* a bit for each region of the configuration; shared ones are taken, but not given */
};

/* How much the regions of one mode, HV_MODE_*, want together. */
u64 hvk_cell_memory_bytes(const struct hv_cellconf *conf, u32 mode);

/* The region with which those of a mode are more than @room; or the number of all. */
u32 hvk_cell_memory_excess(const struct hv_cellconf *conf, u32 mode, u64 room);

/* Take it from Linux; what fails takes nothing. */
int __must_check hvk_cell_memory_claim(struct hvk_cell_memory *memory, const struct hv_cellconf *conf,
				       struct hvk_refusal *refusal);

/* Give it to the hypervisor, or get it back. What fails halfway is to be undone by the other one. */
int __must_check hvk_cell_memory_donate(const struct hvk_cell_memory *memory, const struct hv_cellconf *conf);
int __must_check hvk_cell_memory_return(const struct hvk_cell_memory *memory, const struct hv_cellconf *conf);

/* Of what was donated, what the cell's alloc regions are made of. */
int __must_check hvk_cell_memory_fill(const struct hvk_cell_memory *memory, const struct hv_cellconf *conf);

/* Back to Linux. */
void hvk_cell_memory_release(struct hvk_cell_memory *memory, const struct hv_cellconf *conf);

#endif
