// SPDX-License-Identifier: GPL-2.0-only
/* The root cell: its memory map, and what happens when it touches what it must not see. */
#include <hv/arch.h>
#include <hv/bits.h>
#include <hv/hv.h>
#include <hv/log.h>
#include <hv/memory.h>

/* Four levels of nested tables. */
#define MAX_ADDRESS (1ULL << 48)

/* The registers of an IOMMU that lie lowest in [start, end), or NULL. */
static const struct hv_range *next_iommu(u64 start, u64 end)
{
	const struct hv_range *unit, *lowest = NULL;
	u32 i;

	for (i = 0; i < hv.config->nr_iommus; i++) {
		unit = &hv.config->iommus[i];
		if (unit->start < end && unit->start + unit->size > start && (!lowest || unit->start < lowest->start))
			lowest = unit;
	}
	return lowest;
}

/* Registers that are the hypervisor's lie in the midst of what is root's. */
static int map_around_iommus(struct hv_aspace *space, u64 start, u64 end)
{
	const struct hv_range *unit;
	u64 stop;
	int err = 0;

	for (; !err && start < end; start = unit ? unit->start + unit->size : end) {
		unit = next_iommu(start, end);
		stop = unit ? unit->start : end;
		if (stop > start)
			err = hv_aspace_map_linear(space, hv_gpa(start), hv_hpa(start), stop - start, HV_ROOT_RIGHTS);
	}
	return err;
}

/* Regions come sorted. Neighbours are mapped as one, so that leaves can be as large as possible. */
static int map_regions(struct hv_aspace *space)
{
	const struct hv_region_config *region = hv.config->regions;
	const struct hv_region_config *end = region + hv.config->nr_regions;
	int err;

	while (region < end) {
		u64 start = region->start, stop = start + region->size;

		for (region++; region < end && region->start == stop; region++)
			stop += region->size;
		err = map_around_iommus(space, start, stop);
		if (err)
			return err;
	}
	return 0;
}

static int map_zeros(struct hv_aspace *space, u64 start, u64 size)
{
	struct hv_pt_object zero = { hv_hpa_raw(hv_virt_to_hpa(hv.zero_page)), HV_PAGE_SIZE };

	return hv_aspace_map_empty(space, hv_gpa(start), size, HV_MEM_READ, &zero);
}

/*
 * Root sees zeros where the hypervisor lives. With the encryption bit an address leads to the same frame, or to nothing
 * if nested tables cannot translate it.
 */
static int hide(struct hv_aspace *space, const struct hv_range *range)
{
	u64 alias = range->start | hv.encryption_bit;
	int err;

	err = map_zeros(space, range->start, range->size);
	if (!err && alias != range->start && hv_aspace_contains_range(space, hv_gpa(alias), range->size))
		err = map_zeros(space, alias, range->size);
	return err;
}

static int hide_all(struct hv_aspace *space)
{
	u32 i;
	int err;

	err = hv_memory_show(hv_virt_to_hpa(hv.zero_page), HV_PAGE_SIZE);
	if (!err)
		err = hide(space, &hv.config->hypervisor_memory);
	for (i = 0; !err && i < hv.header->nr_secure; i++)
		err = hide(space, &hv.header->secure[i]);
	for (i = 0; !err && i < hv.config->nr_iommus; i++)
		err = hide(space, &hv.config->iommus[i]);
	return err;
}

static int replace(struct hv_aspace *space, u64 gpa, u64 hpa, u64 size, u32 flags)
{
	int err = hv_aspace_unmap(space, hv_gpa(gpa), size);

	return err ? err : hv_aspace_map_linear(space, hv_gpa(gpa), hv_hpa(hpa), size, flags);
}

/* Replace a piece of the shared range by frames of ours. */
static int show(struct hv_aspace *space, u64 where, u64 offset, u64 size)
{
	u64 frames = hv.config->hypervisor_memory.start + offset;
	int err;

	err = hv_memory_show(hv_hpa(frames), size);
	return err ? err : replace(space, hv.config->shared.start + where, frames, size, HV_MEM_READ);
}

static int show_all(struct hv_aspace *space)
{
	int err;

	err = show(space, HV_SHARED_HEADER, 0, HV_PAGE_SIZE);
	if (!err)
		err = show(space, HV_SHARED_LOG, hv.header->log_offset, sizeof(struct hv_log_ring));
	if (!err)
		err = show(space, HV_SHARED_STATS, hv.header->stats_offset, hv.header->stats_size);
	return err;
}

