// SPDX-License-Identifier: GPL-2.0-only
/* CPUs between cells: what one does when it is asked for one thing or several, in every state that it can be in. */
/* sources: hvcore/cell.c hvcore/cell_memory.c hvcore/cell_run.c hvcore/comm.c hvcore/cpu.c hvcore/request.c */
/* sources: hvcore/cellconf.c hvcore/cellconf_region.c hvcore/cellconf_io.c hvcore/cellconf_x86.c */
/* sources: hvcore/root.c hvcore/peek.c hvcore/memory.c hvcore/aspace.c hvcore/aspace_access.c hvcore/donation.c */
/* sources: hvcore/mset.c hvcore/mset_check.c hvcore/region.c hvcore/region_release.c hvcore/pt.c hvcore/pt_map.c */
/* sources: hvcore/pt_change.c hvcore/pt_table.c hvcore/owner.c hvcore/span.c hvcore/normal_world.c hvcore/psc.c */
/* sources: hvcore/psc_native.c hvcore/pool.c hvcore/buddy.c hvcore/buddy_check.c hvcore/slab.c */
/* sources: hvcore/slab_check.c hvcore/string.c arch/x86/svm/nptfmt.c arch/x86/ptfmt.c */
/* sources: tests/unit/fake_arch.c tests/unit/fake_log.c tests/unit/root_unit.c */
/* sources: tests/unit/cells_unit.c tests/unit/fake_cell.c hvcore/region_deferred.c */
#include "cells_unit.h"

#include <hv/atomic.h>

#define LIFE (HV_REQUEST_RUN | HV_REQUEST_STOP | HV_REQUEST_INIT | HV_REQUEST_SIPI)

/* What a CPU does when it has done all that it was asked for. */
enum place { GUEST, STARTED, WAITS, PARKED };

static enum place place_of(u32 i)
{
	const struct cells_unit_cpu *cpu = &cells_unit_cpu[i];

	assert_int_equal(cpu->core.stands, !cpu->runs);
	assert_false(cpu->core.pub->parked && cpu->core.pub->waits_for_sipi);
	assert_int_equal(cpu->runs, !cpu->core.pub->parked && !cpu->core.pub->waits_for_sipi);
	if (cpu->core.pub->parked)
		return PARKED;
	if (cpu->core.pub->waits_for_sipi)
		return WAITS;
	return cpu->starts ? STARTED : GUEST;
}

static void ask(u32 cpu, u32 requests)
{
	(void)hv_fetch_or(&hv.pub[cpu].requests, requests);
	hv_request_kick(&hv.pub[cpu]);
}

static void sipi(u32 cpu, u32 vector)
{
	hv.pub[cpu].sipi_vector = vector;
	ask(cpu, HV_REQUEST_SIPI);
}

static void forget(u32 i)
{
	struct cells_unit_cpu *cpu = &cells_unit_cpu[i];

	cpu->starts = cpu->begins = cpu->resets = cpu->cleans = cpu->keeps = cpu->restores = 0;
}

static const u8 *stats_of_cells(u32 cpu)
{
	return (const u8 *)hv.stats + hv_stats_cell_cpus(NR_CPUS) + cpu * sizeof(struct hv_cell_cpu_stats);
}

