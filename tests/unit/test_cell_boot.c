// SPDX-License-Identifier: GPL-2.0-only
/* How a cell begins on x86, as Documentation/ABI/guest.md has it: tables, registers, and maps of what it may touch. */
/* sources: hvcore/cell.c hvcore/cell_memory.c hvcore/cell_run.c hvcore/comm.c hvcore/cpu.c hvcore/request.c */
/* sources: hvcore/cellconf.c hvcore/cellconf_region.c hvcore/cellconf_io.c hvcore/cellconf_x86.c */
/* sources: hvcore/root.c hvcore/peek.c hvcore/memory.c hvcore/aspace.c hvcore/aspace_access.c hvcore/donation.c */
/* sources: hvcore/mset.c hvcore/mset_check.c hvcore/region.c hvcore/region_release.c hvcore/pt.c hvcore/pt_map.c */
/* sources: hvcore/pt_change.c hvcore/pt_table.c hvcore/owner.c hvcore/span.c hvcore/normal_world.c hvcore/psc.c */
/* sources: hvcore/psc_native.c hvcore/pool.c hvcore/buddy.c hvcore/buddy_check.c hvcore/slab.c */
/* sources: hvcore/slab_check.c hvcore/string.c arch/x86/svm/nptfmt.c arch/x86/ptfmt.c */
/* sources: tests/unit/fake_arch.c tests/unit/fake_log.c tests/unit/root_unit.c */
/* sources: tests/unit/cells_unit.c arch/x86/cell.c arch/x86/cell_msr.c arch/x86/msr.c hvcore/region_deferred.c */
#include "cells_unit.h"

#include <hvabi/guest.h>
#include <x86/apic.h>
#include <x86/cell.h>
#include <x86/guest.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

#define NONE (~0ULL)

bool x86_is_svm = true;
static struct x86_state begun;
static u64 msrs[4];

static const struct x86_msr_format format = { X86_ON_SVM, 2, 2, 1, 1, { { 0, 0x1fff, 0 } } };

const struct x86_msr_format *svm_msr_format(void) { return &format; }
const struct x86_msr_format *vmx_msr_format(void) { return &format; }

void svm_put_state(struct x86_cpu *cpu, const struct x86_state *state)
{
	(void)cpu;
	begun = *state;
}

void vmx_put_state(struct x86_cpu *cpu, const struct x86_state *state)
{
	svm_put_state(cpu, state);
}

u64 svm_get(struct x86_cpu *cpu, enum x86_field field)
{
	(void)cpu;
	return 0x1000 + field;
}

u64 vmx_get(struct x86_cpu *cpu, enum x86_field field)
{
	return svm_get(cpu, field);
}

u64 x86_rdmsr(u32 msr)
{
	assert_int_equal(msr, 0x1b);
	return APIC | 0x800 | (cells_unit_x2apic ? 0x400 : 0);
}

bool x86_rdmsr_safe(u32 msr, u64 *value)
{
	*value = msrs[msr - 0xe0];
	return true;
}

bool x86_wrmsr_safe(u32 msr, u64 value)
{
	msrs[msr - 0xe0] = value;
	return true;
}

void x86_apic_note_base(struct x86_cpu *c, u64 base)
{
	c->guest_apic_base = base;
}

enum hv_verdict x86_apic_icr(struct x86_cpu *cpu, u64 icr, u32 destination)
{
	(void)cpu;
	(void)icr;
	(void)destination;
	return HV_ADVANCE;
}

bool x86_apic_may_lvt(u32 value)
{
	return !value;
}

unsigned int x86_guest_code(struct x86_cpu *cpu, u8 *bytes)
{
	(void)cpu;
	bytes[0] = 0xf4;
	return 1;
}

/* A cell that begins at @entry, in memory that lies there; started, but none of its CPUs had a turn. */
static void begins_at(u64 entry, u32 mode)
{
	struct hv_cellconf conf = conf_of(1, "one", 1, 1);

	conf.nr_regions = 1;
	conf.entry = entry;
	conf.entry_mode = mode;
	conf.regions[0] = (struct hv_conf_region){ .gpa = entry & HV_PAGE_MASK, .size = HV_PAGE_SIZE,
						   .flags = HV_MEM_RWX, .mode = HV_MODE_SECURE };
	assert_int_equal(hv_cell_create(&conf), 0);
	cells_unit_attend_all();
	assert_int_equal(hv_cell_start(1), 0);
}

