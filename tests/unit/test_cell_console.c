// SPDX-License-Identifier: GPL-2.0-only
/* A cell's console: the ring that root reads, and what the cell reads. */
/* sources: hvcore/cell.c hvcore/cell_memory.c hvcore/cell_run.c hvcore/comm.c hvcore/cpu.c hvcore/request.c */
/* sources: hvcore/cellconf.c hvcore/cellconf_region.c hvcore/cellconf_io.c hvcore/cellconf_x86.c */
/* sources: hvcore/root.c hvcore/peek.c hvcore/memory.c hvcore/aspace.c hvcore/aspace_access.c hvcore/donation.c */
/* sources: hvcore/mset.c hvcore/mset_check.c hvcore/region.c hvcore/region_release.c hvcore/pt.c hvcore/pt_map.c */
/* sources: hvcore/pt_change.c hvcore/pt_table.c hvcore/owner.c hvcore/span.c hvcore/normal_world.c hvcore/psc.c */
/* sources: hvcore/psc_native.c hvcore/pool.c hvcore/buddy.c hvcore/buddy_check.c hvcore/slab.c */
/* sources: hvcore/slab_check.c hvcore/string.c arch/x86/svm/nptfmt.c arch/x86/ptfmt.c */
/* sources: tests/unit/fake_arch.c tests/unit/fake_log.c tests/unit/root_unit.c */
/* sources: tests/unit/cells_unit.c tests/unit/fake_cell.c hvcore/cell_console.c hvcore/region_deferred.c */
#include "cells_unit.h"

#include <hv/donation.h>

static struct hv_cell_page *page;
static struct hv_cpu *cpu;	/* the cell's first */

static int setup(void **state)
{
	u32 i;

	assert_int_equal(cells_unit_setup(state), 0);
	running();
	cells_unit_on(2);
	page = cell_of(1)->page;
	cpu = &cells_unit_cpu[2].core;
	for (i = 0; i < GUEST_RAM_SIZE; i++)
		cells_unit_ram[i] = (u8)(i * 7 + i / 256);
	return 0;
}

static void put_word(u32 n)
{
	u8 text[8];

	(void)snprintf((char *)text, sizeof(text), "%06u.", n);
	memcpy(cells_unit_ram, text, 7);
	assert_int_equal(hv_cell_write(cpu, GUEST_RAM, 7), 7);
}

static void output_goes_round(void **state)
{
	char text[16];
	u64 at, first;
	u32 n;

	(void)state;
	assert_int_equal(page->written, 0);
	for (n = 0; n < 5000; n++) {
		put_word(n);
		assert_int_equal(page->written, (n + 1) * 7);
		assert_int_equal(page->begun, page->written);
	}
	/* what root finds: the last HV_CELL_CONSOLE bytes, each at its place */
	first = page->written - HV_CELL_CONSOLE;
	for (at = first; at < page->written; at++) {
		(void)snprintf(text, sizeof(text), "%06u.", (u32)(at / 7));
		assert_int_equal(page->console[at % HV_CELL_CONSOLE], text[at % 7]);
	}
}

static void pieces_wrap(void **state)
{
	u64 i;

	(void)state;
	assert_int_equal(hv_cell_write(cpu, GUEST_RAM, 4096), 4096);
	assert_int_equal(hv_cell_write(cpu, GUEST_RAM + 5, 4096), 4096);
	assert_int_equal(page->written, 8192);
	for (i = 0; i < 4096; i++)
		assert_int_equal(page->console[(4096 + i) % HV_CELL_CONSOLE], cells_unit_ram[5 + i]);
	/* up to the very end, and from the beginning */
	assert_int_equal(hv_cell_write(cpu, GUEST_RAM, 2 * HV_CELL_CONSOLE - 8192), 2 * HV_CELL_CONSOLE - 8192);
	assert_int_equal(page->written % HV_CELL_CONSOLE, 0);
	cells_unit_ram[0] = 0xee;
	assert_int_equal(hv_cell_write(cpu, GUEST_RAM, 1), 1);
	assert_int_equal(page->console[0], 0xee);
	assert_int_equal(hv_cell_write(cpu, GUEST_RAM, 0), 0);
	assert_int_equal(hv_cell_write(cpu, 0, 0), 0);
	assert_int_equal(page->written, 2 * HV_CELL_CONSOLE + 1);
}

