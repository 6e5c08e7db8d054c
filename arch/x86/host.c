// SPDX-License-Identifier: GPL-2.0-only
/* Root mode's own environment: the final tables, the IDT, and each CPU's GDT, TSS and private mapping. */
#include <hv/bits.h>
#include <hv/hv.h>
#include <hv/launch.h>
#include <hv/memory.h>
#include <hv/pt.h>
#include <hv/string.h>
#include <x86/host.h>
#include <x86/msr.h>
#include <x86/ptfmt.h>
#include <x86/regs.h>

#define TABLE (X86_PTE_P | X86_PTE_W | X86_PTE_A)
#define IST_DF 1
#define IST_PF 2

/* A slot's table frames. */
enum slot_table { SLOT_ROOT, SLOT_THIRD, SLOT_DIRECTORY, SLOT_PT };

extern const u8 x86_exception_stubs[];

static struct x86_gate idt[X86_NR_EXCEPTIONS];
static struct hv_pt shared;
static u64 bridge_cr3;

struct x86_table_register x86_host_idt;

u64 x86_slot_hpa(const struct x86_cpu *cpu, u64 offset)
{
	u64 slots = hv.config->hypervisor_memory.start + hv.header->core_size;

	return slots + ((u64)cpu - X86_SLOT_BASE) / X86_SLOT_STRIDE * X86_SLOT_SIZE + offset;
}

/* A slot's tables lie in its guard and are reached through the range, while that is mapped as a whole. */
static u64 *slot_table(const struct x86_cpu *cpu, enum slot_table table)
{
	u64 offset = x86_slot_hpa(cpu, X86_SLOT_TABLES) - hv.config->hypervisor_memory.start;

	return (u64 *)(HV_BASE + offset + (u64)table * HV_PAGE_SIZE);
}

static u64 slot_table_entry(const struct x86_cpu *cpu, enum slot_table table)
{
	return x86_slot_hpa(cpu, X86_SLOT_TABLES + (u64)table * HV_PAGE_SIZE) | TABLE;
}

static unsigned int index_at(u64 address, unsigned int level)
{
	return (address >> (12 + 9 * (level - 1))) % 512;
}

struct piece {
	u64 start, end;		/* offsets in the range */
	u64 flags;
};

/* The per-CPU array is not among them: a CPU maps its own slot only. */
static int map_shared(void)
{
	const struct hv_header *h = hv.header;
	u64 slots_end = h->core_size + (u64)h->max_cpus * X86_SLOT_SIZE;
	const struct piece pieces[] = {
		{ 0, h->text_offset, HV_PT_READ },
		{ h->text_offset, h->rodata_offset, HV_PT_READ | HV_PT_EXEC },
		{ h->rodata_offset, h->data_offset, HV_PT_READ },
		{ h->data_offset, h->core_size, HV_PT_READ | HV_PT_WRITE },
		{ slots_end, hv.config->hypervisor_memory.size, HV_PT_READ | HV_PT_WRITE },
	};
	unsigned int i;
	int err;

	for (i = 0; i < HV_ARRAY_SIZE(pieces); i++) {
		err = hv_memory_map_own(&shared, HV_BASE + pieces[i].start,
					hv_hpa(hv.config->hypervisor_memory.start + pieces[i].start),
					pieces[i].end - pieces[i].start, pieces[i].flags);
		if (err)
			return err;
	}
	return 0;
}

static int map_apic(void)
{
	u64 base = x86_rdmsr(X86_MSR_APIC_BASE) & X86_APIC_BASE_ADDRESS;

	return hv_memory_map_own(&shared, X86_APIC_VA, hv_hpa(base), HV_PAGE_SIZE,
				 HV_PT_READ | HV_PT_WRITE | X86_HOST_UNCACHED);
}

HV_STATIC_ASSERT(X86_IOMMU_VA + (u64)HV_MAX_IOMMUS * HV_IOMMU_MAX_SIZE <= HV_BASE + HV_SIZE_1G);

static int map_iommus(void)
{
	const struct hv_range *unit = hv.config->iommus, *end = unit + hv.config->nr_iommus;
	u64 at = X86_IOMMU_VA;
	int err = 0;

	for (; !err && unit < end; at += unit++->size)
		err = hv_memory_map_own(&shared, at, hv_hpa(unit->start), unit->size,
					HV_PT_READ | HV_PT_WRITE | X86_HOST_UNCACHED);
	return err;
}

