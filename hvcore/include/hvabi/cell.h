/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the module sends with the hypercalls that make and unmake cells. */
#ifndef HVABI_CELL_H
#define HVABI_CELL_H

#include <hvabi/cellconf.h>
#include <hvabi/psc.h>

/* Cells at a time, the root cell not counted. */
#define HV_MAX_CELLS 32

/* With HV_HC_CELL_FILL: frames that root gave (HV_HC_DONATE), for the cell's alloc regions, in their order. */
struct hv_cell_fill {
	u32 id;
	u32 rsvd;		/* 0 */
	struct hv_psc list;	/* operation: HV_PSC_PRIVATE */
};
HV_ASSERT_OFFSET(struct hv_cell_fill, list, 8);

#endif
