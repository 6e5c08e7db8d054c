// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls of cells, as Documentation/ABI/guest.md has them; and how long exits took. */
/* sources: hvcore/cell.c hvcore/cell_memory.c hvcore/cell_run.c hvcore/comm.c hvcore/cpu.c hvcore/request.c */
/* sources: hvcore/cellconf.c hvcore/cellconf_region.c hvcore/cellconf_io.c hvcore/cellconf_x86.c */
/* sources: hvcore/root.c hvcore/peek.c hvcore/memory.c hvcore/aspace.c hvcore/aspace_access.c hvcore/donation.c */
/* sources: hvcore/mset.c hvcore/mset_check.c hvcore/region.c hvcore/region_release.c hvcore/pt.c hvcore/pt_map.c */
/* sources: hvcore/pt_change.c hvcore/pt_table.c hvcore/owner.c hvcore/span.c hvcore/normal_world.c hvcore/psc.c */
/* sources: hvcore/psc_native.c hvcore/pool.c hvcore/buddy.c hvcore/buddy_check.c hvcore/slab.c */
/* sources: hvcore/slab_check.c hvcore/string.c arch/x86/svm/nptfmt.c arch/x86/ptfmt.c */
/* sources: tests/unit/fake_arch.c tests/unit/fake_log.c tests/unit/root_unit.c */
/* sources: tests/unit/cells_unit.c tests/unit/fake_cell.c hvcore/cell_console.c */
/* sources: hvcore/guest_call.c hvcore/exit.c hvcore/region_deferred.c */
#include "cells_unit.h"

#include <hv/atomic.h>
#include <hvabi/guest.h>
#include "fake_log.h"

static u64 number, args[3];
static bool is_privileged, is_64bit;
static struct hv_cpu *cpu;	/* the cell's first */

u64 hv_arch_hypercall_nr(struct hv_cpu *core)
{
	assert_ptr_equal(core, hv_arch_this_cpu());
	return is_64bit ? number : (u32)number;
}

u64 hv_arch_hypercall_arg(struct hv_cpu *core, unsigned int i)
{
	assert_ptr_equal(core, hv_arch_this_cpu());
	assert_true(i < 2);
	return is_64bit ? args[i] : (u32)args[i];
}

static int setup(void **state)
{
	assert_int_equal(cells_unit_setup(state), 0);
	running();
	cells_unit_on(2);
	cpu = &cells_unit_cpu[2].core;
	is_privileged = is_64bit = true;
	return 0;
}

static s64 call(u64 nr, u64 first, u64 second)
{
	struct hv_exit exit = { .reason = HV_EXIT_hypercall, .value = 0x1234567 };

	number = nr;
	args[0] = first;
	args[1] = second;
	if (hv_guest_ask(cpu, nr, is_privileged, first, &exit.value))
		return (s64)exit.value;
	assert_true(is_privileged);
	assert_int_equal(hv_guest_call(cpu, &exit), HV_ADVANCE);
	return (s64)exit.value;
}

static void info_answers(void **state)
{
	u64 i;

	(void)state;
	assert_int_equal(call(0x100, 0, 99), 1);
	assert_int_equal(call(0x100, 1, 99), 2);
	assert_int_equal(call(0x100, 2, 99), 0);
	assert_int_equal(call(0x100, 3, 99), 2000456);
	assert_int_equal(call(0x100, 4, 99), 1000123);
	assert_int_equal(call(0x100, 5, 99), 0xfef00000);
	assert_int_equal(call(0x100, 6, 99), 1);
	for (i = 7; i < 1000; i++)
		assert_int_equal(call(0x100, i, 0), -22);
	assert_int_equal(call(0x100, 1ULL << 32, 0), -22);
	assert_int_equal(call(0x100, ~0ULL, 0), -22);
	cells_unit_on(1);
	cpu = &cells_unit_cpu[1].core;
	assert_int_equal(call(0x100, 2, 0), 1);
	cells_unit_on(0);
	assert_int_equal(stop(1), 0);
	assert_int_equal(hv_cell_start(1), 0);
	cells_unit_attend_all();
	cells_unit_on(2);
	cpu = &cells_unit_cpu[2].core;
	assert_int_equal(call(0x100, 6, 0), 2);
}