struct x86_gate x86_host_gate(u64 handler)
{
	return (struct x86_gate){
		.offset_0 = (u16)handler,
		.offset_16 = (u16)(handler >> 16),
		.offset_32 = (u32)(handler >> 32),
		.selector = X86_SEL_CODE,
		.attributes = X86_GATE_INTERRUPT,
	};
}

static void build_idt(void)
{
	unsigned int i;

	for (i = 0; i < X86_NR_EXCEPTIONS; i++)
		idt[i] = x86_host_gate((u64)x86_exception_stubs + i * 16);
	/* A stack that ran into its guard faults; neither handler may need it. */
	idt[X86_VECTOR_DF].ist = IST_DF;
	idt[X86_VECTOR_PF].ist = IST_PF;
	x86_host_idt = (struct x86_table_register){ .limit = sizeof(idt) - 1, .base = (u64)idt };
	x86_stand_init();
}

int x86_host_init(struct hv_launch *launch)
{
	struct hv_pt_format format = x86_host_format;
	int err;

	bridge_cr3 = launch->bridge_cr3;
	if (x86_read_cr4() & X86_CR4_LA57)
		format.levels = 5;
	/*
	 * Linux filled the range in plain, for where it encrypts we do not launch. So nothing of ours asks for the bit,
	 * but addresses cannot have it.
	 */
	format.encrypt = hv.encryption_bit;
	build_idt();
	err = hv_pt_init(&shared, &format, &hv.pool);
	if (err)
		return err;
	err = map_shared();
	if (err)
		return err;
	err = map_apic();
	if (!err)
		err = map_iommus();
	hv.stats->host_table_frames = shared.tables;
	return err;
}

u64 x86_host_cr4(void)
{
	return x86_read_cr4();
}

/* The shared directory of the range, taken out of the shared tables. */
static u64 shared_directory(void)
{
	u64 *table = shared.root;
	unsigned int level;

	for (level = shared.format.levels; level > 3; level--)
		table = hv_pool_pointer(&hv.pool, hv_hpa(table[index_at(HV_BASE, level)] & shared.format.address));
	return table[index_at(HV_BASE, 3)];
}

static int build_tables(struct x86_cpu *cpu)
{
	u64 *root = slot_table(cpu, SLOT_ROOT), *upper;

	memset(root, 0, SLOT_PT * HV_PAGE_SIZE);
	if (shared.format.levels == 5) {
		upper = hv_pool_alloc(&hv.pool);
		if (!upper)
			return -ENOMEM;
		root[index_at(HV_BASE, 5)] = hv_hpa_raw(hv_pool_hpa(&hv.pool, upper)) | TABLE;
		root = upper;
	}
	root[index_at(HV_BASE, 4)] = slot_table_entry(cpu, SLOT_THIRD);
	slot_table(cpu, SLOT_THIRD)[index_at(HV_BASE, 3)] = shared_directory();
	slot_table(cpu, SLOT_THIRD)[index_at(X86_SLOT_BASE, 3)] = slot_table_entry(cpu, SLOT_DIRECTORY);
	slot_table(cpu, SLOT_DIRECTORY)[index_at((u64)cpu, 2)] = slot_table_entry(cpu, SLOT_PT);
	cpu->final_cr3 = x86_slot_hpa(cpu, X86_SLOT_TABLES);
	return 0;
}

static void put_tss(struct x86_cpu *cpu, u16 selector, u64 base, u32 limit)
{
	u64 *entry = &cpu->gdt[selector >> 3];

	entry[0] = (limit & 0xffff) | HV_PUT(HV_MASK(39, 16), base) | HV_PUT(HV_MASK(63, 56), base >> 24) |
		   HV_PUT(X86_DESC_TYPE, X86_DESC_TSS_AVAILABLE) | X86_DESC_P;
	entry[1] = base >> 32;
}

void x86_host_load_tss(struct x86_cpu *cpu, u16 selector, u64 base, u32 limit)
{
	struct x86_table_register gdt = { .limit = sizeof(cpu->gdt) - 1, .base = (u64)cpu->gdt };

	put_tss(cpu, selector, base, limit);
	x86_lgdt(&gdt);
	x86_ltr(selector);
}

