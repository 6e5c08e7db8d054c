// SPDX-License-Identifier: GPL-2.0-only
/* Who owns what when the hypervisor comes to be; and the questions about it that come with exits. */
#include <hv/arch.h>
#include <hv/hv.h>
#include <hv/memory.h>

static u32 rights_of(u64 flags)
{
	return (flags & HV_PT_READ ? HV_RIGHT_READ : 0) | (flags & HV_PT_WRITE ? HV_RIGHT_WRITE : 0) |
	       (flags & HV_PT_EXEC ? HV_RIGHT_EXEC : 0);
}

u64 hv_memory_limit(void)
{
	u64 limit = hv_arch_address_limit(), bit = hv_arch_encryption_bit();

	return bit && bit < limit ? bit : limit;
}

static int claim_all(u64 pool)
{
	const struct hv_range *range = &hv.config->hypervisor_memory, *secure = hv.header->secure;
	struct hv_psc_claim claim = { hv_hpa(range->start), range->size, pool, (u8 *)hv.header };
	u32 i;
	int err;

	err = hv_psc_claim_pool(&hv.psc, &hv.pool, &claim);
	for (i = 0; !err && i < hv.header->nr_secure; i++)
		err = hv_psc_change(&hv.psc, HV_OWNER_HYPERVISOR, hv_hpa(secure[i].start), secure[i].size,
				    HV_PSC_PRIVATE);
	return err;
}

/* Registers that the hypervisor alone drives: not memory, so they are no page-state change. */
static int claim_iommus(void)
{
	const struct hv_range *unit = hv.config->iommus;
	u32 i;
	int err = 0;

	for (i = 0; !err && i < hv.config->nr_iommus; i++)
		err = hv_owner_change(&hv.owners, hv_hpa(unit[i].start), unit[i].size, HV_OWNER_ROOT, HV_OWNER_DEVICE);
	return err;
}

/* Registers that root drives, and the hypervisor, too. */
static int share_pages(void)
{
	unsigned int i;
	u64 page;
	int err = 0;

	for (i = 0; !err && hv_arch_moderated_page(i, &page); i++)
		err = hv_owner_change(&hv.owners, hv_hpa(page), HV_PAGE_SIZE, HV_OWNER_ROOT, HV_MEMORY_REGISTERS);
	return err;
}

int hv_memory_init(u64 pool)
{
	static const struct hv_owner_grant grants[] = {
		{ HV_MEMORY_SHOWN, HV_OWNER_ROOT, HV_RIGHT_READ },
		{ HV_MEMORY_SHOWN, HV_OWNER_HYPERVISOR, HV_RIGHT_READ | HV_RIGHT_WRITE },
		{ HV_MEMORY_REGISTERS, HV_OWNER_ROOT, HV_RIGHTS },
		{ HV_MEMORY_REGISTERS, HV_OWNER_HYPERVISOR, HV_RIGHT_READ | HV_RIGHT_WRITE },
	};
	unsigned int i;
	int err;

	hv.encryption_bit = hv_arch_encryption_bit();
	err = hv_owner_init(&hv.owners, hv_memory_limit(), HV_MEMORY_MAX_PIECES);
	if (err)
		return err;
	hv.psc = (struct hv_psc_machine){ .backend = HV_PSC_BACKEND_native, .owners = &hv.owners,
					  .own = &hv.psc_lists[0], .sent = &hv.psc_lists[1] };
	hv_normal_world_init(&hv.normal, &hv.pool, &hv.owners);
	hv_lock(&hv.owners.lock);
	err = claim_all(pool);
	if (!err)
		err = claim_iommus();
	if (!err)
		err = share_pages();
	for (i = 0; !err && i < HV_ARRAY_SIZE(grants); i++)
		err = hv_owner_grant(&hv.owners, grants[i].set, grants[i].who, grants[i].rights);
	if (err)
		hv_owner_fini(&hv.owners);
	hv_unlock(&hv.owners.lock);
	return err;
}

int hv_memory_init_world(void)
{
	const struct hv_region_config *region = hv.config->regions;
	const struct hv_region_config *end = region + hv.config->nr_regions;
	int err = 0;

	hv_lock(&hv.owners.lock);
	for (; !err && region < end; region++)
		if (region->kind == HV_REGION_RAM)
			err = hv_normal_world_insert(&hv.normal, hv_gpa(region->start), region->size);
	hv_unlock(&hv.owners.lock);
	return err;
}