/* Outside of 64-bit code nobody knows what is in the upper halves. */
static void half_registers(void **state)
{
	const u64 junk = 0xabcdef01ULL << 32;

	(void)state;
	assert_int_equal(call(0x100 | junk, 1, 0), -38);
	assert_int_equal(call(0x101, GUEST_RAM | junk, 1), -14);
	is_64bit = false;
	assert_int_equal(call(0x100 | junk, 1 | junk, 0), 2);
	assert_int_equal(call(0x100, 2 | junk, 0), 0);
	assert_int_equal(call(0x100, 7 | junk, 0), -22);
	assert_int_equal(call(0x101 | junk, GUEST_RAM | junk, 1 | junk), 1);
	assert_int_equal(call(0x99 | junk, 0, 0), -38);
}

/* Root's calls, and all other numbers, are none of a cell's. */
static void other_numbers_do_not_exist(void **state)
{
	u32 nr, requests = hv.pub[2].requests;

	(void)state;
	for (nr = 0; nr < 0x1000; nr++)
		if (nr < 0x100 || nr > 0x104)
			assert_int_equal(call(nr, 1, 1), -38);
	assert_int_equal(call(0x80000101, GUEST_RAM, 1), -38);
	assert_int_equal(call(~0u, 0, 0), -38);
	assert_int_equal(cell_of(1)->page->written, 0);
	assert_int_equal(hv.pub[2].requests, requests);
}

static void only_at_cpl_0(void **state)
{
	struct hv_cell_page before, *page = cell_of(1)->page;
	u32 nr;

	(void)state;
	is_privileged = false;
	memcpy(&before, page, sizeof(before));
	for (nr = 0; nr < 0x200; nr++)
		assert_int_equal(call(nr, GUEST_RAM, 1), -1);
	assert_memory_equal(&before, page, sizeof(before));
	assert_int_equal(hv.pub[2].requests, 0);
}

static void buffers_are_bounded(void **state)
{
	const struct hv_cell_page *page = cell_of(1)->page;
	struct hv_cell_input input = { .id = 1, .size = 3, .data = "abc" };

	(void)state;
	assert_int_equal(call(0x101, GUEST_RAM, 4096), 4096);
	assert_int_equal(call(0x101, GUEST_RAM, 4097), -22);
	assert_int_equal(call(0x101, GUEST_RAM, ~0ULL), -22);
	assert_int_equal(call(0x101, GUEST_RAM, 1ULL << 32), -22);
	assert_int_equal(call(0x101, GUEST_RAM - 1, 1), -14);
	assert_int_equal(call(0x101, ~0ULL, 1), -14);
	assert_int_equal(page->written, 4096);
	assert_int_equal(hv_cell_input(&input), 3);
	assert_int_equal(call(0x102, GUEST_RAM, 4097), -22);
	assert_int_equal(call(0x102, GUEST_RAM - 1, 1), -14);
	assert_int_equal(call(0x102, GUEST_RAM + 5, 4096), 3);
	assert_memory_equal(cells_unit_ram + 5, "abc", 3);
	assert_int_equal(call(0x102, GUEST_RAM, 4096), 0);
}

static void a_word_for_root(void **state)
{
	const struct hv_cell_page *page = cell_of(1)->page;

	(void)state;
	assert_int_equal(call(0x103, 0xfeedfacecafebeefULL, 0), 0);
	assert_int_equal(page->word, 0xfeedfacecafebeefULL);
	assert_int_equal(page->words, 1);
	assert_int_equal(call(0x103, 0, 0), 0);
	assert_int_equal(page->word, 0);
	assert_int_equal(page->words, 2);
}

static void a_shutdown_does_not_return(void **state)
{
	struct hv_exit exit = { .reason = HV_EXIT_hypercall };

	(void)state;
	number = 0x104;
	args[0] = 0x1122334455667788ULL;
	assert_int_equal(hv_guest_call(cpu, &exit), HV_STOP_CELL);
	assert_int_equal(cell_of(1)->page->ended, HV_END_SHUTDOWN);
	assert_int_equal(cell_of(1)->page->code, 0x1122334455667788ULL);
	assert_false(cells_unit_stop(2));
	assert_true(hv.pub[2].parked);
}

static const struct hv_cell_cpu_stats *stats(void)
{
	return (const struct hv_cell_cpu_stats *)cpu->stats;
}

static void takes(u64 ticks)
{
	hv_exit_account(cpu, cpu->reason, 1000, 1000 + (u32)ticks);
}

