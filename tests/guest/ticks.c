// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sleeps on every CPU, ten milliseconds at a time, until SIGTERM: a timer that does not come back is found, and how
 * late the latest one was is told. That is the emulator's business, so what counts as lost is far from anything usual.
 */
#include "guest.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_CPUS 64
#define PERIOD_NS 10000000ULL
#define LOST_NS 10000000000ULL
#define PIN_EVERY 100
/* What a sleeper gets to notice that it is to stop, in tenths of a second. */
#define PATIENCE 600

struct sleeper {
	atomic_ulong sleeps, worst_ns, lost;
};

struct area {
	atomic_bool stop;
	struct sleeper sleepers[MAX_CPUS];
};

static struct area *area;
static pid_t pids[MAX_CPUS];

static uint64_t now_ns(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now))
		die(EXIT_TROUBLE, "ticks: clock_gettime: %s", strerror(errno));
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void pin_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	/* fails while that CPU is away: then it sleeps on another one */
	(void)sched_setaffinity(0, sizeof(set), &set);
}

static void sleep_once(struct sleeper *sleeper)
{
	uint64_t due = now_ns() + PERIOD_NS, late;
	struct timespec until = { .tv_sec = (time_t)(due / 1000000000), .tv_nsec = (long)(due % 1000000000) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
	late = now_ns() - due;
	if (late > sleeper->worst_ns)
		sleeper->worst_ns = late;
	if (late > LOST_NS)
		sleeper->lost++;
	sleeper->sleeps++;
}

static void run(int cpu)
{
	unsigned int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; !area->stop; i++) {
		if (i % PIN_EVERY == 0)
			pin_to(cpu);
		sleep_once(&area->sleepers[cpu]);
	}
	_exit(0);
}

static void wait_for_signal(void)
{
	sigset_t set;
	int signal_nr;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigwait(&set, &signal_nr);
}

/* Whether all have come back from their sleep. */
static bool stop_all(int count)
{
	struct timespec tenth = { .tv_nsec = 100000000 };
	int left = count, tries = PATIENCE, i;
	pid_t pid;

	area->stop = true;
	while (left && tries) {
		pid = waitpid(-1, NULL, WNOHANG);
		if (pid > 0) {
			for (i = 0; i < MAX_CPUS; i++)
				if (pids[i] == pid)
					pids[i] = 0;
			left--;
		} else {
			nanosleep(&tenth, NULL);
			tries--;
		}
	}
	for (i = 0; i < MAX_CPUS; i++) {
		if (!pids[i])
			continue;
		printf("ticks: CPU %d sleeps for ever\n", i);
		kill(pids[i], SIGKILL);
	}
	return !left;
}

static int start_all(void)
{
	cpu_set_t all;
	int cpu, count = 0;

	if (sched_getaffinity(0, sizeof(all), &all))
		die(EXIT_TROUBLE, "ticks: sched_getaffinity: %s", strerror(errno));
	for (cpu = 0; cpu < MAX_CPUS; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		pids[cpu] = fork();
		if (pids[cpu] < 0)
			die(EXIT_TROUBLE, "ticks: fork: %s", strerror(errno));
		if (!pids[cpu])
			run(cpu);
		count++;
	}
	return count;
}

int main(void)
{
	unsigned long sleeps = 0, worst = 0, lost = 0;
	sigset_t set;
	bool good;
	int count, i;

	area = mmap(NULL, sizeof(*area), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		die(EXIT_TROUBLE, "ticks: mmap: %s", strerror(errno));
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	count = start_all();
	wait_for_signal();
	good = stop_all(count);
	for (i = 0; i < MAX_CPUS; i++) {
		sleeps += area->sleepers[i].sleeps;
		lost += area->sleepers[i].lost;
		if (area->sleepers[i].worst_ns > worst)
			worst = area->sleepers[i].worst_ns;
	}
	printf("cpus %d sleeps %lu worst_us %lu lost %lu\n", count, sleeps, worst / 1000, lost);
	return good && !lost && sleeps ? 0 : EXIT_WRONG;
}
