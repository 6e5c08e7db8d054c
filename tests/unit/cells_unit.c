// SPDX-License-Identifier: GPL-2.0-only
/* A machine with many CPUs that is made up, and what the core asks of the architecture because of cells. */
#include "cells_unit.h"

#include <hv/atomic.h>
#include <hv/donation.h>
#include <hvabi/guest.h>
#include <sched.h>

struct cells_unit_cpu cells_unit_cpu[NR_CPUS];
u64 cells_unit_clock;
bool cells_unit_x2apic, cells_unit_threads;
u8 cells_unit_ram[GUEST_RAM_SIZE];
u64 cells_unit_scrubbed;
struct cells_unit_copy cells_unit_copies[16];
u32 cells_unit_nr_copies;
void (*cells_unit_on_nmi)(u32 cpu);
void (*cells_unit_on_relax)(void);

static struct hv_cpu_pub pubs[NR_CPUS];
static union {
	struct hv_stats first;
	u8 room[(1 + NR_CPUS + 4) * HV_PAGE_SIZE + HV_MAX_CELLS * sizeof(struct hv_cell_page)];
} stats;
static __thread struct cells_unit_cpu *self;
static __thread jmp_buf away;

static struct cells_unit_cpu *of(struct hv_cpu *core)
{
	assert_ptr_equal(core, &self->core);
	return self;
}

struct hv_cpu *hv_arch_this_cpu(void)
{
	return &self->core;
}

u64 hv_arch_clock(void)
{
	return cells_unit_clock;
}

/* Weak: a test may have arch/x86/ipi.c. */
__attribute__((weak)) void hv_arch_send_nmi(u32 apic_id)
{
	assert_in_range(apic_id, APIC_ID(0), APIC_ID(NR_CPUS - 1));
	(void)hv_fetch_add(&cells_unit_cpu[apic_id - APIC_ID(0)].nmis, 1);
	if (cells_unit_on_nmi)
		cells_unit_on_nmi(apic_id - APIC_ID(0));
}

/* In the midst of changes: a good moment for others. */
void hv_arch_flush_guest(struct hv_cpu *core)
{
	(void)hv_fetch_add(&((struct cells_unit_cpu *)core)->flushes, 1);
	if (cells_unit_threads)
		(void)sched_yield(); /* it cannot fail */
}

/* Who spins answers; and if there are no threads, so do the others, wherever they are. */
void hv_arch_relax(void)
{
	u32 i;

	if (cells_unit_on_relax)
		cells_unit_on_relax();
	for (i = 0; i < NR_CPUS && !cells_unit_threads; i++)
		hv_request_answer(&cells_unit_cpu[i].core);
	hv_request_answer(&self->core);
	(void)sched_yield(); /* it cannot fail */
}

/* A CPU that is to stand is cut off from the tables first. */
static void assert_stands(struct hv_cpu *core)
{
	assert_true(core->stands);
	if (hv_load_acquire(&core->pub->parked))
		assert_null(core->pub->tables);
	else
		assert_ptr_equal(core->pub->tables, &core->cell->space.set.pt);
}

void hv_arch_idle(struct hv_cpu *core)
{
	assert_stands(core);
	assert_false(of(core)->runs);
	longjmp(away, 1);
}

void hv_arch_cpu_clean(struct hv_cpu *core)
{
	of(core)->cleans++;
	of(core)->is_clean = true;
}

/* Between two cells, and two lives of one, nothing is left. */
static void assert_may_begin(struct hv_cpu *core)
{
	assert_true(of(core)->is_clean || of(core)->at == core->cell);
}

void hv_arch_cpu_reset(struct hv_cpu *core)
{
	assert_may_begin(core);
	of(core)->resets++;
}

void hv_arch_cpu_start(struct hv_cpu *core, u8 vector)
{
	assert_may_begin(core);
	of(core)->starts++;
	of(core)->vector = vector;
}

bool hv_arch_cell_registers(unsigned int i, u64 *page)
{
	*page = APIC;
	return i == 0 && !cells_unit_x2apic;
}

static void assert_no_console_waits(void)
{
	u32 i;

	for (i = 0; i < HV_MAX_CELLS; i++)
		assert_true(!hv.cells[i] || !hv_lock_is_held(&hv.cells[i]->console_lock));
}

/* What is scrubbed belongs to a cell, and nobody can write to it meanwhile. It takes time: not under every lock. */
void hv_arch_scrub(hv_hpa_t start, u64 size)
{
	struct hv_pt_mapping mapping;
	hv_hpa_t end;
	u16 owner = hv_owner_of(&hv.owners, start, &end);
	u64 at;

	assert_no_console_waits();
	assert_true(owner > HV_OWNER_ROOT && owner <= HV_OWNER_MAX_CELL);
	assert_true(hv_hpa_raw(end) >= hv_hpa_raw(start) + size);
	for (at = hv_hpa_raw(start); at < hv_hpa_raw(start) + size; at += HV_PAGE_SIZE)
		if (!hv_pt_query(&hv.root.space.set.pt, at, &mapping))
			assert_int_not_equal(mapping.address, at);
	cells_unit_scrubbed += size;
}

