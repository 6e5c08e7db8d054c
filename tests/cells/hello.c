// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Greets, counts ten ticks of its timer, and stops. */
#include "cell.h"

#define VECTOR_TICK 0x40
#define TICK_US 100000
#define TICKS 10

static u32 ticks;

static void tick(struct frame *frame)
{
	(void)frame;
	ticks++;
	apic_eoi();
}

int main(void)
{
	u32 seen = 0;

	print("Hello from cell %s: CPU %u of %u, start %lld\n", COMM->name, cpu_number(), COMM->nr_cpus,
	      info(HV_INFO_STARTS));
	apic_init();
	interrupt_handle(VECTOR_TICK, tick);
	timer_periodic(VECTOR_TICK, TICK_US);
	while (seen < TICKS) {
		sleep_until_interrupt();
		while (seen < ticks && seen < TICKS)
			print("tick %u\n", ++seen);
	}
	timer_stop();
	print("Goodbye\n");
	return 0;
}
