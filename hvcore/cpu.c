// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs between cells: whose they are, and what they do while no guest runs on them. Who asks does not wait; whoever
 * asked looks again later. See Documentation/design/cells.md.
 */
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/hv.h>
#include <hv/request.h>
#include <hv/string.h>

#define LIFE (HV_REQUEST_RUN | HV_REQUEST_STOP | HV_REQUEST_INIT | HV_REQUEST_SIPI)

static void done(struct hv_cpu *cpu, u32 requests)
{
	(void)hv_fetch_and(&cpu->pub->requests, ~requests);
}

bool hv_cpu_is_free(u32 cpu)
{
	const struct hv_cpu_pub *pub;

	if (cpu >= hv.config->nr_cpus)
		return false;
	pub = &hv.pub[cpu];
	return pub->cell == &hv.root && !hv_load_acquire(&pub->failed) && !hv_load_acquire(&pub->deaf) &&
	       !hv_cpu_does(cpu, HV_REQUEST_MOVE);
}

void hv_cpu_ask(u32 cpu, u32 request)
{
	(void)hv_fetch_or(&hv.pub[cpu].requests, request);
	hv_request_kick(&hv.pub[cpu]);
}

void hv_cpu_give(u32 cpu, struct hv_cell *cell)
{
	hv_store_release(&hv.pub[cpu].cell, cell);
	hv_cpu_ask(cpu, HV_REQUEST_MOVE);
}

bool hv_cpu_does(u32 cpu, u32 requests)
{
	const struct hv_cpu_pub *pub = &hv.pub[cpu];

	return (hv_load_acquire(&pub->requests) & requests) && !hv_load_acquire(&pub->failed);
}

bool hv_cpu_is_parked(u32 cpu)
{
	const struct hv_cpu_pub *pub = &hv.pub[cpu];

	if (hv_load_acquire(&pub->failed))
		return true;
	return !hv_cpu_does(cpu, HV_REQUEST_MOVE | LIFE) && hv_load_acquire(&pub->parked);
}

static void use_stats(struct hv_cpu *cpu)
{
	struct hv_cell_cpu_stats *stats = (void *)((u8 *)hv.stats + hv.stats->cell_cpus);

	cpu->stats = &hv.stats->cpu[cpu->id];
	if (cpu->cell == &hv.root)
		return;
	memset(&stats[cpu->id], 0, sizeof(*stats));
	cpu->stats = &stats[cpu->id].counts;
}

static u32 number_in(const struct hv_cell *cell, u32 cpu)
{
	u32 i;

	for (i = 0; i < cell->nr_cpus; i++)
		if (hv_cell_cpu(cell, i) == cpu)
			return i;
	return 0;
}

/* Where it waits for its start-up IPI, root finds a CPU that it set offline. */
static void await_sipi(struct hv_cpu *cpu)
{
	hv_request_use_tables(cpu, &cpu->cell->space.set.pt);
	hv_arch_flush_guest(cpu);
	hv_arch_cpu_reset(cpu);
	cpu->stands = cpu->stood = true;
	hv_store_release(&cpu->pub->waits_for_sipi, 1);
}

static void park(struct hv_cpu *cpu)
{
	hv_request_use_tables(cpu, NULL);
	hv_arch_flush_guest(cpu);
	cpu->stands = cpu->stood = true;
	hv_store_release(&cpu->pub->waits_for_sipi, 0);
	/* An INIT that came in the very moment has no start-up IPI to follow it. */
	hv_store_release(&cpu->pub->deaf, 0);
	hv_store_release(&cpu->pub->parked, 1);
}

static void move(struct hv_cpu *cpu)
{
	park(cpu);
	if (cpu->cell != &hv.root)
		hv_arch_cpu_restore(cpu);
	cpu->cell = hv_load_acquire(&cpu->pub->cell);
	cpu->number = cpu->cell == &hv.root ? cpu->id : number_in(cpu->cell, cpu->id);
	cpu->is_cells = cpu->cell != &hv.root;
	use_stats(cpu);
	hv_arch_cpu_clean(cpu);
	if (cpu->cell == &hv.root) {
		hv_store_release(&cpu->pub->parked, 0);
		await_sipi(cpu);
	} else {
		hv_arch_cpu_keep(cpu);
	}
	/* What was asked before was asked by, or of, somebody else. From here on the old cell may be gone. */
	done(cpu, HV_REQUEST_MOVE | LIFE);
}

static void stop(struct hv_cpu *cpu)
{
	park(cpu);
	done(cpu, LIFE);
}

static void run(struct hv_cpu *cpu)
{
	done(cpu, HV_REQUEST_RUN);
	hv_arch_cpu_restore(cpu);
	hv_arch_cpu_clean(cpu);
	hv_store_release(&cpu->pub->parked, 0);
	if (cpu->number) {
		await_sipi(cpu);
		return;
	}
	hv_request_use_tables(cpu, &cpu->cell->space.set.pt);
	hv_arch_flush_guest(cpu);
	hv_arch_cpu_begin(cpu);
	cpu->stands = false;
}

/* At any moment waits_for_sipi or the request says that a start-up IPI is welcome. */
static void init(struct hv_cpu *cpu)
{
	if (!hv_load_acquire(&cpu->pub->parked)) {
		hv_exit_count(cpu, HV_EXIT_init);
		await_sipi(cpu);
	}
	done(cpu, HV_REQUEST_INIT);
}

static void start(struct hv_cpu *cpu)
{
	if (hv_load_acquire(&cpu->pub->waits_for_sipi)) {
		hv_exit_count(cpu, HV_EXIT_sipi);
		hv_store_release(&cpu->pub->waits_for_sipi, 0);
		hv_arch_cpu_start(cpu, (u8)hv_load_once(&cpu->pub->sipi_vector));
		cpu->stands = false;
	}
	done(cpu, HV_REQUEST_SIPI);
}

void hv_cpu_attend(struct hv_cpu *cpu)
{
	u32 requests;

	for (;;) {
		hv_request_answer(cpu);
		requests = hv_load_acquire(&cpu->pub->requests);
		if (requests & HV_REQUEST_MOVE)
			move(cpu);
		else if (requests & HV_REQUEST_STOP)
			stop(cpu);
		else if (requests & HV_REQUEST_RUN)
			run(cpu);
		else if (requests & HV_REQUEST_INIT)
			init(cpu);
		else if (requests & HV_REQUEST_SIPI)
			start(cpu);
		else if (cpu->stands)
			hv_arch_idle(cpu);
		else
			return;
	}
}