static void comes_to_a_cell(void **state)
{
	struct cells_unit_cpu *cpu = &cells_unit_cpu[1];
	u32 i;

	(void)state;
	cpu->core.stats->exits[HV_EXIT_cpuid] = 77;
	assert_true(hv_cpu_is_free(1));
	assert_int_equal(create(), 0);
	assert_false(hv_cpu_is_free(1));
	assert_true(hv_cpu_does(1, HV_REQUEST_MOVE));
	assert_false(hv_cpu_is_parked(1));
	assert_ptr_equal(cpu->core.cell, &hv.root);
	assert_int_equal(cpu->nmis, 1);
	assert_false(cells_unit_attend(1));
	assert_int_equal(place_of(1), PARKED);
	assert_true(hv_cpu_is_parked(1));
	assert_false(hv_cpu_does(1, ~0u));
	assert_ptr_equal(cpu->core.cell, cell_of(1));
	assert_null(cpu->core.pub->tables);
	/* the second in the list */
	assert_int_equal(cpu->core.number, 1);
	assert_int_equal(cpu->keeps, 1);
	assert_int_equal(cpu->cleans, 1);
	/* of root's map nothing may be cached */
	assert_int_equal(cpu->restores, 0);
	assert_true(cpu->flushes > 0);
	/* counters of its own, which begin with zeros; root's stay */
	assert_ptr_equal(cpu->core.stats, stats_of_cells(1));
	for (i = 0; i < sizeof(struct hv_cell_cpu_stats); i++)
		assert_int_equal(stats_of_cells(1)[i], 0);
	assert_int_equal(stats_of_cells(0)[0], 0xa5);
	assert_int_equal(stats_of_cells(2)[0], 0xa5);
	assert_int_equal(hv.stats->cpu[1].exits[HV_EXIT_cpuid], 77);
	(void)cells_unit_attend(2);
	assert_int_equal(cells_unit_cpu[2].core.number, 0);
	assert_int_equal(destroy(1), 0);
}

static void goes_back_to_root(void **state)
{
	struct cells_unit_cpu *cpu = &cells_unit_cpu[1];

	(void)state;
	ready();
	forget(1);
	assert_int_equal(destroy(1), 0);
	assert_int_equal(place_of(1), WAITS);
	assert_ptr_equal(cpu->core.cell, &hv.root);
	assert_int_equal(cpu->core.number, 1);
	assert_ptr_equal(cpu->core.stats, &hv.stats->cpu[1]);
	assert_ptr_equal(cpu->core.pub->tables, &hv.root.space.set.pt);
	assert_int_equal(cpu->restores, 1);
	assert_int_equal(cpu->keeps, 0);
	assert_int_equal(cpu->cleans, 1);
	assert_true(hv_cpu_is_free(1));
	assert_false(hv_cpu_is_parked(1));
	sipi(1, 0x9a);
	assert_true(cells_unit_attend(1));
	assert_int_equal(cpu->vector, 0x9a);
	assert_int_equal(hv.stats->cpu[1].exits[HV_EXIT_sipi], 1);
	get_back();
}

static void is_free_only_if_it_hears(void **state)
{
	(void)state;
	assert_true(hv_cpu_is_free(0) && hv_cpu_is_free(NR_CPUS - 1));
	assert_false(hv_cpu_is_free(NR_CPUS) || hv_cpu_is_free(~0u));
	hv.pub[5].failed = 1;
	hv.pub[6].deaf = 1;
	assert_false(hv_cpu_is_free(5) || hv_cpu_is_free(6));
	hv.pub[7].requests = HV_REQUEST_MOVE;
	assert_false(hv_cpu_is_free(7));
	hv.pub[7].requests = HV_REQUEST_FLUSH | HV_REQUEST_SIPI;
	assert_true(hv_cpu_is_free(7));
}

/* A CPU on which the hypervisor gave up never moves again, so nobody waits for it. */
static void does_nothing_once_it_failed(void **state)
{
	(void)state;
	running();
	hv.pub[1].failed = 1;
	ask(1, HV_REQUEST_STOP | HV_REQUEST_MOVE);
	assert_false(hv_cpu_does(1, ~0u));
	assert_true(hv_cpu_is_parked(1));
	hv.pub[1].requests = 0;
	assert_int_equal(stop(1), 0);
	assert_int_equal(hv_cell_start(1), 0);
	cells_unit_attend_all();
	assert_true(cells_unit_cpu[2].runs);
	assert_int_equal(stop(1), 0);
	assert_int_equal(destroy(1), 0);
	assert_true(hv_cpu_is_free(2));
	assert_false(hv_cpu_is_free(1));
	get_back();
}

