// SPDX-License-Identifier: GPL-2.0-only
/* Watchpoints as perf counts them: each write, read and execution once. */
#include "watchpoint.h"

#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WRITES 11
#define READS 7
#define CALLS 5

static volatile uint64_t watched __attribute__((aligned(8)));

static void __attribute__((noinline)) called(void)
{
	asm volatile("");
}

static int open_event(unsigned int type, const volatile void *address, unsigned int length)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.bp_type = type,
		.bp_addr = (uintptr_t)address,
		.bp_len = length,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);

	if (fd < 0)
		die(EXIT_TROUBLE, "watchpoint: perf_event_open: %s.", strerror(errno));
	return fd;
}

static long close_event(int fd)
{
	uint64_t count;

	if (read(fd, &count, sizeof(count)) != sizeof(count))
		die(EXIT_TROUBLE, "watchpoint: a counter cannot be read.");
	close(fd);
	return (long)count;
}

static void touch(int writes, int reads)
{
	while (writes--)
		watched = (uint64_t)writes;
	while (reads--)
		(void)watched;
}

void check_perf(void)
{
	int event = open_event(HW_BREAKPOINT_W, &watched, HW_BREAKPOINT_LEN_8), i;

	touch(WRITES, READS);
	expect("perf: writes of a word", close_event(event), WRITES);
	event = open_event(HW_BREAKPOINT_RW, &watched, HW_BREAKPOINT_LEN_8);
	touch(WRITES, READS);
	expect("perf: reads and writes of a word", close_event(event), WRITES + READS);
	event = open_event(HW_BREAKPOINT_X, called, sizeof(long));
	for (i = 0; i < CALLS; i++)
		called();
	expect("perf: calls of a function", close_event(event), CALLS);
	event = open_event(HW_BREAKPOINT_X, marked_cpuid, sizeof(long));
	for (i = 0; i < CALLS; i++)
		run_marked_cpuid();
	expect("perf: executions of CPUID", close_event(event), CALLS);
	touch(WRITES, READS);
}
