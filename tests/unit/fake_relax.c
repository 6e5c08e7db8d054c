// SPDX-License-Identifier: GPL-2.0-only
/* The one thing that locks ask of the architecture, for tests that need nothing else of it. */
#include <sched.h>

#include <hv/arch.h>

void hv_arch_relax(void)
{
	(void)sched_yield(); /* it cannot fail */
}
