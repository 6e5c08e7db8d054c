// SPDX-License-Identifier: GPL-2.0-only
/* Root starts and stops a cell while its CPUs, which are threads, wake each other, fail, or ask for their end. */
/* sources: hvcore/cell.c hvcore/cell_memory.c hvcore/cell_run.c hvcore/comm.c hvcore/cpu.c hvcore/request.c */
/* sources: hvcore/cellconf.c hvcore/cellconf_region.c hvcore/cellconf_io.c hvcore/cellconf_x86.c */
/* sources: hvcore/root.c hvcore/peek.c hvcore/memory.c hvcore/aspace.c hvcore/aspace_access.c hvcore/donation.c */
/* sources: hvcore/mset.c hvcore/mset_check.c hvcore/region.c hvcore/region_release.c hvcore/pt.c hvcore/pt_map.c */
/* sources: hvcore/pt_change.c hvcore/pt_table.c hvcore/owner.c hvcore/span.c hvcore/normal_world.c hvcore/psc.c */
/* sources: hvcore/psc_native.c hvcore/pool.c hvcore/buddy.c hvcore/buddy_check.c hvcore/slab.c */
/* sources: hvcore/slab_check.c hvcore/string.c arch/x86/svm/nptfmt.c arch/x86/ptfmt.c */
/* sources: tests/unit/fake_arch.c tests/unit/fake_log.c tests/unit/root_unit.c */
/* sources: tests/unit/cells_unit.c tests/unit/fake_cell.c arch/x86/ipi.c tests/unit/pool_unit.c */
/* sources: hvcore/region_deferred.c */
/* libs: pthread */
/* wraps: hv_cpu_does */
#include <pthread.h>
#include <sched.h>

#include "cells_unit.h"

#include <hv/atomic.h>
#include <x86/apic.h>
#include <x86/msr_policy.h>
#include "pool_unit.h"

#define ROUNDS 10000
#define PATIENCE 2000000

static u32 over, begun, woken, ends[3];
static struct x86_cpu senders[2];
static u32 mood;	/* what the guests do in this round */
enum mood { RUN_ON, FAIL_BOTH, SHUT_DOWN, WAKE, MOODS };

/* x2APIC mode, so that an NMI is one write. */
u64 x86_rdmsr(u32 msr)
{
	(void)msr;
	return APIC | 0xc00;
}

bool x86_wrmsr_safe(u32 msr, u64 value)
{
	u32 i = (u32)(value >> 32) - APIC_ID(0);

	(void)msr;
	assert_true(i < NR_CPUS && (value >> 8 & 7) == 4);
	(void)hv_fetch_add(&cells_unit_cpu[i].nmis, 1);
	return true;
}

u32 x86_apic_read(u32 offset) { return offset - offset; }
void x86_apic_write(u32 offset, u32 value) { (void)offset, (void)value; }

static void send(u32 from, u32 mode, u32 to)
{
	struct x86_cpu *sender = &senders[from - 1];

	sender->core = cells_unit_cpu[from].core;
	assert_int_equal(x86_apic_icr(sender, mode << 8 | 1 << 14 | 0x33, APIC_ID(to)), HV_ADVANCE);
}

/* The manuals' way without its pauses: it works every time, however the other CPU is interrupted meanwhile. */
static void wake(u32 from, u32 to)
{
	u32 before = hv_load_acquire(&cells_unit_cpu[to].starts), i;

	send(from, X86_ICR_MODE_INIT, to);
	send(from, X86_ICR_MODE_SIPI, to);
	for (i = 0; hv_load_acquire(&cells_unit_cpu[to].starts) == before; i++) {
		/* unless root has stopped the cell in between */
		if (hv_load_acquire(&hv.pub[from].requests) & HV_REQUEST_STOP)
			return;
		if (i == PATIENCE) {
			fprintf(stderr, "a start-up IPI was lost\n");
			abort();
		}
		(void)sched_yield(); /* it cannot fail */
	}
	(void)hv_fetch_add(&woken, 1);
}

/* One exit of the guest on CPU @i. It runs, so its cell is not at rest. */
static void guest_exits(u32 i)
{
	struct hv_cpu *cpu = &cells_unit_cpu[i].core;
	struct hv_exit exit = { .reason = HV_EXIT_memory, .gpa = i };
	u32 state = hv_load_once(&cpu->cell->state);

	if (state != HV_CELL_RUNNING && state != HV_CELL_STOPPING) {
		fprintf(stderr, "a guest runs in state %u\n", state);
		abort();
	}
	if (hv_load_acquire(&mood) == FAIL_BOTH)
		assert_int_equal(hv_cell_fail(cpu, &exit), HV_STOP_CELL);
	else if (hv_load_acquire(&mood) == SHUT_DOWN)
		assert_int_equal(hv_cell_shut_down(cpu, i), HV_STOP_CELL);
	else
		return;
	assert_false(cells_unit_stop(i));
}

