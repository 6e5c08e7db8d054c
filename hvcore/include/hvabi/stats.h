/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Exit reasons and the counters that root reads without an exit. */
#ifndef HVABI_STATS_H
#define HVABI_STATS_H

#include <hv/check.h>
#include <hv/types.h>
#include <hvabi/cell.h>

/* Neutral reasons: name, what it counts. The names become sysfs files `stats/exits_<name>`. */
#define HV_EXIT_REASONS(_)                                                                                            \
	_(other, "anything that has no line of its own")                                                              \
	_(hypercall, "vmcall, vmmcall")                                                                               \
	_(cpuid, "CPUID")                                                                                             \
	_(msr_read, "RDMSR of an intercepted register")                                                               \
	_(msr_write, "WRMSR of an intercepted register")                                                              \
	_(io, "access to an intercepted port")                                                                        \
	_(apic_eoi, "write to the end-of-interrupt register of the local APIC")                                       \
	_(apic_icr, "write to the interrupt command register of the local APIC")                                      \
	_(apic_timer, "write to the initial count of the local APIC's timer")                                         \
	_(apic, "write to another moderated register of the local APIC")                                              \
	_(memory, "access that the nested page table does not allow")                                                 \
	_(nmi, "NMI, our own kicks included")                                                                         \
	_(nmi_window, "end of NMI blocking while another NMI is pending")                                             \
	_(init, "INIT")                                                                                               \
	_(sipi, "start-up IPI")                                                                                       \
	_(cr, "write to an intercepted bit of a control register")                                                    \
	_(xsetbv, "XSETBV")                                                                                           \
	_(virt_insn, "VMX or SVM instruction")                                                                        \
	_(cache, "INVD, WBINVD")                                                                                      \
	_(exception, "intercepted exception")                                                                         \
	_(shutdown, "triple fault")                                                                                   \
	_(invalid, "guest state that the CPU refused to enter")

enum hv_exit_reason {
#define HV_EXIT_ENUM(name, text) HV_EXIT_##name,
	HV_EXIT_REASONS(HV_EXIT_ENUM)
#undef HV_EXIT_ENUM
	HV_EXIT_COUNT
};

#define HV_STATS_REASONS 31

/* One per CPU. Monotonic, written by that CPU alone. */
struct hv_cpu_stats {
	u64 exits[HV_STATS_REASONS];
	u64 events_dropped;
};

/* How long exits took, in TSC ticks: the first bucket is for less than 256, each has twice the range of the last. */
#define HV_STATS_BUCKETS 12
#define HV_STATS_FIRST_BUCKET 8

/* A frame for each CPU, about the cell that has it or had it last; all zero when it comes to a cell. */
struct hv_cell_cpu_stats {
	struct hv_cpu_stats counts;
	u64 ticks[HV_STATS_REASONS];
	u64 histogram[HV_STATS_REASONS][HV_STATS_BUCKETS];
	u8 rsvd[616];
};

/*
 * First frame of the statistics area. Behind it what every CPU did for root; then, where offsets say, what CPUs do for
 * other cells, and the cells' own pages.
 */
struct hv_stats {
	u64 pool_frames;
	u64 pool_frames_free;
	u64 root_bytes_4k;	/* root's RAM by the page size that maps it */
	u64 root_bytes_2m;
	u64 root_bytes_1g;
	u64 root_table_frames;
	u64 host_table_frames;
	u64 tlb_flushes;
	u64 cell_cpus;		/* offset of struct hv_cell_cpu_stats[nr_cpus] */
	u64 cells;		/* offset of struct hv_cell_page[HV_MAX_CELLS] */
	u64 size;		/* of all of it */
	u64 rsvd[501];
	struct hv_cpu_stats cpu[];
};

/* Where things are, for both who lay it out and who leave room for it. */
static inline u64 hv_stats_cell_cpus(u64 nr_cpus)
{
	return (sizeof(struct hv_stats) + nr_cpus * sizeof(struct hv_cpu_stats) + 4095) & ~4095ULL;
}

static inline u64 hv_stats_cells(u64 nr_cpus)
{
	return hv_stats_cell_cpus(nr_cpus) + nr_cpus * sizeof(struct hv_cell_cpu_stats);
}

static inline u64 hv_stats_size(u64 nr_cpus)
{
	return hv_stats_cells(nr_cpus) + HV_MAX_CELLS * sizeof(struct hv_cell_page);
}

HV_STATIC_ASSERT(HV_EXIT_COUNT <= HV_STATS_REASONS);
HV_ASSERT_SIZE(struct hv_cpu_stats, 256);
HV_ASSERT_SIZE(struct hv_stats, 4096);
HV_ASSERT_SIZE(struct hv_cell_cpu_stats, 4096);

#endif
