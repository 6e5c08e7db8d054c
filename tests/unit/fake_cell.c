// SPDX-License-Identifier: GPL-2.0-only
/* What arch/x86/cell.c is in the machine, for tests of the core: it needs memory, and counts. */
#include "cells_unit.h"

#include <hvabi/guest.h>

static struct cells_unit_cpu *of(struct hv_cpu *core)
{
	assert_ptr_equal(core, hv_arch_this_cpu());
	return (struct cells_unit_cpu *)core;
}

int hv_arch_cell_init(struct hv_cell *cell)
{
	cell->arch = hv_alloc(&hv.pool, 100);
	return cell->arch ? 0 : -ENOMEM;
}

void hv_arch_cell_fini(struct hv_cell *cell)
{
	if (cell->arch)
		assert_int_equal(hv_free(&hv.pool, cell->arch), 0);
}

u32 hv_arch_comm_flags(void)
{
	return cells_unit_x2apic ? HV_COMM_X2APIC : 0;
}

void hv_arch_cpu_keep(struct hv_cpu *core)
{
	assert_non_null(core->cell->conf);
	of(core)->keeps++;
}

void hv_arch_cpu_restore(struct hv_cpu *core)
{
	assert_non_null(core->cell->conf);
	of(core)->restores++;
}

void hv_arch_cpu_begin(struct hv_cpu *core)
{
	assert_true(of(core)->is_clean);
	assert_int_equal(core->number, 0);
	of(core)->begins++;
}

int hv_arch_cell_boot(struct hv_cell *cell)
{
	void *table = hv_alloc(&hv.pool, HV_PAGE_SIZE);

	if (!table)
		return -ENOMEM;
	assert_true(cell->told);
	return hv_free(&hv.pool, table);
}

void hv_arch_describe(struct hv_cpu *core, struct hv_fault *fault)
{
	(void)of(core);
	fault->regs[HV_FAULT_RIP] = 0x1234;
	fault->nr_code = 1;
	fault->code[0] = 0xf4;
}
