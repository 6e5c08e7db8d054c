// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Takes 10,000 ticks of its timer, and halts in between. The command line says how: periodic (the default), once or
 * deadline, which set the timer anew at each tick.
 */
#include "cell.h"

#define VECTOR_TICK 0x40
#define TICK_US 200
#define TICKS 10000
#define TOLD_EVERY 1000

static void set_once(void)
{
	timer_once(VECTOR_TICK, TICK_US);
}

static void set_deadline(void)
{
	timer_deadline(VECTOR_TICK, tsc_after(TICK_US));
}

static u32 ticks;
static void (*set)(void);

static void tick(struct frame *frame)
{
	(void)frame;
	ticks++;
	if (set)
		set();
	apic_eoi();
}

static bool begin(void)
{
	const char *rest;

	if (word_is(COMM->cmdline, "deadline", &rest)) {
		if (!timer_has_deadline())
			return false;
		set = set_deadline;
	} else if (word_is(COMM->cmdline, "once", &rest)) {
		set = set_once;
	}
	interrupt_handle(VECTOR_TICK, tick);
	if (set)
		set();
	else
		timer_periodic(VECTOR_TICK, TICK_US);
	return true;
}

int main(void)
{
	u32 told = 0;

	apic_init();
	if (!begin()) {
		print("timer: this CPU's timer has no deadlines\n");
		return 1;
	}
	while (ticks < TICKS) {
		sleep_until_interrupt();
		if (ticks - told >= TOLD_EVERY) {
			told += TOLD_EVERY;
			print("%u\n", told);
		}
	}
	set = NULL;
	timer_stop();
	print("%u ticks\n", TICKS);
	return 0;
}
