// SPDX-License-Identifier: GPL-2.0-only
/* What hvcore asks of the architecture, on the host. */
#include <sched.h>

#include <hv/arch.h>

void hv_arch_relax(void)
{
	(void)sched_yield(); /* it cannot fail */
}
