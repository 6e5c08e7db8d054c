/* SPDX-License-Identifier: GPL-2.0-only */
/* A cell: for now the root cell alone. */
#ifndef HV_CELL_H
#define HV_CELL_H

#include <hv/aspace.h>
#include <hv/exit.h>
#include <hv/types.h>

/* What root may do with its own memory. */
#define HV_ROOT_RIGHTS (HV_MEM_RWX | HV_MEM_DMA)

struct hv_cell {
	u32 id;
	u32 nr_cpus;
	struct hv_aspace space;	/* guest-physical to host-physical */
};

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
