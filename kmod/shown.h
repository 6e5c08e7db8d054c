/* SPDX-License-Identifier: GPL-2.0-only */
/* What the hypervisor shows of cells: pages that it writes and that are read without an exit, while launched. */
#ifndef HVK_SHOWN_H
#define HVK_SHOWN_H

#include "cell.h"

/* Of a cell other than root, which keeps it as long as it exists; NULL if there is no such cell. */
const struct hv_cell_page *hvk_shown_page(u32 id);

/* What a CPU, by Linux's number, has done for a cell; and how long that took, which is not known of root. */
const struct hv_cpu_stats *hvk_shown_counts(const struct hvk_cell *cell, unsigned int cpu);
const struct hv_cell_cpu_stats *hvk_shown_times(const struct hvk_cell *cell, unsigned int cpu);

/*
 * Copies what a cell has written from byte *@pos on, or from the oldest one that is still there: then *@pos moves up to
 * it. Returns how many bytes were copied.
 */
size_t hvk_shown_console(const struct hvk_cell *cell, u64 *pos, u8 *to, size_t room);

#endif
