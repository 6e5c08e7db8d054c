/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hooks: each asks the hypervisor for one step of a cell's life, and either all of it happens or nothing. Called with
 * hvk.lock held while launched, in a state in which the step is allowed. A failure leaves a sentence in @refusal.
 */
#ifndef HVK_CELL_HOOKS_H
#define HVK_CELL_HOOKS_H

#include "cell.h"

/* How long a cell's CPUs may take to begin or to stop. They need microseconds, unless something is very wrong. */
#define HVK_PATIENCE_MS 1000

/* cell_make.c: takes CPUs and memory of cell->conf from root; gives them back, scrubbed, when the cell does not run. */
int __must_check hvk_hook_create(struct hvk_cell *cell, struct hvk_refusal *refusal);
int __must_check hvk_hook_destroy(struct hvk_cell *cell, struct hvk_refusal *refusal);

/* cell_run.c: sets the cell's CPUs going; takes them off it, also if it has ended by itself. @ms 0: asks but once. */
int __must_check hvk_hook_start(struct hvk_cell *cell, struct hvk_refusal *refusal);
int __must_check hvk_hook_stop(struct hvk_cell *cell, unsigned int ms, struct hvk_refusal *refusal);

/*
 * cell_image.c: copies a part of a file into a loadable region. The one step that can end halfway: what fails and says
 * @is_torn has changed the region. Cells that begin anew after a fault keep copies, which _reload() puts back.
 */
int __must_check hvk_hook_load(struct hvk_cell *cell, const struct hvk_image *image, bool *is_torn,
			       struct hvk_refusal *refusal);
int __must_check hvk_hook_reload(struct hvk_cell *cell);
void hvk_images_forget(struct hvk_cell *cell);

#endif