/* What could not be read was not written; but its place in the ring may be spoiled, for good, and root is told. */
static void a_bad_buffer_writes_nothing(void **state)
{
	u64 spoiled;

	(void)state;
	assert_int_equal(hv_cell_write(cpu, GUEST_RAM, 100), 100);
	assert_int_equal(hv_cell_write(cpu, GUEST_RAM - 1, 2), -EFAULT);
	assert_int_equal(hv_cell_write(cpu, GUEST_RAM + GUEST_RAM_SIZE - 1000, 4000), -EFAULT);
	assert_int_equal(page->written, 100);
	spoiled = page->begun;
	assert_int_equal(spoiled, 4100);
	assert_int_equal(hv_cell_write(cpu, GUEST_RAM, 10), 10);
	assert_int_equal(page->written, 110);
	assert_int_equal(page->begun, spoiled);
	assert_int_equal(hv_cell_write(cpu, GUEST_RAM, 4000), 4000);
	assert_int_equal(page->begun, 4110);
	assert_int_equal(page->console[100], cells_unit_ram[0]);
	assert_false(hv_lock_is_held(&cell_of(1)->console_lock));
}

static void without_a_console_output_vanishes(void **state)
{
	struct hv_cell_input input = { .id = 1, .size = 1 };

	(void)state;
	cell_of(1)->conf->flags = HV_CONF_RESTART;
	assert_int_equal(hv_cell_write(cpu, GUEST_RAM, 100), 100);
	assert_int_equal(hv_cell_write(cpu, 0, 100), 100);
	assert_int_equal(page->written, 0);
	assert_int_equal(hv_cell_input(&input), -EINVAL);
	assert_int_equal(hv_cell_read(cpu, GUEST_RAM, 10), 0);
}

static int send(u8 first, u32 size)
{
	struct hv_cell_input input = { .id = 1, .size = size };
	u32 i;

	for (i = 0; i < size && i < HV_CELL_INPUT_MAX; i++)
		input.data[i] = (u8)(first + i);
	return hv_cell_input(&input);
}

static void input_waits_until_it_is_read(void **state)
{
	u32 round, i;

	(void)state;
	assert_int_equal(hv_cell_read(cpu, GUEST_RAM, 4096), 0);
	for (round = 0; round < 100; round++) {
		assert_int_equal(send((u8)round, 100), 100);
		assert_int_equal(hv_cell_read(cpu, GUEST_RAM + 8, 60), 60);
		assert_int_equal(hv_cell_read(cpu, GUEST_RAM + 68, 60), 40);
		for (i = 0; i < 100; i++)
			assert_int_equal(cells_unit_ram[8 + i], (u8)(round + i));
		assert_int_equal(page->taken, (round + 1) * 100);
	}
	assert_int_equal(cells_unit_ram[108], (u8)(108 * 7));
}

static void input_that_finds_no_room_is_said(void **state)
{
	struct hv_cell_input input = { .id = 2, .size = 1 };

	(void)state;
	assert_int_equal(hv_cell_input(&input), -ENOENT);
	assert_int_equal(send(0, HV_CELL_INPUT_MAX + 1), -EINVAL);
	assert_int_equal(send(0, ~0u), -EINVAL);
	assert_int_equal(send(0, 0), 0);
	assert_int_equal(send(0, HV_CELL_INPUT_MAX), HV_CELL_INPUT_MAX);
	assert_int_equal(send(9, 1), 0);
	assert_int_equal(hv_cell_read(cpu, GUEST_RAM, 1), 1);
	assert_int_equal(send(77, 10), 1);
	assert_int_equal(hv_cell_read(cpu, GUEST_RAM, 4096), HV_CELL_INPUT_MAX);
	assert_int_equal(cells_unit_ram[0], 1);
	assert_int_equal(cells_unit_ram[HV_CELL_INPUT_MAX - 1], 77);
	assert_int_equal(hv_cell_read(cpu, GUEST_RAM, 1), 0);
}

/* Counts go up for ever, beyond what they can hold. */
static void counts_of_input_wrap(void **state)
{
	struct hv_input *input = &cell_of(1)->input;

	(void)state;
	input->put = input->got = ~0u - 99;
	assert_int_equal(send(5, 200), 200);
	assert_int_equal(send(0, 100), 56);
	assert_int_equal(hv_cell_read(cpu, GUEST_RAM, 300), 256);
	assert_int_equal(cells_unit_ram[0], 5);
	assert_int_equal(cells_unit_ram[199], (u8)(5 + 199));
	assert_int_equal(cells_unit_ram[200], 0);
}

static void input_is_kept_if_the_buffer_is_bad(void **state)
{
	(void)state;
	assert_int_equal(send(3, 10), 10);
	assert_int_equal(hv_cell_read(cpu, GUEST_RAM + GUEST_RAM_SIZE - 5, 10), -EFAULT);
	assert_int_equal(page->taken, 0);
	assert_int_equal(hv_cell_read(cpu, GUEST_RAM + GUEST_RAM_SIZE - 5, 5), 5);
	assert_int_equal(cells_unit_ram[GUEST_RAM_SIZE - 5], 3);
	assert_int_equal(page->taken, 5);
}

