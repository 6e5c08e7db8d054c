/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The CPUs of a cell: numbered from 0, which is the one that begins. */
#ifndef CELLS_CPUS_H
#define CELLS_CPUS_H

#include <hv/types.h>

/** cpu_number() - of this CPU, as CPUID says. */
u32 cpu_number(void);

/**
 * cpu_start() - start another CPU with INIT and start-up IPIs; after apic_init().
 * @page: address of a page below 1 MiB, writable and executable. What it needs there is written there.
 *
 * It comes to cpu_main() with interrupts off and a stack of its own, sooner or later.
 */
void cpu_start(u32 cpu, u32 page);

/* What a program that calls cpu_start() has: the other CPUs begin here. They halt when they come back from it. */
void cpu_main(u32 cpu);

#endif
