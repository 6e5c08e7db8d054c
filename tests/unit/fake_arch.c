// SPDX-License-Identifier: GPL-2.0-only
/* What hvcore asks of the architecture, on the host. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include <hv/hv.h>
#include <hv/request.h>
#include "fake_arch.h"

#define TLB_ENTRIES 64

struct tlb_entry {
	const struct hv_pt *pt;
	u64 at, hpa, flags;
	u64 tables[HV_PT_MAX_LEVELS];
};

static struct tlb_entry tlb[TLB_ENTRIES];
static unsigned int next_entry;
static union {
	struct hv_stats stats;
	u8 room[sizeof(struct hv_stats)];
} stats;

struct hv hv = { .stats = &stats.stats };
struct fake_types fake_types = { 0, HV_TYPE_WB, HV_TYPE_WB };
u64 fake_flushes;
void (*fake_on_flush)(void);
void (*fake_on_scrub)(u64 start, u64 size);

/* Weak: what a test with CPUs of its own has instead. */
__attribute__((weak)) void hv_arch_relax(void)
{
	(void)sched_yield(); /* it cannot fail */
}

u64 hv_arch_memory_type(u64 start, u64 *end)
{
	if (start >= fake_types.boundary)
		return fake_types.above;
	if (*end > fake_types.boundary)
		*end = fake_types.boundary;
	return fake_types.below;
}

__attribute__((weak)) void hv_arch_scrub(hv_hpa_t start, u64 size)
{
	if (fake_on_scrub)
		fake_on_scrub(hv_hpa_raw(start), size);
}

__attribute__((weak)) void hv_request_flush(const struct hv_pt *pt)
{
	unsigned int i;

	fake_flushes++;
	if (fake_on_flush)
		fake_on_flush();
	for (i = 0; i < TLB_ENTRIES; i++)
		if (tlb[i].pt == pt)
			tlb[i].pt = NULL;
}

void fake_tlb_reset(void)
{
	unsigned int i;

	for (i = 0; i < TLB_ENTRIES; i++)
		tlb[i].pt = NULL;
	fake_flushes = 0;
	fake_on_flush = NULL;
	stats.stats.tlb_flushes = 0;
}

void fake_tlb_touch(const struct hv_pt *pt, u64 at)
{
	const struct hv_pt_format *f = &pt->format;
	struct tlb_entry *entry = &tlb[next_entry];
	struct hv_pt_mapping mapping;
	unsigned int level;
	u64 *table = pt->root, word;

	if (hv_pt_query(pt, at, &mapping))
		return;
	next_entry = (next_entry + 1) % TLB_ENTRIES;
	*entry = (struct tlb_entry){ .pt = pt, .at = at, .hpa = mapping.address, .flags = mapping.flags };
	for (level = f->levels;; level--) {
		entry->tables[level - 1] = hv_hpa_raw(hv_pool_hpa(pt->pool, table));
		word = table[(at >> (12 + 9 * (level - 1))) & 511];
		if (level == 1 || (word & f->kind) == f->large)
			return;
		table = hv_pool_pointer(pt->pool, hv_hpa(word & f->address));
	}
}

void fake_tlb_check(const struct hv_pt *pt)
{
	struct hv_pt_mapping mapping;
	unsigned int i;

	for (i = 0; i < TLB_ENTRIES; i++) {
		if (tlb[i].pt != pt)
			continue;
		if (hv_pt_query(pt, tlb[i].at, &mapping) || mapping.address != tlb[i].hpa ||
		    (tlb[i].flags & HV_PT_RWX & ~mapping.flags) ||
		    ((tlb[i].flags ^ mapping.flags) & HV_PT_TYPE_MASK)) {
			fprintf(stderr, "missing flush: 0x%llx is still 0x%llx, 0x%llx somewhere\n", tlb[i].at,
				tlb[i].hpa, tlb[i].flags);
			abort();
		}
	}
}

void fake_tlb_check_free(u64 hpa)
{
	unsigned int i, level;

	for (i = 0; i < TLB_ENTRIES; i++) {
		bool held = (tlb[i].hpa & HV_PAGE_MASK) == hpa;

		for (level = 0; level < HV_PT_MAX_LEVELS; level++)
			held = held || tlb[i].tables[level] == hpa;
		if (tlb[i].pt && held) {
			fprintf(stderr, "missing flush: frame 0x%llx is freed, but reached for 0x%llx\n", hpa,
				tlb[i].at);
			abort();
		}
	}
}