/* A new start reads on where the old one ended, and root goes on reading. */
static void the_console_outlives_a_stop(void **state)
{
	(void)state;
	assert_int_equal(hv_cell_write(cpu, GUEST_RAM, 10), 10);
	assert_int_equal(send(3, 10), 10);
	cells_unit_on(0);
	assert_int_equal(stop(1), 0);
	assert_int_equal(hv_cell_start(1), 0);
	cells_unit_attend_all();
	cells_unit_on(2);
	assert_int_equal(page->written, 10);
	assert_int_equal(hv_cell_read(cpu, GUEST_RAM, 20), 10);
}

#define PAGES ((GUEST_RAM + GUEST_RAM_SIZE) / HV_PAGE_SIZE)

/* The guest's memory ends the cell's, and waits for a first touch page by page. */
static int setup_deferred(void **state)
{
	struct hv_cellconf conf = conf_of(1, "one", 1, 2);
	struct hv_cell_fill request = { .id = 1, .list = { .end_entry = PAGES - 1 } };
	struct hv_psc list;
	u64 i;

	assert_int_equal(cells_unit_setup(state), 0);
	conf.nr_regions = 1;
	conf.flags = HV_CONF_CONSOLE;
	conf.regions[0].size = PAGES * HV_PAGE_SIZE;
	conf.regions[0].populate = 0;
	for (i = 0; i < PAGES; i++)
		request.list.entry[i] = (BLOCK + i * HV_PAGE_SIZE) | (u64)HV_PSC_PRIVATE << HV_PSC_OP_SHIFT;
	list = request.list;
	assert_int_equal(hv_donation_take(&list), 0);
	assert_int_equal(hv_cell_create(&conf), 0);
	assert_int_equal(hv_cell_fill(&request), 0);
	cells_unit_attend_all();
	assert_int_equal(hv_cell_start(1), 0);
	cells_unit_attend_all();
	cells_unit_on(2);
	page = cell_of(1)->page;
	cpu = &cells_unit_cpu[2].core;
	cells_unit_scrubbed = 0;
	return 0;
}

/* No memory is zeroed while root may wait for the console: hv_arch_scrub() looks. */
static void a_buffer_is_touched_before(void **state)
{
	const u64 last = GUEST_RAM + 3 * HV_PAGE_SIZE;

	(void)state;
	assert_int_equal(hv_cell_write(cpu, GUEST_RAM + HV_PAGE_SIZE - 4, 8), 8);
	assert_int_equal(cells_unit_scrubbed, 2 * HV_PAGE_SIZE);
	/* what is not there is not looked for later, either */
	assert_int_equal(hv_cell_write(cpu, last + HV_PAGE_SIZE - 4, 8), -EFAULT);
	assert_int_equal(hv_cell_write(cpu, ~0ULL - 3, 8), -EFAULT);
	assert_int_equal(hv_cell_write(cpu, ~0ULL & HV_PAGE_MASK, 4096), -EFAULT);
	assert_int_equal(page->begun, 8);
	assert_int_equal(cells_unit_scrubbed, 3 * HV_PAGE_SIZE);
	assert_int_equal(send(1, 10), 10);
	assert_int_equal(hv_cell_read(cpu, last - 4, 8), 8);
	assert_int_equal(cells_unit_scrubbed, 4 * HV_PAGE_SIZE);
	/* only what there is to be read needs room */
	assert_int_equal(hv_cell_read(cpu, last + HV_PAGE_SIZE - 1, 8), -EFAULT);
	assert_int_equal(hv_cell_read(cpu, last + HV_PAGE_SIZE - 2, 8), 2);
	assert_int_equal(hv_cell_read(cpu, last + HV_PAGE_SIZE, 8), 0);
}

#define TEST(name, function) { name, function, setup, root_unit_teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("output goes round, and the last bytes can be read", output_goes_round),
		TEST("pieces wrap", pieces_wrap),
		TEST("a bad buffer writes nothing", a_bad_buffer_writes_nothing),
		TEST("without a console output vanishes", without_a_console_output_vanishes),
		TEST("input waits until it is read", input_waits_until_it_is_read),
		TEST("input that finds no room is said", input_that_finds_no_room_is_said),
		TEST("the counts of input wrap", counts_of_input_wrap),
		TEST("input is kept if the buffer is bad", input_is_kept_if_the_buffer_is_bad),
		TEST("the console outlives a stop", the_console_outlives_a_stop),
		{ "a buffer is touched before the console is taken", a_buffer_is_touched_before, setup_deferred,
		  root_unit_teardown, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
