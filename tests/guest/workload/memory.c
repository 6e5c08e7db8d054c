// SPDX-License-Identifier: GPL-2.0-only
/* Jobs about memory: pages hold what was written, new ones are zero, and no CPU sees a mapping that is gone. */
#include "workload.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define PAGES 96
#define ROUNDS 40

static char *map(size_t size, char *at)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | (at ? MAP_FIXED : 0);
	char *memory = mmap(at, size, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (memory == MAP_FAILED)
		trouble("mmap");
	return memory;
}

static uint64_t *first_word(char *memory, size_t page)
{
	return (uint64_t *)(memory + page * PAGE);
}

static void check_zero(char *memory, size_t first, size_t end)
{
	static const char zero[PAGE];
	size_t i;

	for (i = first; i < end; i++)
		if (memcmp(memory + i * PAGE, zero, PAGE))
			corrupt("a fresh page is not zero");
}

static void check_pages(char *memory, size_t first, size_t end, uint64_t seed)
{
	size_t i;

	for (i = first; i < end; i++)
		if (differs(memory + i * PAGE, PAGE, seed + i) >= 0)
			corrupt("a page does not hold what was written there");
}

void job_mmap(const struct worker *w)
{
	char *memory = map(PAGES * PAGE, NULL), *moved;
	size_t i;

	check_zero(memory, 0, PAGES);
	for (i = 0; i < PAGES; i++)
		fill(memory + i * PAGE, PAGE, w->seed + i);
	check_pages(memory, 0, PAGES, w->seed);
	if (madvise(memory, PAGES / 4 * PAGE, MADV_DONTNEED))
		trouble("madvise");
	check_zero(memory, 0, PAGES / 4);
	moved = mremap(memory, PAGES * PAGE, 2 * PAGES * PAGE, MREMAP_MAYMOVE);
	if (moved == MAP_FAILED)
		trouble("mremap");
	check_pages(moved, PAGES / 4, PAGES, w->seed);
	check_zero(moved, PAGES, 2 * PAGES);
	if (mprotect(moved, PAGES * PAGE, PROT_READ))
		trouble("mprotect");
	check_pages(moved, PAGES / 4, PAGES, w->seed);
	munmap(moved, 2 * PAGES * PAGE);
}

/* A page whose content the owner exchanges behind its address, and a reader on another CPU. */
struct exchange {
	char *page;
	int cpu;
	atomic_uint_fast64_t wanted, confirmed;
};

static void *read_page(void *arg)
{
	struct exchange *x = arg;
	uint64_t wanted, last = 0, got;

	pin_to(x->cpu);
	do {
		while ((wanted = atomic_load(&x->wanted)) == last)
			sched_yield();
		got = *(volatile uint64_t *)x->page;
		if (got != wanted)
			corrupt("a CPU still sees 0x%lx in a page that holds 0x%lx now", got, wanted);
		last = wanted;
		atomic_store(&x->confirmed, last);
	} while (last != UINT64_MAX);
	return NULL;
}

static void exchange_page(struct exchange *x, char *spare, uint64_t value)
{
	*first_word(spare, 0) = value;
	if (mremap(spare, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, x->page) != x->page)
		trouble("mremap");
	map(PAGE, spare);
	atomic_store(&x->wanted, value);
	while (atomic_load(&x->confirmed) != value)
		sched_yield();
}

void job_shootdown(const struct worker *w)
{
	char *memory = map(2 * PAGE, NULL);
	struct exchange x = { .page = memory, .cpu = w->other_cpu };
	pthread_t reader;
	uint64_t i;

	pin_to(w->cpu);
	if (pthread_create(&reader, NULL, read_page, &x))
		trouble("pthread_create");
	for (i = 1; i <= ROUNDS; i++)
		exchange_page(&x, memory + PAGE, i == ROUNDS ? UINT64_MAX : i);
	pthread_join(reader, NULL);
	munmap(memory, 2 * PAGE);
}

static void child_writes(char *memory, uint64_t seed)
{
	size_t i;

	check_pages(memory, 0, PAGES / 4, seed);
	for (i = 0; i < PAGES / 4; i++)
		fill(memory + i * PAGE, PAGE, ~seed + i);
	check_pages(memory, 0, PAGES / 4, ~seed);
	_exit(0);
}

/* What a child writes into its copy of a page does not reach its parent's. */
void job_fork(const struct worker *w)
{
	char *memory = map(PAGES / 4 * PAGE, NULL);
	pid_t child;
	size_t i;

	for (i = 0; i < PAGES / 4; i++)
		fill(memory + i * PAGE, PAGE, w->seed + i);
	child = fork();
	if (child < 0)
		trouble("fork");
	if (!child)
		child_writes(memory, w->seed);
	for (i = 0; i < PAGES / 4; i += 2)
		fill(memory + i * PAGE, PAGE, w->seed + i);
	reap(child, 0, "a forked child");
	check_pages(memory, 0, PAGES / 4, w->seed);
	munmap(memory, PAGES / 4 * PAGE);
}
