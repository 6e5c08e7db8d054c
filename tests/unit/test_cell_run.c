// SPDX-License-Identifier: GPL-2.0-only
/* Cells from their images to their end. */
/* sources: hvcore/cell.c hvcore/cell_memory.c hvcore/cell_run.c hvcore/comm.c hvcore/cpu.c hvcore/request.c */
/* sources: hvcore/cellconf.c hvcore/cellconf_region.c hvcore/cellconf_io.c hvcore/cellconf_x86.c */
/* sources: hvcore/root.c hvcore/peek.c hvcore/memory.c hvcore/aspace.c hvcore/aspace_access.c hvcore/donation.c */
/* sources: hvcore/mset.c hvcore/mset_check.c hvcore/region.c hvcore/region_release.c hvcore/pt.c hvcore/pt_map.c */
/* sources: hvcore/pt_change.c hvcore/pt_table.c hvcore/owner.c hvcore/span.c hvcore/normal_world.c hvcore/psc.c */
/* sources: hvcore/psc_native.c hvcore/pool.c hvcore/buddy.c hvcore/buddy_check.c hvcore/slab.c */
/* sources: hvcore/slab_check.c hvcore/string.c arch/x86/svm/nptfmt.c arch/x86/ptfmt.c */
/* sources: tests/unit/fake_arch.c tests/unit/fake_log.c tests/unit/root_unit.c */
/* sources: tests/unit/cells_unit.c tests/unit/fake_cell.c tests/unit/inject.c tests/unit/pool_unit.c */
/* sources: hvcore/region_deferred.c */
#include "cells_unit.h"

#include <hv/atomic.h>
#include <hvabi/guest.h>
#include "inject.h"

static void starts_when_it_can(void **state)
{
	const struct hv_cell_page *page;

	(void)state;
	assert_int_equal(hv_cell_start(1), -ENOENT);
	assert_int_equal(hv_cell_stop(1), -ENOENT);
	give();
	assert_int_equal(create(), 0);
	page = cell_of(1)->page;
	assert_int_equal(page->id, 1);
	assert_int_equal(hv_cell_start(1), -EBUSY);
	assert_int_equal(hv_cell_stop(1), -EBUSY);
	assert_int_equal(fill(1), 0);
	/* its CPUs come one by one */
	assert_int_equal(hv_cell_start(1), -EAGAIN);
	(void)cells_unit_attend(2);
	assert_int_equal(hv_cell_start(1), -EAGAIN);
	assert_int_equal(page->starts, 0);
	assert_int_equal(hv.pub[2].requests, 0);
	(void)cells_unit_attend(1);
	assert_int_equal(hv_cell_stop(1), 0);
	assert_int_equal(hv_cell_start(1), 0);
	assert_int_equal(page->starts, 1);
	assert_true(cell_of(1)->space.set.pt.live);
	assert_int_equal(hv_cell_start(1), -EBUSY);
	assert_int_equal(page->starts, 1);
	cells_unit_attend_all();
	assert_int_equal(cells_unit_cpu[2].begins, 1);
	assert_int_equal(cells_unit_cpu[1].begins + cells_unit_cpu[1].starts, 0);
	assert_int_equal(hv.pub[1].waits_for_sipi, 1);
	assert_int_equal(hv_cell_destroy(1), -EBUSY);
}

/* Both CPUs are quick: the first one is in its guest before root goes on, and wakes the other as the manuals say. */
static void wake_at_once(u32 cpu)
{
	if (!cells_unit_attend(cpu) || cpu != 2)
		return;
	cells_unit_on_nmi = NULL;
	(void)hv_fetch_or(&hv.pub[1].requests, HV_REQUEST_INIT);
	hv_request_kick(&hv.pub[1]);
	(void)cells_unit_attend(1);
	if (!hv.pub[1].waits_for_sipi)
		return;
	hv.pub[1].sipi_vector = 0x77;
	(void)hv_fetch_or(&hv.pub[1].requests, HV_REQUEST_SIPI);
	hv_request_kick(&hv.pub[1]);
}

static void the_first_cpu_finds_the_others(void **state)
{
	(void)state;
	ready();
	cells_unit_on_nmi = wake_at_once;
	assert_int_equal(hv_cell_start(1), 0);
	cells_unit_attend_all();
	assert_true(cells_unit_cpu[1].runs);
	assert_int_equal(cells_unit_cpu[1].vector, 0x77);
	assert_int_equal(stop(1), 0);
}