static u32 moderated_rights(bool on)
{
	return on ? HV_MEM_READ : HV_MEM_READ | HV_MEM_WRITE;
}

/* Pages whose writes may have to trap are regions with a leaf of their own, so that switching needs no memory. */
static int split_moderated(struct hv_aspace *space)
{
	u32 flags = moderated_rights(hv_arch_always_moderates()) | HV_MEM_DEVICE | HV_MEM_NO_HUGE;
	unsigned int i;
	u64 page;
	int err = 0;

	for (i = 0; !err && hv_arch_moderated_page(i, &page); i++)
		err = replace(space, page, page, HV_PAGE_SIZE, flags);
	return err;
}

void hv_root_moderate(u32 reason, bool on)
{
	u32 before = hv.moderation;
	unsigned int i;
	u64 page;

	hv.moderation = on ? before | reason : before & ~reason;
	if (!hv.moderation == !before)
		return;
	on = on || hv_arch_always_moderates();
	for (i = 0; hv_arch_moderated_page(i, &page); i++)
		(void)!hv_aspace_protect(&hv.root.space, hv_gpa(page), HV_PAGE_SIZE, moderated_rights(on));
	hv_arch_moderate(on);
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

/* A store there would be an interrupt that nobody judges: root's devices send them, its CPUs do not. */
static int hide_messages(struct hv_aspace *space)
{
	struct hv_range window;
	int err;

	hv_arch_message_window(&window);
	err = hv_aspace_unmap(space, hv_gpa(window.start), window.size);
	return err && err != -ENOENT ? err : map_zeros(space, window.start, window.size);
}

static int build(struct hv_aspace *space)
{
	int err;

	err = hide_all(space);
	if (!err)
		err = map_regions(space);
	if (!err)
		err = hide_messages(space);
	if (!err)
		err = show_all(space);
	return err ? err : split_moderated(space);
}

/* Root's addresses are physical ones, and those with the encryption bit. */
static u64 space_size(void)
{
	u64 end = hv.encryption_bit ? hv.encryption_bit << 1 : hv.owners.limit;

	return end < MAX_ADDRESS && end ? end : MAX_ADDRESS;
}

int hv_root_init(struct hv_cell *root)
{
	/* No leaf of root's has the bit. */
	struct hv_pt_format format = *hv_arch_guest_format();
	struct hv_aspace_config config = {
		.size = space_size(),
		.format = &format,
		.pool = &hv.pool,
		.frames = &hv.pool,
		.owners = &hv.owners,
		.owner = HV_OWNER_ROOT,
	};
	int err;

	format.address &= ~hv.encryption_bit;
	root->nr_cpus = hv.config->nr_cpus;
	err = hv_aspace_new_empty(&root->space, &config);
	if (err)
		return err;
	err = build(&root->space);
	if (!err)
		err = hv_memory_init_world();
	if (err) {
		(void)!hv_aspace_destroy(&root->space);
		hv_memory_show_nothing();
		return err;
	}
	count_leaves(&root->space.set.pt);
	return 0;
}

static const char *access_name(u8 access)
{
	if (access & HV_ACCESS_WRITE)
		return "write to";
	return access & HV_ACCESS_EXEC ? "jump into" : "read of";
}

/* The pages of root's own that show it header, log and statistics. */
static bool is_shown(u64 gpa)
{
	return gpa - hv.config->shared.start < HV_SHARED_STATS + hv.header->stats_size;
}

enum hv_verdict hv_root_violation(struct hv_cpu *cpu, struct hv_exit *exit)
{
	bool hidden = hv_memory_is_hidden(exit->gpa & HV_PAGE_MASK) || is_shown(exit->gpa);

	hv_event("root: %s %s memory at 0x%llx, RIP 0x%llx", access_name(exit->access), hidden ? "hidden" : "absent",
		 exit->gpa, hv_arch_guest_rip(cpu));
	if (hidden && (exit->access & HV_ACCESS_WRITE) && !exit->during && hv_arch_skip_write(cpu, exit))
		return HV_RESUME;
	if (exit->access == HV_ACCESS_READ && hv_peek(exit->gpa))
		return HV_RESUME;
	return HV_INJECT_GP;
}