int x86_host_cpu_init(struct x86_cpu *cpu)
{
	cpu->gdt[X86_SEL_CODE >> 3] = X86_DESC_CODE64;
	cpu->gdt[X86_SEL_DATA >> 3] = X86_DESC_DATA;
	cpu->tss.ist[IST_DF - 1] = (u64)(cpu->ist[0] + X86_IST_SIZE);
	cpu->tss.ist[IST_PF - 1] = (u64)(cpu->ist[1] + X86_IST_SIZE);
	cpu->tss.iomap = sizeof(cpu->tss);
	return build_tables(cpu);
}

void x86_host_enter(struct x86_cpu *cpu)
{
	x86_lidt(&x86_host_idt);
	x86_host_load_tss(cpu, X86_SEL_TSS, (u64)&cpu->tss, sizeof(cpu->tss) - 1);
	x86_write_cr3(cpu->final_cr3);
}

void x86_host_bridge(void)
{
	x86_write_cr3(bridge_cr3);
}

static u64 *window_entry(const struct x86_cpu *cpu, unsigned int window)
{
	return (u64 *)x86_slot_part(cpu, X86_SLOT_PT) + index_at(X86_SLOT_WINDOW, 1) + window;
}

void *x86_window_open(struct x86_cpu *cpu, unsigned int window, u64 gpa, u64 hpa)
{
	void *at = x86_slot_part(cpu, X86_SLOT_WINDOW + window * HV_PAGE_SIZE);

	*window_entry(cpu, window) = hpa | X86_PTE_P | X86_PTE_A | X86_PTE_NX;
	x86_invlpg(at);
	cpu->window[window] = gpa | X86_WINDOW_OPEN;
	return at;
}

void *x86_window_write(struct x86_cpu *cpu, u64 hpa)
{
	void *at = x86_slot_part(cpu, X86_SLOT_WINDOW + X86_WINDOW_WRITE * HV_PAGE_SIZE);

	*window_entry(cpu, X86_WINDOW_WRITE) = hpa | X86_PTE_P | X86_PTE_W | X86_PTE_A | X86_PTE_D | X86_PTE_NX;
	x86_invlpg(at);
	return at;
}

void x86_window_write_end(struct x86_cpu *cpu)
{
	*window_entry(cpu, X86_WINDOW_WRITE) = 0;
	x86_invlpg(x86_slot_part(cpu, X86_SLOT_WINDOW + X86_WINDOW_WRITE * HV_PAGE_SIZE));
}

void hv_arch_scrub(hv_hpa_t start, u64 size)
{
	struct x86_cpu *cpu = x86_this_cpu();
	u64 done;

	for (done = 0; done < size; done += HV_PAGE_SIZE)
		x86_fill_zeros(x86_window_write(cpu, hv_hpa_raw(start) + done), HV_PAGE_SIZE / sizeof(u64));
	x86_window_write_end(cpu);
}

static u64 rest_of_page(u64 at)
{
	return HV_PAGE_SIZE - (at & ~HV_PAGE_MASK);
}

void hv_arch_copy(hv_hpa_t to, hv_hpa_t from, u64 size)
{
	struct x86_cpu *cpu = x86_this_cpu();
	u64 done, piece, target, source;
	u8 *into;
	const u8 *out_of;

	for (done = 0; done < size; done += piece) {
		target = hv_hpa_raw(to) + done;
		source = hv_hpa_raw(from) + done;
		piece = rest_of_page(target) < rest_of_page(source) ? rest_of_page(target) : rest_of_page(source);
		piece = piece < size - done ? piece : size - done;
		into = x86_window_write(cpu, target & HV_PAGE_MASK);
		out_of = x86_window_open(cpu, X86_WINDOW_FETCH, source & HV_PAGE_MASK, source & HV_PAGE_MASK);
		x86_copy_bytes(into + (target & ~HV_PAGE_MASK), out_of + (source & ~HV_PAGE_MASK), piece);
	}
	x86_window_write_end(cpu);
}

void x86_window_close_all(struct x86_cpu *cpu)
{
	unsigned int i;

	for (i = 0; i < X86_NR_WINDOWS; i++) {
		*window_entry(cpu, i) = 0;
		x86_invlpg(x86_slot_part(cpu, X86_SLOT_WINDOW + i * HV_PAGE_SIZE));
		cpu->window[i] = 0;
	}
}
