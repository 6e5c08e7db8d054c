// SPDX-License-Identifier: GPL-2.0-only
/* What a cell other than root has of the architecture: its bitmaps, and what its first CPU begins with. */
#include <hv/arch.h>
#include <hv/bits.h>
#include <hv/hv.h>
#include <hv/log.h>
#include <hv/string.h>
#include <hvabi/guest.h>
#include <x86/apic.h>
#include <x86/cell.h>
#include <x86/desc.h>
#include <x86/guest.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

#define NR_PORTS 0x10000
#define IO_FRAMES 3	/* SVM looks a little beyond the last port: "I/O Permissions Map" */

static u8 *new_map(u64 frames, u64 *hpa)
{
	u8 *map = hv_pool_alloc_contiguous(&hv.pool, frames);

	if (!map)
		return NULL;
	*hpa = hv_hpa_raw(hv_pool_hpa(&hv.pool, map));
	memset(map, 0xff, frames * HV_PAGE_SIZE);
	return map;
}

static void allow_ports(u8 *map, const struct hv_cellconf *conf)
{
	u32 i, port;

	for (i = 0; i < conf->nr_ports; i++)
		for (port = conf->ports[i].first; port <= conf->ports[i].last; port++)
			map[port / 8] &= (u8) ~(1u << port % 8);
}

int hv_arch_cell_init(struct hv_cell *cell)
{
	const struct x86_msr_format *format = x86_vcpu_msr_format();
	struct x86_cell *arch = hv_alloc(&hv.pool, sizeof(*arch));

	cell->arch = arch;
	if (!arch)
		return -ENOMEM;
	arch->msr_map = new_map(format->frames, &arch->msr_map_hpa);
	arch->io_map = new_map(IO_FRAMES, &arch->io_map_hpa);
	arch->kept = hv_alloc(&hv.pool, ((u64)cell->nr_cpus * cell->conf->nr_msrs + 1) * sizeof(u64));
	if (!arch->msr_map || !arch->io_map || !arch->kept)
		return -ENOMEM;
	x86_cell_msr_map(format, arch->msr_map, cell->conf);
	allow_ports(arch->io_map, cell->conf);
	return 0;
}

/* Of what hv_arch_cell_init() may have left half-done; all of it was allocated there. */
void hv_arch_cell_fini(struct hv_cell *cell)
{
	struct x86_cell *arch = cell->arch;

	if (!arch)
		return;
	if (arch->msr_map)
		(void)hv_pool_free_contiguous(&hv.pool, arch->msr_map, x86_vcpu_msr_format()->frames);
	if (arch->io_map)
		(void)hv_pool_free_contiguous(&hv.pool, arch->io_map, IO_FRAMES);
	(void)hv_free(&hv.pool, arch->kept);
	(void)hv_free(&hv.pool, arch);
}

static u64 *kept_of(struct hv_cpu *core)
{
	return x86_cell_of(x86_cpu_of(core))->kept + (u64)core->number * core->cell->conf->nr_msrs;
}

void hv_arch_cpu_keep(struct hv_cpu *core)
{
	const struct hv_cellconf *conf = core->cell->conf;
	u32 i;

	/* What is not there is not written either. */
	for (i = 0; i < conf->nr_msrs; i++)
		(void)x86_rdmsr_safe(conf->msrs[i].index, &kept_of(core)[i]);
}

void hv_arch_cpu_restore(struct hv_cpu *core)
{
	const struct hv_cellconf *conf = core->cell->conf;
	u32 i;

	for (i = 0; i < conf->nr_msrs; i++)
		if (conf->msrs[i].access & HV_CONF_MSR_WRITE)
			(void)x86_wrmsr_safe(conf->msrs[i].index, kept_of(core)[i]);
}

u32 hv_arch_comm_flags(void)
{
	return x86_apic_is_x2apic() ? HV_COMM_X2APIC : 0;
}

/*
 * Tables for a cell that begins in 64-bit mode, in the order of their frames: the first 4 GiB, and the GiB of the entry
 * if that is not among them.
 */
enum boot_table { BOOT_ROOT, BOOT_THIRD, BOOT_LOW, BOOT_HIGH_THIRD = BOOT_LOW + 4, BOOT_HIGH, BOOT_TABLES };

#define BOOT_ENTRY (X86_PTE_P | X86_PTE_W | X86_PTE_A)

HV_STATIC_ASSERT(HV_BOOT_FRAMES == BOOT_TABLES);

static u64 boot_table(unsigned int table)
{
	return (HV_BOOT_GPA + table * HV_PAGE_SIZE) | BOOT_ENTRY;
}

static void fill_boot_table(u64 *at, unsigned int table, u64 entry)
{
	u64 gib = table == BOOT_HIGH ? entry >> 30 : table - BOOT_LOW;
	bool is_high = entry >> 32, same_third = !(entry >> 39);
	unsigned int i;

	memset(at, 0, HV_PAGE_SIZE);
	if (table == BOOT_ROOT) {
		at[0] = boot_table(BOOT_THIRD);
		if (!same_third)
			at[entry >> 39 & 511] = boot_table(BOOT_HIGH_THIRD);
	} else if (table == BOOT_THIRD) {
		for (i = 0; i < 4; i++)
			at[i] = boot_table(BOOT_LOW + i);
		if (is_high && same_third)
			at[entry >> 30 & 511] = boot_table(BOOT_HIGH);
	} else if (table == BOOT_HIGH_THIRD) {
		at[entry >> 30 & 511] = boot_table(BOOT_HIGH);
	} else {
		for (i = 0; i < 512; i++)
			at[i] = (gib << 30) + (u64)i * HV_SIZE_2M + (BOOT_ENTRY | X86_PTE_D | X86_PTE_PS);
	}
}