/* From root to a cell, and neither can be changed meanwhile. */
void hv_arch_copy(hv_hpa_t to, hv_hpa_t from, u64 size)
{
	hv_hpa_t end;
	u16 owner = hv_owner_of(&hv.owners, to, &end);

	assert_true(hv_lock_is_held(&hv.owners.lock) && hv_lock_is_held(&hv.cells_lock));
	assert_true((owner > HV_OWNER_ROOT && owner <= HV_OWNER_MAX_CELL) || owner == HV_OWNER_HYPERVISOR);
	assert_true(hv_hpa_raw(end) >= hv_hpa_raw(to) + size);
	assert_int_equal(hv_owner_of(&hv.owners, from, &end), HV_OWNER_ROOT);
	assert_true(hv_hpa_raw(end) >= hv_hpa_raw(from) + size);
	assert_true(cells_unit_nr_copies < HV_ARRAY_SIZE(cells_unit_copies));
	cells_unit_copies[cells_unit_nr_copies++] =
		(struct cells_unit_copy){ hv_hpa_raw(to), hv_hpa_raw(from), size };
}

/* As the architecture does it: what comes before the end of memory is copied. */
static bool access_ram(struct hv_cpu *core, u64 gpa, u8 *to, const u8 *from, u64 size)
{
	u64 at, hpa, rights = to ? HV_PT_READ : HV_PT_WRITE;

	for (at = gpa; size; at++, size--) {
		if (at < GUEST_RAM || at >= GUEST_RAM + GUEST_RAM_SIZE)
			return false;
		if (of(core)->core.cell != &hv.root && !hv_guest_frame(core->cell, at & HV_PAGE_MASK, rights, &hpa))
			return false;
		if (to)
			*to++ = cells_unit_ram[at - GUEST_RAM];
		else
			cells_unit_ram[at - GUEST_RAM] = *from++;
	}
	return true;
}

bool hv_arch_read_guest(struct hv_cpu *core, u64 gpa, void *to, u64 size)
{
	return access_ram(core, gpa, to, NULL, size);
}

bool hv_arch_write_guest(struct hv_cpu *core, u64 gpa, const void *from, u64 size)
{
	return access_ram(core, gpa, NULL, from, size);
}

void cells_unit_on(u32 cpu)
{
	self = &cells_unit_cpu[cpu];
}

static void attend(struct cells_unit_cpu *cpu)
{
	if (setjmp(away)) {
		self->at = self->core.cell;
		return;
	}
	cpu->runs = false;
	hv_cpu_attend(&cpu->core);
	assert_false(cpu->core.stands);
	assert_ptr_equal(cpu->core.pub->tables, &cpu->core.cell->space.set.pt);
	cpu->runs = true;
	cpu->is_clean = false;
	cpu->at = cpu->core.cell;
}

/* In a guest as arch/x86/exit.c, else as arch/x86/stand.c. */
static void take_nmi(struct cells_unit_cpu *cpu)
{
	bool kicked;

	(void)hv_fetch_add(&cpu->nmis, (u32)-1);
	kicked = hv_request_was_kicked(&cpu->core);
	if (!cpu->runs)
		return;
	hv_request_answer(&cpu->core);
	if (hv_load_acquire(&cpu->core.pub->requests))
		attend(cpu);
	else
		cpu->guests_nmis += !kicked;
}

bool cells_unit_attend(u32 i)
{
	struct cells_unit_cpu *cpu = &cells_unit_cpu[i], *before = self;

	self = cpu;
	while (hv_load_acquire(&cpu->nmis))
		take_nmi(cpu);
	if (!cpu->runs)
		attend(cpu);
	self = before;
	return cpu->runs;
}

bool cells_unit_stop(u32 i)
{
	struct cells_unit_cpu *before = self;

	self = &cells_unit_cpu[i];
	assert_true(self->runs);
	attend(self);
	self = before;
	return cells_unit_cpu[i].runs;
}

void cells_unit_attend_all(void)
{
	u32 i;

	for (i = 0; i < NR_CPUS; i++)
		if (!pubs[i].failed)
			(void)cells_unit_attend(i);
}

struct hv_cellconf conf_of(u32 id, const char *name, u32 first_cpu, u32 nr_cpus)
{
	struct hv_cellconf conf = { .id = id, .nr_regions = 2, .nr_vcpus = nr_cpus, .nr_physical = nr_cpus };
	u32 i;

	strncpy(conf.name, name, sizeof(conf.name) - 1);
	conf.regions[0] = (struct hv_conf_region){ .gpa = LOW, .size = HV_SIZE_2M, .flags = HV_MEM_RWX,
						 .populate = 1 };
	conf.regions[1] = (struct hv_conf_region){ .gpa = HIGH, .size = HV_SIZE_2M, .flags = HV_MEM_READ,
						 .populate = 1 };
	for (i = 0; i < nr_cpus; i++)
		conf.physical[i] = first_cpu + nr_cpus - 1 - i;
	return conf;
}