static void stops_in_steps(void **state)
{
	(void)state;
	running();
	assert_int_equal(hv_cell_stop(1), -EAGAIN);
	assert_int_equal(cell_of(1)->state, HV_CELL_STOPPING);
	assert_int_equal(hv_cell_start(1), -EBUSY);
	assert_int_equal(hv_cell_destroy(1), -EBUSY);
	(void)cells_unit_attend(1);
	assert_int_equal(hv_cell_stop(1), -EAGAIN);
	assert_true(cell_of(1)->space.set.pt.live);
	(void)cells_unit_attend(2);
	assert_int_equal(hv_cell_stop(1), 0);
	assert_false(cell_of(1)->space.set.pt.live);
	assert_int_equal(cell_of(1)->state, HV_CELL_READY);
	assert_int_equal(hv_cell_stop(1), 0);
	/* root stopped it: that is not an end of its own */
	assert_int_equal(cell_of(1)->page->ended, HV_END_NONE);
	assert_int_equal(hv_cell_start(1), 0);
	/* stopped before it ever ran */
	assert_int_equal(stop(1), 0);
	assert_int_equal(cell_of(1)->page->starts, 2);
	assert_int_equal(cells_unit_cpu[2].begins, 1);
}

static enum hv_verdict fault_on(u32 cpu)
{
	struct hv_exit exit = { .reason = HV_EXIT_memory, .nr = 0x400, .access = HV_ACCESS_WRITE, .gpa = 0xabc000,
				.value = 0x77 };
	enum hv_verdict verdict;

	cells_unit_on(cpu);
	cells_unit_cpu[cpu].core.reason = HV_EXIT_memory;
	verdict = hv_cell_fail(&cells_unit_cpu[cpu].core, &exit);
	cells_unit_on(0);
	return verdict;
}

static enum hv_verdict shut_down_on(u32 cpu, u64 code)
{
	enum hv_verdict verdict;

	cells_unit_on(cpu);
	verdict = hv_cell_shut_down(&cells_unit_cpu[cpu].core, code);
	cells_unit_on(0);
	return verdict;
}

/* Both CPUs of cell 1 in their guests. */
static void both_run(void)
{
	running();
	hv.pub[1].sipi_vector = 1;
	(void)hv_fetch_or(&hv.pub[1].requests, HV_REQUEST_SIPI);
	hv_request_kick(&hv.pub[1]);
	assert_true(cells_unit_attend(1));
}

static void assert_asked_to_stop(void)
{
	assert_true(hv.pub[1].requests & HV_REQUEST_STOP);
	assert_true(hv.pub[2].requests & HV_REQUEST_STOP);
	assert_int_equal(hv.pub[0].requests | hv.pub[3].requests, 0);
	assert_int_equal(cell_of(1)->state, HV_CELL_RUNNING);
	assert_int_equal(hv_cell_start(1), -EBUSY);
	assert_int_equal(hv_cell_destroy(1), -EBUSY);
}

static void the_first_fault_counts(void **state)
{
	const struct hv_cell_page *page;

	(void)state;
	both_run();
	page = cell_of(1)->page;
	cells_unit_clock = 0x5555;
	assert_int_equal(fault_on(1), HV_STOP_CELL);
	assert_int_equal(page->ended, HV_END_FAULT);
	assert_asked_to_stop();
	assert_int_equal(page->fault.cpu, 1);
	assert_int_equal(page->fault.reason, HV_EXIT_memory);
	assert_int_equal(page->fault.nr, 0x400);
	assert_int_equal(page->fault.access, HV_FAULT_WRITE);
	assert_int_equal(page->fault.gpa, 0xabc000);
	assert_int_equal(page->fault.value, 0x77);
	assert_int_equal(page->fault.tsc, 0x5555);
	assert_int_equal(page->fault.regs[HV_FAULT_RIP], 0x1234);
	assert_int_equal(page->fault.nr_code, 1);
	/* the other CPU was in the midst of something, too; it stands, but says nothing */
	assert_int_equal(shut_down_on(2, 9), HV_STOP_CELL);
	assert_int_equal(page->ended, HV_END_FAULT);
	assert_int_equal(page->code, 0);
	assert_false(cells_unit_stop(2));
	assert_false(cells_unit_stop(1));
	assert_true(hv.pub[1].parked && hv.pub[2].parked);
	assert_int_equal(stop(1), 0);
	assert_int_equal(page->ended, HV_END_FAULT);
	/* and again */
	assert_int_equal(hv_cell_start(1), 0);
	assert_int_equal(page->ended, HV_END_NONE);
	assert_int_equal(page->starts, 2);
	cells_unit_attend_all();
	assert_true(cells_unit_cpu[2].runs);
	assert_int_equal(fault_on(2), HV_STOP_CELL);
	assert_int_equal(page->fault.cpu, 2);
	assert_int_equal(page->ended, HV_END_FAULT);
}

