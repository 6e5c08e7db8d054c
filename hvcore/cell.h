/* SPDX-License-Identifier: GPL-2.0-only */
/* For the cell's own files: how memory comes to it and goes back. Called with hv.cells_lock held. */
#ifndef CELL_H
#define CELL_H

#include <hv/cell.h>

/* Take what the configuration wants by address, or from the secure ranges, and map it. What fails leaves a part. */
int __must_check hv_cell_take_memory(struct hv_cell *cell);

/* Frames [start, start + size) of the donated ones become the next of the cell's alloc regions. */
int __must_check hv_cell_take_donated(struct hv_cell *cell, u64 start, u64 size);

/* How much is still missing in alloc regions. */
u64 hv_cell_missing(const struct hv_cell *cell);

/* Scrub and give back at most HV_CELL_STEP bytes of what nobody maps any more. 0: there is none; -EAGAIN; -ENOMEM. */
int __must_check hv_cell_give_memory(struct hv_cell *cell);

#endif
