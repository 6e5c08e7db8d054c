// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs one operation again and again and prints what it takes: exits OP [N]. The unit is that of the time stamp
 * counter,
 * which on machines that count is one instruction. The least and the mean of N, less what the loop itself takes.
 */
#include "guest.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMES 1000

static void nothing(void)
{
}

static void nop(void)
{
	asm volatile("nop");
}

static void cpuid_1(void)
{
	cpuid(1, 0);
}

static void get_pid(void)
{
	syscall(SYS_getpid);
}

static void fork_exec(void)
{
	pid_t child = fork();
	int status;

	if (!child) {
		execl("/proc/self/exe", "exits", "--nothing", NULL);
		_exit(EXIT_TROUBLE);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status)
		die(EXIT_TROUBLE, "exits: a child could not be started.");
}

static const struct op {
	const char *name;
	void (*run)(void);
} ops[] = {
	{ "nothing", nothing }, { "nop", nop }, { "cpuid", cpuid_1 }, { "getpid", get_pid }, { "exec", fork_exec },
};

struct cost {
	uint64_t least, sum;
};

static struct cost measure(void (*run)(void), unsigned long times)
{
	struct cost cost = { .least = UINT64_MAX };
	unsigned long i;
	uint64_t took;

	/* the first one fills caches */
	run();
	for (i = 0; i < times; i++) {
		took = rdtsc();
		run();
		took = rdtsc() - took;
		cost.sum += took;
		if (took < cost.least)
			cost.least = took;
	}
	return cost;
}

static const struct op *find_op(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (!strcmp(ops[i].name, name))
			return &ops[i];
	die(EXIT_TROUBLE, "exits: no operation %s; there are nothing, nop, cpuid, getpid, exec.", name);
}

int main(int argc, char **argv)
{
	unsigned long times = argc > 2 ? strtoul(argv[2], NULL, 0) : TIMES;
	struct cost empty, cost;
	const struct op *op;

	if (argc == 2 && !strcmp(argv[1], "--nothing"))
		return 0;
	if (argc < 2 || argc > 3 || !times)
		die(EXIT_TROUBLE, "usage: exits OP [N]");
	op = find_op(argv[1]);
	empty = measure(nothing, times);
	cost = measure(op->run, times);
	printf("%s times=%lu least=%ld mean=%ld\n", op->name, times, (long)(cost.least - empty.least),
	       (long)(cost.sum - empty.sum) / (long)times);
	return 0;
}