static void the_first_shutdown_counts(void **state)
{
	const struct hv_cell_page *page;

	(void)state;
	both_run();
	page = cell_of(1)->page;
	assert_int_equal(shut_down_on(2, 42), HV_STOP_CELL);
	assert_int_equal(page->ended, HV_END_SHUTDOWN);
	assert_int_equal(page->code, 42);
	assert_asked_to_stop();
	assert_int_equal(shut_down_on(1, 43), HV_STOP_CELL);
	assert_int_equal(page->code, 42);
	assert_int_equal(fault_on(1), HV_STOP_CELL);
	assert_int_equal(page->ended, HV_END_SHUTDOWN);
	assert_int_equal(page->fault.cpu, 0);
	assert_int_equal(stop(1), 0);
	assert_int_equal(hv_cell_start(1), 0);
	cells_unit_attend_all();
	assert_int_equal(page->ended, HV_END_NONE);
	assert_int_equal(shut_down_on(2, 44), HV_STOP_CELL);
	assert_int_equal(page->code, 44);
}

/* The one that failed first has not asked yet when the second one fails: it stands all the same. */
static void the_second_stands_by_itself(void **state)
{
	(void)state;
	both_run();
	cell_of(1)->ended = 1;
	assert_int_equal(fault_on(2), HV_STOP_CELL);
	assert_false(cells_unit_stop(2));
	assert_true(hv.pub[2].parked);
	assert_int_equal(hv.pub[1].requests, 0);
	assert_int_equal(cell_of(1)->page->ended, HV_END_NONE);
}

static void frames_are_the_cells_own(void **state)
{
	struct hv_cell *cell;
	u64 hpa;

	(void)state;
	ready();
	cell = cell_of(1);
	assert_true(hv_guest_frame(cell, LOW + 0x5000, HV_PT_READ | HV_PT_WRITE, &hpa));
	assert_int_equal(hpa, BLOCK + 0x5000);
	assert_true(hv_guest_frame(cell, HIGH, HV_PT_READ, &hpa));
	assert_int_equal(hpa, OTHER);
	assert_false(hv_guest_frame(cell, HIGH, HV_PT_WRITE, &hpa));
	assert_false(hv_guest_frame(cell, HIGH + HV_SIZE_2M, HV_PT_READ, &hpa));
	/* registers are mapped, but are not memory */
	assert_int_equal(cells_mapping(1, HV_APIC_GPA).address, APIC);
	assert_false(hv_guest_frame(cell, HV_APIC_GPA, HV_PT_READ, &hpa));
	assert_true(hv_guest_frame(&hv.root, 0x2000, HV_PT_READ, &hpa));
	assert_int_equal(hpa, 0x2000);
	assert_false(hv_guest_frame(&hv.root, BLOCK, HV_PT_READ, &hpa));
	assert_false(hv_guest_frame(&hv.root, APIC, HV_PT_READ, &hpa));
}

/* All that is written down about whose memory is whose. */
struct owners {
	u64 nr;
	u32 nr_grants;
	struct { u64 start, size, tag; } piece[100];
};

static struct owners *owners(void)
{
	struct owners *o = calloc(1, sizeof(*o));
	const struct hv_span *span = hv_span_first(&hv.owners.pieces);

	o->nr_grants = hv.owners.nr_grants;
	for (; span; span = hv_span_next(&hv.owners.pieces, span)) {
		assert_true(o->nr < HV_ARRAY_SIZE(o->piece));
		o->piece[o->nr].start = span->start;
		o->piece[o->nr].size = span->size;
		o->piece[o->nr++].tag = span->tag;
	}
	return o;
}

static void assert_owners(struct owners *before)
{
	struct owners *now = owners();

	assert_memory_equal(now, before, sizeof(*now));
	free(now);
	free(before);
}

static void five_hundred_lives(void **state)
{
	struct hv_cell_load load = { .id = 1, .gpa = LOW, .from = 0x2000, .size = 0x1000 };
	struct owners *before = owners();
	u64 frames;
	u32 i, slot;

	(void)state;
	hv_pool_trim(&hv.pool);
	frames = hv.pool.free;
	for (i = 0; i < 500; i++) {
		running();
		slot = (u32)(cell_of(1)->page - (struct hv_cell_page *)((u8 *)hv.stats + hv_stats_cells(NR_CPUS)));
		assert_true(slot < HV_MAX_CELLS);
		if (i % 3 == 0)
			assert_int_equal(fault_on(2), HV_STOP_CELL);
		else if (i % 3 == 1)
			assert_int_equal(shut_down_on(2, i), HV_STOP_CELL);
		if (i % 3 < 2)
			assert_false(cells_unit_stop(2));
		assert_int_equal(stop(1), 0);
		assert_int_equal(hv_cell_load(&load), 0);
		cells_unit_nr_copies = 0;
		assert_int_equal(destroy(1), 0);
		assert_false(hv_cell_exists());
		get_back();
	}
	hv_pool_trim(&hv.pool);
	assert_int_equal(hv.pool.free, frames);
	assert_owners(before);
	assert_int_equal(hv_memory_check(), 0);
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
	assert_int_equal(hv.moderation, 0);
}

