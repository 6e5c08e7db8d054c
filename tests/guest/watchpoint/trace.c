// SPDX-License-Identifier: GPL-2.0-only
/* A traced child: its debug registers, INT1 and single steps trap exactly where and as often as they have to. */
#include "watchpoint.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_STATUS 7
#define WRITES 9
#define CALLS 4
/* Debug register 0 watches writes of eight bytes, 1 the execution of an instruction. */
#define DR7_WRITE_8 (1ul | 1ul << 16 | 2ul << 18)
#define DR7_EXECUTE (1ul << 2)
/* A trap that comes again and again is told from one that comes too often. */
#define TOO_MANY 64

static volatile uint64_t watched __attribute__((aligned(8)));

static int wait_for(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child)
		die(EXIT_TROUBLE, "watchpoint: waitpid: %s.", strerror(errno));
	return status;
}

static pid_t start(void (*run)(void))
{
	pid_t child = fork();

	if (child < 0)
		die(EXIT_TROUBLE, "watchpoint: fork: %s.", strerror(errno));
	if (!child) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		run();
		_exit(CHILD_STATUS);
	}
	if (!WIFSTOPPED(wait_for(child)))
		die(EXIT_TROUBLE, "watchpoint: a child cannot be traced.");
	return child;
}

/* Goes on until the next trap; false if the child ended, as it should. */
static bool next_trap(pid_t child, int request, const char *what)
{
	int status;

	if (ptrace(request, child, NULL, NULL))
		die(EXIT_TROUBLE, "watchpoint: ptrace: %s.", strerror(errno));
	status = wait_for(child);
	if (WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP)
		return true;
	if (WIFSTOPPED(status) || !WIFEXITED(status) || WEXITSTATUS(status) != CHILD_STATUS) {
		kill(child, SIGKILL);
		die(EXIT_WRONG, "watchpoint: %s: the child did not end as it should, status 0x%x.", what, status);
	}
	return false;
}

static const char *place(pid_t child)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, child, NULL, &regs))
		die(EXIT_TROUBLE, "watchpoint: PTRACE_GETREGS: %s.", strerror(errno));
	return (const char *)regs.rip;
}

static void poke(pid_t child, int nr, unsigned long value)
{
	if (ptrace(PTRACE_POKEUSER, child, offsetof(struct user, u_debugreg[nr]), value))
		die(EXIT_TROUBLE, "watchpoint: debug register %d: %s.", nr, strerror(errno));
}

static int count_traps(pid_t child, const char *what)
{
	int n = 0;

	while (n < TOO_MANY && next_trap(child, PTRACE_CONT, what))
		n++;
	if (n == TOO_MANY) {
		kill(child, SIGKILL);
		wait_for(child);
	}
	return n;
}

static void write_watched(void)
{
	int i;

	for (i = 0; i < WRITES; i++)
		watched = (uint64_t)i;
}

static void call_cpuid(void)
{
	int i;

	for (i = 0; i < CALLS; i++)
		run_marked_cpuid();
}

void check_debug_registers(void)
{
	pid_t child = start(write_watched);

	poke(child, 0, (unsigned long)&watched);
	poke(child, 7, DR7_WRITE_8);
	expect("ptrace: writes of a word", count_traps(child, "a watchpoint"), WRITES);
	child = start(call_cpuid);
	poke(child, 1, (unsigned long)marked_cpuid);
	poke(child, 7, DR7_EXECUTE);
	expect("ptrace: executions of CPUID", count_traps(child, "a breakpoint on CPUID"), CALLS);
	child = start(write_watched);
	poke(child, 0, (unsigned long)&watched);
	expect("ptrace: writes of a word, not enabled", count_traps(child, "no watchpoint"), 0);
}

/* An emulator may take INT1 for an illegal instruction. */
static bool has_icebp(void)
{
	pid_t child = start(run_icebp);
	bool legal = true;
	int status, i;

	for (i = 0; i < 2; i++) {
		ptrace(PTRACE_CONT, child, NULL, NULL);
		status = wait_for(child);
		legal = legal && WIFSTOPPED(status) && WSTOPSIG(status) != SIGILL;
	}
	kill(child, SIGKILL);
	wait_for(child);
	return legal;
}

/* A hypervisor that gives the exception back without the instruction's length runs INT1 for ever. */
void check_icebp(void)
{
	const char *const places[] = { at_icebp, after_icebp, end_icebp };
	unsigned int i;
	pid_t child;

	if (!has_icebp()) {
		printf("watchpoint: this machine has no INT1\n");
		return;
	}
	child = start(run_icebp);
	for (i = 0; i < 3; i++) {
		if (!next_trap(child, PTRACE_CONT, "INT1"))
			die(EXIT_WRONG, "watchpoint: INT1: the child ended after %u of 3 traps.", i);
		expect("INT1: offset of the trap", place(child) - places[i], 0);
	}
	expect("INT1: traps too many", count_traps(child, "INT1"), 0);
}

void check_steps(void)
{
	pid_t child = start(run_steps);
	unsigned int i;

	if (!next_trap(child, PTRACE_CONT, "INT3"))
		die(EXIT_WRONG, "watchpoint: INT3: no trap.");
	expect("INT3: offset of the trap", place(child) - step_start, 0);
	for (i = 0; step_places[i]; i++) {
		if (!next_trap(child, PTRACE_SINGLESTEP, "a single step"))
			die(EXIT_WRONG, "watchpoint: single steps: the child ended.");
		expect("single step: offset of the trap", place(child) - step_places[i], 0);
	}
	expect("single steps: traps too many", count_traps(child, "the end of single steps"), 0);
}
