/* SPDX-License-Identifier: GPL-2.0-only */
/* What the core keeps of a physical CPU: a private part that only this CPU maps, and a public one. */
#ifndef HV_CPU_H
#define HV_CPU_H

#include <hv/types.h>
#include <hvabi/stats.h>

struct hv_cell;
struct hv_pt;

/* Requests to another CPU; set with hv_fetch_or() in its public part, followed by a kick. */
#define HV_REQUEST_INIT 0x1
#define HV_REQUEST_SIPI 0x2	/* vector in @sipi_vector */
#define HV_REQUEST_FLUSH 0x4	/* forget translations of @tables */
#define HV_REQUEST_MOVE 0x8	/* to @cell, and stand there */
#define HV_REQUEST_RUN 0x10	/* begin as the cell's configuration says */
#define HV_REQUEST_STOP 0x20	/* stand */

/* One cache line per CPU, shared by all. */
struct hv_cpu_pub {
	u32 requests;		/* owner: any CPU sets, this CPU clears; atomic */
	u32 sipi_vector;	/* owner: who sets HV_REQUEST_SIPI, before it does */
	u32 apic_id;		/* fixed at launch */
	u32 failed;		/* owner: this CPU; readers: all. The hypervisor gave up on this CPU */
	u32 waits_for_sipi;	/* owner: this CPU; readers: all */
	u32 kicked;		/* an NMI of ours is on its way; atomic */
	u32 deaf;		/* owner: this CPU; readers: all. It waits where no NMI comes in */
	u32 parked;		/* owner: this CPU; readers: all. It is @cell's, and no guest runs on it */
	const struct hv_pt *tables;	/* owner: this CPU; readers: all. What its guest runs on, or NULL */
	struct hv_cell *cell;	/* whose it is, or will be once it moved; owner: who holds hv.cells_lock */
	u32 logical;		/* owner: this CPU; readers: all. Its logical destination, in xAPIC mode */
	u32 rsvd;
	u64 rsvd2;
};

HV_ASSERT_SIZE(struct hv_cpu_pub, 64);

/* First member of the architecture's per-CPU structure. Owner and reader: this CPU. */
struct hv_cpu {
	u32 id;
	u32 event_budget;
	u64 event_second;
	struct hv_cell *cell;
	struct hv_cpu_pub *pub;
	struct hv_cpu_stats *stats;
	u32 number;		/* of this CPU in its cell */
	u32 reason;		/* of the last exit */
	bool is_cells;		/* @cell is not root: the first question of each exit */
	bool stands;		/* no guest runs here: the CPU is parked, or waits for a start-up IPI */
	bool stood;		/* since this was last cleared */
};

/** hv_cpu_is_free() - root's, and it hears when it is called */
bool hv_cpu_is_free(u32 cpu);

/** hv_cpu_give() - CPU @cpu, root's or parked, goes to @cell. With hv.cells_lock held. */
void hv_cpu_give(u32 cpu, struct hv_cell *cell);

/** hv_cpu_ask() - one or more of HV_REQUEST_RUN and _STOP */
void hv_cpu_ask(u32 cpu, u32 request);

/** hv_cpu_does() - is any of @requests still to be done? A CPU that failed does nothing any more. */
bool hv_cpu_does(u32 cpu, u32 requests);

/** hv_cpu_is_parked() - it stands, and nobody asked it for anything else */
bool hv_cpu_is_parked(u32 cpu);

/** hv_cpu_attend() - do what others ask of this CPU. Returns when it is to run its guest. */
void hv_cpu_attend(struct hv_cpu *cpu);

#endif