int hv_memory_show(hv_hpa_t start, u64 size)
{
	int err;

	hv_lock(&hv.owners.lock);
	err = hv_owner_change(&hv.owners, start, size, HV_OWNER_HYPERVISOR, HV_MEMORY_SHOWN);
	hv_unlock(&hv.owners.lock);
	return err;
}

void hv_memory_show_nothing(void)
{
	hv_hpa_t start;
	u64 size;
	int err = 0;

	hv_lock(&hv.owners.lock);
	hv_normal_world_fini(&hv.normal);
	/* Whole runs that join their neighbours need no memory. */
	while (!err && !hv_owner_find(&hv.owners, HV_MEMORY_SHOWN, hv_hpa(0), &start, &size))
		err = hv_owner_change(&hv.owners, start, size, HV_MEMORY_SHOWN, HV_OWNER_HYPERVISOR);
	hv_unlock(&hv.owners.lock);
}

int hv_memory_map_own(struct hv_pt *pt, u64 at, hv_hpa_t start, u64 size, u64 flags)
{
	int err = -EBUSY;

	hv_lock(&hv.owners.lock);
	if (hv_owner_may_map(&hv.owners, HV_OWNER_HYPERVISOR, start, size, rights_of(flags)))
		err = hv_pt_map(pt, at, hv_hpa_raw(start), size, flags);
	hv_unlock(&hv.owners.lock);
	return err;
}

bool hv_memory_is_roots(u64 gpa, u64 size)
{
	bool is;

	hv_lock(&hv.owners.lock);
	is = hv_is_valid_normal_world_gpaddr(&hv.normal, hv_gpa(gpa), size);
	hv_unlock(&hv.owners.lock);
	return is;
}

bool hv_memory_is_hidden(u64 gpa)
{
	hv_hpa_t end;
	u16 owner;

	hv_lock(&hv.owners.lock);
	owner = hv_owner_of(&hv.owners, hv_hpa(gpa & ~hv.encryption_bit), &end);
	hv_unlock(&hv.owners.lock);
	return owner == HV_OWNER_HYPERVISOR || owner == HV_MEMORY_SHOWN || owner == HV_OWNER_DEVICE ||
	       owner == HV_MEMORY_DONATED || (owner > HV_OWNER_ROOT && owner <= HV_OWNER_MAX_CELL);
}

/* Everything that @who's tables map is something that @who may map. */
static int check_tables(const struct hv_pt *pt, u64 end, u16 who)
{
	struct hv_pt_mapping mapping;
	u64 at, from;

	for (from = 0; !hv_pt_next(pt, &from, end, &mapping); from = hv_pt_leaf_end(&mapping, from, end)) {
		at = mapping.address & ~(mapping.size - 1);
		if (!hv_owner_may_map(&hv.owners, who, hv_hpa(at), mapping.size, rights_of(mapping.flags)))
			return -EIO;
	}
	return 0;
}

/* Devices reach what the firmware reserved for them, as far as root has it. */
static int check_reserved(const struct hv_span_tree *regions)
{
	const struct hv_range *range = hv.config->reserved, *end = range + hv.config->nr_reserved;
	struct hv_span *span;

	for (; range < end; range++) {
		span = hv_span_first_overlap(regions, range->start, range->size);
		for (; span && span->start < range->start + range->size; span = hv_span_next(regions, span))
			if (!(hv_region_of(span)->flags & HV_MEM_DMA))
				return -EIO;
	}
	return 0;
}

int hv_memory_check(void)
{
	int err;

	err = hv_pool_check(&hv.pool);
	if (err)
		return err;
	hv_lock(&hv.owners.lock);
	err = hv_owner_check(&hv.owners);
	hv_unlock(&hv.owners.lock);
	return err;
}

int hv_memory_check_space(struct hv_aspace *space)
{
	int err;

	hv_aspace_lock(space);
	err = hv_mset_check(&space->set);
	if (!err)
		err = check_tables(&space->set.pt, hv_gpa_raw(hv_aspace_end(space)), space->set.owner);
	if (!err && space == &hv.root.space)
		err = check_reserved(&space->set.regions);
	hv_aspace_unlock(space);
	return err;
}
