// SPDX-License-Identifier: GPL-2.0-only
/* Many who ask at once, and some who die of it. Which of them gets what does not matter. Ends launched. */
#include "nl.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *const requests[] = {
	"hv-get", "hv-enable", "cell-get!", "cell-get id=0", "stats-get name=root", "log-get!", "hv-disable",
	"cell-create dry-run name=a nr-cpus=1 region{gpa=0 size=0x1000 mode=0 flags=7}",
	"cell-create name=b cpu=1 region{gpa=0 size=0x1000 mode=0 flags=7}", "cell-start name=root", "hv-disable force",
};

/* What a healthy module may say to any of them at any time. */
static bool is_fair(int err)
{
	return !err || err == EALREADY || err == ENODEV || err == EOPNOTSUPP || err == EINVAL ||
	       err == EEXIST || err == EBUSY;
}

static void pause_ms(unsigned int ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000L };

	nanosleep(&time, NULL);
}

static int run(unsigned int number, unsigned int rounds)
{
	struct answer answer;
	const char *request;
	unsigned int i;
	struct nl nl;

	if (nl_open(&nl))
		return 1;
	if (number % 2)
		nl_listen(&nl);
	for (i = 0; i < rounds; i++) {
		request = requests[mix(number * 1000003ULL + i) % (sizeof(requests) / sizeof(requests[0]))];
		ask(&nl, request, &answer, NULL, NULL);
		if (!is_fair(answer.err)) {
			printf("FAIL %s: %d \"%s\"\n", request, answer.err, answer.text);
			return 1;
		}
	}
	nl_close(&nl);
	return 0;
}

/* Whatever was going on, it is over when a request of ours has been answered. */
static void settle(void)
{
	struct answer answer;
	struct nl nl;

	if (!expect(!nl_open(&nl), "there is a family"))
		return;
	ask(&nl, "hv-enable", &answer, NULL, NULL);
	expect(!answer.err || answer.err == EALREADY, "launched in the end (%d \"%s\")", answer.err, answer.text);
	want_state(&nl, HV_STATE_ACTIVE);
	nl_close(&nl);
}

int race(unsigned int processes, unsigned int rounds)
{
	unsigned int i, good = 0;
	int status;

	for (i = 0; i < processes; i++) {
		fflush(stdout);
		if (!fork())
			exit(run(i, rounds));
	}
	while (wait(&status) > 0)
		good += status == 0;
	expect(good == processes, "%u of %u processes got fair answers, %u each", good, processes, rounds);
	settle();
	return failures != 0;
}

int killing(unsigned int rounds)
{
	unsigned int i;
	pid_t child;
	int status;

	for (i = 0; i < rounds; i++) {
		fflush(stdout);
		child = fork();
		if (!child)
			exit(run(2 * i, 1000000));
		pause_ms((unsigned int)(mix(i) % 400));
		kill(child, SIGKILL);
		if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status))
			expect(false, "process %u did not live until it was killed", i);
	}
	expect(!failures, "%u processes were killed in the middle of it", rounds);
	settle();
	return failures != 0;
}
