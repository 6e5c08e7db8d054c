// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Starts the other CPUs of a cell. */
#include "apic.h"
#include "comm.h"
#include "cpus.h"
#include "insn.h"
#include "interrupts.h"
#include "start.h"
#include "string.h"
#include "timer.h"

#define INIT_US 10000
#define STARTUP_US 200

extern const char trampoline[], trampoline_end[];
void cpu_begin(u32 cpu);

/* Of CPU 1 and those behind. */
char cpu_stacks[HV_COMM_MAX_CPUS - 1][STACK_SIZE] __attribute__((aligned(16)));

/* Called by trampoline.S. */
void cpu_begin(u32 cpu)
{
	interrupts_load();
	cpu_main(cpu);
	halt();
}

void cpu_start(u32 cpu, u32 page)
{
	u32 id = COMM->apic_ids[cpu];

	memcpy((void *)(u64)page, trampoline, (u64)(trampoline_end - trampoline));
	apic_ipi(id, ICR_INIT | ICR_ASSERT);
	spin(INIT_US);
	apic_ipi(id, ICR_STARTUP | page >> 12);
	/* one may get lost; who has taken the first ignores the second */
	spin(STARTUP_US);
	apic_ipi(id, ICR_STARTUP | page >> 12);
}
