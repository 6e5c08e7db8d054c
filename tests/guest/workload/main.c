// SPDX-License-Identifier: GPL-2.0-only
/* A workload on all CPUs at once that verifies what it computes: starts the workers, stops them, counts. */
#include "workload.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Several workers for each CPU, so that they preempt each other. */
#define LANES 3
#define MAX_WORKERS (MAX_CPUS * LANES)
/* From time to time all rest together, so that CPUs fall idle. */
#define PHASE_NS (250 * NSEC_PER_MSEC)
#define PHASES 4
/* How long a worker may take to see that it is to stop. Emulated machines are slow. */
#define STOP_SECONDS 120

static const struct job jobs[] = {
	{ "registers", job_registers, false },
	{ "cpuid", job_cpuid, true },
	{ "exec", job_exec, true },
	{ "signals", job_signals, true },
	{ "clock", job_clock, true },
	{ "mmap", job_mmap, true },
	{ "tls", job_tls, false },
	{ "faults", job_faults, true },
	{ "pipe", job_pipe, true },
	{ "registers", job_registers, true },
	{ "timer", job_timer, true },
	{ "fork", job_fork, false },
	{ "syscall", job_syscall, true },
	{ "shootdown", job_shootdown, false },
	{ "tsc", job_tsc, true },
	{ "file", job_file, true },
	{ "itimer", job_itimer, true },
	{ "altstack", job_altstack, true },
	{ "compat32", job_compat, true },
	{ "sleep", job_sleep, false },
};

#define NR_JOBS (sizeof(jobs) / sizeof(jobs[0]))

/* Counts of one worker; written by it, read by the parent. */
struct record {
	atomic_ulong counts[NR_JOBS];
	atomic_uint job;
};

struct area {
	struct shared shared;
	struct record records[MAX_WORKERS];
};

static struct area *area;
static pid_t pids[MAX_WORKERS];
static int nr_workers;
static const struct record *own;
static int own_cpu;
static cpu_set_t all_cpus;

char self_path[PATH_MAX], compat_path[PATH_MAX + 16];

void corrupt(const char *format, ...)
{
	char text[400];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	die(EXIT_WRONG, "workload: %s on CPU %d: %s.", jobs[own->job].name, own_cpu, text);
}

void trouble(const char *what)
{
	die(EXIT_TROUBLE, "workload: %s on CPU %d: %s: %s.", jobs[own->job].name, own_cpu, what, strerror(errno));
}

void pin_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	/* fails while that CPU is offline: the work is as good on another one */
	(void)sched_setaffinity(0, sizeof(set), &set);
}

