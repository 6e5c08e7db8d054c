/* SPDX-License-Identifier: GPL-2.0-only */
/* The neutral record of an exit and the core's verdict on it. */
#ifndef HV_EXIT_H
#define HV_EXIT_H

#include <hv/compiler.h>
#include <hv/cpu.h>
#include <hv/types.h>

#define HV_ACCESS_READ 0x1
#define HV_ACCESS_WRITE 0x2
#define HV_ACCESS_EXEC 0x4

#define HV_DURING_NOTHING 0
#define HV_DURING_EVENT 1
#define HV_DURING_DOUBLE_FAULT 2

/*
 * What the vendor code knows after decoding. Which fields hold something depends on the reason:
 *  hypercall          nr; the answer goes to @value
 *  msr_read/write     nr, value
 *  memory, apic       gpa, access, during
 *  io                 nr (port), access, size
 *  cr                 nr (register), value
 *  xsetbv             nr, value
 *  sipi               nr (vector)
 *  other, invalid     nr (hardware code), value (hardware's qualification)
 */
struct hv_exit {
	u32 reason;		/* enum hv_exit_reason */
	u32 nr;
	u64 value;
	u64 gpa;
	u8 access;
	u8 size;
	u8 insn_len;		/* 0: hardware did not tell */
	u8 during;		/* what the CPU delivered when it happened: HV_DURING_* */
};

enum hv_verdict {
	HV_RESUME,		/* execute the instruction (again) */
	HV_ADVANCE,		/* go on behind the instruction */
	HV_INJECT_UD,
	HV_INJECT_GP,		/* with error code 0 */
	HV_STOP_CELL,		/* the cell cannot go on; if it is not root, hv_cell_fail() or the like was called */
	HV_LEAVE,		/* this CPU goes back to the bare machine */
};

/** hv_exit_count() - once per exit, by the vendor code that knows its reason */
static inline void hv_exit_count(struct hv_cpu *cpu, enum hv_exit_reason reason)
{
	cpu->stats->exits[reason]++;
	cpu->reason = reason;
}

/* Which bucket of the histograms so many ticks belong to. */
static inline u32 hv_exit_bucket(u32 ticks)
{
	u32 bucket = 31 - (u32)__builtin_clz(ticks >> (HV_STATS_FIRST_BUCKET - 1) | 1);

	return bucket < HV_STATS_BUCKETS ? bucket : HV_STATS_BUCKETS - 1;
}

/**
 * hv_exit_account() - an exit of a cell other than root took from @since to @now, both cut to 32 bits
 *
 * Not if the CPU stood meanwhile (cpu->stood, which who wants to know clears): it may be another cell's by now.
 */
static inline void hv_exit_account(struct hv_cpu *cpu, u32 reason, u32 since, u32 now)
{
	struct hv_cell_cpu_stats *stats = (struct hv_cell_cpu_stats *)cpu->stats;

	stats->ticks[reason] += now - since;
	stats->histogram[reason][hv_exit_bucket(now - since)]++;
}

/** hv_exit_is_first() - the CPU counted none yet, so the guest never ran on it */
bool hv_exit_is_first(const struct hv_cpu *cpu);

/*
 * What the core judges; the architecture applies the verdict. Context: the CPU that exited, no lock held.
 * Memory: hv_root_violation(). Registers, CPUID and the APIC are the architecture's own.
 */

/** hv_hypercall() - decode and carry out a hypercall */
enum hv_verdict hv_hypercall(struct hv_cpu *cpu, struct hv_exit *exit);

/** hv_guest_call() - the same, of a cell that is not root, if hv_guest_ask() has no answer */
enum hv_verdict hv_guest_call(struct hv_cpu *cpu, struct hv_exit *exit);

/** hv_exit_refuse() - nothing that the guest may do, or that anybody asked for: report it, deny it or stop it */
enum hv_verdict hv_exit_refuse(struct hv_cpu *cpu, const struct hv_exit *exit);

#endif