static u64 entry_at(u64 table, u64 index)
{
	u64 entry;

	/* the tables are the cell's own, where it is told */
	assert_true(table >= 0xfef01000 && table < 0xfef10000);
	assert_int_equal(hv_aspace_copy_from(&cell_of(1)->space, &entry, hv_gpa(table + index * 8), 8), 0);
	return entry;
}

/* "4-Level Paging": to the physical address that a supervisor reads, writes and executes. */
static u64 walk(u64 linear)
{
	u64 entry, inside, table = HV_BOOT_GPA;
	int level;

	for (level = 3; level >= 0; level--) {
		entry = entry_at(table, linear >> (12 + 9 * level) & 511);
		if (!(entry & 1))
			return NONE;
		assert_true(entry & 2);
		assert_int_equal(entry >> 52, 0);
		inside = (1ULL << (12 + 9 * level)) - 1;
		if (level < 3 && (entry & 0x80))
			return (entry & ~inside) | (linear & inside);
		table = entry & 0xffffffffff000;
	}
	return table | (linear & 0xfff);
}

static void tables_are_identical(void **state)
{
	static const u64 entries[] = { 0x1000, 0xc0000000, 0xfffff000, 0x100000000, 0x123456000, 0x7ffffff000,
				       0x8000000000, 0x9245678000, 0xfffffff000 };
	u64 entry, at, gib;
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(entries); i++) {
		entry = entries[i];
		begins_at(entry, HV_ENTRY_LONG64);
		for (at = 0; at < 4ULL << 30; at += HV_SIZE_2M)
			assert_int_equal(walk(at + 0x12345), at + 0x12345);
		gib = entry & ~(HV_SIZE_1G - 1);
		for (at = gib; at < gib + HV_SIZE_1G; at += HV_SIZE_2M)
			assert_int_equal(walk(at + 0x1fffff), at + 0x1fffff);
		assert_int_equal(walk(entry), entry);
		/* and no more */
		if (gib >= 5ULL << 30)
			assert_int_equal(walk(gib - 1), NONE);
		if (gib >= 4ULL << 30)
			assert_int_equal(walk(gib + HV_SIZE_1G), NONE);
		assert_int_equal(walk(1ULL << 46), NONE);
		/* the cell may change them, and gets new ones when it begins anew */
		assert_int_equal(cells_mapping(1, HV_BOOT_GPA).flags & HV_PT_RWX, HV_PT_READ | HV_PT_WRITE);
		at = 0;
		assert_int_equal(hv_aspace_copy_to(&cell_of(1)->space, hv_gpa(HV_BOOT_GPA), &at, sizeof(at)), 0);
		assert_int_equal(walk(entry), entry >> 39 ? entry : NONE);
		hv.pub[1].requests = 0;
		assert_int_equal(stop(1), 0);
		assert_int_equal(hv_cell_start(1), 0);
		assert_int_equal(walk(0x5000), 0x5000);
		hv.pub[1].requests = 0;
		assert_int_equal(stop(1), 0);
		assert_int_equal(destroy(1), 0);
	}
	(void)state;
}

static void other_modes_have_no_tables(void **state)
{
	struct hv_pt_mapping mapping;

	(void)state;
	begins_at(0x7000, HV_ENTRY_PROT32);
	assert_int_equal(hv_pt_query(&cell_of(1)->space.set.pt, HV_BOOT_GPA, &mapping), -ENOENT);
}

static struct x86_cpu *slot;

