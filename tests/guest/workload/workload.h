/* SPDX-License-Identifier: GPL-2.0-only */
/* The jobs of the workload, and what each finds around it. */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include "guest.h"

#include <stdatomic.h>
#include <sys/types.h>

#define MAX_CPUS 256
#define NSEC_PER_SEC 1000000000ull
#define NSEC_PER_MSEC 1000000ull

/* Memory that all processes of the workload share. */
struct shared {
	atomic_bool stop;
	/* the latest CLOCK_MONOTONIC that any CPU has seen, in nanoseconds */
	atomic_uint_fast64_t latest;
};

/* One process that goes through all jobs, again and again. */
struct worker {
	struct shared *shared;
	/* where it belongs, and the next one, for jobs that need two CPUs */
	int cpu, other_cpu;
	/* differs from worker to worker and from round to round */
	uint64_t seed;
};

struct job {
	const char *name;
	void (*run)(const struct worker *w);
	/* a job that is not pinned is left to the scheduler */
	bool pinned;
};

/* The program itself, which a job starts again, and the 32-bit one beside it. */
extern char self_path[], compat_path[];

/* An answer that the program, started with --child TOKEN, gives as its exit status. */
int child_answer(uint64_t token);

/* What was computed is wrong: says so and ends. */
void corrupt(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* The machine refuses something that the job needs. */
void trouble(const char *what) __attribute__((noreturn));

void pin_to(int cpu);
uint64_t now_ns(void);
/* Ends only when the child has; a child that found something wrong has said so. */
void reap(pid_t pid, int wanted, const char *what);
void fill(void *buffer, size_t size, uint64_t seed);
/* The offset of the first byte that is not as fill() left it, or -1. */
ssize_t differs(const void *buffer, size_t size, uint64_t seed);

void job_registers(const struct worker *w);
void job_cpuid(const struct worker *w);
void job_tsc(const struct worker *w);
void job_tls(const struct worker *w);
void job_syscall(const struct worker *w);
void job_clock(const struct worker *w);
void job_sleep(const struct worker *w);
void job_timer(const struct worker *w);
void job_itimer(const struct worker *w);
void job_signals(const struct worker *w);
void job_altstack(const struct worker *w);
void job_faults(const struct worker *w);
void job_fork(const struct worker *w);
void job_exec(const struct worker *w);
void job_compat(const struct worker *w);
void job_pipe(const struct worker *w);
void job_file(const struct worker *w);
void job_mmap(const struct worker *w);
void job_shootdown(const struct worker *w);

#endif
