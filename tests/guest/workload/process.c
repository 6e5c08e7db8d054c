// SPDX-License-Identifier: GPL-2.0-only
/* Jobs about processes and files: programs start and answer, pipes between CPUs and files keep what goes through. */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_SIZE 65536
#define MESSAGE_MAX 12000
#define MESSAGES 12
#define STATUS_NOT_EXECUTED 126

int child_answer(uint64_t token)
{
	char memory[8192];

	fill(memory, sizeof(memory), token);
	return differs(memory, sizeof(memory), token) < 0 ? (int)(mix(token) % 100) : EXIT_WRONG;
}

static pid_t start(char *const argv[])
{
	pid_t child = fork();

	if (child < 0)
		trouble("fork");
	if (child)
		return child;
	execv(argv[0], argv);
	_exit(STATUS_NOT_EXECUTED);
}

void job_exec(const struct worker *w)
{
	char token[20];
	char *argv[] = { self_path, "--child", token, NULL };

	snprintf(token, sizeof(token), "%" PRIx64, w->seed);
	reap(start(argv), (int)(mix(w->seed) % 100), "a started program");
}

/* A kernel without 32-bit support, or a machine without that program, leaves this out. */
void job_compat(const struct worker *w)
{
	static bool absent;
	char *argv[] = { compat_path, NULL };

	(void)w;
	if (absent || access(compat_path, X_OK)) {
		absent = true;
		return;
	}
	reap(start(argv), 0, "the 32-bit program");
}

/* False if the other end is gone. */
static bool transfer(int fd, char *buffer, size_t size, bool out)
{
	ssize_t part;

	for (; size; buffer += part, size -= (size_t)part) {
		part = out ? write(fd, buffer, size) : read(fd, buffer, size);
		if (part < 0 && errno == EINTR)
			part = 0;
		else if (part <= 0)
			return false;
	}
	return true;
}

static size_t message_size(uint64_t seed, int i)
{
	return 1 + mix(seed ^ (uint64_t)i) % MESSAGE_MAX;
}

/* Gives back what it gets, if it is right. */
static void echo(const struct worker *w, int in, int out)
{
	char buffer[MESSAGE_MAX];
	size_t size;
	int i;

	pin_to(w->other_cpu);
	for (i = 0; i < MESSAGES; i++) {
		size = message_size(w->seed, i);
		if (!transfer(in, buffer, size, false))
			_exit(EXIT_TROUBLE);
		if (differs(buffer, size, w->seed + (uint64_t)i) >= 0)
			corrupt("a message changed on its way to another CPU");
		if (!transfer(out, buffer, size, true))
			_exit(EXIT_TROUBLE);
	}
	_exit(0);
}

static void talk(const struct worker *w, int in, int out)
{
	char buffer[MESSAGE_MAX];
	size_t size;
	int i;

	for (i = 0; i < MESSAGES; i++) {
		size = message_size(w->seed, i);
		fill(buffer, size, w->seed + (uint64_t)i);
		/* why it ended early is what waiting for the child tells */
		if (!transfer(out, buffer, size, true))
			return;
		memset(buffer, 0, size);
		if (!transfer(in, buffer, size, false))
			return;
		if (differs(buffer, size, w->seed + (uint64_t)i) >= 0)
			corrupt("a message changed on its way back");
	}
}

void job_pipe(const struct worker *w)
{
	int there[2], back[2];
	pid_t child;

	if (pipe(there) || pipe(back))
		trouble("pipe");
	child = fork();
	if (child < 0)
		trouble("fork");
	if (!child) {
		close(there[1]);
		close(back[0]);
		echo(w, there[0], back[1]);
	}
	close(there[0]);
	close(back[1]);
	talk(w, back[0], there[1]);
	close(there[1]);
	close(back[0]);
	reap(child, 0, "the other end of a pipe");
}

static void check_mapped(int fd, const char *content)
{
	char *mapped = mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char byte;

	if (mapped == MAP_FAILED)
		trouble("mmap of a file");
	if (memcmp(mapped, content, FILE_SIZE))
		corrupt("a mapped file differs from what was written");
	mapped[FILE_SIZE / 2] ^= 0x55;
	if (pread(fd, &byte, 1, FILE_SIZE / 2) != 1 || byte != (content[FILE_SIZE / 2] ^ 0x55))
		corrupt("a write to a mapped file cannot be read");
	munmap(mapped, FILE_SIZE);
}

static void check_grown(int fd)
{
	char tail[64], zero[64] = { 0 };

	if (ftruncate(fd, FILE_SIZE / 2 + 1) || ftruncate(fd, FILE_SIZE))
		trouble("ftruncate");
	if (pread(fd, tail, sizeof(tail), FILE_SIZE - sizeof(tail)) != sizeof(tail) || memcmp(tail, zero, sizeof(tail)))
		corrupt("a file that shrank and grew is not zero at its end");
}

void job_file(const struct worker *w)
{
	static char content[FILE_SIZE], got[FILE_SIZE];
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/tmp/workload.%d", getpid());
	fill(content, sizeof(content), w->seed);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		trouble(path);
	if (write(fd, content, sizeof(content)) != sizeof(content) || fsync(fd))
		trouble("write");
	if (pread(fd, got, sizeof(got), 0) != sizeof(got) || memcmp(got, content, sizeof(got)))
		corrupt("a file does not hold what was written");
	check_mapped(fd, content);
	check_grown(fd);
	close(fd);
	if (unlink(path))
		trouble("unlink");
}
