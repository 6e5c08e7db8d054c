// SPDX-License-Identifier: GPL-2.0-only
/* The root cell: its memory map, and what happens when it touches what it must not see. */
#include <hv/arch.h>
#include <hv/bits.h>
#include <hv/hv.h>
#include <hv/log.h>
#include <hv/memory.h>

/* Only what the owners allow gets into root's map: no region reaches into the hypervisor's or a secure range. */
static int map(struct hv_pt *pt, u64 gpa, const struct hv_pt_object *to, u64 size, u64 flags)
{
	u32 rights = flags & HV_PT_WRITE ? HV_RIGHT_READ | HV_RIGHT_WRITE : HV_RIGHT_READ;
	int err = -EBUSY;

	hv_lock(&hv.owners.lock);
	if (hv_owner_may_map(&hv.owners, HV_OWNER_ROOT, hv_hpa(to->address), to->size, rights))
		err = size == to->size ? hv_pt_map(pt, gpa, to->address, size, flags) :
					 hv_pt_map_object(pt, gpa, to, size, flags);
	hv_unlock(&hv.owners.lock);
	return err;
}

static int map_linear(struct hv_pt *pt, u64 gpa, u64 hpa, u64 size, u64 flags)
{
	return map(pt, gpa, &(struct hv_pt_object){ hpa, size }, size, flags);
}

/* Map a run of root's memory with the types the machine gives it. */
static int map_run(struct hv_pt *pt, u64 start, u64 end)
{
	u64 type, piece_end;
	int err;

	for (; start < end; start = piece_end) {
		piece_end = end;
		type = hv_arch_memory_type(start, &piece_end);
		err = map_linear(pt, start, start, piece_end - start, HV_PT_RWX | HV_PT_TYPE(type));
		if (err)
			return err;
	}
	return 0;
}

/* Regions come sorted. Neighbours are mapped as one, so that leaves can be as large as possible. */
static int map_regions(struct hv_pt *pt)
{
	const struct hv_region_config *region = hv.config->regions;
	const struct hv_region_config *end = region + hv.config->nr_regions;
	int err;

	while (region < end) {
		u64 start = region->start, stop = start + region->size;

		for (region++; region < end && region->start == stop; region++)
			stop += region->size;
		err = map_run(pt, start, stop);
		if (err)
			return err;
	}
	return 0;
}

/* Root sees zeros where the hypervisor lives. */
static int hide(struct hv_pt *pt, const struct hv_range *range)
{
	struct hv_pt_object zero = { hv_hpa_raw(hv_virt_to_hpa(hv.zero_page)), HV_PAGE_SIZE };

	return map(pt, range->start, &zero, range->size, HV_PT_READ | HV_PT_TYPE(HV_TYPE_WB));
}

/* Replace a piece of the shared range by frames of ours. */
static int show(struct hv_pt *pt, u64 where, u64 offset, u64 size)
{
	u64 at = hv.config->shared.start + where, frames = hv.config->hypervisor_memory.start + offset;
	int err;

	err = hv_pt_unmap(pt, at, size);
	if (!err)
		err = hv_memory_show(hv_hpa(frames), size);
	return err ? err : map_linear(pt, at, frames, size, HV_PT_READ | HV_PT_TYPE(HV_TYPE_WB));
}

static int show_all(struct hv_pt *pt)
{
	int err;

	err = show(pt, HV_SHARED_HEADER, 0, HV_PAGE_SIZE);
	if (err)
		return err;
	err = show(pt, HV_SHARED_LOG, hv.header->log_offset, sizeof(struct hv_log_ring));
	if (err)
		return err;
	return show(pt, HV_SHARED_STATS, hv.header->stats_offset, hv.header->stats_size);
}

static u64 moderated_flags(bool on)
{
	return (on ? HV_PT_READ : HV_PT_RWX) | HV_PT_TYPE(HV_TYPE_UC) | HV_PT_NO_HUGE;
}

/* Pages whose writes may have to trap get leaves of their own now, so that switching needs no memory. */
static int split_moderated(struct hv_pt *pt)
{
	unsigned int i;
	u64 page;
	int err;

	for (i = 0; hv_arch_moderated_page(i, &page); i++) {
		err = hv_pt_unmap(pt, page, HV_PAGE_SIZE);
		if (err)
			return err;
		err = map_linear(pt, page, page, HV_PAGE_SIZE, moderated_flags(hv_arch_always_moderates()));
		if (err)
			return err;
	}
	return 0;
}

void hv_root_moderate(bool on)
{
	unsigned int i;
	u64 page;

	hv_lock(&hv.root_lock);
	for (i = 0; hv_arch_moderated_page(i, &page); i++)
		(void)!hv_pt_protect(&hv.root.memory, page, HV_PAGE_SIZE,
				     moderated_flags(on || hv_arch_always_moderates()));
	hv_arch_moderate(on || hv_arch_always_moderates());
	hv_unlock(&hv.root_lock);
}

/* How much of root's RAM which leaf size maps. */
static void count_leaves(const struct hv_pt *pt)
{
	const struct hv_region_config *region = hv.config->regions;
	struct hv_pt_mapping mapping;
	u64 at, end, step;
	u32 i;

	for (i = 0; i < hv.config->nr_regions; i++, region++) {
		end = region->start + region->size;
		for (at = region->start; region->kind == HV_REGION_RAM && at < end; at += step) {
			if (hv_pt_query(pt, at, &mapping))
				return;
			step = mapping.size - (at & (mapping.size - 1));
			step = step < end - at ? step : end - at;
			if (mapping.size == HV_SIZE_1G)
				hv.stats->root_bytes_1g += step;
			else if (mapping.size == HV_SIZE_2M)
				hv.stats->root_bytes_2m += step;
			else
				hv.stats->root_bytes_4k += step;
		}
	}
	hv.stats->root_table_frames = pt->tables;
}

static int build(struct hv_pt *pt)
{
	u32 i;
	int err;

	err = hv_memory_show(hv_virt_to_hpa(hv.zero_page), HV_PAGE_SIZE);
	if (err)
		return err;
	err = hide(pt, &hv.config->hypervisor_memory);
	for (i = 0; !err && i < hv.header->nr_secure; i++)
		err = hide(pt, &hv.header->secure[i]);
	if (err)
		return err;
	err = map_regions(pt);
	if (err)
		return err;
	err = show_all(pt);
	if (err)
		return err;
	return split_moderated(pt);
}

int hv_root_init(struct hv_cell *root)
{
	int err;

	root->nr_cpus = hv.config->nr_cpus;
	err = hv_pt_init(&root->memory, hv_arch_guest_format(), &hv.pool);
	if (err)
		return err;
	err = build(&root->memory);
	if (err) {
		hv_pt_fini(&root->memory);
		return err;
	}
	count_leaves(&root->memory);
	return hv_memory_init_world();
}

static const char *access_name(u8 access)
{
	if (access & HV_ACCESS_WRITE)
		return "write to";
	return access & HV_ACCESS_EXEC ? "jump into" : "read of";
}

enum hv_verdict hv_root_violation(struct hv_cpu *cpu, struct hv_exit *exit)
{
	bool hidden = hv_memory_is_hidden(exit->gpa & HV_PAGE_MASK);

	hv_event("root: %s %s memory at 0x%llx, RIP 0x%llx", access_name(exit->access), hidden ? "hidden" : "absent",
		 exit->gpa, hv_arch_guest_rip(cpu));
	if (hidden && (exit->access & HV_ACCESS_WRITE) && !exit->during_event && hv_arch_skip_write(cpu, exit))
		return HV_RESUME;
	return HV_INJECT_GP;
}