static void *run_cpu(void *arg)
{
	u32 i = (u32)(uintptr_t)arg, begins = 0;

	cells_unit_on(i);
	while (!hv_load_acquire(&over)) {
		if (!cells_unit_attend(i)) {
			(void)sched_yield(); /* it cannot fail */
			continue;
		}
		if (i == 2 && cells_unit_cpu[2].begins != begins) {
			begins = cells_unit_cpu[2].begins;
			(void)hv_fetch_add(&begun, 1);
			if (hv_load_acquire(&mood) != RUN_ON)
				wake(2, 1);
		} else if (i == 2 && hv_load_acquire(&mood) == WAKE) {
			wake(2, 1);
		} else {
			guest_exits(i);
		}
	}
	return NULL;
}

static void wait_for(const u32 *what, u32 value)
{
	u64 i;

	for (i = 0; hv_load_acquire(what) == value; i++) {
		if (i == PATIENCE) {
			fprintf(stderr, "the cell does not go on\n");
			abort();
		}
		(void)sched_yield(); /* it cannot fail */
	}
}

static void start_cell(void)
{
	int err;

	while ((err = hv_cell_start(1)) == -EAGAIN)
		(void)sched_yield(); /* it cannot fail */
	assert_int_equal(err, 0);
}

static void stop_cell(void)
{
	int err;

	while ((err = hv_cell_stop(1)) == -EAGAIN)
		(void)sched_yield(); /* it cannot fail */
	assert_int_equal(err, 0);
}

/* Sometimes at once, sometimes when the cell has begun, or has come to its end. What asked it to stop is forgotten. */
static void one_round(u64 *random)
{
	u32 begun_before = hv_load_acquire(&begun), how = (u32)(unit_random(random) % 4);
	struct hv_cell_page *page = cell_of(1)->page;

	hv_store_release(&mood, (u32)(unit_random(random) % MOODS));
	start_cell();
	if (how)
		wait_for(&begun, begun_before);
	if (how > 1 && (mood == FAIL_BOTH || mood == SHUT_DOWN))
		wait_for(&page->ended, HV_END_NONE);
	stop_cell();
	assert_true(hv.pub[1].parked && hv.pub[2].parked);
	assert_null(hv.pub[1].tables);
	assert_null(hv.pub[2].tables);
	assert_int_equal(cell_of(1)->state, HV_CELL_READY);
	if (mood == RUN_ON || mood == WAKE)
		assert_int_equal(page->ended, HV_END_NONE);
	assert_true(page->ended <= HV_END_FAULT);
	ends[page->ended]++;
}

static void a_cell_fails_while_root_stops_it(void **state)
{
	u64 random = unit_seed(5);
	pthread_t thread[2];
	u32 i;

	(void)state;
	ready();
	cells_unit_threads = true;
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, run_cpu, (void *)(uintptr_t)(i + 1)), 0);
	for (i = 0; i < ROUNDS; i++)
		one_round(&random);
	hv_store_release(&over, 1);
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	cells_unit_threads = false;
	print_message("# note: %u begun, %u woken, %u shutdowns, %u faults\n", begun, woken, ends[1], ends[2]);
	assert_true(begun > ROUNDS / 2 && woken > ROUNDS / 10 && ends[1] > ROUNDS / 50 && ends[2] > ROUNDS / 50);
	assert_int_equal(cell_of(1)->page->starts, ROUNDS);
	assert_int_equal(cells_unit_cpu[1].guests_nmis + cells_unit_cpu[2].guests_nmis, 0);
	assert_int_equal(destroy(1), 0);
	get_back();
}

/* What is looked at may have changed when the answer is there. */
static bool comes_after_a_look;
bool __real_hv_cpu_does(u32 cpu, u32 requests);
bool __wrap_hv_cpu_does(u32 cpu, u32 requests);

bool __wrap_hv_cpu_does(u32 cpu, u32 requests)
{
	bool does = __real_hv_cpu_does(cpu, requests);

	if (does && comes_after_a_look)
		(void)cells_unit_attend(cpu);
	return does;
}

static void a_cell_ends_while_its_cpus_come(void **state)
{
	u32 i, steps;

	(void)state;
	comes_after_a_look = true;
	assert_int_equal(create(), 0);
	for (steps = 0; hv_cell_destroy(1) == -EAGAIN; steps++)
		assert_true(steps < 10);
	comes_after_a_look = false;
	for (i = 1; i <= 2; i++) {
		assert_ptr_equal(hv.pub[i].cell, &hv.root);
		assert_ptr_equal(cells_unit_cpu[i].core.cell, &hv.root);
		assert_true(hv_cpu_is_free(i));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CELLS_TEST("a cell ends while its CPUs come", a_cell_ends_while_its_cpus_come),
		CELLS_TEST("a cell comes to its end while root stops it", a_cell_fails_while_root_stops_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
