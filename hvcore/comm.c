// SPDX-License-Identifier: GPL-2.0-only
/* The pages of a cell that are in no configuration: registers, what it is told about itself, tables to begin with. */
#include <hv/arch.h>
#include <hv/hv.h>
#include <hv/memory.h>
#include <hv/string.h>
#include <hvabi/guest.h>
#include "cell.h"

/* The multiboot information format, version 1. What has a zero in @flags is not there. */
struct multiboot_info {
	u32 flags;
	u32 mem_lower, mem_upper;
	u32 boot_device;
	u32 cmdline;
	u32 mods_count, mods_addr;
	u32 syms[4];
	u32 mmap_length, mmap_addr;
};

struct multiboot_mmap {
	u32 size;		/* of what follows */
	u64 addr, len;
	u32 type;
} __attribute__((packed));

#define MULTIBOOT_CMDLINE 0x4
#define MULTIBOOT_MMAP 0x40
#define MULTIBOOT_RAM 1
#define MMAP (HV_COMM_MULTIBOOT + sizeof(struct multiboot_info))

HV_STATIC_ASSERT(MMAP + HV_CONF_MAX_REGIONS * sizeof(struct multiboot_mmap) <= HV_COMM_SIZE);
HV_STATIC_ASSERT(HV_COMM_MAX_REGIONS == HV_CONF_MAX_REGIONS && HV_COMM_MAX_CPUS == HV_CONF_MAX_VCPUS);
HV_STATIC_ASSERT(HV_COMM_NAME == HV_CONF_NAME && HV_COMM_CMDLINE == HV_CONF_CMDLINE);

static int map_registers(struct hv_cell *cell)
{
	u16 owner = hv_owner_cell(cell->id);
	unsigned int i;
	u64 page;
	int err = 0;

	hv_lock(&hv.owners.lock);
	err = hv_owner_grant(&hv.owners, HV_MEMORY_REGISTERS, owner, HV_RIGHT_READ);
	hv_unlock(&hv.owners.lock);
	for (i = 0; !err && hv_arch_cell_registers(i, &page); i++)
		err = hv_aspace_map_linear(&cell->space, hv_gpa(page), hv_hpa(page), HV_PAGE_SIZE,
					   HV_MEM_READ | HV_MEM_DEVICE | HV_MEM_NO_HUGE);
	return err;
}

int hv_cell_take_pages(struct hv_cell *cell)
{
	u32 rights = HV_MEM_READ | HV_MEM_WRITE;
	int err;

	err = map_registers(cell);
	if (!err)
		err = hv_aspace_map_alloc(&cell->space, hv_gpa(HV_COMM_GPA), HV_COMM_SIZE, rights, HV_ALLOC_POPULATE);
	if (!err && cell->conf->entry_mode == HV_ENTRY_LONG64)
		err = hv_aspace_map_alloc(&cell->space, hv_gpa(HV_BOOT_GPA), HV_BOOT_FRAMES * HV_PAGE_SIZE, rights,
					  HV_ALLOC_POPULATE);
	return err;
}

void hv_cell_give_pages(struct hv_cell *cell)
{
	hv_lock(&hv.owners.lock);
	(void)!hv_owner_revoke(&hv.owners, HV_MEMORY_REGISTERS, hv_owner_cell(cell->id));
	hv_unlock(&hv.owners.lock);
}

static void fill(const struct hv_cell *cell, struct hv_comm *comm)
{
	const struct hv_cellconf *conf = cell->conf;
	u32 i;

	comm->signature = HV_COMM_SIGNATURE;
	comm->version = HV_GUEST_VERSION;
	comm->flags = hv_arch_comm_flags() | (conf->flags & HV_CONF_CONSOLE ? HV_COMM_CONSOLE : 0);
	comm->nr_cpus = cell->nr_cpus;
	comm->nr_regions = conf->nr_regions;
	comm->tsc_khz = hv.config->tsc_khz;
	comm->apic_khz = hv.apic_khz;
	memcpy(comm->name, conf->name, sizeof(comm->name));
	memcpy(comm->cmdline, conf->cmdline, sizeof(comm->cmdline));
	for (i = 0; i < cell->nr_cpus; i++)
		comm->apic_ids[i] = hv.pub[hv_cell_cpu(cell, i)].apic_id;
	for (i = 0; i < conf->nr_regions; i++)
		comm->regions[i] = (struct hv_comm_region){
			.gpa = conf->regions[i].gpa, .size = conf->regions[i].size, .flags = conf->regions[i].flags,
		};
}

static void fill_multiboot(const struct hv_cellconf *conf, u8 *page)
{
	struct multiboot_info *info = (struct multiboot_info *)(page + HV_COMM_MULTIBOOT);
	struct multiboot_mmap *map = (struct multiboot_mmap *)(page + MMAP);
	u32 i;

	*info = (struct multiboot_info){
		.flags = MULTIBOOT_CMDLINE | MULTIBOOT_MMAP,
		.cmdline = HV_COMM_GPA + __builtin_offsetof(struct hv_comm, cmdline),
		.mmap_addr = HV_COMM_GPA + MMAP,
	};
	for (i = 0; i < conf->nr_regions; i++) {
		if (conf->regions[i].flags & HV_MEM_DEVICE)
			continue;
		*map++ = (struct multiboot_mmap){ sizeof(*map) - sizeof(map->size), conf->regions[i].gpa,
						  conf->regions[i].size, MULTIBOOT_RAM };
		info->mmap_length += sizeof(*map);
	}
}

void hv_guest_tell(struct hv_cell *cell)
{
	u64 *info = cell->info;

	info[HV_INFO_VERSION] = HV_GUEST_VERSION;
	info[HV_INFO_CPUS] = cell->nr_cpus;
	info[HV_INFO_TSC_KHZ] = hv.config->tsc_khz;
	info[HV_INFO_APIC_KHZ] = hv.apic_khz;
	info[HV_INFO_COMM] = HV_COMM_GPA;
	info[HV_INFO_STARTS] = cell->page->starts;
}

int hv_cell_tell(struct hv_cell *cell)
{
	u8 *page;
	int err;

	if (cell->told)
		return 0;
	page = hv_alloc(&hv.pool, HV_COMM_SIZE);
	if (!page)
		return -ENOMEM;
	fill(cell, (struct hv_comm *)page);
	fill_multiboot(cell->conf, page);
	err = hv_aspace_copy_to(&cell->space, hv_gpa(HV_COMM_GPA), page, HV_COMM_SIZE);
	if (!err)
		err = hv_aspace_protect(&cell->space, hv_gpa(HV_COMM_GPA), HV_COMM_SIZE, HV_MEM_READ);
	(void)hv_free(&hv.pool, page); /* allocated above */
	cell->told = !err;
	return err;
}
