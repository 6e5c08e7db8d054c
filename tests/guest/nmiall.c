// SPDX-License-Identifier: GPL-2.0-only
/* Asks all CPUs for a backtrace, for which Linux sends them NMIs, and looks in the kernel log whether each answered. */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_CPUS 1024
#define ANSWER "NMI backtrace for cpu "
/* Linux itself waits for ten seconds. */
#define SECONDS 15
#define NAP_NS 50000000

static bool answered[MAX_CPUS];
static int nr_answered;

static void read_record(const char *record)
{
	const char *answer = strstr(record, ANSWER);
	int cpu;

	if (!answer)
		return;
	cpu = atoi(answer + strlen(ANSWER));
	if (cpu < 0 || cpu >= MAX_CPUS || answered[cpu])
		return;
	answered[cpu] = true;
	nr_answered++;
}

/* Each read gives one record. */
static void read_log(int log)
{
	char record[8192];
	ssize_t length;

	for (;;) {
		length = read(log, record, sizeof(record) - 1);
		if (length < 0 && errno == EPIPE)
			continue; /* records were overwritten before we came */
		if (length <= 0)
			return;
		record[length] = 0;
		read_record(record);
	}
}

static int open_log(void)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);

	if (log < 0 || lseek(log, 0, SEEK_END) < 0)
		die(EXIT_TROUBLE, "nmiall: /dev/kmsg: %s.", strerror(errno));
	return log;
}

static void ask(void)
{
	int trigger = open("/proc/sysrq-trigger", O_WRONLY);

	if (trigger < 0 || write(trigger, "l", 1) != 1)
		die(EXIT_TROUBLE, "nmiall: /proc/sysrq-trigger: %s.", strerror(errno));
	close(trigger);
}

int main(void)
{
	int log = open_log(), nr_cpus = (int)sysconf(_SC_NPROCESSORS_ONLN), i;
	struct timespec nap = { .tv_nsec = NAP_NS };

	ask();
	read_log(log);
	for (i = 0; i < SECONDS * (1000000000 / NAP_NS) && nr_answered < nr_cpus; i++) {
		nanosleep(&nap, NULL);
		read_log(log);
	}
	printf("nmiall: %d of %d CPUs answered", nr_answered, nr_cpus);
	for (i = 0; i < MAX_CPUS; i++)
		if (answered[i])
			printf(" %d", i);
	printf("\n");
	return nr_answered == nr_cpus ? 0 : EXIT_WRONG;
}
