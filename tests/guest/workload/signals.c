// SPDX-License-Identifier: GPL-2.0-only
/* Jobs about signals and the exceptions behind them: each arrives once, in order, with the right address. */
#include "workload.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define QUEUED 24
#define STACK_SIZE 65536

static volatile sig_atomic_t arrived, next_value;

static void on_queued(int signal_nr, siginfo_t *info, void *context)
{
	(void)signal_nr;
	(void)context;
	if (info->si_code == SI_QUEUE && info->si_value.sival_int == next_value)
		next_value++;
	arrived++;
}

static void install(int signal_nr, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags };

	if (sigaction(signal_nr, &action, NULL))
		trouble("sigaction");
}

void job_signals(const struct worker *w)
{
	sigset_t set;
	int i;

	(void)w;
	arrived = next_value = 0;
	install(SIGRTMIN + 1, on_queued, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 1);
	for (i = 0; i < QUEUED; i++) {
		/* half of them at once, the others in one go */
		if (i == QUEUED / 2)
			sigprocmask(SIG_BLOCK, &set, NULL);
		if (sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = i }))
			trouble("sigqueue");
		if (i < QUEUED / 2 && arrived != i + 1)
			corrupt("%d of %d signals arrived", (int)arrived, i + 1);
	}
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	if (arrived != QUEUED || next_value != QUEUED)
		corrupt("%d of %d signals arrived, %d in order", (int)arrived, QUEUED, (int)next_value);
}

static char *stack;
static volatile sig_atomic_t on_stack, depth;

static void on_alternate(int signal_nr, siginfo_t *info, void *context)
{
	char here;

	(void)info;
	(void)context;
	if (&here > stack && &here < stack + STACK_SIZE)
		on_stack++;
	/* a second one on top of the first */
	if (++depth == 1)
		raise(signal_nr);
	arrived++;
}

void job_altstack(const struct worker *w)
{
	stack_t alternate = { .ss_size = STACK_SIZE }, off = { .ss_flags = SS_DISABLE };
	char local[256];

	stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack == MAP_FAILED)
		trouble("mmap");
	alternate.ss_sp = stack;
	if (sigaltstack(&alternate, NULL))
		trouble("sigaltstack");
	install(SIGUSR1, on_alternate, SA_ONSTACK | SA_NODEFER);
	arrived = on_stack = depth = 0;
	fill(local, sizeof(local), w->seed);
	raise(SIGUSR1);
	if (arrived != 2 || on_stack != 2)
		corrupt("%d of 2 signals arrived, %d on their stack", (int)arrived, (int)on_stack);
	if (differs(local, sizeof(local), w->seed) >= 0)
		corrupt("a signal changed the stack below it");
	sigaltstack(&off, NULL);
	munmap(stack, STACK_SIZE);
}

static volatile sig_atomic_t fault_signal, fault_code, faults;
static void *volatile fault_address;

/* RDX holds the way out of every instruction below. */
static void on_fault(int signal_nr, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	fault_signal = signal_nr;
	fault_code = info->si_code;
	fault_address = info->si_addr;
	faults++;
	uc->uc_mcontext.gregs[REG_RIP] = uc->uc_mcontext.gregs[REG_RDX];
}

#define TRY(instructions, ...)                                                                                         \
	asm volatile("lea 1f(%%rip), %%rdx\n\t" instructions "\n1:"                                                    \
		     :                                                                                                 \
		     : __VA_ARGS__                                                                                     \
		     : "rax", "rcx", "rdx", "memory", "cc")

static void check_fault(const char *what, int signal_nr, int code)
{
	if (faults != 1)
		corrupt("%s gave %d signals instead of one", what, (int)faults);
	if (fault_signal != signal_nr || fault_code != code)
		corrupt("%s gave signal %d code %d instead of %d code %d", what, (int)fault_signal, (int)fault_code,
			signal_nr, code);
	faults = 0;
}

static void check_address(const char *what, const void *address)
{
	if (fault_address != address)
		corrupt("%s was reported at %p instead of %p", what, fault_address, address);
}

static void page_faults(uint64_t seed)
{
	char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *at = page + seed % 4096;

	if (page == MAP_FAILED)
		trouble("mmap");
	TRY("movb $1, (%0)", "r"(at));
	check_fault("a write to a read-only page", SIGSEGV, SEGV_ACCERR);
	check_address("a write to a read-only page", at);
	munmap(page, 4096);
	TRY("movb (%0), %%al", "r"(at));
	check_fault("a read of an unmapped page", SIGSEGV, SEGV_MAPERR);
	check_address("a read of an unmapped page", at);
}

void job_faults(const struct worker *w)
{
	uint16_t unmasked = 0x37f & ~4;

	install(SIGSEGV, on_fault, 0);
	install(SIGFPE, on_fault, 0);
	install(SIGILL, on_fault, 0);
	install(SIGTRAP, on_fault, 0);
	faults = 0;
	page_faults(w->seed);
	TRY("hlt");
	check_fault("HLT in user mode", SIGSEGV, SI_KERNEL);
	TRY("mov $0x8000000000000000, %%rax; mov (%%rax), %%al");
	check_fault("a non-canonical address", SIGSEGV, SI_KERNEL);
	TRY("ud2");
	check_fault("UD2", SIGILL, ILL_ILLOPN);
	TRY("int3");
	check_fault("INT3", SIGTRAP, SI_KERNEL);
	TRY("mov %%rdx, %%rcx; xor %%edx, %%edx; xor %%eax, %%eax; xchg %%rcx, %%rdx; div %%cl");
	check_fault("a division by zero", SIGFPE, FPE_INTDIV);
	/* not the one of SSE: QEMU does not raise exceptions for it */
	TRY("fninit; fldcw %0; fld1; fldz; fdivrp; fwait", "m"(unmasked));
	asm volatile("fninit");
	check_fault("an x87 division by zero", SIGFPE, FPE_FLTDIV);
	signal(SIGSEGV, SIG_DFL);
	signal(SIGFPE, SIG_DFL);
	signal(SIGILL, SIG_DFL);
	signal(SIGTRAP, SIG_DFL);
}
