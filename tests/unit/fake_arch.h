/* SPDX-License-Identifier: GPL-2.0-only */
/* The fake architecture's TLB: what a CPU may have cached of live tables, and when it forgot that. */
#ifndef FAKE_ARCH_H
#define FAKE_ARCH_H

#include <hv/arch.h>
#include <hv/pt.h>

/* One boundary of memory types, as MTRRs would give them: below it the first, from it on the second. */
struct fake_types {
	u64 boundary;
	u64 below, above;
};

extern struct fake_types fake_types;
extern u64 fake_flushes;

/* Who is told of frames that are zeroed, or NULL; the real ones of a fake pool are none of these. */
extern void (*fake_on_scrub)(u64 start, u64 size);

/* What other CPUs do while one waits for them, or NULL. */
extern void (*fake_on_flush)(void);

/** fake_tlb_touch() - a CPU accesses @at: it may keep the translation and all tables on the way */
void fake_tlb_touch(const struct hv_pt *pt, u64 at);

/** fake_tlb_check() - abort if something is cached that the tables of @pt do not say (any more) */
void fake_tlb_check(const struct hv_pt *pt);

/** fake_tlb_check_free() - abort if the frame at @hpa is about to be free, but something cached leads to it */
void fake_tlb_check_free(u64 hpa);

/** fake_tlb_reset() - for the next test */
void fake_tlb_reset(void);

#endif
