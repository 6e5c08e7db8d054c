// SPDX-License-Identifier: GPL-2.0-only
/* Jobs about what a CPU keeps for a thread: general, vector and x87 registers, FS and GS base. */
#include "workload.h"
#include "regs.h"

#include <asm/prctl.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#define THREADS 2
#define ROUNDS 12
#define SPINS 3000
#define XCR0_AVX 0x6
#define XCR0_AVX512 0xe6
#define HWCAP2_FSGSBASE (1ul << 1)

_Static_assert(offsetof(struct regs, st) == REGS_ST, "regs.S");
_Static_assert(offsetof(struct regs, mask) == REGS_MASKS, "regs.S");
_Static_assert(offsetof(struct regs, vector) == REGS_VECTORS, "regs.S");
_Static_assert(sizeof(struct regs) == REGS_SIZE, "regs.S");

/* What the kernel has switched on, which on some machines is less than what the CPU has. */
struct kind {
	const char *name;
	regs_hold_fn *hold;
	unsigned int nr_vectors, vector_size, nr_masks;
};

static const struct kind kinds[] = {
	{ "SSE", regs_hold_sse, 16, 16, 0 },
	{ "AVX", regs_hold_avx, 16, 32, 0 },
	{ "AVX-512", regs_hold_avx512, 32, 64, 8 },
};

static uint64_t xcr0(void)
{
	uint32_t low, high;

	asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

static const struct kind *best_kind(void)
{
	uint32_t features = cpuid(1, 0).ecx;
	bool osxsave = features & 1u << 27, avx = features & 1u << 28;

	if (!osxsave || !avx || (xcr0() & XCR0_AVX) != XCR0_AVX)
		return &kinds[0];
	if (cpuid(0, 0).eax < 7 || !(cpuid(7, 0).ebx & 1u << 16) || (xcr0() & XCR0_AVX512) != XCR0_AVX512)
		return &kinds[1];
	return &kinds[2];
}

static void fill_regs(struct regs *r, uint64_t seed)
{
	int i;

	fill(r, sizeof(*r), seed);
	for (i = 0; i < 8; i++) {
		/* a normal number: the integer bit, and an exponent that is neither all zeros nor all ones */
		r->st[i][7] |= 0x80;
		r->st[i][9] &= 0x3f;
		r->st[i][8] |= 1;
		r->mask[i] &= 0xffff;
	}
}

static void compare_regs(const struct kind *kind, const struct regs *in, const struct regs *out, unsigned long how)
{
	unsigned int i;

	for (i = 0; i < REGS_GPRS; i++)
		if (in->gpr[i] != out->gpr[i] && !(how == HOLD_CPUID && i <= REGS_RDX))
			corrupt("general register %u was 0x%lx and became 0x%lx", i, in->gpr[i], out->gpr[i]);
	for (i = 0; i < 8; i++)
		if (memcmp(in->st[i], out->st[i], 10))
			corrupt("x87 register %u changed", i);
	for (i = 0; i < kind->nr_vectors; i++)
		if (memcmp(in->vector[i], out->vector[i], kind->vector_size))
			corrupt("%s register %u changed", kind->name, i);
	for (i = 0; i < kind->nr_masks; i++)
		if (in->mask[i] != out->mask[i])
			corrupt("mask register %u changed", i);
}

/* Control registers of both units, with a rounding mode that depends on the thread and all exceptions masked. */
static void check_controls(uint64_t seed, bool set)
{
	uint32_t mxcsr = 0x1f80 | (uint32_t)(seed & 3) << 13, got = 0;
	uint16_t fcw = (uint16_t)(0x37f | (seed >> 2 & 3) << 10), got_fcw = 0;

	if (set) {
		asm volatile("ldmxcsr %0; fldcw %1" : : "m"(mxcsr), "m"(fcw));
		return;
	}
	asm volatile("stmxcsr %0; fnstcw %1" : "=m"(got), "=m"(got_fcw));
	/* sticky flags belong to what was computed meanwhile */
	if ((got & ~0x3fu) != mxcsr)
		corrupt("MXCSR was 0x%x and became 0x%x", mxcsr, got);
	if (got_fcw != fcw)
		corrupt("the x87 control word was 0x%x and became 0x%x", fcw, got_fcw);
}

static void *hold_registers(void *arg)
{
	const struct kind *kind = best_kind();
	uint64_t seed = *(uint64_t *)arg;
	struct regs in, out;
	unsigned long i;

	for (i = 0; i < ROUNDS; i++) {
		fill_regs(&in, mix(seed + i));
		memset(&out, 0, sizeof(out));
		kind->hold(&in, &out, 1 + mix(seed + i) % SPINS, i % 3);
		compare_regs(kind, &in, &out, i % 3);
		check_controls(seed, true);
		sched_yield();
		check_controls(seed, false);
		check_controls(0, true);
	}
	return NULL;
}

static void run_threads(void *(*run)(void *), uint64_t seed)
{
	pthread_t threads[THREADS];
	uint64_t seeds[THREADS];
	int i;

	for (i = 0; i < THREADS; i++) {
		seeds[i] = mix(seed + (uint64_t)i);
		if (pthread_create(&threads[i], NULL, run, &seeds[i]))
			trouble("pthread_create");
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

void job_registers(const struct worker *w)
{
	run_threads(hold_registers, w->seed);
}

static __thread uint64_t thread_value;

static uint64_t gs_word(void)
{
	uint64_t value;

	asm volatile("mov %%gs:0, %0" : "=r"(value));
	return value;
}

static void set_gs_base(const uint64_t *base, bool by_instruction)
{
	if (by_instruction)
		asm volatile("wrgsbase %0" : : "r"(base));
	else if (syscall(SYS_arch_prctl, ARCH_SET_GS, base))
		trouble("ARCH_SET_GS");
}

static void check_bases(const uint64_t *block, uint64_t seed)
{
	void *self;
	unsigned long base;

	if (gs_word() != *block)
		corrupt("GS base points elsewhere");
	if (syscall(SYS_arch_prctl, ARCH_GET_GS, &base) || base != (unsigned long)block)
		corrupt("GS base was %p and became 0x%lx", (const void *)block, base);
	asm volatile("mov %%fs:0, %0" : "=r"(self));
	if (self != (void *)pthread_self() || thread_value != seed)
		corrupt("FS base points elsewhere");
}

static void *hold_bases(void *arg)
{
	bool has_fsgsbase = getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE;
	uint64_t seed = *(uint64_t *)arg, blocks[2] = { seed, ~seed };
	unsigned int i, spin;

	thread_value = seed;
	for (i = 0; i < 4 * ROUNDS; i++) {
		set_gs_base(&blocks[i & 1], has_fsgsbase && i & 2);
		for (spin = 0; spin < SPINS / 4; spin++)
			if (gs_word() != blocks[i & 1])
				corrupt("GS base changed under a running thread");
		sched_yield();
		check_bases(&blocks[i & 1], seed);
	}
	return NULL;
}

void job_tls(const struct worker *w)
{
	run_threads(hold_bases, w->seed);
}