/* Bucket 0 is below 256 ticks, each has twice the range of the last, the last one has no end. */
static void exits_fall_into_buckets(void **state)
{
	u64 edge = 256, sum = 0;
	unsigned int i;

	(void)state;
	cpu->reason = HV_EXIT_cpuid;
	takes(0);
	takes(255);
	assert_int_equal(stats()->histogram[HV_EXIT_cpuid][0], 2);
	assert_int_equal(stats()->ticks[HV_EXIT_cpuid], sum = 255);
	for (i = 1; i < 12; i++, edge *= 2) {
		takes(edge);
		takes(2 * edge - 1);
		assert_int_equal(stats()->histogram[HV_EXIT_cpuid][i], 2);
		assert_int_equal(stats()->ticks[HV_EXIT_cpuid], sum += 3 * edge - 1);
	}
	takes(edge);
	takes(1u << 31);
	assert_int_equal(stats()->histogram[HV_EXIT_cpuid][11], 4);
	assert_int_equal(stats()->histogram[HV_EXIT_cpuid][2], 2);
	hv_exit_account(cpu, cpu->reason, 0xffffff00, 0x100); /* 512, and the lower half of the clock began anew */
	assert_int_equal(stats()->histogram[HV_EXIT_cpuid][2], 3);
	for (i = 0; i < HV_STATS_REASONS; i++)
		assert_int_equal(stats()->ticks[i] != 0, i == HV_EXIT_cpuid);
	cpu->reason = HV_EXIT_COUNT - 1;
	takes(300);
	assert_int_equal(stats()->ticks[HV_EXIT_COUNT - 1], 300);
	assert_int_equal(stats()->histogram[HV_EXIT_COUNT - 1][1], 1);
}

/* Where the CPU stood in between, the time is not that of an exit. */
static void standing_is_no_exit(void **state)
{
	(void)state;
	cpu->reason = HV_EXIT_init;
	cpu->stood = false;
	(void)hv_fetch_or(&cpu->pub->requests, HV_REQUEST_INIT);
	assert_false(cells_unit_stop(2));
	assert_true(cpu->stood);
	assert_int_equal(stats()->counts.exits[HV_EXIT_init], 1);
}

static void the_first_exit(void **state)
{
	(void)state;
	assert_true(hv_exit_is_first(cpu));
	hv_exit_count(cpu, HV_EXIT_invalid);
	assert_int_equal(cpu->reason, HV_EXIT_invalid);
	assert_false(hv_exit_is_first(cpu));
}

/* Nobody has an answer to it: of a cell that is its end, of root it is for the architecture to end the machine. */
static void exits_without_an_answer(void **state)
{
	static const u32 reasons[] = { HV_EXIT_shutdown, HV_EXIT_invalid, HV_EXIT_other };
	struct hv_exit exit = { .reason = HV_EXIT_virt_insn };
	struct hv_cpu *root = &cells_unit_cpu[0].core;
	unsigned int i, lines;

	(void)state;
	assert_int_equal(hv_exit_refuse(cpu, &exit), HV_INJECT_UD);
	assert_int_equal(cell_of(1)->page->ended, HV_END_NONE);
	for (i = 0; i < HV_ARRAY_SIZE(reasons); i++) {
		lines = fake_log_lines;
		exit = (struct hv_exit){ .reason = reasons[i], .nr = 0x7f, .value = 0x55 };
		cell_of(1)->ended = 0;
		cpu->reason = reasons[i];
		assert_int_equal(hv_exit_refuse(cpu, &exit), HV_STOP_CELL);
		assert_int_equal(cell_of(1)->page->ended, HV_END_FAULT);
		assert_int_equal(cell_of(1)->page->fault.reason, reasons[i]);
		assert_int_equal(cell_of(1)->page->fault.nr, 0x7f);
		assert_int_equal(fake_log_lines, lines);	/* the record tells it */
		cells_unit_on(0);
		assert_int_equal(hv_exit_refuse(root, &exit), HV_STOP_CELL);
		assert_int_equal(fake_log_lines, lines + 1);
		assert_memory_equal(fake_log_last, "root: ", 6);
		cells_unit_on(2);
	}
	assert_int_equal(hv.pub[0].requests, 0);
}

#define TEST(name, function) { name, function, setup, root_unit_teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("info answers", info_answers),
		TEST("in code that is not 64-bit the lower halves count", half_registers),
		TEST("other numbers do not exist", other_numbers_do_not_exist),
		TEST("calls are for CPL 0", only_at_cpl_0),
		TEST("buffers are bounded", buffers_are_bounded),
		TEST("a word for root", a_word_for_root),
		TEST("a shutdown does not return", a_shutdown_does_not_return),
		TEST("exits fall into buckets", exits_fall_into_buckets),
		TEST("standing is no exit", standing_is_no_exit),
		TEST("the first exit is known", the_first_exit),
		TEST("exits without an answer end a cell", exits_without_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
