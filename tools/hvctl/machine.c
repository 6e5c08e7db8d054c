// SPDX-License-Identifier: GPL-2.0-only
/* The real machine. */
#include <cpuid.h>

#include "machine.h"

const char *machine_root(void)
{
	return "";
}

bool machine_cpuid(u32 leaf, u32 regs[4])
{
	return __get_cpuid(leaf, &regs[0], &regs[1], &regs[2], &regs[3]);
}
