// SPDX-License-Identifier: GPL-2.0-only
/* A cell from its images to its end: loading, starting, stopping, and what it does to end by itself. */
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/hv.h>
#include <hv/log.h>
#include <hv/memory.h>
#include <hvabi/guest.h>
#include "cell.h"

static const struct hv_conf_region *find_loadable(const struct hv_cell *cell, u64 gpa, u64 size)
{
	const struct hv_conf_region *region = cell->conf->regions, *end = region + cell->conf->nr_regions;

	for (; region < end; region++)
		if ((region->flags & HV_MEM_LOADABLE) && gpa >= region->gpa && gpa - region->gpa < region->size &&
		    size <= region->size - (gpa - region->gpa))
			return region;
	return NULL;
}

/* Memory that waits for a first touch has it now. */
static int touch_all(struct hv_cell *cell, u64 start, u64 size)
{
	u64 at;
	int err = 0;

	for (at = start & HV_PAGE_MASK; !err && at < start + size; at += HV_PAGE_SIZE)
		err = hv_aspace_wake(&cell->space, hv_gpa(at), HV_ACCESS_READ);
	return err;
}

/* Nobody changes the cell's map meanwhile, for we hold hv.cells_lock; and root gives nothing away under its lock. */
static int copy_in(struct hv_cell *cell, const struct hv_cell_load *load)
{
	struct hv_chunk chunk = hv_chunk_first(hv_gpa(load->gpa), load->size, 0);
	u64 from = load->from;

	if (!hv_is_valid_normal_world_gpaddr(&hv.normal, hv_gpa(from), load->size))
		return -EFAULT;
	while (hv_chunk_next(&cell->space, &chunk)) {
		hv_arch_copy(chunk.hpa, hv_hpa(from), chunk.size);
		from += chunk.size;
	}
	return chunk.err;
}

static int load_into(struct hv_cell *cell, const struct hv_cell_load *load)
{
	const struct hv_conf_region *region;
	int err;

	if (cell->state != HV_CELL_READY)
		return -EBUSY;
	region = find_loadable(cell, load->gpa, load->size);
	if (!region)
		return -EINVAL;
	err = hv_cell_defers(region) ? touch_all(cell, load->gpa, load->size) : 0;
	if (err)
		return err;
	hv_aspace_lock(&hv.root.space);
	err = copy_in(cell, load);
	hv_aspace_unlock(&hv.root.space);
	return err;
}

int hv_cell_load(const struct hv_cell_load *load)
{
	struct hv_cell **slot;
	int err = -ENOENT;

	if (load->rsvd || !load->size)
		return -EINVAL;
	if (load->size > HV_CELL_LOAD_MAX)
		return -E2BIG;
	hv_lock(&hv.cells_lock);
	slot = hv_cell_slot(load->id);
	if (slot)
		err = load_into(*slot, load);
	hv_unlock(&hv.cells_lock);
	return err;
}

static bool are_parked(const struct hv_cell *cell)
{
	u32 i;

	for (i = 0; i < cell->nr_cpus; i++)
		if (!hv_cpu_is_parked(hv_cell_cpu(cell, i)))
			return false;
	return true;
}

/* The first one last: as soon as it runs it may wake the others, which must wait for that by then. */
static void ask_all(const struct hv_cell *cell, u32 request)
{
	u32 i;

	for (i = cell->nr_cpus; i > 0; i--)
		hv_cpu_ask(hv_cell_cpu(cell, i - 1), request);
}

static int start(struct hv_cell *cell)
{
	int err;

	if (cell->state != HV_CELL_READY)
		return -EBUSY;
	if (!are_parked(cell))
		return -EAGAIN;
	err = hv_cell_tell(cell);
	if (!err)
		err = hv_arch_cell_boot(cell);
	if (err)
		return err;
	cell->state = HV_CELL_RUNNING;
	cell->ended = 0;
	cell->page->starts++;
	hv_guest_tell(cell);
	hv_store_release(&cell->page->ended, (u32)HV_END_NONE);
	hv_aspace_set_live(&cell->space, true);
	ask_all(cell, HV_REQUEST_RUN);
	return 0;
}

