// SPDX-License-Identifier: GPL-2.0-only
/* CPUs under random requests, turns and ends of cells: whatever the order, these things hold. */
/* sources: hvcore/cell.c hvcore/cell_memory.c hvcore/cell_run.c hvcore/comm.c hvcore/cpu.c hvcore/request.c */
/* sources: hvcore/cellconf.c hvcore/cellconf_region.c hvcore/cellconf_io.c hvcore/cellconf_x86.c */
/* sources: hvcore/root.c hvcore/peek.c hvcore/memory.c hvcore/aspace.c hvcore/aspace_access.c hvcore/donation.c */
/* sources: hvcore/mset.c hvcore/mset_check.c hvcore/region.c hvcore/region_release.c hvcore/pt.c hvcore/pt_map.c */
/* sources: hvcore/pt_change.c hvcore/pt_table.c hvcore/owner.c hvcore/span.c hvcore/normal_world.c hvcore/psc.c */
/* sources: hvcore/psc_native.c hvcore/pool.c hvcore/buddy.c hvcore/buddy_check.c hvcore/slab.c */
/* sources: hvcore/slab_check.c hvcore/string.c arch/x86/svm/nptfmt.c arch/x86/ptfmt.c */
/* sources: tests/unit/fake_arch.c tests/unit/fake_log.c tests/unit/root_unit.c */
/* sources: tests/unit/cells_unit.c tests/unit/fake_cell.c tests/unit/pool_unit.c hvcore/region_deferred.c */
#include "cells_unit.h"

#include <hv/atomic.h>
#include "pool_unit.h"

#define STEPS 300000
#define NR_CELLS 3
#define USED 10		/* CPUs that take part: 0 to 9 */

static u64 random_state, done[20];

static u32 random_below(u32 n)
{
	return (u32)(unit_random(&random_state) % n);
}

static struct hv_cell *find(u32 id)
{
	struct hv_cell **slot;

	for (slot = hv.cells; slot < hv.cells + HV_MAX_CELLS; slot++)
		if (*slot && (*slot)->id == id)
			return *slot;
	return NULL;
}

/* Cell 1 may have CPUs 1 to 3, cell 2 those from 2 on, cell 3 one of them: not all can be at the same time. */
static void make(u32 id)
{
	static const u32 first[] = { 0, 1, 2, 5 }, count[] = { 0, 3, 6, 1 };
	struct hv_cellconf conf = conf_of(id, "", first[id], count[id]);
	int err;

	conf.name[0] = (char)('a' + id);
	conf.nr_regions = 1;
	conf.regions[0].size = HV_PAGE_SIZE;
	conf.regions[0].mode = HV_MODE_SECURE;
	err = hv_cell_create(&conf);
	assert_true(!err || err == -EEXIST || err == -EBUSY);
	done[0] += !err;
}

static void unmake(u32 id)
{
	const struct hv_cell *cell = find(id);
	bool runs = cell && (cell->state == HV_CELL_RUNNING || cell->state == HV_CELL_STOPPING);
	int err = hv_cell_destroy(id);

	assert_int_equal(err == -ENOENT, !cell);
	assert_int_equal(err == -EBUSY, runs);
	assert_true(!err || err == -ENOENT || err == -EBUSY || err == -EAGAIN);
	done[1] += !err;
}

static void begin(u32 id)
{
	const struct hv_cell *cell = find(id);
	bool is_ready = cell && cell->state == HV_CELL_READY;
	int err = hv_cell_start(id);

	assert_int_equal(err == -ENOENT, !cell);
	assert_int_equal(err == -EBUSY, cell && !is_ready);
	assert_true(!err || !is_ready || err == -EAGAIN);
	done[2] += !err;
}

static void halt(u32 id)
{
	const struct hv_cell *cell = find(id);
	int err = hv_cell_stop(id);

	assert_int_equal(err == -ENOENT, !cell);
	assert_true(!err || !cell || err == -EAGAIN || err == -EBUSY);
	if (!err)
		assert_int_equal(cell->state, HV_CELL_READY);
	done[3] += !err;
}

/* A guest fails, or asks for its end, on whatever CPU it runs. */
static void end(u32 i, bool fails)
{
	struct cells_unit_cpu *cpu = &cells_unit_cpu[i];
	struct hv_exit exit = { .reason = HV_EXIT_memory };
	enum hv_verdict verdict;

	if (!cpu->runs || cpu->core.cell == &hv.root)
		return;
	cells_unit_on(i);
	verdict = fails ? hv_cell_fail(&cpu->core, &exit) : hv_cell_shut_down(&cpu->core, 1);
	cells_unit_on(0);
	assert_int_equal(verdict, HV_STOP_CELL);
	assert_false(cells_unit_stop(i));
	done[4 + fails]++;
}

