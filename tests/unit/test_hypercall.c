// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls of root: who may, what is not to be read, and a whole life of a cell by them. */
/* sources: hvcore/cell.c hvcore/cell_memory.c hvcore/cell_run.c hvcore/comm.c hvcore/cpu.c hvcore/request.c */
/* sources: hvcore/cellconf.c hvcore/cellconf_region.c hvcore/cellconf_io.c hvcore/cellconf_x86.c */
/* sources: hvcore/root.c hvcore/peek.c hvcore/memory.c hvcore/aspace.c hvcore/aspace_access.c hvcore/donation.c */
/* sources: hvcore/mset.c hvcore/mset_check.c hvcore/region.c hvcore/region_release.c hvcore/pt.c hvcore/pt_map.c */
/* sources: hvcore/pt_change.c hvcore/pt_table.c hvcore/owner.c hvcore/span.c hvcore/normal_world.c hvcore/psc.c */
/* sources: hvcore/psc_native.c hvcore/pool.c hvcore/buddy.c hvcore/buddy_check.c hvcore/slab.c */
/* sources: hvcore/slab_check.c hvcore/string.c arch/x86/svm/nptfmt.c arch/x86/ptfmt.c */
/* sources: tests/unit/fake_arch.c tests/unit/fake_log.c tests/unit/root_unit.c */
/* sources: tests/unit/cells_unit.c tests/unit/fake_cell.c hvcore/cell_console.c */
/* sources: hvcore/hypercall.c hvcore/aspace_dump.c hvcore/region_deferred.c */
#include "cells_unit.h"

#include <hv/cellconf.h>
#include <hv/launch.h>
#include "fake_log.h"

static u64 arg;
static bool is_privileged, agreed;
static u32 left;

u64 hv_arch_hypercall_arg(struct hv_cpu *core, unsigned int i)
{
	assert_ptr_equal(core, hv_arch_this_cpu());
	assert_int_equal(i, 0);
	return arg;
}

bool hv_arch_guest_is_privileged(struct hv_cpu *core)
{
	(void)core;
	return is_privileged;
}

bool hv_leave_agreed(void)
{
	left++;
	return agreed;
}

int hv_selfcheck(void)
{
	return -EIO;
}

static int setup(void **state)
{
	is_privileged = true;
	agreed = false;
	left = 0;
	return cells_unit_setup(state);
}

static s64 call_on(u32 cpu, u32 nr, u64 first, enum hv_verdict verdict)
{
	struct hv_exit exit = { .reason = HV_EXIT_hypercall, .nr = nr, .value = 0x1234567 };

	arg = first;
	cells_unit_on(cpu);
	assert_int_equal(hv_hypercall(&cells_unit_cpu[cpu].core, &exit), verdict);
	cells_unit_on(0);
	return (s64)exit.value;
}

static s64 call(u32 nr, u64 first)
{
	return call_on(0, nr, first, HV_ADVANCE);
}

/* Into the guest's memory, where the hypercall finds it. */
static u64 pass(const void *structure, u64 size)
{
	assert_true(size <= GUEST_RAM_SIZE);
	memcpy(cells_unit_ram, structure, size);
	return GUEST_RAM;
}

static void only_root_at_cpl_0(void **state)
{
	u32 nr;

	(void)state;
	running();
	for (nr = 1; nr <= HV_HC_CELL_INPUT; nr++) {
		assert_int_equal(call_on(2, nr, 1, HV_ADVANCE), -EPERM);
		is_privileged = false;
		assert_int_equal(call(nr, 1), -EPERM);
		is_privileged = true;
	}
	assert_int_equal(left, 0);
	assert_int_equal(call(HV_HC_NOP, 1), 0);
	assert_int_equal(call(HV_HC_CELL_INPUT + 1, 1), -ENOSYS);
	assert_int_equal(call(0x100, 0), -ENOSYS);
	assert_int_equal(call(~0u, 0), -ENOSYS);
	assert_int_equal(cell_of(1)->state, HV_CELL_RUNNING);
}

/* A structure that is not all there, or for which there is no memory. */
static void arguments_are_copied(void **state)
{
	static const struct {
		u32 nr;
		u64 size;
		bool on_stack;
	} calls[] = {
		{ HV_HC_DONATE, sizeof(struct hv_psc), false },
		{ HV_HC_CELL_CREATE, sizeof(struct hv_cellconf), false },
		{ HV_HC_CELL_FILL, sizeof(struct hv_cell_fill), false },
		{ HV_HC_CELL_LOAD, sizeof(struct hv_cell_load), true },
		{ HV_HC_CELL_INPUT, sizeof(struct hv_cell_input), true },
	};
	struct root_unit_drained drained;
	u64 frames;
	u32 i;

	(void)state;
	hv_pool_trim(&hv.pool);
	frames = hv.pool.free;
	for (i = 0; i < HV_ARRAY_SIZE(calls); i++) {
		assert_int_equal(call(calls[i].nr, GUEST_RAM + GUEST_RAM_SIZE - calls[i].size + 1), -EFAULT);
		assert_int_equal(call(calls[i].nr, RANGE), -EFAULT);
		assert_int_equal(call(calls[i].nr, ~0ULL), -EFAULT);
		drained = root_unit_drain(0);
		assert_int_equal(call(calls[i].nr, ~0ULL), calls[i].on_stack ? -EFAULT : -ENOMEM);
		root_unit_refill(drained);
		/* nonsense, all zeros */
		assert_true(call(calls[i].nr, GUEST_RAM + GUEST_RAM_SIZE - calls[i].size) < 0);
	}
	hv_pool_trim(&hv.pool);
	assert_int_equal(hv.pool.free, frames);
	assert_false(hv_cell_exists());
}

