// SPDX-License-Identifier: GPL-2.0-only
/* Takes every CPU off line and back, one after the other, and runs a program on each that came back. */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#define CPUS "/sys/devices/system/cpu/"
#define MAX_CPUS 1024
#define ROUNDS 100000

static bool read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[length > 0 ? length : 0] = 0;
	text[strcspn(text, "\n")] = 0;
	return length >= 0;
}

/* The kernel's list of CPUs: 0-2,4 */
static int online_cpus(bool *online)
{
	int first, last, length, n = 0;
	char text[4096], *at;

	memset(online, 0, MAX_CPUS);
	if (!read_file(CPUS "online", text, sizeof(text)))
		die(EXIT_TROUBLE, "cpuhot: " CPUS "online cannot be read.");
	for (at = text; sscanf(at, "%d%n", &first, &length) == 1; at += *at == ',') {
		at += length;
		last = first;
		if (*at == '-' && sscanf(at, "-%d%n", &last, &length) == 1)
			at += length;
		for (; first <= last && first < MAX_CPUS; first++, n++)
			online[first] = true;
	}
	return n;
}

static int set_online(int cpu, const char *value)
{
	char path[80];
	int fd, err = 0;

	snprintf(path, sizeof(path), CPUS "cpu%d/online", cpu);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return errno;
	if (write(fd, value, 1) != 1)
		err = errno;
	close(fd);
	return err;
}

static bool runs_there(int cpu)
{
	unsigned int got, node;
	uint64_t sum = 0, i;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return false;
	for (i = 0; i < ROUNDS; i++)
		sum += i;
	asm volatile("" : : "r"(sum));
	return !getcpu(&got, &node) && got == (unsigned int)cpu;
}

/* Returns what went wrong, or nothing. */
static const char *cycle(int cpu, int nr_online)
{
	bool online[MAX_CPUS];
	int err = set_online(cpu, "0");

	if (err)
		return strerror(err);
	if (online_cpus(online) != nr_online - 1 || online[cpu])
		return "it is still on line";
	err = set_online(cpu, "1");
	if (err)
		return strerror(err);
	if (online_cpus(online) != nr_online || !online[cpu])
		return "it did not come back";
	return runs_there(cpu) ? NULL : "nothing runs on it";
}

/* A CPU without that file, such as the first one, is here to stay. */
static bool may_go(int cpu)
{
	char path[80];

	snprintf(path, sizeof(path), CPUS "cpu%d/online", cpu);
	return !access(path, W_OK);
}

int main(void)
{
	bool online[MAX_CPUS];
	int cpu, nr_online = online_cpus(online), cycled = 0, failed = 0;
	const char *wrong;

	for (cpu = 0; cpu < MAX_CPUS; cpu++) {
		if (!online[cpu])
			continue;
		if (nr_online == 1 || !may_go(cpu)) {
			printf("CPU %d: stays\n", cpu);
			continue;
		}
		wrong = cycle(cpu, nr_online);
		printf("CPU %d: %s\n", cpu, wrong ? wrong : "went and came back");
		cycled++;
		failed += wrong != NULL;
	}
	printf("cpuhot: %d CPUs cycled, %d failed\n", cycled, failed);
	return failed ? EXIT_WRONG : 0;
}
