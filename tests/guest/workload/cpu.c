// SPDX-License-Identifier: GPL-2.0-only
/* Jobs about single instructions: CPUID, the time stamp counter and its processor number, ways into the kernel. */
#include "workload.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALLS 300
#define NR_GETPID_32 20
/* A migration there and back between the two looks is possible, but not many times in a row. */
#define TRIES 8

/* What a CPU says of itself once and for all, whoever listens. */
struct identity {
	struct cpuid vendor, brand[3];
	uint32_t signature;
};

static void identify(struct identity *id)
{
	unsigned int i;

	memset(id, 0, sizeof(*id));
	id->vendor = cpuid(0, 0);
	id->signature = cpuid(1, 0).eax;
	for (i = 0; i < 3; i++)
		id->brand[i] = cpuid(0x80000002 + i, 0);
}

void job_cpuid(const struct worker *w)
{
	static struct identity first;
	struct identity id;
	int i;

	(void)w;
	if (!first.signature)
		identify(&first);
	for (i = 0; i < CALLS / 5; i++) {
		identify(&id);
		if (memcmp(&id, &first, sizeof(id)))
			corrupt("CPUID tells another vendor, signature or name than before");
	}
}

static unsigned int current_cpu(void)
{
	unsigned int cpu;

	if (syscall(SYS_getcpu, &cpu, NULL, NULL))
		trouble("getcpu");
	return cpu;
}

/* Linux keeps the number of the CPU in TSC_AUX, below that of its node. */
static void check_aux(void)
{
	unsigned int before = 0, after = 0, aux = 0, i;

	for (i = 0; i < TRIES; i++) {
		before = current_cpu();
		aux = rdtscp_aux() & 0xfff;
		after = current_cpu();
		if (before != after || aux == before)
			return;
	}
	corrupt("RDTSCP says CPU %u on CPU %u", aux, before);
}

void job_tsc(const struct worker *w)
{
	uint64_t last, now;
	unsigned int cpu;
	int i;

	(void)w;
	for (i = 0; i < CALLS; i++) {
		if (has_rdtscp())
			check_aux();
		cpu = current_cpu();
		last = rdtsc();
		now = rdtsc();
		if (cpu == current_cpu() && now < last)
			corrupt("the TSC went back by %lu", last - now);
	}
}

/* The gate for 32-bit programs works in 64-bit mode too. */
static long getpid_by_gate(void)
{
	long ret;

	asm volatile("int $0x80" : "=a"(ret) : "a"(NR_GETPID_32) : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}

void job_syscall(const struct worker *w)
{
	long pid = getpid(), got;
	int i;

	(void)w;
	for (i = 0; i < CALLS; i++) {
		got = syscall(SYS_getpid);
		if (got != pid)
			corrupt("SYSCALL getpid gave %ld instead of %ld", got, pid);
		got = syscall(SYS_close, -1);
		if (got != -1 || errno != EBADF)
			corrupt("close(-1) gave %ld", got);
		got = getpid_by_gate();
		if (got != pid && got != -ENOSYS)
			corrupt("INT 0x80 getpid gave %ld instead of %ld", got, pid);
	}
}
