/* SPDX-License-Identifier: GPL-2.0-only */
/* For the cell's own files. Called with hv.cells_lock held. */
#ifndef CELL_H
#define CELL_H

#include <hv/cell.h>
#include <hv/cellconf.h>

/* Where the table of cells has @id, or NULL. */
struct hv_cell **hv_cell_slot(u32 id);

/* Have all its CPUs stand, or ask them to: 0 if they do, -EAGAIN. */
int __must_check hv_cell_halt(struct hv_cell *cell);

/* The pages that every cell has besides its regions: registers, the comm page, tables to begin with. And their end. */
int __must_check hv_cell_take_pages(struct hv_cell *cell);
void hv_cell_give_pages(struct hv_cell *cell);

/* Fill the comm page, which the cell cannot write from then on. Once, when its CPUs have come. */
int __must_check hv_cell_tell(struct hv_cell *cell);

/* Take what the configuration wants by address, or from the secure ranges, and map it. What fails leaves a part. */
int __must_check hv_cell_take_memory(struct hv_cell *cell);

/* Frames [start, start + size) of the donated ones become the next of the cell's alloc regions. */
int __must_check hv_cell_take_donated(struct hv_cell *cell, u64 start, u64 size);

/* Does a region wait for a first touch, piece by piece, and is zeroed then? */
bool hv_cell_defers(const struct hv_conf_region *region);

/* How much is still missing in alloc regions. */
u64 hv_cell_missing(const struct hv_cell *cell);

/* Scrub and give back at most HV_CELL_STEP bytes of what nobody maps any more. 0: there is none; -EAGAIN; -ENOMEM. */
int __must_check hv_cell_give_memory(struct hv_cell *cell);

#endif
