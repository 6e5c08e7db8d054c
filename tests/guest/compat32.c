// SPDX-License-Identifier: GPL-2.0-only
/* A 32-bit program: system calls through int $0x80 and through the vDSO, which uses SYSENTER or SYSCALL. */

#define NR_EXIT 1
#define NR_GETPID 20
#define NR_GETPPID 64
#define AT_NULL 0
#define AT_SYSINFO 32
#define ROUNDS 200

void enter(unsigned long *stack);

static void *vsyscall;

/* The kernel puts argc, argv, a zero, the environment, a zero and the auxiliary vector on the stack. */
asm(".globl _start\n_start: mov %esp, %eax\n\tand $-16, %esp\n\tsub $12, %esp\n\tpush %eax\n\tcall enter");

static long call_gate(long nr, long arg)
{
	long ret;

	asm volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(arg) : "memory");
	return ret;
}

static long call_vdso(long nr)
{
	long ret;

	asm volatile("call *%2" : "=a"(ret) : "a"(nr), "m"(vsyscall) : "memory", "cc");
	return ret;
}

static void leave(long status)
{
	call_gate(NR_EXIT, status);
	__builtin_unreachable();
}

static void *find_vsyscall(unsigned long *word)
{
	word += *word + 2;
	while (*word)
		word++;
	for (word++; *word != AT_NULL; word += 2)
		if (*word == AT_SYSINFO)
			return (void *)word[1];
	return 0;
}

static unsigned short data_segment(void)
{
	unsigned short ds;

	asm volatile("mov %%ds, %0" : "=r"(ds));
	return ds;
}

void enter(unsigned long *stack)
{
	unsigned short ds = data_segment();
	long pid = call_gate(NR_GETPID, 0), parent = call_gate(NR_GETPPID, 0);
	int i;

	vsyscall = find_vsyscall(stack);
	for (i = 0; i < ROUNDS; i++) {
		if (call_gate(NR_GETPID, 0) != pid || call_gate(NR_GETPPID, 0) != parent)
			leave(11);
		if (vsyscall && (call_vdso(NR_GETPID) != pid || call_vdso(NR_GETPPID) != parent))
			leave(12);
		if (data_segment() != ds)
			leave(13);
	}
	leave(0);
}