/* An INIT or a start-up IPI from a guest to a CPU of its own cell; not to CPU 0, so that root goes on. */
static void interrupt(u32 from, u32 to, bool init)
{
	if (!cells_unit_cpu[from].runs || hv.pub[to].cell != cells_unit_cpu[from].core.cell || from == to || !to)
		return;
	hv.pub[to].sipi_vector = random_below(256);
	(void)hv_fetch_or(&hv.pub[to].requests, init ? HV_REQUEST_INIT : HV_REQUEST_SIPI);
	hv_request_kick(&hv.pub[to]);
	done[6 + init]++;
}

static bool is_cell(const struct hv_cell *cell)
{
	return cell == &hv.root || find(1) == cell || find(2) == cell || find(3) == cell;
}

static void check_guest(const struct cells_unit_cpu *cpu)
{
	const struct hv_cell *cell = cpu->core.cell;
	u32 requests = cpu->core.pub->requests;

	assert_ptr_equal(cpu->core.pub->tables, &cell->space.set.pt);
	assert_false(cpu->core.stands || cpu->core.pub->parked || cpu->core.pub->waits_for_sipi);
	if (cell == &hv.root)
		return;
	/* where a guest still runs when its cell is about to stop, its CPU was told */
	assert_true(cell->state == HV_CELL_RUNNING || cell->state == HV_CELL_STOPPING);
	if (cell->state == HV_CELL_STOPPING || cell->page->ended)
		assert_true(requests & HV_REQUEST_STOP);
}

static void check_cpu(u32 i)
{
	const struct cells_unit_cpu *cpu = &cells_unit_cpu[i];
	const struct hv_cpu_pub *pub = cpu->core.pub;

	assert_true(is_cell(cpu->core.cell) && is_cell(pub->cell));
	assert_true(pub->cell == cpu->core.cell || (pub->requests & HV_REQUEST_MOVE));
	assert_true(!pub->tables || pub->tables == &cpu->core.cell->space.set.pt);
	assert_int_equal(cpu->guests_nmis, 0);
	/* who has something to do is told, or will look by itself */
	assert_true(!pub->requests || cpu->nmis);
	assert_int_equal(pub->kicked, cpu->nmis > 0);
	if (cpu->runs)
		check_guest(cpu);
	else
		assert_int_equal(!pub->tables, pub->parked);
	if (pub->parked)
		assert_false(pub->waits_for_sipi);
	if (pub->cell == &hv.root && !(pub->requests & HV_REQUEST_MOVE))
		assert_false(pub->parked);
	assert_int_equal(cpu->core.number, cpu->core.cell == &hv.root ? i : cpu->core.number);
}

static void check_cell(const struct hv_cell *cell)
{
	u32 i, cpu;

	for (i = 0; i < cell->nr_cpus; i++) {
		cpu = hv_cell_cpu(cell, i);
		if (cell->state != HV_CELL_ENDING)
			assert_ptr_equal(hv.pub[cpu].cell, cell);
		if (cells_unit_cpu[cpu].core.cell == cell)
			assert_int_equal(cells_unit_cpu[cpu].core.number, i);
		if (cell->state == HV_CELL_READY && cells_unit_cpu[cpu].core.cell == cell)
			assert_null(hv.pub[cpu].tables);
	}
}

static void check(void)
{
	u32 i;

	for (i = 0; i < USED; i++)
		check_cpu(i);
	for (i = 1; i <= NR_CELLS; i++)
		if (find(i))
			check_cell(find(i));
	assert_int_equal(hv.nr_cells, !!find(1) + !!find(2) + !!find(3));
	assert_int_equal(hv.moderation, hv.nr_cells ? HV_MODERATE_CELLS : 0);
}

static void step(void)
{
	u32 what = random_below(100), id = 1 + random_below(NR_CELLS), cpu = random_below(USED);

	if (what < 10)
		make(id);
	else if (what < 16)
		unmake(id);
	else if (what < 26)
		begin(id);
	else if (what < 28)
		halt(id);
	else if (what < 44)
		end(cpu, what & 1);
	else if (what < 60)
		interrupt(cpu, random_below(USED), what & 1);
	else
		(void)cells_unit_attend(cpu);
}

static void random_steps(void **state)
{
	u64 frames;
	u32 i;

	(void)state;
	random_state = unit_seed(20);
	frames = hv.pool.free;
	for (i = 0; i < STEPS; i++) {
		step();
		check();
	}
	print_message("# note: %llu cells, %llu starts, %llu stops, %llu shutdowns, %llu faults, %llu IPIs\n", done[0],
		      done[2], done[3], done[4], done[5], done[6] + done[7]);
	/* all of it happened, and often */
	for (i = 0; i < 8; i++)
		assert_true(done[i] > STEPS / 1000);
	for (i = 1; i <= NR_CELLS; i++) {
		if (find(i)) {
			(void)stop(i);
			assert_int_equal(destroy(i), 0);
		}
	}
	check();
	for (i = 0; i < USED; i++)
		assert_true(hv_cpu_is_free(i));
	hv_pool_trim(&hv.pool);
	assert_int_equal(hv.pool.free, frames);
	assert_int_equal(hv_memory_check(), 0);
	assert_int_equal(hv_memory_check_space(&hv.root.space), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CELLS_TEST("300000 steps of root, cells and CPUs", random_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