int hv_cell_start(u32 id)
{
	struct hv_cell **slot;
	int err = -ENOENT;

	hv_lock(&hv.cells_lock);
	slot = hv_cell_slot(id);
	if (slot)
		err = start(*slot);
	hv_unlock(&hv.cells_lock);
	return err;
}

int hv_cell_halt(struct hv_cell *cell)
{
	if (cell->state == HV_CELL_RUNNING) {
		cell->state = HV_CELL_STOPPING;
		ask_all(cell, HV_REQUEST_STOP);
	}
	if (cell->state == HV_CELL_STOPPING) {
		if (!are_parked(cell))
			return -EAGAIN;
		hv_aspace_set_live(&cell->space, false);
		cell->state = HV_CELL_READY;
	}
	return cell->state == HV_CELL_READY ? 0 : -EBUSY;
}

int hv_cell_stop(u32 id)
{
	struct hv_cell **slot;
	int err = -ENOENT;

	hv_lock(&hv.cells_lock);
	slot = hv_cell_slot(id);
	if (slot)
		err = hv_cell_halt(*slot);
	hv_unlock(&hv.cells_lock);
	return err;
}

/*
 * The first one to come here tells why. Root learns of it from the page, and stops the cell in due form; until then its
 * CPUs stand. The last thing before this CPU stands, so that nobody is asked after a new start.
 */
static enum hv_verdict come_to_end(struct hv_cpu *cpu, enum hv_cell_end how)
{
	hv_store_release(&cpu->cell->page->ended, (u32)how);
	ask_all(cpu->cell, HV_REQUEST_STOP);
	return HV_STOP_CELL;
}

enum hv_verdict hv_cell_fail(struct hv_cpu *cpu, const struct hv_exit *exit)
{
	struct hv_cell *cell = cpu->cell;
	struct hv_fault *fault = &cell->page->fault;

	if (hv_exchange(&cell->ended, 1)) {
		hv_cpu_ask(cpu->id, HV_REQUEST_STOP);
		return HV_STOP_CELL;
	}
	*fault = (struct hv_fault){
		.cpu = cpu->id,
		.reason = cpu->reason,
		.nr = exit->nr,
		.access = exit->access,
		.gpa = exit->gpa,
		.value = exit->value,
		.tsc = hv_arch_clock(),
	};
	hv_arch_describe(cpu, fault);
	return come_to_end(cpu, HV_END_FAULT);
}

enum hv_verdict hv_cell_shut_down(struct hv_cpu *cpu, u64 code)
{
	struct hv_cell *cell = cpu->cell;

	if (hv_exchange(&cell->ended, 1)) {
		hv_cpu_ask(cpu->id, HV_REQUEST_STOP);
		return HV_STOP_CELL;
	}
	cell->page->code = code;
	return come_to_end(cpu, HV_END_SHUTDOWN);
}

/* HV_PT_* and HV_ACCESS_* number the rights alike. */
HV_STATIC_ASSERT(HV_ACCESS_READ == HV_PT_READ && HV_ACCESS_WRITE == HV_PT_WRITE && HV_ACCESS_EXEC == HV_PT_EXEC);

bool hv_guest_frame(struct hv_cell *cell, u64 gpa, u64 rights, u64 *hpa)
{
	struct hv_pt_mapping mapping;
	unsigned int i;
	u64 page;

	*hpa = gpa;
	if (cell == &hv.root)
		return hv_memory_is_roots(gpa, HV_PAGE_SIZE);
	for (i = 0; hv_arch_cell_registers(i, &page); i++)
		if (page == gpa)
			return false;
	if (hv_pt_query(&cell->space.set.pt, gpa, &mapping) &&
	    (!hv_cell_touch(cell, gpa, (u32)rights) || hv_pt_query(&cell->space.set.pt, gpa, &mapping)))
		return false;
	if (rights & ~mapping.flags)
		return false;
	*hpa = mapping.address;
	return true;
}
