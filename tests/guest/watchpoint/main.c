// SPDX-License-Identifier: GPL-2.0-only
/* Debug exceptions: watchpoints, breakpoints, INT1 and single steps trap exactly as often and where they have to. */
#include "watchpoint.h"

#include <signal.h>
#include <string.h>
#include <ucontext.h>

#define MAX_PLACES 64

static int checks, failures;
static const char *places[MAX_PLACES];
static volatile sig_atomic_t nr_places;

void expect(const char *what, long got, long wanted)
{
	checks++;
	if (got == wanted)
		return;
	failures++;
	printf("watchpoint: %s: %ld instead of %ld\n", what, got, wanted);
}

static void on_trap(int signal_nr, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)signal_nr;
	(void)info;
	if (nr_places < MAX_PLACES)
		places[nr_places++] = (const char *)uc->uc_mcontext.gregs[REG_RIP];
	else
		uc->uc_mcontext.gregs[REG_EFL] &= ~0x100l;
}

/* A program that steps through itself by the trap flag, without a tracer. */
void check_trap_flag(void)
{
	struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO };
	int i;

	sigaction(SIGTRAP, &action, NULL);
	run_flag();
	signal(SIGTRAP, SIG_DFL);
	for (i = 0; i < nr_places && flag_places[i]; i++)
		expect("trap flag: offset of the trap", places[i] - flag_places[i], 0);
	for (; flag_places[i]; i++)
		expect("trap flag: traps missing", 1, 0);
	expect("trap flag: traps", nr_places, i);
}

int main(void)
{
	check_perf();
	check_debug_registers();
	check_icebp();
	check_steps();
	check_trap_flag();
	printf("watchpoint: %d checks, %d failed\n", checks, failures);
	return failures ? EXIT_WRONG : 0;
}
