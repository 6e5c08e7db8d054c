// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A victim that shows that it is well, and programs that have the console at work. */
#include "fault.h"

#define VECTOR_TICK 0x40
#define TICK_US 1000
#define POLL_US 10000
#define LEAP_MS 100000
#define CHECK_EVERY 100
#define CANARY_WORDS ((1 << 20) / 8)
#define LINES 400
#define LINE_BYTES 50

static u64 canary[CANARY_WORDS];
static u32 ticks;

static void tick(struct frame *frame)
{
	(void)frame;
	ticks++;
	apic_eoi();
}

/* Time goes on, and not by leaps: nobody else sets this CPU's. */
static void watch_clock(void)
{
	static u64 last;
	u64 now = rdtsc();

	if (last && (now < last || now - last > COMM->tsc_khz * LEAP_MS))
		print("clock lost: %llx after %llx\n", now, last);
	last = now;
}

static void begin_ticks(u32 us)
{
	apic_init();
	interrupt_handle(VECTOR_TICK, tick);
	timer_periodic(VECTOR_TICK, us);
}

/* Yields a word that grows with each tick. Never ends. */
bool run_heartbeat(u64 n)
{
	u64 i, sum, beats = 0;

	(void)n;
	for (i = 0; i < CANARY_WORDS; i++)
		canary[i] = i * 0x9e3779b97f4a7c15ULL;
	sum = checksum(canary, sizeof(canary));
	begin_ticks(TICK_US);
	for (;;) {
		sleep_until_interrupt();
		(void)yield(++beats); /* there is nothing to do about it */
		watch_clock();
		if (beats % CHECK_EVERY || checksum(canary, sizeof(canary)) == sum)
			continue;
		print("canary lost\n");
		sum = checksum(canary, sizeof(canary));
	}
}

static bool is_quit(const char *line, u32 length)
{
	return length == 4 && !memcmp(line, "quit", 4);
}

/* Line by line, until one says quit. */
bool run_echo(u64 n)
{
	char line[128], c;
	u32 length = 0;

	(void)n;
	begin_ticks(POLL_US);
	for (;;) {
		if (console_read(&c, 1) != 1) {
			sleep_until_interrupt();
		} else if (c != '\n' && c != '\r') {
			if (length < sizeof(line) - 1)
				line[length++] = c;
		} else if (is_quit(line, length)) {
			return true;
		} else {
			line[length] = 0;
			print("echo: %s\n", line);
			length = 0;
		}
	}
}

/* 20,000 bytes as fast as it can. */
bool run_print(u64 n)
{
	char line[LINE_BYTES + 1];
	u32 i;

	(void)n;
	for (i = 1; i <= LINES; i++) {
		memset(line, '.', LINE_BYTES);
		line[format(line, LINE_BYTES, "print: line %03u of %u ", i, LINES)] = '.';
		line[LINE_BYTES - 1] = '\n';
		line[LINE_BYTES] = 0;
		print("%s", line);
	}
	return true;
}
