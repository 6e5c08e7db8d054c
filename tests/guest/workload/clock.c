// SPDX-License-Identifier: GPL-2.0-only
/* Jobs about time: clocks never go back, on one CPU or from one to the next, and nothing comes before it is due. */
#include "workload.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define READINGS 300
/* By how much the time of two CPUs may differ; a hypervisor that gets an offset wrong is off by far more. */
#define SKEW_NS 100000
/* A clock that is adjusted while we look may run this much faster than the one that a timer counts with. */
#define DUE_SLACK_NS 1000
#define EXPIRATIONS 5

static uint64_t ns_of(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * NSEC_PER_SEC + (uint64_t)time->tv_nsec;
}

static struct timespec timespec_of(uint64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / NSEC_PER_SEC), .tv_nsec = (long)(ns % NSEC_PER_SEC) };
}

/* The same clock through the kernel, whereas clock_gettime() asks the vDSO. */
static uint64_t kernel_ns(void)
{
	struct timespec now;

	if (syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now))
		trouble("clock_gettime");
	return ns_of(&now);
}

static void publish(struct shared *shared, uint64_t now)
{
	uint_fast64_t latest = atomic_load(&shared->latest);

	while (latest < now && !atomic_compare_exchange_weak(&shared->latest, &latest, now))
		;
}

void job_clock(const struct worker *w)
{
	uint64_t last = now_ns(), seen, now;
	struct timeval day;
	int i;

	for (i = 0; i < READINGS; i++) {
		seen = atomic_load(&w->shared->latest);
		now = i % 8 ? now_ns() : kernel_ns();
		if (now < last)
			corrupt("CLOCK_MONOTONIC went back by %lu ns", last - now);
		if (now + SKEW_NS < seen)
			corrupt("CLOCK_MONOTONIC is %lu ns behind another CPU's", seen - now);
		publish(w->shared, now);
		last = now;
		if (gettimeofday(&day, NULL) || day.tv_usec < 0 || day.tv_usec >= 1000000)
			corrupt("gettimeofday gave %ld microseconds", (long)day.tv_usec);
	}
}

void job_sleep(const struct worker *w)
{
	uint64_t due = now_ns() + NSEC_PER_MSEC * (1 + w->seed % 4), now;
	struct timespec until = timespec_of(due);
	int err;

	do
		err = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	while (err == EINTR);
	now = now_ns();
	if (err)
		corrupt("clock_nanosleep gave %d", err);
	if (now + DUE_SLACK_NS < due)
		corrupt("a sleep ended %lu ns early", due - now);
}

static timer_t create_timer(int signal_nr, void *value)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = signal_nr,
				  .sigev_value.sival_ptr = value };
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &event, &timer))
		trouble("timer_create");
	return timer;
}

/* The expirations of a periodic timer, with those that came while the signal was pending, are at most those due. */
void job_timer(const struct worker *w)
{
	uint64_t period = NSEC_PER_MSEC * (1 + w->seed % 3), start, due;
	struct itimerspec spec = { .it_value = timespec_of(period), .it_interval = timespec_of(period) };
	unsigned long got = 0;
	siginfo_t info;
	sigset_t set;
	timer_t timer;
	int i;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	timer = create_timer(SIGRTMIN, &timer);
	start = now_ns();
	timer_settime(timer, 0, &spec, NULL);
	for (i = 0; i < EXPIRATIONS; i++) {
		while (sigwaitinfo(&set, &info) < 0)
			if (errno != EINTR)
				trouble("sigwaitinfo");
		if (info.si_code != SI_TIMER || info.si_value.sival_ptr != &timer)
			corrupt("a timer's signal does not say which timer's");
		got += 1 + (unsigned long)info.si_overrun;
		due = (now_ns() + DUE_SLACK_NS - start) / period;
		if (got > due)
			corrupt("a timer expired %lu times while %lu were due", got, due);
	}
	timer_delete(timer);
	while (sigtimedwait(&set, &info, &(struct timespec){ 0 }) > 0)
		;
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static volatile sig_atomic_t alarms;

static void on_itimer(int signal_nr)
{
	(void)signal_nr;
	alarms++;
}

/* Signals that come at any instruction of a loop leave its sums alone. */
void job_itimer(const struct worker *w)
{
	struct sigaction action = { .sa_handler = on_itimer, .sa_flags = SA_RESTART };
	struct itimerval spec = { .it_value.tv_usec = 1000, .it_interval.tv_usec = 1000 }, off = { 0 };
	uint64_t start = now_ns(), sum, wanted, i;
	double real;

	alarms = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &spec, NULL);
	while (alarms < EXPIRATIONS) {
		for (i = 0, sum = w->seed, wanted = w->seed + 999 * 500, real = 0.5; i < 1000; i++) {
			asm volatile("add %1, %0" : "+r"(sum) : "r"(i));
			asm volatile("addsd %0, %0; mulsd %1, %0" : "+x"(real) : "x"(0.5));
		}
		if (sum != wanted || real != 0.5)
			corrupt("a sum came out wrong under a timer's signals");
	}
	setitimer(ITIMER_REAL, &off, NULL);
	if ((uint64_t)alarms > (now_ns() + DUE_SLACK_NS - start) / NSEC_PER_MSEC)
		corrupt("%d alarms before they were due", (int)alarms);
}
