// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Greets, counts ticks of its timer, as many as the command line says (ticks=10), and stops. */
#include "cell.h"

#define VECTOR_TICK 0x40
#define TICK_US 100000
#define TICKS 10
#define WORD "ticks="

static u32 ticks;

static void tick(struct frame *frame)
{
	(void)frame;
	ticks++;
	apic_eoi();
}

static u64 wanted_ticks(void)
{
	if (memcmp(COMM->cmdline, WORD, sizeof(WORD) - 1))
		return TICKS;
	return number_of(COMM->cmdline + sizeof(WORD) - 1);
}

int main(void)
{
	u64 seen = 0, wanted = wanted_ticks();

	print("Hello from cell %s: CPU %u of %u, start %lld\n", COMM->name, cpu_number(), COMM->nr_cpus,
	      info(HV_INFO_STARTS));
	apic_init();
	interrupt_handle(VECTOR_TICK, tick);
	timer_periodic(VECTOR_TICK, TICK_US);
	while (seen < wanted) {
		sleep_until_interrupt();
		while (seen < ticks && seen < wanted)
			print("tick %llu\n", ++seen);
	}
	timer_stop();
	print("Goodbye\n");
	return 0;
}
