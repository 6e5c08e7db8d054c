/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine hvctl runs on, as far as it is looked at without the module. Tests link another one. */
#ifndef HVCTL_MACHINE_H
#define HVCTL_MACHINE_H

#include "hvctl.h"

/* What stands before paths such as /sys and /proc. */
const char *machine_root(void);
/* False if there is no such leaf. */
bool machine_cpuid(u32 leaf, u32 regs[4]);
/* A register of a CPU; false if it cannot be read. */
bool machine_msr(unsigned int cpu, u32 index, u64 *value);

#endif
