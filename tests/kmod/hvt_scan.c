// SPDX-License-Identifier: GPL-2.0-only
/* Looks through all of root's RAM for what tests/cells/fault writes when it is told "secret". A page of ours has it. */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/sched.h>

#include "hvt.h"

/* "hv-cell secret!!", in two halves, so that it is not in this module */
#define SECRET_LOW 0x206c6c65632d7668ULL
#define SECRET_HIGH 0x2121746572636573ULL

static unsigned long end;
module_param(end, ulong, 0444);
MODULE_PARM_DESC(end, "of the RAM");

static bool has_secret(const u64 *p)
{
	const u64 *end = p + PAGE_SIZE / 8;

	for (; p < end; p += 2)
		if (READ_ONCE(p[0]) == SECRET_LOW && READ_ONCE(p[1]) == SECRET_HIGH)
			return true;
	return false;
}

static int hvt_show(struct seq_file *m, void *unused)
{
	u64 *ours = (u64 *)get_zeroed_page(GFP_KERNEL);
	unsigned long pfn, pages = 0, hits = 0;

	if (!ours)
		return -ENOMEM;
	ours[2] = SECRET_LOW;
	ours[3] = SECRET_HIGH;
	for (pfn = 0; pfn < PFN_UP(end); pfn++) {
		if (!page_is_ram(pfn))
			continue;
		pages++;
		hits += has_secret(__va(PFN_PHYS(pfn)));
		if (!(pfn & 0xfff))
			cond_resched();
	}
	seq_printf(m, "pages %lu\nhits %lu\n", pages, hits);
	memset(ours, 0, PAGE_SIZE);
	free_page((unsigned long)ours);
	return 0;
}
