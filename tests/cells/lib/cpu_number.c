// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Which CPU this is; apart from starting others, which programs with one CPU do without. */
#include <hvabi/guest.h>

#include "cpus.h"
#include "insn.h"

u32 cpu_number(void)
{
	return cpuid(HV_GUEST_LEAF + 1, 0).ebx;
}
