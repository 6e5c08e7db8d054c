// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory for cells. Alloc regions are made of pages from the page allocator, as large as they come; identical ones of
 * the very pages at their place. The hypervisor gets them in lists, and gives them back in the same ones.
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include <hvabi/hypercall.h>

#include "cell_memory.h"
#include "hvk.h"
#include "refuse.h"

#define LARGE_ORDER (PMD_SHIFT - PAGE_SHIFT)

static bool is_linux_ram(const struct hv_conf_region *region)
{
	return region_intersects(region->phys, region->size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
	       REGION_DISJOINT;
}

/* Shared memory may be reserved since boot, and Linux gives it to nobody. Else the cell's is to be no one else's. */
static bool is_taken_at_its_place(const struct hv_conf_region *region)
{
	if (region->mode != HV_MODE_IDENTICAL || region->flags & HV_MEM_DEVICE)
		return false;
	return !(region->flags & HV_MEM_ROOTSHARED) || is_linux_ram(region);
}

/* What is shared stays root's: Linux keeps it mapped, but uses it for nothing. */
static bool is_donated(const struct hvk_cell_memory *memory, const struct hv_cellconf *conf, u32 i)
{
	return memory->identical & BIT_ULL(i) && !(conf->regions[i].flags & HV_MEM_ROOTSHARED);
}

static void release_pages_of(struct hvk_cell_memory *memory)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &memory->pages, lru) {
		unsigned int order = page_private(page);

		list_del(&page->lru);
		set_page_private(page, 0);
		__free_pages(page, order);
		cond_resched();
	}
}

u64 hvk_cell_memory_bytes(const struct hv_cellconf *conf, u32 mode)
{
	u64 bytes = 0;
	u32 i;

	for (i = 0; i < conf->nr_regions; i++)
		if (conf->regions[i].mode == mode)
			bytes += conf->regions[i].size;
	return bytes;
}

u32 hvk_cell_memory_excess(const struct hv_cellconf *conf, u32 mode, u64 room)
{
	u32 i;

	for (i = 0; i < conf->nr_regions; i++) {
		if (conf->regions[i].mode != mode)
			continue;
		if (conf->regions[i].size > room)
			break;
		room -= conf->regions[i].size;
	}
	return i;
}

/*
 * Whole pages of @order while there are any, then what there is; never more than is missing. Who is killed meanwhile,
 * perhaps because memory is short, wants no more.
 */
static int claim_pages(struct hvk_cell_memory *memory, unsigned int order, u64 size)
{
	struct page *page;

	while (size) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		while (order && size < PAGE_SIZE << order)
			order--;
		page = alloc_pages(GFP_KERNEL | __GFP_NOWARN | (order ? __GFP_NORETRY : __GFP_RETRY_MAYFAIL), order);
		if (!page && !order)
			return -ENOMEM;
		if (!page) {
			order--;
			continue;
		}
		set_page_private(page, order);
		list_add_tail(&page->lru, &memory->pages);
		size -= PAGE_SIZE << order;
	}
	return 0;
}

/* Where the cell sees 2 MiB pages they are to be such for its tables as well: small ones up to the first of them. */
static int claim_region(struct hvk_cell_memory *memory, const struct hv_conf_region *region)
{
	u64 head = min_t(u64, region->size, ALIGN(region->gpa, PMD_SIZE) - region->gpa);
	int err;

	err = claim_pages(memory, LARGE_ORDER - 1, head);
	return err ?: claim_pages(memory, LARGE_ORDER, region->size - head);
}

/* The hypervisor does that to what it is given, but not to this. */
static void clear(unsigned long pfn, unsigned long count)
{
	while (count--) {
		clear_highpage(pfn_to_page(pfn++));
		cond_resched();
	}
}

static int claim_at_its_place(const struct hv_conf_region *region)
{
	unsigned long pfn = region->phys >> PAGE_SHIFT, count = region->size >> PAGE_SHIFT;
	int err;

	if (!hvk_is_whole_ram(pfn, count))
		return -EBUSY;
	err = alloc_contig_range(pfn, pfn + count, MIGRATE_MOVABLE, GFP_KERNEL | __GFP_NOWARN);
	if (err)
		return err == -EINTR ? err : -EBUSY;
	if (region->flags & HV_MEM_ROOTSHARED)
		clear(pfn, count);
	return 0;
}

void hvk_cell_memory_release(struct hvk_cell_memory *memory, const struct hv_cellconf *conf)
{
	u32 i;

	for (i = 0; i < conf->nr_regions; i++)
		if (memory->identical & BIT_ULL(i))
			free_contig_range(conf->regions[i].phys >> PAGE_SHIFT, conf->regions[i].size >> PAGE_SHIFT);
	memory->identical = 0;
	release_pages_of(memory);
}

static int claim_places(struct hvk_cell_memory *memory, const struct hv_cellconf *conf, struct hvk_refusal *refusal)
{
	int err;
	u32 i;

	for (i = 0; i < conf->nr_regions; i++) {
		if (!is_taken_at_its_place(&conf->regions[i]))
			continue;
		err = claim_at_its_place(&conf->regions[i]);
		if (err == -EINTR)
			return err;
		if (err)
			return hvk_blame_in(refusal, HV_A_CELL_REGION, i, HV_A_REGION_PHYS, err,
					    "Linux cannot free the memory at that place");
		memory->identical |= BIT_ULL(i);
	}
	return 0;
}

/* Who was killed is not told that anything is missing. */
static int lack(struct hvk_refusal *refusal, u32 i, int err)
{
	if (err == -EINTR)
		return err;
	return hvk_blame_in(refusal, HV_A_CELL_REGION, i, HV_A_REGION_SIZE, err,
			    "Linux does not have that much memory to give away");
}

