// SPDX-License-Identifier: GPL-2.0-only
/* What several jobs need: time, memory with a known content, children. */
#include "workload.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

void fill(void *buffer, size_t size, uint64_t seed)
{
	uint64_t word;
	size_t i;

	for (i = 0; i < size; i += sizeof(word)) {
		word = mix(seed + i);
		memcpy((char *)buffer + i, &word, size - i < sizeof(word) ? size - i : sizeof(word));
	}
}

ssize_t differs(const void *buffer, size_t size, uint64_t seed)
{
	uint64_t word;
	size_t i;

	for (i = 0; i < size; i += sizeof(word)) {
		word = mix(seed + i);
		if (memcmp((const char *)buffer + i, &word, size - i < sizeof(word) ? size - i : sizeof(word)))
			return (ssize_t)i;
	}
	return -1;
}

void reap(pid_t pid, int wanted, const char *what)
{
	int status;
	pid_t got;

	do
		got = waitpid(pid, &status, 0);
	while (got < 0 && errno == EINTR);
	if (got != pid)
		corrupt("%s cannot be waited for: %s", what, strerror(errno));
	if (WIFSIGNALED(status))
		corrupt("%s died of signal %d", what, WTERMSIG(status));
	if (WEXITSTATUS(status) != wanted)
		corrupt("%s exited with %d instead of %d", what, WEXITSTATUS(status), wanted);
}