struct hv_psc list_of(u64 first, u64 second, unsigned int op)
{
	return (struct hv_psc){ .end_entry = 1,
				.entry = { first | HV_PSC_2M | (u64)op << HV_PSC_OP_SHIFT,
					   second | HV_PSC_2M | (u64)op << HV_PSC_OP_SHIFT } };
}

void give(void)
{
	struct hv_psc list = list_of(BLOCK, OTHER, HV_PSC_PRIVATE);

	assert_int_equal(hv_donation_take(&list), 0);
}

void get_back(void)
{
	struct hv_psc list = list_of(BLOCK, OTHER, HV_PSC_SHARED);

	assert_int_equal(hv_donation_return(&list), 0);
}

int create(void)
{
	struct hv_cellconf conf = conf_of(1, "one", 1, 2);

	conf.flags = HV_CONF_CONSOLE;
	conf.regions[0].flags |= HV_MEM_LOADABLE;
	return hv_cell_create(&conf);
}

struct hv_psc only(u64 block, unsigned int op)
{
	return (struct hv_psc){ .entry = { block | HV_PSC_2M | (u64)op << HV_PSC_OP_SHIFT } };
}

int fill(u32 id)
{
	struct hv_cell_fill request = { .id = id, .list = only(BLOCK, HV_PSC_PRIVATE) };
	int err = hv_cell_fill(&request);

	request.list = only(OTHER, HV_PSC_PRIVATE);
	return err ? err : hv_cell_fill(&request);
}

void ready(void)
{
	give();
	assert_int_equal(create(), 0);
	assert_int_equal(fill(1), 0);
	cells_unit_attend_all();
}

void running(void)
{
	ready();
	assert_int_equal(hv_cell_start(1), 0);
	cells_unit_attend_all();
	assert_true(cells_unit_cpu[2].runs);
	assert_false(cells_unit_cpu[1].runs);
}

int stop(u32 id)
{
	int err;

	while ((err = hv_cell_stop(id)) == -EAGAIN)
		cells_unit_attend_all();
	return err;
}

int destroy(u32 id)
{
	int err;

	while ((err = hv_cell_destroy(id)) == -EAGAIN)
		cells_unit_attend_all();
	return err;
}

struct hv_cell *cell_of(u32 id)
{
	unsigned int i;

	for (i = 0; i < HV_MAX_CELLS; i++)
		if (hv.cells[i] && hv.cells[i]->id == id)
			return hv.cells[i];
	fail_msg("there is no cell %u", id);
	return NULL;
}

struct hv_pt_mapping cells_mapping(u32 id, u64 gpa)
{
	struct hv_pt_mapping mapping = { 0 };

	assert_int_equal(hv_pt_query(&cell_of(id)->space.set.pt, gpa, &mapping), 0);
	return mapping;
}

static void set_up_cpu(u32 i)
{
	cells_unit_cpu[i] = (struct cells_unit_cpu){ .runs = true, .at = &hv.root };
	cells_unit_cpu[i].core = (struct hv_cpu){ .id = i, .number = i, .cell = &hv.root, .pub = &pubs[i],
						  .stats = &hv.stats->cpu[i] };
	pubs[i] = (struct hv_cpu_pub){ .apic_id = APIC_ID(i), .cell = &hv.root, .tables = &hv.root.space.set.pt };
}

int cells_unit_build(void)
{
	u32 i;
	int err;

	hv.config->nr_cpus = NR_CPUS;
	hv.config->tsc_khz = 2000456;
	hv.apic_khz = 1000123;
	memset(&stats, 0xa5, sizeof(stats));
	memset(&stats.first, 0, sizeof(stats.first));
	assert_true(hv_stats_size(NR_CPUS) <= sizeof(stats));
	hv.stats = &stats.first;
	hv.stats->cell_cpus = hv_stats_cell_cpus(NR_CPUS);
	hv.stats->cells = hv_stats_cells(NR_CPUS);
	hv.pub = pubs;
	memset(hv.cells, 0, sizeof(hv.cells));
	hv.nr_cells = 0;
	for (i = 0; i < NR_CPUS; i++) {
		memset(&hv.stats->cpu[i], 0, sizeof(hv.stats->cpu[i]));
		set_up_cpu(i);
	}
	cells_unit_on(0);
	cells_unit_clock = cells_unit_scrubbed = cells_unit_nr_copies = 0;
	cells_unit_x2apic = cells_unit_threads = false;
	cells_unit_on_nmi = NULL;
	cells_unit_on_relax = NULL;
	memset(cells_unit_ram, 0, sizeof(cells_unit_ram));
	err = root_unit_build();
	if (!err)
		hv_aspace_set_live(&hv.root.space, true);
	return err;
}

int cells_unit_setup(void **state)
{
	(void)state;
	root_unit_machine(PLENTY);
	return cells_unit_build();
}
