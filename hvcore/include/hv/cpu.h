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

/* One cache line per CPU, shared by all. */
struct hv_cpu_pub {
	u32 requests;		/* owner: any CPU sets, this CPU clears; atomic */
	u32 sipi_vector;	/* owner: who sets HV_REQUEST_SIPI, before it does */
	u32 apic_id;		/* fixed at launch */
	u32 failed;		/* owner: this CPU; readers: all. The hypervisor gave up on this CPU */
	u32 waits_for_sipi;	/* owner: this CPU; readers: all */
	u32 kicked;		/* an NMI of ours is on its way; atomic */
	u32 deaf;		/* owner: this CPU; readers: all. It waits where no NMI comes in */
	u32 rsvd;
	const struct hv_pt *tables;	/* owner: this CPU; readers: all. What its guest runs on, or NULL */
	u64 rsvd2[3];
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
};

#endif
