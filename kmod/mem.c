// SPDX-License-Identifier: GPL-2.0-only
/* Ranges that Linux has to do without: taken from the running kernel, or reserved at boot; and given back. */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "hvk.h"

#define GRANULE HV_SIZE_2M
#define TRIES 1024

/* SIZE or SIZE@ADDR; an address means that the range was reserved at boot. Return: what follows, or NULL. */
static const char *parse(const char *text, struct hv_range *range)
{
	char *end;

	range->start = 0;
	range->size = memparse(text, &end);
	if (end == text || !range->size || !IS_ALIGNED(range->size, GRANULE))
		return NULL;
	if (*end == '@') {
		text = end + 1;
		range->start = memparse(text, &end);
		if (end == text || !range->start || !IS_ALIGNED(range->start, GRANULE))
			return NULL;
	}
	return range->start + range->size < range->start ? NULL : end;
}

/* Each page block of the range is looked at, wherever in a block the range begins. */
bool hvk_is_whole_ram(unsigned long pfn, unsigned long count)
{
	unsigned long i;

	for (i = 0; i < count; i += pageblock_nr_pages)
		if (!pfn_to_online_page(pfn + i) || page_zone(pfn_to_page(pfn + i)) != page_zone(pfn_to_page(pfn)))
			return false;
	return pfn_to_online_page(pfn + count - 1) &&
	       page_zone(pfn_to_page(pfn + count - 1)) == page_zone(pfn_to_page(pfn));
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
		if (!hvk_is_whole_ram(pfn, count))
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
	if (region_intersects(want->start, want->size, IORESOURCE_MEM, IORES_DESC_RESERVED) != REGION_INTERSECTS)
		return hvk_fail(-EBUSY, "%s=: 0x%llx is no range that was reserved at boot (memmap=SIZE$ADDR)",
				memory->what, want->start);
	memory->range = *want;
	memory->source = HVK_RESERVED;
	return 0;
}

static int map(struct hvk_memory *memory)
{
	memory->map = memremap(memory->range.start, memory->range.size, MEMREMAP_WB);
	if (!memory->map)
		return hvk_fail(-ENOMEM, "cannot map 0x%llx", memory->range.start);
	memset(memory->map, 0, memory->range.size);
	return 0;
}

/* With a name of its own: where the hypervisor stays it is in /proc/iomem for longer than there is a module. */
struct hvk_iomem {
	struct resource resource;
	char name[16];
};

/* Best effort, for people who read /proc/iomem. */
static void show(struct hvk_memory *memory)
{
	struct hvk_iomem *shown = kzalloc(sizeof(*shown), GFP_KERNEL);

	if (!shown)
		return;
	strscpy(shown->name, memory->name, sizeof(shown->name));
	shown->resource.name = shown->name;
	shown->resource.start = memory->range.start;
	shown->resource.end = memory->range.start + memory->range.size - 1;
	shown->resource.flags = IORESOURCE_MEM | IORESOURCE_BUSY;
	if (insert_resource(&iomem_resource, &shown->resource)) {
		kfree(shown);
		return;
	}
	memory->shown = shown;
}

static int take(struct hvk_memory *memory, const struct hv_range *want)
{
	int err;

	memory->range.size = want->size;
	if (want->start)
		return claim_reserved(memory, want);
	err = claim_contig(memory, want->size);
	if (err)
		err = claim_buddy(memory, want->size);
	if (err)
		return hvk_fail(err, "%s=: no %lluK of contiguous memory to be had", memory->what, want->size >> 10);
	return 0;
}

static int claim(struct hvk_memory *memory, const struct hv_range *want)
{
	int err;

	err = take(memory, want);
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

int hvk_memory_claim(struct hvk_memory *memory, u64 size)
{
	struct hv_range want = { .size = size };
	const char *end = "";

	*memory = (struct hvk_memory){ .what = "mem", .name = "hv" };
	if (hvk_param_mem)
		end = parse(hvk_param_mem, &want);
	if (!end || *end)
		return hvk_fail(-EINVAL, "mem=: want SIZE or SIZE@ADDR, both multiples of 2M and not 0");
	if (want.size < size)
		return hvk_fail(-EINVAL, "mem=: %lluK are not enough, this machine needs %lluK", want.size >> 10,
				size >> 10);
	return claim(memory, &want);
}

int hvk_secure_parse(struct hvk_secure *secure)
{
	const char *at = hvk_param_secure;

	for (secure->nr = 0; at && *at; secure->nr++) {
		if (secure->nr == HV_MAX_SECURE)
			return hvk_fail(-EINVAL, "secure=: more than %u ranges", HV_MAX_SECURE);
		at = parse(at, &secure->want[secure->nr]);
		if (!at || (*at && *at != ',') || (*at == ',' && !at[1]))
			return hvk_fail(-EINVAL, "secure=: want SIZE or SIZE@ADDR, multiples of 2M and not 0, "
						 "commas between them");
		if (secure->want[secure->nr].size >> PAGE_SHIFT > totalram_pages())
			return hvk_fail(-EINVAL, "secure=: more than this machine has");
		at += *at == ',';
	}
	return 0;
}

int hvk_secure_claim(struct hvk_secure *secure)
{
	u32 i, nr = secure->nr;
	int err;

	for (i = 0; i < nr; i++) {
		secure->memory[i] = (struct hvk_memory){ .what = "secure", .name = "hv secure" };
		err = claim(&secure->memory[i], &secure->want[i]);
		if (err) {
			secure->nr = i;
			hvk_secure_release(secure);
			return err;
		}
	}
	return 0;
}

void hvk_secure_release(struct hvk_secure *secure)
{
	while (secure->nr)
		hvk_memory_release(&secure->memory[--secure->nr]);
}

u64 hvk_secure_bytes(const struct hvk_secure *secure)
{
	u64 bytes = 0;
	u32 i;

	for (i = 0; i < secure->nr; i++)
		bytes += secure->memory[i].range.size;
	return bytes;
}

void hvk_memory_release(struct hvk_memory *memory)
{
	unsigned long pfn = memory->range.start >> PAGE_SHIFT, count = memory->range.size >> PAGE_SHIFT;

	if (memory->shown) {
		remove_resource(&memory->shown->resource);
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