/* Its page remains readable until the slot is somebody else's, but nobody's. */
static void a_new_cell_shows_nothing_of_the_old(void **state)
{
	struct hv_cell_page *page;
	u32 i;

	(void)state;
	running();
	page = cell_of(1)->page;
	assert_int_equal(shut_down_on(2, 0x1234), HV_STOP_CELL);
	assert_false(cells_unit_stop(2));
	assert_int_equal(stop(1), 0);
	memset(page->console, 'x', sizeof(page->console));
	assert_int_equal(destroy(1), 0);
	assert_int_equal(page->id, 0);
	assert_int_equal(page->code, 0x1234);
	assert_int_equal(create(), 0);
	assert_ptr_equal(cell_of(1)->page, page);
	assert_int_equal(page->id, 1);
	for (i = sizeof(page->id); i < sizeof(*page); i++)
		assert_int_equal(((u8 *)page)[i], 0);
}

enum life { FILLING, READY, ON_THE_WAY, STOPPED, FAILED_AND_STOPPED, ENDING, LIVES };

static void live_until(enum life life)
{
	give();
	assert_int_equal(create(), 0);
	if (life == FILLING)
		return;
	assert_int_equal(fill(1), 0);
	if (life == READY)
		return;
	(void)cells_unit_attend(1);
	if (life == ON_THE_WAY)
		return;
	(void)cells_unit_attend(2);
	assert_int_equal(hv_cell_start(1), 0);
	cells_unit_attend_all();
	if (life == FAILED_AND_STOPPED) {
		assert_int_equal(fault_on(2), HV_STOP_CELL);
		assert_false(cells_unit_stop(2));
	}
	assert_int_equal(stop(1), 0);
	if (life == ENDING)
		assert_int_equal(hv_cell_destroy(1), -EAGAIN);
}

static void ends_from_every_state(void **state)
{
	struct owners *before = owners();
	enum life life;
	u64 frames;

	(void)state;
	hv_pool_trim(&hv.pool);
	frames = hv.pool.free;
	for (life = 0; life < LIVES; life++) {
		live_until(life);
		assert_int_equal(destroy(1), 0);
		get_back();
		hv_pool_trim(&hv.pool);
		assert_int_equal(hv.pool.free, frames);
	}
	assert_owners(before);
	assert_true(hv_cpu_is_free(1) && hv_cpu_is_free(2));
}

/* With every number of frames that may be left when it is started. */
static void a_start_without_memory(void **state)
{
	struct root_unit_drained drained;
	struct pool_state *before;
	struct owners *owned;
	int err = -ENOMEM;
	u64 k;

	(void)state;
	ready();
	for (k = 0; err; k++) {
		owned = owners();
		drained = root_unit_drain(k);
		before = pool_state(&hv.pool, false);
		err = hv_cell_start(1);
		if (err) {
			assert_int_equal(err, -ENOMEM);
			assert_true(pool_state_equal(before, pool_state(&hv.pool, false)));
			assert_int_equal(cell_of(1)->state, HV_CELL_READY);
			assert_int_equal(cell_of(1)->page->starts, 0);
			assert_int_equal(hv.pub[1].requests | hv.pub[2].requests, 0);
		} else {
			assert_true(pool_state_equal(before, pool_state(&hv.pool, false)));
		}
		assert_owners(owned);
		root_unit_refill(drained);
	}
	print_message("# note: started with %llu free frames\n", k - 1);
	assert_true(k > 1);
	assert_int_equal(stop(1), 0);
	assert_int_equal(destroy(1), 0);
	get_back();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CELLS_TEST("a cell starts when it has all it needs", starts_when_it_can),
		CELLS_TEST("the first CPU finds the others waiting", the_first_cpu_finds_the_others),
		CELLS_TEST("a cell stops when all its CPUs stand", stops_in_steps),
		CELLS_TEST("the first fault counts", the_first_fault_counts),
		CELLS_TEST("the first shutdown counts", the_first_shutdown_counts),
		CELLS_TEST("who fails second stands by itself", the_second_stands_by_itself),
		CELLS_TEST("what the hypervisor touches is the cell's own RAM", frames_are_the_cells_own),
		CELLS_TEST("500 lives, and nothing is left of them", five_hundred_lives),
		CELLS_TEST("a cell's page begins with zeros", a_new_cell_shows_nothing_of_the_old),
		CELLS_TEST("a cell ends from every state", ends_from_every_state),
		CELLS_TEST("a start without memory changes nothing", a_start_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