static s64 until_done(u32 nr, u64 id)
{
	s64 result;

	while ((result = call(nr, id)) == -EAGAIN)
		cells_unit_attend_all();
	return result;
}

static void a_life_by_hypercalls(void **state)
{
	struct hv_psc list = list_of(BLOCK, OTHER, HV_PSC_PRIVATE), back = list_of(BLOCK, OTHER, HV_PSC_SHARED);
	struct hv_cell_fill fill_it = { .id = 1, .list = only(BLOCK, HV_PSC_PRIVATE) };
	struct hv_cell_load load = { .id = 1, .gpa = LOW + 0x100, .from = 0x3000, .size = 0x20 };
	struct hv_cell_input input = { .id = 1, .size = 5, .data = "hello" };
	struct hv_cellconf conf = conf_of(1, "one", 1, 2);
	u64 frames;

	(void)state;
	conf.flags = HV_CONF_CONSOLE;
	conf.regions[0].flags |= HV_MEM_LOADABLE;
	hv_pool_trim(&hv.pool);
	frames = hv.pool.free;
	assert_int_equal(call(HV_HC_DONATE, pass(&list, sizeof(list))), 0);
	assert_int_equal(call(HV_HC_CELL_CREATE, pass(&conf, sizeof(conf))), 0);
	assert_int_equal(call(HV_HC_CELL_CREATE, pass(&conf, sizeof(conf))), -EEXIST);
	assert_int_equal(call(HV_HC_CELL_FILL, pass(&fill_it, sizeof(fill_it))), 0);
	fill_it.list = only(OTHER, HV_PSC_PRIVATE);
	assert_int_equal(call(HV_HC_CELL_FILL, pass(&fill_it, sizeof(fill_it))), 0);
	assert_int_equal(call(HV_HC_CELL_LOAD, pass(&load, sizeof(load))), 0);
	assert_int_equal(cells_unit_copies[0].to, BLOCK + 0x100);
	assert_int_equal(cells_unit_copies[0].size, 0x20);
	assert_int_equal(call(HV_HC_CELL_INPUT, pass(&input, sizeof(input))), 5);
	assert_int_equal(until_done(HV_HC_CELL_START, 1), 0);
	cells_unit_attend_all();
	assert_true(cells_unit_cpu[2].runs);
	assert_int_equal(call(HV_HC_CELL_DESTROY, 1), -EBUSY);
	assert_int_equal(until_done(HV_HC_CELL_STOP, 1), 0);
	assert_int_equal(until_done(HV_HC_CELL_DESTROY, 1), 0);
	assert_int_equal(call(HV_HC_DONATE, pass(&back, sizeof(back))), 0);
	hv_pool_trim(&hv.pool);
	assert_int_equal(hv.pool.free, frames);
}

/* An id has 32 bits: what is larger is none, not another one. */
static void ids_are_not_cut(void **state)
{
	(void)state;
	ready();
	assert_int_equal(call(HV_HC_CELL_START, 1ULL << 32 | 1), -ENOENT);
	assert_int_equal(call(HV_HC_CELL_STOP, 1ULL << 32 | 1), -ENOENT);
	assert_int_equal(call(HV_HC_CELL_DESTROY, 1ULL << 32 | 1), -ENOENT);
	assert_int_equal(call(HV_HC_CELL_START, 2), -ENOENT);
	assert_int_equal(cell_of(1)->state, HV_CELL_READY);
}

static void the_others(void **state)
{
	u32 lines = fake_log_lines;

	(void)state;
	assert_int_equal(call(HV_HC_SELFCHECK, 0), -EIO);
	assert_int_equal(call(HV_HC_DUMP, 0), 0);
	assert_true(fake_log_lines > lines);
	assert_int_equal(call(HV_HC_CPU_START, 2), -EINVAL);
	assert_int_equal(call(HV_HC_CPU_START, 1ULL << 32), -EINVAL);
	assert_int_equal(hv.moderation, 0);
	assert_int_equal(call(HV_HC_CPU_START, 1), 0);
	assert_int_equal(hv.moderation, HV_MODERATE_START);
	assert_true(root_unit_moderates);
	assert_int_equal(call(HV_HC_CPU_START, 0), 0);
	assert_false(root_unit_moderates);
	assert_int_equal(call(HV_HC_LEAVE, 0), -EBUSY);
	agreed = true;
	assert_int_equal(call_on(0, HV_HC_LEAVE, 0, HV_LEAVE), 0);
	assert_int_equal(left, 2);
}

#define TEST(name, function) { name, function, setup, root_unit_teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("calls are for root at CPL 0", only_root_at_cpl_0),
		TEST("arguments are copied, whole or not at all", arguments_are_copied),
		TEST("a life by hypercalls", a_life_by_hypercalls),
		TEST("ids are not cut", ids_are_not_cut),
		TEST("the other calls", the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
