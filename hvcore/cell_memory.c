// SPDX-License-Identifier: GPL-2.0-only
/* How a cell comes to its memory, and how that goes back to where it came from. */
#include <hv/arch.h>
#include <hv/bits.h>
#include <hv/cellconf.h>
#include <hv/hv.h>
#include <hv/memory.h>
#include <hvabi/hypercall.h>
#include "cell.h"

static bool is_alloc(const struct hv_conf_region *region)
{
	return region->mode == HV_MODE_ALLOC;
}

/* Root may have left anything in memory at its place; and it is too large to be zeroed in one call. */
bool hv_cell_defers(const struct hv_conf_region *region)
{
	if (region->mode == HV_MODE_IDENTICAL)
		return !(region->flags & (HV_MEM_ROOTSHARED | HV_MEM_DMA | HV_MEM_DEVICE | HV_MEM_IO));
	return is_alloc(region) && !region->populate;
}

u64 hv_cell_missing(const struct hv_cell *cell)
{
	u64 bytes = 0;
	u32 i;

	for (i = cell->fill_region; i < cell->conf->nr_regions; i++)
		if (is_alloc(&cell->conf->regions[i]))
			bytes += cell->conf->regions[i].size;
	return bytes - cell->fill_offset;
}

static u16 owner_of(const struct hv_cell *cell)
{
	return hv_owner_cell(cell->id);
}

/* From @from, a set or the hypervisor, to the cell; nobody maps it, before or after. */
static int own(const struct hv_cell *cell, u64 start, u64 size, u16 from)
{
	int err;

	hv_lock(&hv.owners.lock);
	err = hv_owner_change(&hv.owners, hv_hpa(start), size, from, owner_of(cell));
	hv_unlock(&hv.owners.lock);
	return err;
}

/* Zeroed when the frames are the cell's, and before it sees them: root can write to them no more. */
static int map_zeroed(struct hv_cell *cell, const struct hv_conf_region *region, u64 at, u64 start, u64 size)
{
	hv_gpa_t gpa = hv_gpa(region->gpa + at);

	if (hv_cell_defers(region))
		return hv_aspace_map_deferred(&cell->space, gpa, hv_hpa(start), size, region->flags);
	hv_arch_scrub(hv_hpa(start), size);
	return hv_aspace_map_linear(&cell->space, gpa, hv_hpa(start), size, region->flags);
}

/* What is mapped so far of a region of donated frames is a prefix; pieces of it may lie anywhere. */
static int map_next(struct hv_cell *cell, u64 *start, u64 *size)
{
	const struct hv_conf_region *region = &cell->conf->regions[cell->fill_region];
	u64 left, piece;
	int err;

	while (!is_alloc(region) || cell->fill_offset == region->size) {
		cell->fill_offset = 0;
		region = &cell->conf->regions[++cell->fill_region];
	}
	left = region->size - cell->fill_offset;
	piece = *size < left ? *size : left;
	err = map_zeroed(cell, region, cell->fill_offset, *start, piece);
	if (err)
		return err;
	cell->fill_offset += piece;
	*start += piece;
	*size -= piece;
	return 0;
}

int hv_cell_take_donated(struct hv_cell *cell, u64 start, u64 size)
{
	int err;

	err = own(cell, start, size, HV_MEMORY_DONATED);
	while (!err && size)
		err = map_next(cell, &start, &size);
	return err;
}

/* Of two ranges that end below 2^64. */
static bool overlap(u64 a, u64 a_size, u64 b, u64 b_size)
{
	return a < b + b_size && b < a + a_size;
}

/* Registers of a CPU, which are nobody's memory; and where a store is an interrupt, which root does not have either. */
static bool is_cpus(u64 start, u64 size)
{
	struct hv_range window;
	unsigned int i;
	u64 page;

	for (i = 0; hv_arch_moderated_page(i, &page); i++)
		if (overlap(start, size, page, HV_PAGE_SIZE))
			return true;
	hv_arch_message_window(&window);
	return overlap(start, size, window.start, window.size);
}

/*
 * At its place: root gave these very frames, or keeps them and shares. Lenient or not: what is nobody's is not mapped.
 * Memory for devices, which do not wait for a first touch, is zeroed here, however long that takes.
 */
static int take_identical(struct hv_cell *cell, const struct hv_conf_region *region)
{
	int err;

	if (is_cpus(region->phys, region->size))
		return -EBUSY;
	if (region->flags & HV_MEM_ROOTSHARED)
		return hv_aspace_map_linear(&cell->space, hv_gpa(region->gpa), hv_hpa(region->phys), region->size,
					    region->flags);
	err = own(cell, region->phys, region->size, HV_MEMORY_DONATED);
	return err ? err : map_zeroed(cell, region, 0, region->phys, region->size);
}

static bool shares(const struct hv_cell *cell, u64 start, u64 size)
{
	const struct hv_conf_region *region = cell->conf->regions, *end = region + cell->conf->nr_regions;

	for (; region < end; region++)
		if ((region->flags & HV_MEM_ROOTSHARED) && overlap(start, size, region->phys, region->size))
			return true;
	return false;
}

