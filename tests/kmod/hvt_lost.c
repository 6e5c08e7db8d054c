// SPDX-License-Identifier: GPL-2.0-only
/* Loads page tables from a physical address that holds none, and so takes the kernel's ground away: no way back. */
#include <linux/irqflags.h>
#include <asm/special_insns.h>

#include "hvt.h"

static unsigned long start;
module_param(start, ulong, 0444);

static int hvt_show(struct seq_file *m, void *unused)
{
	pr_emerg("hvt_lost: tables at 0x%lx\n", start);
	local_irq_disable();
	write_cr3(start);
	return 0;
}
