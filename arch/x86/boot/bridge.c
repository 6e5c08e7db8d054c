// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bridge: page tables that map Linux's kernel half and the hypervisor's range at once, so that a CPU can cross in
 * small steps, each of which survives an NMI. Used during launch and leave only. Part of hv.ko, not of the image.
 */
#include <hv/bits.h>
#include <hvabi/launch.h>
#include <x86/frame.h>
#include <x86/insn.h>
#include <x86/regs.h>

#define ENTRIES 512
#define TABLE (X86_PTE_P | X86_PTE_W | X86_PTE_A)
#define LEAF (X86_PTE_P | X86_PTE_A | X86_PTE_D)

/* Frames of the bridge inside the image. The root is 8 KiB-aligned: with page-table isolation bit 12 of CR3 tells Linux
 * that user tables are loaded, and an NMI looks at it. */
enum bridge_frame { ROOT, UPPER, THIRD, CORE_DIRECTORY, CORE_TABLE, SLOT_DIRECTORY, NR_FRAMES };

struct bridge {
	const struct hv_launch *launch;
	const struct hv_header *header;
};

static u64 frame_hpa(const struct bridge *b, enum bridge_frame frame)
{
	return b->launch->range.start + b->header->bridge_offset + (u64)frame * HV_PAGE_SIZE;
}

static u64 *frame_pointer(const struct bridge *b, enum bridge_frame frame)
{
	return (u64 *)((u8 *)b->launch->image + b->header->bridge_offset + (u64)frame * HV_PAGE_SIZE);
}

static unsigned int index_at(u64 address, unsigned int level)
{
	return (address >> (12 + 9 * (level - 1))) % ENTRIES;
}

/* Linux's upper half, with our own table in the one slot that we need. */
static void copy_upper_half(u64 *to, const u64 *from, unsigned int slot, u64 table)
{
	unsigned int i;

	for (i = ENTRIES / 2; i < ENTRIES; i++)
		to[i] = from[i];
	to[slot] = table | TABLE;
}

static void fill_roots(const struct bridge *b)
{
	const u64 *linux_table = b->launch->linux_root;
	unsigned int slot;

	if (x86_read_cr4() & X86_CR4_LA57) {
		slot = index_at(HV_BASE, 5);
		copy_upper_half(frame_pointer(b, ROOT), linux_table, slot, frame_hpa(b, UPPER));
		linux_table = (u64 *)(b->launch->direct_map + (linux_table[slot] & X86_PTE_ADDRESS));
		copy_upper_half(frame_pointer(b, UPPER), linux_table, index_at(HV_BASE, 4), frame_hpa(b, THIRD));
	} else {
		copy_upper_half(frame_pointer(b, ROOT), linux_table, index_at(HV_BASE, 4), frame_hpa(b, THIRD));
	}
}

/* Writable or executable, never both. */
static u64 page_flags(const struct hv_header *h, u64 offset)
{
	if (offset >= h->text_offset && offset < h->rodata_offset)
		return LEAF;
	if (offset >= h->rodata_offset && offset < h->data_offset)
		return LEAF | X86_PTE_NX;
	return LEAF | X86_PTE_NX | X86_PTE_W;
}

static void map_range(const struct bridge *b)
{
	u64 *directory = frame_pointer(b, CORE_DIRECTORY), *table = frame_pointer(b, CORE_TABLE);
	u64 offset;

	for (offset = 0; offset < HV_SIZE_2M; offset += HV_PAGE_SIZE)
		table[index_at(offset, 1)] = (b->launch->range.start + offset) | page_flags(b->header, offset);
	directory[0] = frame_hpa(b, CORE_TABLE) | TABLE;
	for (; offset < b->launch->range.size; offset += HV_SIZE_2M)
		directory[index_at(offset, 2)] =
			(b->launch->range.start + offset) | LEAF | X86_PTE_W | X86_PTE_NX | X86_PTE_PS;
}

/* A slot brings its own lowest table; here and in the CPU's final tables it is the same one. */
static void map_slot(const struct bridge *b, unsigned int cpu)
{
	u64 offset = b->header->core_size + (u64)cpu * X86_SLOT_SIZE;
	u64 hpa = b->launch->range.start + offset;
	u64 pt = X86_SLOT_TABLES + 3 * HV_PAGE_SIZE;
	u64 *table = (u64 *)((u8 *)b->launch->image + offset + pt);
	u64 at;

	for (at = 0; at < X86_SLOT_SIZE; at += HV_PAGE_SIZE)
		if (at < X86_SLOT_TABLES || at >= X86_SLOT_STACK)
			table[index_at(at, 1)] = (hpa + at) | LEAF | X86_PTE_W | X86_PTE_NX;
	table[index_at(X86_SLOT_PT, 1)] = (hpa + pt) | LEAF | X86_PTE_W | X86_PTE_NX;
	frame_pointer(b, SLOT_DIRECTORY)[cpu] = (hpa + pt) | TABLE;
}

void hv_boot_bridge(struct hv_launch *launch)
{
	struct bridge b = { .launch = launch, .header = launch->image };
	u64 *third = frame_pointer(&b, THIRD);
	unsigned int cpu;

	fill_roots(&b);
	third[index_at(HV_BASE, 3)] = frame_hpa(&b, CORE_DIRECTORY) | TABLE;
	third[index_at(X86_SLOT_BASE, 3)] = frame_hpa(&b, SLOT_DIRECTORY) | TABLE;
	map_range(&b);
	for (cpu = 0; cpu < b.header->max_cpus; cpu++)
		map_slot(&b, cpu);
	launch->bridge_cr3 = frame_hpa(&b, ROOT);
}
