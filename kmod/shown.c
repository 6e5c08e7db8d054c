// SPDX-License-Identifier: GPL-2.0-only
/* Reads what the hypervisor shows of cells. It goes on writing meanwhile. */
#include <linux/minmax.h>
#include <linux/string.h>

#include "hvk.h"
#include "shown.h"

static const void *shown_at(u64 offset)
{
	return (const u8 *)hvk.stats + offset;
}

const struct hv_cell_page *hvk_shown_page(u32 id)
{
	const struct hv_cell_page *pages = shown_at(hvk.stats->cells);
	u32 i;

	for (i = 0; i < HV_MAX_CELLS; i++)
		if (READ_ONCE(pages[i].id) == id)
			return &pages[i];
	return NULL;
}

const struct hv_cell_cpu_stats *hvk_shown_times(const struct hvk_cell *cell, unsigned int cpu)
{
	const struct hv_cell_cpu_stats *stats = shown_at(hvk.stats->cell_cpus);

	return hvk_cell_is_root(cell) ? NULL : &stats[hvk_cpu_number(cpu)];
}

const struct hv_cpu_stats *hvk_shown_counts(const struct hvk_cell *cell, unsigned int cpu)
{
	return hvk_cell_is_root(cell) ? &hvk.stats->cpu[hvk_cpu_number(cpu)] : &hvk_shown_times(cell, cpu)->counts;
}

/* The first byte that is still what it was, whatever is being written. */
static u64 oldest(const struct hv_cell_page *page)
{
	u64 begun = READ_ONCE(page->begun);

	return begun > HV_CELL_CONSOLE ? begun - HV_CELL_CONSOLE : 0;
}

static void copy(const struct hv_cell_page *page, u64 from, u8 *to, size_t count)
{
	size_t at = from % HV_CELL_CONSOLE, first = min_t(size_t, count, HV_CELL_CONSOLE - at);

	memcpy(to, page->console + at, first);
	memcpy(to + first, page->console, count - first);
}

size_t hvk_shown_console(const struct hvk_cell *cell, u64 *pos, u8 *to, size_t room)
{
	/* pairs with the release after the bytes in hvcore/cell_console.c */
	u64 written = smp_load_acquire(&cell->page->written);
	u64 from = clamp(*pos, min(oldest(cell->page), written), written);
	size_t count = min_t(u64, room, written - from);

	copy(cell->page, from, to, count);
	/* Who overwrites what we copy has said so before: pairs with the store of begun, there. */
	smp_rmb();
	*pos = max(from, min(oldest(cell->page), written));
	if (*pos >= from + count)
		return 0;
	count -= *pos - from;
	memmove(to, to + (*pos - from), count);
	return count;
}