static void rest(void)
{
	uint64_t phase = now_ns() / PHASE_NS, end;
	struct timespec until;

	if (phase % PHASES != PHASES - 1)
		return;
	end = (phase + 1) * PHASE_NS;
	until = (struct timespec){ .tv_sec = (time_t)(end / NSEC_PER_SEC), .tv_nsec = (long)(end % NSEC_PER_SEC) };
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static void run_job(struct worker *w, struct record *record, unsigned int nr)
{
	record->job = nr;
	if (jobs[nr].pinned)
		pin_to(w->cpu);
	else
		(void)sched_setaffinity(0, sizeof(all_cpus), &all_cpus);
	jobs[nr].run(w);
	record->counts[nr]++;
	w->seed = mix(w->seed);
}

static void run_worker(int nr, int cpu, int other_cpu, bool once)
{
	struct worker w = { .shared = &area->shared, .cpu = cpu, .other_cpu = other_cpu, .seed = mix((uint64_t)nr) };
	/* workers begin at different jobs, so that different ones meet */
	unsigned int job = (unsigned int)nr * 7 % NR_JOBS, n;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	own = &area->records[nr];
	own_cpu = cpu;
	for (n = 0; n < NR_JOBS || !once; n++) {
		run_job(&w, &area->records[nr], (job + n) % NR_JOBS);
		if (w.shared->stop && !once)
			break;
		rest();
	}
	_exit(0);
}

static void start_workers(int nr_cpus, bool once)
{
	int cpu, lane, nr = 0, cpus[MAX_CPUS];

	for (cpu = 0; cpu < MAX_CPUS && nr < nr_cpus; cpu++)
		if (CPU_ISSET(cpu, &all_cpus))
			cpus[nr++] = cpu;
	for (lane = 0; lane < LANES; lane++) {
		for (cpu = 0; cpu < nr; cpu++) {
			pids[nr_workers] = fork();
			if (pids[nr_workers] < 0)
				die(EXIT_TROUBLE, "workload: fork: %s.", strerror(errno));
			if (!pids[nr_workers])
				run_worker(nr_workers, cpus[cpu], cpus[(cpu + 1) % nr], once);
			nr_workers++;
		}
	}
}

static void end_all(void)
{
	int i;

	for (i = 0; i < nr_workers; i++)
		if (pids[i] > 0)
			kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
}

static void on_stop(int signal_nr)
{
	(void)signal_nr;
	area->shared.stop = true;
	alarm(STOP_SECONDS);
}

static const char *job_of(int worker)
{
	return jobs[area->records[worker].job].name;
}

static void on_alarm(int signal_nr)
{
	int i;

	if (!area->shared.stop) {
		on_stop(signal_nr);
		return;
	}
	for (i = 0; i < nr_workers && pids[i] <= 0; i++)
		;
	fprintf(stderr, "workload: worker %d hangs in %s.\n", i, job_of(i));
	end_all();
	_exit(EXIT_WRONG);
}

static void handle(int signal_nr, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

	sigaction(signal_nr, &action, NULL);
}

/* A worker that found something wrong has said so itself, and exits with the status that we are to exit with. */
static void wait_for_workers(void)
{
	int status, left = nr_workers, i;
	pid_t pid;

	while (left) {
		pid = waitpid(-1, &status, 0);
		if (pid < 0)
			die(EXIT_TROUBLE, "workload: wait: %s.", strerror(errno));
		for (i = 0; i < nr_workers && pids[i] != pid; i++)
			;
		if (i == nr_workers)
			continue;
		pids[i] = 0;
		left--;
		if (WIFEXITED(status) && !WEXITSTATUS(status))
			continue;
		if (WIFSIGNALED(status))
			fprintf(stderr, "workload: worker %d died of signal %d in %s.\n", i, WTERMSIG(status),
				job_of(i));
		end_all();
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_WRONG);
	}
}

static void print_counts(void)
{
	unsigned long count;
	unsigned int job;
	int i;

	printf("workload: %d workers, all results right:", nr_workers);
	for (job = 0; job < NR_JOBS; job++) {
		for (count = 0, i = 0; i < nr_workers; i++)
			count += area->records[i].counts[job];
		printf(" %s%s=%lu", jobs[job].name, jobs[job].pinned ? "" : "*", count);
	}
	printf("\n");
}

static void find_programs(void)
{
	ssize_t length = readlink("/proc/self/exe", self_path, sizeof(self_path) - 1);

	if (length < 0)
		die(EXIT_TROUBLE, "workload: /proc/self/exe: %s.", strerror(errno));
	snprintf(compat_path, sizeof(compat_path), "%.*s/compat32", (int)(strrchr(self_path, '/') - self_path),
		 self_path);
}

int main(int argc, char **argv)
{
	bool once = argc > 1 && !strcmp(argv[1], "--once");
	int nr_cpus = argc > 2 ? atoi(argv[2]) : MAX_CPUS;
	int seconds = argc > 1 ? atoi(argv[1]) : 0;

	if (argc == 3 && !strcmp(argv[1], "--child"))
		return child_answer(strtoull(argv[2], NULL, 16));
	if (argc < 2 || argc > 3 || nr_cpus < 1 || (!once && seconds < 1))
		die(EXIT_TROUBLE, "usage: workload SECONDS|--once [CPUS]");
	find_programs();
	area = mmap(NULL, sizeof(*area), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED || sched_getaffinity(0, sizeof(all_cpus), &all_cpus))
		die(EXIT_TROUBLE, "workload: %s.", strerror(errno));
	handle(SIGTERM, on_stop);
	handle(SIGINT, on_stop);
	handle(SIGALRM, on_alarm);
	start_workers(nr_cpus, once);
	if (once)
		on_stop(0);
	else
		alarm((unsigned int)seconds);
	wait_for_workers();
	print_counts();
	return 0;
}