/* The state that the first CPU begins in; its registers had something in them. */
static const struct x86_regs *begin(u64 entry, u32 mode)
{
	struct x86_regs *regs = x86_regs_of(slot);
	u32 i;

	begins_at(entry, mode);
	memset(regs, 0xa5, sizeof(*regs));
	slot->core = cells_unit_cpu[1].core;
	hv_arch_cpu_begin(&slot->core);
	assert_int_equal(begun.rflags, 2);
	assert_int_equal(begun.gdt_base | begun.idt_base, 0);
	assert_int_equal(begun.cr0 & 0x60000000, 0);
	for (i = 0; i < 16; i++)
		if (i != X86_RAX && i != X86_RBX && i != X86_RDI)
			assert_int_equal(regs->r[i], 0);
	hv.pub[1].requests = 0;
	assert_int_equal(stop(1), 0);
	assert_int_equal(destroy(1), 0);
	return regs;
}

static void real_mode(void **state)
{
	const struct x86_regs *regs = begin(0x7c00, HV_ENTRY_REAL16);

	(void)state;
	assert_int_equal(begun.cr0 & 0x80000001, 0);
	assert_int_equal(begun.rip, 0x7c00);
	assert_int_equal(begun.segment[X86_CS].selector | begun.segment[X86_CS].base, 0);
	assert_int_equal(regs->r[X86_RAX] | regs->r[X86_RBX] | regs->r[X86_RDI], 0);
	(void)begin(0xf0123, HV_ENTRY_REAL16);
	assert_int_equal(begun.rip, 0x0123);
	assert_int_equal(begun.segment[X86_CS].selector, 0xf000);
	assert_int_equal(begun.segment[X86_CS].base, 0xf0000);
	assert_int_equal(begun.segment[X86_CS].limit, 0xffff);
	assert_int_equal(begun.segment[X86_DS].selector | begun.segment[X86_SS].base, 0);
}

static void protected_mode(void **state)
{
	const struct x86_regs *regs = begin(0xc0123456, HV_ENTRY_PROT32);

	(void)state;
	assert_int_equal(begun.cr0 & 0x80000001, 1);
	assert_int_equal(begun.efer, 0);
	assert_int_equal(begun.rip, 0xc0123456);
	assert_int_equal(begun.segment[X86_CS].base | begun.segment[X86_SS].base, 0);
	assert_int_equal(begun.segment[X86_CS].limit, 0xffffffff);
	assert_int_equal(begun.segment[X86_ES].limit, 0xffffffff);
	assert_int_equal(regs->r[X86_RAX], 0x2badb002);
	assert_int_equal(regs->r[X86_RBX], 0xfef00900);
	assert_int_equal(regs->r[X86_RDI], 0);
}

static void long_mode(void **state)
{
	const struct x86_regs *regs = begin(0x9245678abc, HV_ENTRY_LONG64);

	(void)state;
	assert_int_equal(begun.cr0 & 0x80000001, 0x80000001);
	assert_int_equal(begun.cr4, 1 << 5);
	assert_int_equal(begun.efer, 0x500);
	assert_int_equal(begun.cr3, 0xfef01000);
	assert_int_equal(begun.rip, 0x9245678abc);
	assert_int_equal(regs->r[X86_RDI], 0xfef00000);
	assert_int_equal(regs->r[X86_RAX] | regs->r[X86_RBX], 0);
}

static void only_its_ports_are_open(void **state)
{
	struct hv_cellconf conf = conf_of(1, "one", 1, 1);
	const struct x86_cell *arch;
	u32 port, open;

	(void)state;
	conf.nr_ports = 3;
	conf.ports[0] = (struct hv_conf_ports){ 0x3f8, 0x3ff };
	conf.ports[1] = (struct hv_conf_ports){ 0x80, 0x80 };
	conf.ports[2] = (struct hv_conf_ports){ 0xfff9, 0xffff };
	assert_int_equal(hv_cell_create(&conf), 0);
	arch = cell_of(1)->arch;
	for (port = 0; port < 3 * HV_PAGE_SIZE * 8; port++) {
		open = port == 0x80 || (port >= 0x3f8 && port <= 0x3ff) || (port >= 0xfff9 && port <= 0xffff);
		assert_int_equal(arch->io_map[port / 8] >> port % 8 & 1, !open);
	}
	assert_int_equal(destroy(1), 0);
}