/* Two start-up IPIs come to a CPU that waits: the first one starts it, unless it has not heard of it yet. */
static void starts_once(void **state)
{
	struct cells_unit_cpu *cpu = &cells_unit_cpu[1];

	(void)state;
	running();
	forget(1);
	sipi(1, 0x10);
	assert_true(cells_unit_attend(1));
	sipi(1, 0x20);
	assert_true(cells_unit_attend(1));
	assert_int_equal(cpu->starts, 1);
	assert_int_equal(cpu->vector, 0x10);
	ask(1, HV_REQUEST_INIT);
	assert_false(cells_unit_attend(1));
	sipi(1, 0x30);
	sipi(1, 0x40);
	assert_true(cells_unit_attend(1));
	assert_int_equal(cpu->starts, 2);
	assert_int_equal(cpu->vector, 0x40);
	assert_int_equal(cpu->core.stats->exits[HV_EXIT_init], 1);
	assert_int_equal(cpu->core.stats->exits[HV_EXIT_sipi], 2);
	/* only the lower 8 bits are a vector */
	ask(1, HV_REQUEST_INIT);
	sipi(1, 0xabcdef);
	assert_true(cells_unit_attend(1));
	assert_int_equal(cpu->vector, 0xef);
}

/* CPUs 1 (second of its cell), 2 (first) and 3 (root's) in one of the states that there are. */
enum from { ROOT_RUNS, ROOT_WAITS, FIRST_PARKED, SECOND_PARKED, FIRST_RUNS, SECOND_WAITS, SECOND_RUNS, FROM_COUNT };

static u32 put_into(enum from from)
{
	if (from == ROOT_RUNS || from == ROOT_WAITS) {
		ready();
		if (from == ROOT_WAITS)
			ask(3, HV_REQUEST_INIT);
		(void)cells_unit_attend(3);
		return 3;
	}
	if (from == FIRST_PARKED || from == SECOND_PARKED) {
		ready();
		return from == FIRST_PARKED ? 2 : 1;
	}
	running();
	if (from == SECOND_RUNS) {
		sipi(1, 1);
		assert_true(cells_unit_attend(1));
	}
	return from == FIRST_RUNS ? 2 : 1;
}

static const enum place begins_at[FROM_COUNT] = { GUEST, WAITS, PARKED, PARKED, GUEST, WAITS, STARTED };

/* What the requests do to a CPU, one sentence each; all of them came before it had a turn. */
static enum place expected(enum from from, u32 requests)
{
	enum place place = begins_at[from];

	if (requests & HV_REQUEST_STOP)
		return PARKED;
	if (requests & HV_REQUEST_RUN)
		place = from == FIRST_PARKED ? GUEST : WAITS;
	if ((requests & HV_REQUEST_INIT) && place != PARKED)
		place = WAITS;
	if ((requests & HV_REQUEST_SIPI) && place == WAITS)
		place = STARTED;
	return place;
}

static void restart_machine(void **state)
{
	root_unit_teardown(state);
	assert_int_equal(cells_unit_setup(state), 0);
}

static void every_set_of_requests(void **state)
{
	u32 from, requests, cpu;

	for (from = 0; from < FROM_COUNT; from++) {
		for (requests = 0; requests < 2 * HV_REQUEST_STOP; requests++) {
			/* Only who is parked is asked to run, and root's CPUs are neither stopped nor run. */
			if ((requests & (HV_REQUEST_RUN | HV_REQUEST_MOVE)) && begins_at[from] != PARKED)
				continue;
			if ((requests & HV_REQUEST_STOP) && from <= ROOT_WAITS)
				continue;
			restart_machine(state);
			cpu = put_into(from);
			assert_int_equal(place_of(cpu), begins_at[from]);
			forget(cpu);
			if (from == SECOND_RUNS)
				cells_unit_cpu[cpu].starts = 1;
			if (requests & HV_REQUEST_MOVE)
				hv_cpu_give(cpu, &hv.root);
			ask(cpu, requests);
			(void)cells_unit_attend(cpu);
			assert_int_equal(hv.pub[cpu].requests, 0);
			if (place_of(cpu) != (requests & HV_REQUEST_MOVE ? WAITS : expected(from, requests)))
				fail_msg("state %u, requests 0x%x: %d", from, requests, place_of(cpu));
			assert_int_equal(cells_unit_cpu[cpu].guests_nmis, 0);
		}
	}
}