int hv_arch_cell_boot(struct hv_cell *cell)
{
	unsigned int i;
	u64 *table;
	int err = 0;

	if (cell->conf->entry_mode != HV_ENTRY_LONG64)
		return 0;
	table = hv_alloc(&hv.pool, HV_PAGE_SIZE);
	if (!table)
		return -ENOMEM;
	for (i = 0; !err && i < BOOT_TABLES; i++) {
		fill_boot_table(table, i, cell->conf->entry);
		err = hv_aspace_copy_to(&cell->space, hv_gpa(HV_BOOT_GPA + i * HV_PAGE_SIZE), table, HV_PAGE_SIZE);
	}
	(void)hv_free(&hv.pool, table); /* allocated above */
	return err;
}

static void put_segments(struct x86_state *state, u32 code, u32 data, u32 limit)
{
	unsigned int i;

	for (i = X86_ES; i <= X86_GS; i++)
		state->segment[i] = (struct x86_segment){ .limit = limit, .attributes = data };
	state->segment[X86_CS].attributes = code;
	state->segment[X86_LDTR] = (struct x86_segment){ .limit = 0xffff, .attributes = X86_ATTR_LDT };
	state->segment[X86_TR] = (struct x86_segment){ .limit = 0xffff, .attributes = X86_ATTR_BUSY_TSS };
}

static void begin_real(struct x86_state *state, u64 entry)
{
	put_segments(state, X86_ATTR_REAL_CODE, X86_ATTR_REAL_DATA, 0xffff);
	state->segment[X86_CS].base = entry & 0xf0000;
	state->segment[X86_CS].selector = (u16)((entry & 0xf0000) >> 4);
	state->rip = entry & 0xffff;
}

static void begin_flat(struct x86_state *state, u64 entry, bool is_long)
{
	put_segments(state, is_long ? X86_ATTR_CODE64 : X86_ATTR_CODE32, X86_ATTR_DATA32, ~0u);
	state->rip = entry;
	state->cr0 |= X86_CR0_PE;
	if (!is_long)
		return;
	state->cr0 |= X86_CR0_PG;
	state->cr3 = HV_BOOT_GPA;
	state->cr4 = X86_CR4_PAE;
	state->efer = X86_EFER_LME | X86_EFER_LMA;
}

void hv_arch_cpu_begin(struct hv_cpu *core)
{
	const struct hv_cellconf *conf = core->cell->conf;
	struct x86_cpu *cpu = x86_cpu_of(core);
	struct x86_regs *regs = x86_regs_of(cpu);
	struct x86_state state = {
		.gdt_limit = 0xffff, .idt_limit = 0xffff, .cr0 = X86_CR0_ET, .dr7 = X86_DR7_RESET,
		.pat = X86_PAT_RESET, .rflags = X86_RFLAGS_RSVD1,
	};

	memset(regs, 0, sizeof(*regs));
	if (conf->entry_mode == HV_ENTRY_REAL16)
		begin_real(&state, conf->entry);
	else
		begin_flat(&state, conf->entry, conf->entry_mode == HV_ENTRY_LONG64);
	if (conf->entry_mode == HV_ENTRY_PROT32) {
		regs->r[X86_RAX] = HV_MULTIBOOT_MAGIC;
		regs->r[X86_RBX] = HV_COMM_GPA + HV_COMM_MULTIBOOT;
	} else if (conf->entry_mode == HV_ENTRY_LONG64) {
		regs->r[X86_RDI] = HV_COMM_GPA;
	}
	x86_vcpu_put_state(cpu, &state);
}

void hv_arch_describe(struct hv_cpu *core, struct hv_fault *fault)
{
	static const u8 fields[] = {
		[HV_FAULT_RIP] = X86_FIELD_RIP, [HV_FAULT_RFLAGS] = X86_FIELD_RFLAGS, [HV_FAULT_CR0] = X86_FIELD_CR0,
		[HV_FAULT_CR2] = X86_FIELD_CR2, [HV_FAULT_CR3] = X86_FIELD_CR3, [HV_FAULT_CR4] = X86_FIELD_CR4,
		[HV_FAULT_EFER] = X86_FIELD_EFER, [HV_FAULT_CS_BASE] = X86_FIELD_CS_BASE,
	};
	struct x86_cpu *cpu = x86_cpu_of(core);
	unsigned int i;

	memcpy(fault->regs, x86_regs_of(cpu)->r, sizeof(x86_regs_of(cpu)->r));
	fault->regs[HV_FAULT_RSP] = x86_vcpu_get(cpu, X86_FIELD_RSP);
	for (i = HV_FAULT_RIP; i < HV_FAULT_REGS; i++)
		fault->regs[i] = x86_vcpu_get(cpu, fields[i]);
	/* Ours, not the guest's. */
	fault->regs[HV_FAULT_EFER] &= ~(u64)X86_EFER_SVME;
	fault->nr_code = (u8)x86_guest_code(cpu, fault->code);
}

enum hv_verdict x86_cell_port(struct x86_cpu *cpu, const struct hv_exit *exit)
{
	hv_event("%s: port 0x%x denied, RIP 0x%llx", hv_cell_name(cpu->core.cell), exit->nr,
		 hv_arch_guest_rip(&cpu->core));
	return HV_INJECT_GP;
}

enum hv_verdict x86_cell_violation(struct x86_cpu *cpu, struct hv_exit *exit)
{
	exit->reason = HV_EXIT_memory;
	exit->nr = 0;
	exit->value = 0;
	if (hv_cell_touch(cpu->core.cell, exit->gpa, exit->access))
		return HV_RESUME;
	return hv_cell_fail(&cpu->core, exit);
}
