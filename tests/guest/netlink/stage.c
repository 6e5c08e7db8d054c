// SPDX-License-Identifier: GPL-2.0-only
/* What refusals need around them: files of all kinds, a CPU that is not there, CPUs that cannot go. */
#include "nl.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PERIOD 10000000	/* nanoseconds */
#define HOLDERS_MAX 512
#define PATIENCE 1000	/* attempts, a millisecond apart at least */

/* Programs in real mode. */
static const uint8_t halted[] = { 0xfa, 0xf4, 0xeb, 0xfd };
static const uint8_t astray[] = { 0xea, 0x00, 0x00, 0x00, 0x80 };

static const struct {
	const char *number, *path;
	int flags;
} files[] = {
	{ FD_DEVICE, "/dev/zero", O_RDONLY },
	{ FD_FOLDER, "/", O_RDONLY | O_DIRECTORY },
	{ FD_PATH, "/proc/self/exe", O_PATH },
	{ FD_WRITE_ONLY, "/dev/null", O_WRONLY },
	{ FD_MADE_UP, "/sys/class/net/lo/mtu", O_RDONLY },
};

static pid_t holders[HOLDERS_MAX];
static unsigned int nr_holders;

static void place(int fd, const char *number)
{
	if (fd < 0 || dup2(fd, atoi(number)) < 0)
		die(EXIT_TROUBLE, "netlink: no file %s: %s", number, strerror(errno));
	close(fd);
}

static int program(const uint8_t *code, size_t size)
{
	int fd = memfd_create("program", 0);

	if (fd >= 0 && write(fd, code, size) != (ssize_t)size)
		die(EXIT_TROUBLE, "netlink: a program cannot be written");
	return fd;
}

void open_files(void)
{
	unsigned int i;
	int ends[2];

	if (pipe(ends))
		die(EXIT_TROUBLE, "netlink: no pipe: %s", strerror(errno));
	/* who reads it all the same does not wait for ever */
	close(ends[1]);
	place(ends[0], FD_PIPE);
	place(program(halted, sizeof(halted)), FD_HALTED);
	place(program(astray, sizeof(astray)), FD_ASTRAY);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		place(open(files[i].path, files[i].flags), files[i].number);
}

static bool write_cpu1(const char *online)
{
	int fd = open("/sys/devices/system/cpu/cpu1/online", O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, online, 1) == 1;

	if (fd >= 0)
		close(fd);
	return good;
}

/* The deadlines of processes that are gone count until they have passed. */
void set_cpu1(const char *online)
{
	struct timespec pause = { .tv_nsec = 1000000 };
	unsigned int i;

	for (i = 0; !write_cpu1(online); i++) {
		if (i == PATIENCE)
			die(EXIT_TROUBLE, "netlink: CPU 1 cannot be set to %s", online);
		nanosleep(&pause, NULL);
	}
}

static pid_t sleeper(void)
{
	pid_t child = fork();

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

/* Half a CPU's time for each, though all sleep: when the scheduler admits no more it can do without no CPU. */
void hold_cpus(void)
{
	struct sched_attr attr = {
		.size = sizeof(attr), .sched_policy = SCHED_DEADLINE,
		.sched_runtime = PERIOD / 2, .sched_deadline = PERIOD, .sched_period = PERIOD,
	};
	long err = 0;

	while (!err && nr_holders < HOLDERS_MAX) {
		holders[nr_holders] = sleeper();
		if (holders[nr_holders] < 0)
			die(EXIT_TROUBLE, "netlink: no process: %s", strerror(errno));
		err = syscall(SYS_sched_setattr, holders[nr_holders++], &attr, 0);
	}
	expect(err && errno == EBUSY, "all CPUs are held by %u processes with deadlines", nr_holders - 1);
}

void let_cpus_go(void)
{
	while (nr_holders) {
		kill(holders[--nr_holders], SIGKILL);
		waitpid(holders[nr_holders], NULL, 0);
	}
}