/* Too much is refused before it is taken: Linux would give up everything else that it has until it finds out. */
static int claim_anywhere(struct hvk_cell_memory *memory, const struct hv_cellconf *conf, struct hvk_refusal *refusal)
{
	u32 i = hvk_cell_memory_excess(conf, HV_MODE_ALLOC, (u64)si_mem_available() << PAGE_SHIFT);
	int err;

	if (i < conf->nr_regions)
		return lack(refusal, i, -ENOMEM);
	for (i = 0; i < conf->nr_regions; i++) {
		if (conf->regions[i].mode != HV_MODE_ALLOC)
			continue;
		err = claim_region(memory, &conf->regions[i]);
		if (err)
			return lack(refusal, i, err);
	}
	return 0;
}

/* Places first, lest what may lie anywhere lies there. */
int hvk_cell_memory_claim(struct hvk_cell_memory *memory, const struct hv_cellconf *conf, struct hvk_refusal *refusal)
{
	int err;

	INIT_LIST_HEAD(&memory->pages);
	memory->identical = 0;
	err = claim_places(memory, conf, refusal);
	if (!err)
		err = claim_anywhere(memory, conf, refusal);
	if (err)
		hvk_cell_memory_release(memory, conf);
	return err;
}

/* A list under way, and how it is sent. */
struct parcel {
	struct hv_cell_fill *fill;	/* its list is all that matters, but with a cell's id for filling */
	u64 bytes;
	u32 count;
	bool is_large;		/* all of it: lists are sorted, and large pages stay where they are wanted */
	unsigned int op;
	unsigned long call;
	bool is_undo;		/* lists that were never given need not come back */
};

static int by_frame(const void *a, const void *b)
{
	u64 x = hv_psc_frame(*(const u64 *)a), y = hv_psc_frame(*(const u64 *)b);

	return x < y ? -1 : x > y;
}

static int send_off(struct parcel *parcel)
{
	struct hv_psc *list = &parcel->fill->list;
	long err;

	if (!parcel->count)
		return 0;
	sort(list->entry, parcel->count, sizeof(list->entry[0]), by_frame, NULL);
	list->cur_entry = 0;
	list->end_entry = parcel->count - 1;
	err = hvk_call(parcel->call,
		       virt_to_phys(parcel->call == HV_HC_CELL_FILL ? (void *)parcel->fill : (void *)list));
	parcel->count = 0;
	parcel->bytes = 0;
	cond_resched();
	return parcel->is_undo && err == -EBUSY ? 0 : (int)err;
}

static int pack(struct parcel *parcel, u64 frame, bool large)
{
	u64 size = large ? HV_PSC_SIZE_2M : HV_PSC_SIZE_4K;
	int err = 0;

	if (parcel->count == HV_PSC_ENTRIES || parcel->bytes + size > HV_CELL_STEP || parcel->is_large != large)
		err = send_off(parcel);
	parcel->is_large = large;
	parcel->fill->list.entry[parcel->count++] =
		frame | (u64)parcel->op << HV_PSC_OP_SHIFT | (large ? HV_PSC_2M : 0);
	parcel->bytes += size;
	return err;
}

static int pack_range(struct parcel *parcel, u64 start, u64 size)
{
	int err = 0;

	while (!err && size) {
		bool large = IS_ALIGNED(start, HV_PSC_SIZE_2M) && size >= HV_PSC_SIZE_2M;
		u64 piece = large ? HV_PSC_SIZE_2M : HV_PSC_SIZE_4K;

		err = pack(parcel, start, large);
		start += piece;
		size -= piece;
	}
	return err;
}

static int pack_pages(struct parcel *parcel, const struct hvk_cell_memory *memory)
{
	struct page *page;
	int err;

	list_for_each_entry(page, &memory->pages, lru) {
		err = pack_range(parcel, page_to_phys(page), PAGE_SIZE << page_private(page));
		if (err)
			return err;
	}
	return 0;
}

static int pack_identical(struct parcel *parcel, const struct hvk_cell_memory *memory, const struct hv_cellconf *conf)
{
	u32 i;
	int err = 0;

	for (i = 0; !err && i < conf->nr_regions; i++)
		if (is_donated(memory, conf, i))
			err = pack_range(parcel, conf->regions[i].phys, conf->regions[i].size);
	return err;
}

/* The same lists in the same order, whatever becomes of them. */
static int send_all(struct parcel *parcel, const struct hvk_cell_memory *memory, const struct hv_cellconf *conf)
{
	int err;

	parcel->fill = (struct hv_cell_fill *)get_zeroed_page(GFP_KERNEL);
	if (!parcel->fill)
		return -ENOMEM;
	parcel->fill->id = conf->id;
	err = pack_pages(parcel, memory);
	if (!err && parcel->call != HV_HC_CELL_FILL)
		err = pack_identical(parcel, memory, conf);
	if (!err)
		err = send_off(parcel);
	free_page((unsigned long)parcel->fill);
	return err;
}

int hvk_cell_memory_donate(const struct hvk_cell_memory *memory, const struct hv_cellconf *conf)
{
	struct parcel parcel = { .op = HV_PSC_PRIVATE, .call = HV_HC_DONATE };

	return send_all(&parcel, memory, conf);
}

int hvk_cell_memory_return(const struct hvk_cell_memory *memory, const struct hv_cellconf *conf)
{
	struct parcel parcel = { .op = HV_PSC_SHARED, .call = HV_HC_DONATE, .is_undo = true };

	return send_all(&parcel, memory, conf);
}

int hvk_cell_memory_fill(const struct hvk_cell_memory *memory, const struct hv_cellconf *conf)
{
	struct parcel parcel = { .op = HV_PSC_PRIVATE, .call = HV_HC_CELL_FILL };

	return send_all(&parcel, memory, conf);
}