/* The same, one by one: what was asked before the CPU moved is of no consequence behind it. */
static void nothing_survives_a_move(void **state)
{
	u32 requests;

	for (requests = 0; requests < 2 * HV_REQUEST_STOP; requests++) {
		restart_machine(state);
		ask(1, requests & LIFE);
		give();
		assert_int_equal(create(), 0);
		assert_int_equal(fill(1), 0);
		ask(1, requests & LIFE);
		assert_false(cells_unit_attend(1));
		assert_int_equal(place_of(1), PARKED);
		assert_int_equal(cells_unit_cpu[1].starts + cells_unit_cpu[1].begins, 0);
		assert_int_equal(hv_cell_destroy(1), -EAGAIN);
		ask(1, requests & LIFE);
		assert_false(cells_unit_attend(1));
		assert_int_equal(place_of(1), WAITS);
		assert_int_equal(cells_unit_cpu[1].starts + cells_unit_cpu[1].begins, 0);
		assert_int_equal(hv.pub[1].requests, 0);
	}
}

/* INIT and start-up IPI that come to a CPU that is parked are not kept for its next life. */
static void init_while_parked_is_lost(void **state)
{
	(void)state;
	ready();
	ask(2, HV_REQUEST_INIT | HV_REQUEST_SIPI);
	ask(1, HV_REQUEST_INIT | HV_REQUEST_SIPI);
	cells_unit_attend_all();
	assert_true(hv_cpu_is_parked(1) && hv_cpu_is_parked(2));
	assert_int_equal(hv_cell_start(1), 0);
	cells_unit_attend_all();
	assert_int_equal(place_of(2), GUEST);
	assert_int_equal(place_of(1), WAITS);
	assert_int_equal(stop(1), 0);
	assert_int_equal(place_of(1), PARKED);
}

/* While a CPU has not done what it was asked for, nobody may take it for parked. */
static void is_not_parked_before_it_is_done(void **state)
{
	u32 request;

	(void)state;
	ready();
	assert_true(hv_cpu_is_parked(1));
	for (request = 1; request <= HV_REQUEST_STOP; request <<= 1) {
		hv.pub[1].requests = request;
		assert_int_equal(hv_cpu_is_parked(1), request == HV_REQUEST_FLUSH);
		assert_true(hv_cpu_does(1, request));
		assert_false(hv_cpu_does(1, ~request));
	}
	hv.pub[1].requests = 0;
}

/* A flush is answered wherever the CPU is, and moves nothing. */
static void a_flush_is_answered_while_parked(void **state)
{
	u32 flushes;

	(void)state;
	ready();
	flushes = cells_unit_cpu[1].flushes;
	ask(1, HV_REQUEST_FLUSH);
	assert_false(cells_unit_attend(1));
	assert_int_equal(cells_unit_cpu[1].flushes, flushes + 1);
	assert_int_equal(place_of(1), PARKED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CELLS_TEST("a CPU comes to a cell, with nothing of root's", comes_to_a_cell),
		CELLS_TEST("a CPU goes back to root, and waits where root finds it", goes_back_to_root),
		CELLS_TEST("a CPU is free if it is root's and hears", is_free_only_if_it_hears),
		CELLS_TEST("a CPU that failed does nothing any more", does_nothing_once_it_failed),
		CELLS_TEST("a start-up IPI starts a CPU that waits, and no other", starts_once),
		CELLS_TEST("every set of requests in every state", every_set_of_requests),
		CELLS_TEST("nothing that was asked of a CPU survives its move", nothing_survives_a_move),
		CELLS_TEST("INIT while parked is lost", init_while_parked_is_lost),
		CELLS_TEST("a CPU that has something to do is not parked", is_not_parked_before_it_is_done),
		CELLS_TEST("a flush is answered while parked", a_flush_is_answered_while_parked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
