/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Hypercalls of root; those of the other cells are in hvabi/guest.h. Number in RAX, arguments in RDI, RSI, RDX; result
 * in RAX; everything else is preserved.
 */
#ifndef HVABI_HYPERCALL_H
#define HVABI_HYPERCALL_H

/* No operation: returns 0. What a world switch costs. */
#define HV_HC_NOP 0
/*
 * Leave: every CPU of root must call within the time limit. RDI: address of the way back (see arch/x86/boot). Root
 * only, CPL 0.
 */
#define HV_HC_LEAVE 1
/* Result of the self-check of the hypervisor's data structures: 0, or a negative error. Root only, CPL 0. */
#define HV_HC_SELFCHECK 2

/*
 * CPUs of root are about to be started (RDI = 1), or are (RDI = 0): the hypervisor passes INIT and start-up IPIs on by
 * itself meanwhile. Root only, CPL 0.
 */
#define HV_HC_CPU_START 3

/* Write root's memory into the log: a line for each region. Root only, CPL 0. */
#define HV_HC_DUMP 4

/*
 * Root gives memory away, for cells, or takes back what no cell has. RDI: guest-physical address of a struct hv_psc
 * (hvabi/psc.h) in one page, whose operation says which. Root only, CPL 0.
 */
#define HV_HC_DONATE 5

/*
 * A cell, in the order of its life. Root only, CPL 0. None waits for another CPU or scrubs more than HV_CELL_STEP
 * bytes, so that none keeps its CPU for long: -EAGAIN says that it is under way, and to call again.
 */
#define HV_HC_CELL_CREATE 6	/* RDI: address of a struct hv_cellconf, CPUs by the hypervisor's numbers; takes them */
#define HV_HC_CELL_FILL 7	/* RDI: address of a struct hv_cell_fill */
#define HV_HC_CELL_DESTROY 8	/* RDI: id. -EAGAIN */
#define HV_HC_CELL_LOAD 9	/* RDI: address of a struct hv_cell_load */
#define HV_HC_CELL_START 10	/* RDI: id. -EAGAIN */
#define HV_HC_CELL_STOP 11	/* RDI: id. -EAGAIN; also of one that has ended by itself */
#define HV_HC_CELL_INPUT 12	/* RDI: address of a struct hv_cell_input. Returns how many bytes found room. */
#define HV_CELL_STEP 0x200000

#endif
