// SPDX-License-Identifier: GPL-2.0-only
/* The hypervisor's range: taken from the running kernel, or reserved at boot; and given back. */
#define pr_fmt(fmt) "hv: " fmt
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "hvk.h"

#define GRANULE HV_SIZE_2M
#define TRIES 64

/* SIZE or SIZE@ADDR; an address means that the range was reserved at boot. */
int hvk_memory_parse(const char *text, struct hv_range *range)
{
	char *end;

	range->start = 0;
	range->size = memparse(text, &end);
	if (end == text || !range->size || !IS_ALIGNED(range->size, GRANULE))
		goto bad;
	if (*end == '@') {
		text = end + 1;
		range->start = memparse(text, &end);
		if (end == text || !range->start || !IS_ALIGNED(range->start, GRANULE))
			goto bad;
	}
	if (*end || range->start + range->size < range->start)
		goto bad;
	return 0;
bad:
	pr_err("mem=: want SIZE or SIZE@ADDR, both multiples of 2M and not 0\n");
	return -EINVAL;
}

static bool is_whole_ram(unsigned long pfn, unsigned long count)
{
	unsigned long i;

	for (i = 0; i < count; i += pageblock_nr_pages)
		if (!pfn_to_online_page(pfn + i) || page_zone(pfn_to_page(pfn + i)) != page_zone(pfn_to_page(pfn)))
			return false;
	return pfn_to_online_page(pfn + count - 1);
}

/*
 * Walk down from the end of memory: what lies there moves most easily, and devices with short addresses keep the
 * rest.
 */
static int claim_contig(struct hvk_memory *memory, u64 size)
{
	unsigned long count = size >> PAGE_SHIFT, step = GRANULE >> PAGE_SHIFT;
	unsigned long pfn = ALIGN_DOWN(get_num_physpages(), step) + (SZ_4G >> PAGE_SHIFT);
	unsigned int tries = 0;

	for (; pfn > (SZ_16M >> PAGE_SHIFT) && tries < TRIES; pfn -= step) {
		if (!is_whole_ram(pfn, count))
			continue;
		tries++;
		if (alloc_contig_range(pfn, pfn + count, MIGRATE_MOVABLE, GFP_KERNEL | __GFP_NOWARN))
			continue;
		memory->range.start = (u64)pfn << PAGE_SHIFT;
		memory->source = HVK_CONTIG;
		return 0;
	}
	return -ENOMEM;
}

static int claim_buddy(struct hvk_memory *memory, u64 size)
{
	struct page *page;

	page = alloc_pages(GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY, get_order(size));
	if (!page)
		return -ENOMEM;
	memory->range.start = page_to_phys(page);
	memory->source = HVK_BUDDY;
	return 0;
}

static int claim_reserved(struct hvk_memory *memory, const struct hv_range *want)
{
	if (region_intersects(want->start, want->size, IORESOURCE_MEM, IORES_DESC_RESERVED) != REGION_INTERSECTS) {
		pr_err("mem=: 0x%llx is no range that was reserved at boot (memmap=SIZE$ADDR)\n", want->start);
		return -EBUSY;
	}
	memory->range = *want;
	memory->source = HVK_RESERVED;
	return 0;
}

static int map(struct hvk_memory *memory)
{
	memory->map = memremap(memory->range.start, memory->range.size, MEMREMAP_WB);
	if (!memory->map) {
		pr_err("cannot map 0x%llx\n", memory->range.start);
		return -ENOMEM;
	}
	memset(memory->map, 0, memory->range.size);
	return 0;
}

/* Best effort, for people who read /proc/iomem. */
static void show(struct hvk_memory *memory)
{
	struct resource *res = kzalloc(sizeof(*res), GFP_KERNEL);

	if (!res)
		return;
	res->name = "hv";
	res->start = memory->range.start;
	res->end = memory->range.start + memory->range.size - 1;
	res->flags = IORESOURCE_MEM | IORESOURCE_BUSY;
	if (insert_resource(&iomem_resource, res)) {
		kfree(res);
		return;
	}
	memory->shown = res;
}

static int claim(struct hvk_memory *memory, u64 size)
{
	struct hv_range want = { .size = size };
	int err;

	if (hvk_param_mem) {
		err = hvk_memory_parse(hvk_param_mem, &want);
		if (err)
			return err;
	}
	if (want.size < size) {
		pr_err("mem=: %lluK are not enough, this machine needs %lluK\n", want.size >> 10, size >> 10);
		return -EINVAL;
	}
	memory->range.size = want.size;
	if (want.start)
		return claim_reserved(memory, &want);
	err = claim_contig(memory, want.size);
	if (err)
		err = claim_buddy(memory, want.size);
	if (err)
		pr_err("no %lluK of contiguous memory to be had\n", want.size >> 10);
	return err;
}

int hvk_memory_claim(struct hvk_memory *memory, u64 size)
{
	int err;

	memset(memory, 0, sizeof(*memory));
	err = claim(memory, size);
	if (err)
		return err;
	err = map(memory);
	if (err) {
		hvk_memory_release(memory);
		return err;
	}
	show(memory);
	return 0;
}

void hvk_memory_release(struct hvk_memory *memory)
{
	unsigned long pfn = memory->range.start >> PAGE_SHIFT, count = memory->range.size >> PAGE_SHIFT;

	if (memory->shown) {
		remove_resource(memory->shown);
		kfree(memory->shown);
	}
	if (memory->map) {
		memset(memory->map, 0, memory->range.size);
		memunmap(memory->map);
	}
	if (memory->source == HVK_CONTIG)
		free_contig_range(pfn, count);
	else if (memory->source == HVK_BUDDY)
		__free_pages(pfn_to_page(pfn), get_order(memory->range.size));
	memset(memory, 0, sizeof(*memory));
}