/* What the configurations say, so that a cell that only half came to be, or is about to end, counts as well. */
bool hv_cell_shares(u64 start, u64 size)
{
	u32 i;

	for (i = 0; i < HV_MAX_CELLS; i++)
		if (hv.cells[i] && shares(hv.cells[i], start, size))
			return true;
	return false;
}

static const struct hv_range *secure_at(u64 at)
{
	const struct hv_range *range = hv.header->secure, *last = range + hv.header->nr_secure;

	for (; range < last; range++)
		if (at >= range->start && at - range->start < range->size)
			return range;
	return NULL;
}

/* The next run of secure frames that no cell has. Their contents are zero from launch on, or since a cell had them. */
static bool free_secure(u64 *start, u64 *size)
{
	const struct hv_range *range;
	hv_hpa_t at;
	u32 i;

	for (i = 0; i < hv.header->nr_secure; i++) {
		range = &hv.header->secure[i];
		if (hv_owner_find(&hv.owners, HV_OWNER_HYPERVISOR, hv_hpa(range->start), &at, size))
			continue;
		*start = hv_hpa_raw(at);
		if (*start < range->start) {
			*size -= range->start - *start;
			*start = range->start;
		}
		if (*start - range->start >= range->size)
			continue;
		if (*size > range->start + range->size - *start)
			*size = range->start + range->size - *start;
		return true;
	}
	return false;
}

static int take_secure(struct hv_cell *cell, const struct hv_conf_region *region)
{
	u64 done, start, size;
	bool found;
	int err;

	for (done = 0; done < region->size; done += size) {
		hv_lock(&hv.owners.lock);
		found = free_secure(&start, &size);
		hv_unlock(&hv.owners.lock);
		if (!found)
			return -ENOMEM;
		if (size > region->size - done)
			size = region->size - done;
		err = own(cell, start, size, HV_OWNER_HYPERVISOR);
		if (!err)
			err = hv_aspace_map_linear(&cell->space, hv_gpa(region->gpa + done), hv_hpa(start), size,
						   region->flags);
		if (err)
			return err;
	}
	return 0;
}

/* Is its place still free? Those that come first have theirs: the cell's own pages. */
static int check_alloc(const struct hv_cell *cell, const struct hv_conf_region *region)
{
	return hv_span_first_overlap(&cell->space.set.regions, region->gpa, region->size) ? -EEXIST : 0;
}

int hv_cell_take_memory(struct hv_cell *cell)
{
	const struct hv_conf_region *region = cell->conf->regions, *last = region + cell->conf->nr_regions;
	int err = 0;

	for (; !err && region < last; region++) {
		if (region->flags & HV_MEM_DEVICE)
			err = -EOPNOTSUPP;
		else if (region->mode == HV_MODE_IDENTICAL)
			err = take_identical(cell, region);
		else if (region->mode == HV_MODE_SECURE)
			err = take_secure(cell, region);
		else
			err = check_alloc(cell, region);
	}
	return err;
}

static bool is_deferred(const struct hv_cell *cell)
{
	const struct hv_conf_region *region = cell->conf->regions, *end = region + cell->conf->nr_regions;

	while (region < end && !hv_cell_defers(region))
		region++;
	return region < end;
}

bool hv_cell_touch(struct hv_cell *cell, u64 gpa, u32 access)
{
	return is_deferred(cell) && !hv_aspace_wake(&cell->space, hv_gpa(gpa), (u8)access);
}

/* A run that is the cell's, all of it from the same source and no longer than a step. */
static bool next_run(const struct hv_cell *cell, u64 *start, u64 *size, u16 *to)
{
	const struct hv_range *secure;
	hv_hpa_t at;
	u64 left;
	u32 i;

	if (hv_owner_find(&hv.owners, owner_of(cell), hv_hpa(0), &at, size))
		return false;
	*start = hv_hpa_raw(at);
	if (*size > HV_CELL_STEP)
		*size = HV_CELL_STEP;
	secure = secure_at(*start);
	*to = secure ? HV_OWNER_HYPERVISOR : HV_MEMORY_DONATED;
	left = secure ? secure->start + secure->size - *start : *size;
	for (i = 0; !secure && i < hv.header->nr_secure; i++)
		if (hv.header->secure[i].start - *start < left)
			left = hv.header->secure[i].start - *start;
	if (*size > left)
		*size = left;
	return true;
}

/* From the beginning of a run on, a change to an owner in front of it or to none beside it needs one node at most. */
int hv_cell_give_memory(struct hv_cell *cell)
{
	u64 start, size;
	bool found;
	u16 to;
	int err;

	hv_lock(&hv.owners.lock);
	found = next_run(cell, &start, &size, &to);
	hv_unlock(&hv.owners.lock);
	if (!found)
		return 0;
	/* Still the cell's, which does not exist any more: nobody else can have it yet. */
	hv_arch_scrub(hv_hpa(start), size);
	hv_lock(&hv.owners.lock);
	err = hv_owner_change(&hv.owners, hv_hpa(start), size, owner_of(cell), to);
	hv_unlock(&hv.owners.lock);
	return err ? err : -EAGAIN;
}