/* What a cell wrote into registers of its configuration is root's again behind it; what it only reads is left alone. */
static void registers_are_given_back(void **state)
{
	struct hv_cellconf conf = conf_of(1, "one", 1, 2);
	struct cells_unit_cpu *cpu = &cells_unit_cpu[1];

	(void)state;
	conf.nr_msrs = 2;
	conf.msrs[0] = (struct hv_conf_msr){ 0xe1, HV_CONF_MSR_READ | HV_CONF_MSR_WRITE };
	conf.msrs[1] = (struct hv_conf_msr){ 0xe3, HV_CONF_MSR_READ };
	msrs[0] = 10;
	msrs[1] = 11;
	msrs[2] = 12;
	msrs[3] = 13;
	assert_int_equal(hv_cell_create(&conf), 0);
	cells_unit_attend_all();
	msrs[0] = msrs[1] = msrs[2] = msrs[3] = 99;
	hv_arch_cpu_restore(&cpu->core);
	assert_int_equal(msrs[1], 11);
	assert_true(msrs[0] == 99 && msrs[2] == 99 && msrs[3] == 99);
	msrs[1] = 77;
	assert_int_equal(destroy(1), 0);
	assert_int_equal(msrs[1], 11);
}

static void exits_of_cells(void **state)
{
	struct hv_exit exit = { .reason = HV_EXIT_memory, .gpa = APIC + 0xb0, .access = HV_ACCESS_WRITE };
	struct hv_fault *fault;

	(void)state;
	begins_at(0x7000, HV_ENTRY_PROT32);
	slot->core = cells_unit_cpu[1].core;
	fault = &cell_of(1)->page->fault;
	assert_int_equal(x86_cell_port(slot, &exit), HV_INJECT_GP);
	slot->apic_page = APIC;
	assert_true(x86_cell_writes_apic(slot, &exit));
	assert_int_equal(cell_of(1)->page->ended, HV_END_NONE);
	exit.gpa = 0x12345000;
	assert_false(x86_cell_writes_apic(slot, &exit));
	x86_regs_of(slot)->r[X86_RDX] = 0x55;
	assert_int_equal(x86_cell_violation(slot, &exit), HV_STOP_CELL);
	assert_int_equal(cell_of(1)->page->ended, HV_END_FAULT);
	assert_int_equal(fault->gpa, 0x12345000);
	assert_int_equal(fault->regs[2], 0x55);
	assert_int_equal(fault->regs[HV_FAULT_RSP], 0x1000 + X86_FIELD_RSP);
	assert_int_equal(fault->regs[HV_FAULT_RIP], 0x1000 + X86_FIELD_RIP);
	assert_int_equal(fault->regs[HV_FAULT_CS_BASE], 0x1000 + X86_FIELD_CS_BASE);
	assert_int_equal(fault->nr_code, 1);
	assert_int_equal(fault->code[0], 0xf4);
	/* in x2APIC mode there is no page to write to, and nothing is executed or read there that is not mapped */
	slot->apic_page = ~0ULL;
	exit.gpa = APIC + 0xb0;
	assert_false(x86_cell_writes_apic(slot, &exit));
	slot->apic_page = APIC;
	exit.access = HV_ACCESS_EXEC;
	assert_false(x86_cell_writes_apic(slot, &exit));
}

static int make_slot(void **state)
{
	(void)state;
	slot = aligned_alloc(X86_SLOT_STRIDE, X86_SLOT_STRIDE);
	memset(slot, 0, X86_SLOT_STRIDE);
	return 0;
}

static int free_slot(void **state)
{
	(void)state;
	free(slot);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CELLS_TEST("tables for 64-bit mode are identical", tables_are_identical),
		CELLS_TEST("other modes have no tables", other_modes_have_no_tables),
		CELLS_TEST("a cell begins in real mode", real_mode),
		CELLS_TEST("a cell begins in 32-bit mode", protected_mode),
		CELLS_TEST("a cell begins in 64-bit mode", long_mode),
		CELLS_TEST("only its ports are open", only_its_ports_are_open),
		CELLS_TEST("registers are given back", registers_are_given_back),
		CELLS_TEST("exits of cells", exits_of_cells),
	};

	return cmocka_run_group_tests(tests, make_slot, free_slot);
}
