/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the module sends with the hypercalls that make, run and unmake cells, and what root is shown of each. */
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

/* With HV_HC_CELL_LOAD: bytes of root's memory, contiguous, for one loadable region of a cell that does not run. */
#define HV_CELL_LOAD_MAX 0x40000
struct hv_cell_load {
	u32 id;
	u32 rsvd;		/* 0 */
	u64 gpa;
	u64 from;		/* root's physical address */
	u64 size;		/* at most HV_CELL_LOAD_MAX */
};

/* With HV_HC_CELL_INPUT: bytes that a cell can read from its console. */
#define HV_CELL_INPUT_MAX 256
struct hv_cell_input {
	u32 id;
	u32 size;		/* at most HV_CELL_INPUT_MAX */
	u8 data[HV_CELL_INPUT_MAX];
};

/* General registers in the order in which instructions number them, then these. */
enum hv_fault_reg {
	HV_FAULT_RSP = 4,
	HV_FAULT_RIP = 16,
	HV_FAULT_RFLAGS,
	HV_FAULT_CR0,
	HV_FAULT_CR2,
	HV_FAULT_CR3,
	HV_FAULT_CR4,
	HV_FAULT_EFER,
	HV_FAULT_CS_BASE,
	HV_FAULT_REGS
};
#define HV_FAULT_CODE 15

/* Why a cell failed. */
struct hv_fault {
	u32 cpu;		/* by the hypervisor's number */
	u32 reason;		/* enum hv_exit_reason */
	u32 nr;			/* the hardware's code for it; of an access to memory 0 */
	u8 access;		/* to memory, HV_FAULT_READ and so on, which makes @gpa valid; else 0 */
	u8 nr_code;		/* how many bytes of @code could be read */
	u8 rsvd[2];
	u64 gpa;		/* memory: where */
	u64 value;		/* what the hardware says besides; of memory 0 */
	u64 tsc;
	u64 regs[HV_FAULT_REGS];
	u8 code[HV_FAULT_CODE + 1];	/* at RIP */
	u64 rsvd2;
};
#define HV_FAULT_READ 0x1
#define HV_FAULT_WRITE 0x2
#define HV_FAULT_EXEC 0x4

/* What has become of a cell that was started. */
enum hv_cell_end {
	HV_END_NONE,		/* nothing: it goes on */
	HV_END_SHUTDOWN,	/* it asked for it */
	HV_END_FAULT,		/* @fault is valid */
};

/*
 * Of each cell root sees two pages, in a slot that it keeps while it exists. Writers: the hypervisor's CPUs. A reader
 * loads @ended before what is said about it, and @written before and after what it copies from the ring.
 */
#define HV_CELL_CONSOLE 7168
struct hv_cell_page {
	u32 id;			/* whose it is; 0: nobody's */
	u32 ended;		/* enum hv_cell_end */
	u64 starts;		/* how often it was started */
	u64 code;		/* of a shutdown */
	u64 word;		/* the last one that it gave us ... */
	u64 words;		/* ... and how many there were */
	u64 taken;		/* bytes of console input that it has read */
	struct hv_fault fault;
	u8 rsvd[704];
	u64 begun;		/* goes ahead of @written: what is HV_CELL_CONSOLE behind it may be overwritten now */
	u64 written;		/* bytes of console output so far: byte n is console[n % HV_CELL_CONSOLE] */
	u8 console[HV_CELL_CONSOLE];
};
HV_ASSERT_SIZE(struct hv_fault, 256);
HV_ASSERT_OFFSET(struct hv_cell_page, written, 1016);
HV_ASSERT_SIZE(struct hv_cell_page, 8192);

#endif
