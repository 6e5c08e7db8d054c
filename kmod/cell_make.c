// SPDX-License-Identifier: GPL-2.0-only
/* What a cell is made of: memory and CPUs leave Linux, go through the hypervisor's hands, and come back likewise. */
#include <linux/io.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/processor.h>

#include <hvabi/hypercall.h>

#include "cell_hooks.h"
#include "hvk.h"
#include "refuse.h"
#include "shown.h"

/* No call keeps the CPU for long, and the cell's CPUs have to come back first: so it takes several. */
static int forget(const struct hvk_cell *cell)
{
	long err;

	do {
		err = hvk_call(HV_HC_CELL_DESTROY, cell->conf.id);
		cond_resched();
	} while (err == -EAGAIN);
	/* Who gets its memory back at the second attempt was ended at the first one. */
	return err == -ENOENT ? 0 : (int)err;
}

static long introduce(const struct hvk_cell *cell)
{
	struct hv_cellconf *conf;
	long err;
	u32 i;

	/* Linear, and in as few pages as can be: the hypervisor reads it by its physical address. */
	conf = kmemdup(&cell->conf, sizeof(cell->conf), GFP_KERNEL);
	if (!conf)
		return -ENOMEM;
	for (i = 0; i < conf->nr_physical; i++)
		conf->physical[i] = hvk_cpu_number(conf->physical[i]);
	err = hvk_call(HV_HC_CELL_CREATE, virt_to_phys(conf));
	kfree(conf);
	return err;
}

/* The first region from the @i-th on that has the flag; or their number. */
static u32 find(const struct hv_cellconf *conf, u32 i, u32 flag)
{
	while (i < conf->nr_regions && !(conf->regions[i].flags & flag))
		i++;
	return i;
}

/* The hypervisor has but numbers. Of several regions that share memory it may have meant any. */
static int explain(struct hvk_refusal *refusal, const struct hv_cellconf *conf, int err)
{
	u32 device = find(conf, 0, HV_MEM_DEVICE), shared = find(conf, 0, HV_MEM_ROOTSHARED);

	if (err == -ENOMEM)
		return hvk_blame(refusal, HV_A_CELL_UNSPEC, err,
				 "the hypervisor has no memory left for the cell; mem= gives it more");
	if (err == -EOPNOTSUPP && device < conf->nr_regions)
		return hvk_blame_in(refusal, HV_A_CELL_REGION, device, HV_A_REGION_FLAGS, err,
				    "cells have no devices in this version");
	if (shared == conf->nr_regions || err != -EBUSY)
		return hvk_blame(refusal, HV_A_CELL_UNSPEC, err, "the hypervisor does not make the cell");
	if (find(conf, shared + 1, HV_MEM_ROOTSHARED) < conf->nr_regions)
		shared = U32_MAX;
	return hvk_blame_in(refusal, HV_A_CELL_REGION, shared, HV_A_REGION_PHYS, err,
			    "root does not have this memory to share");
}

static int donate(const struct hvk_cell *cell, struct hvk_refusal *refusal)
{
	int err = hvk_cell_memory_donate(&cell->memory, &cell->conf);

	if (err == -ENOMEM)
		return explain(refusal, &cell->conf, err);
	return err ? hvk_blame(refusal, HV_A_CELL_UNSPEC, err, "the hypervisor does not take the memory") : 0;
}

static int make(struct hvk_cell *cell, struct hvk_refusal *refusal)
{
	int err = (int)introduce(cell);

	if (!err) {
		cell->page = hvk_shown_page(cell->conf.id);
		err = cell->page ? hvk_cell_memory_fill(&cell->memory, &cell->conf) : -EIO;
	}
	return err ? explain(refusal, &cell->conf, err) : 0;
}

/* Memory that does not come back is nobody's until the hypervisor leaves, and must not be Linux's. */
static int get_back(struct hvk_cell *cell)
{
	int err = hvk_cell_memory_return(&cell->memory, &cell->conf);

	if (err) {
		pr_err("the memory of cell %s does not come back (error %d)\n", cell->conf.name, err);
		return err;
	}
	hvk_cell_memory_release(&cell->memory, &cell->conf);
	return 0;
}

/*
 * Whatever there is of a cell goes first: while the hypervisor has one, what it holds of its pages and CPUs is not
 * Linux's.
 */
static void unmake(struct hvk_cell *cell)
{
	int err = forget(cell);

	if (err) {
		pr_err("what was made of cell %s does not end (error %d); its CPUs and memory are lost\n",
		       cell->conf.name, err);
		return;
	}
	(void)get_back(cell); /* it has said so */
	hvk_cpus_give_back(cell->conf.physical, cell->conf.nr_physical);
}

/* What nested tables translate to, they translate from: addresses of this CPU. */
static int check_addresses(const struct hv_cellconf *conf, struct hvk_refusal *refusal)
{
	u64 limit = BIT_ULL(boot_cpu_data.x86_phys_bits);
	u32 i;

	for (i = 0; i < conf->nr_regions; i++)
		if (conf->regions[i].gpa + conf->regions[i].size > limit)
			return hvk_blame_in(refusal, HV_A_CELL_REGION, i, HV_A_REGION_GPA, -EINVAL,
					    "this CPU has no such addresses as a region of the cell");
	return 0;
}

/* The hypervisor would refuse it, too, but not say which memory is short: this or its own. */
static int check_secure_memory(const struct hv_cellconf *conf, struct hvk_refusal *refusal)
{
	u64 left = hvk_secure_bytes(&hvk.secure);
	const struct hvk_cell *cell;
	u32 i;

	for (cell = hvk_cell_from(HVK_ROOT_ID); cell; cell = hvk_cell_from(cell->conf.id + 1))
		left -= hvk_cell_memory_bytes(&cell->conf, HV_MODE_SECURE);
	i = hvk_cell_memory_excess(conf, HV_MODE_SECURE, left);
	if (i == conf->nr_regions)
		return 0;
	return hvk_blame_in(refusal, HV_A_CELL_REGION, i, HV_A_REGION_SIZE, -ENOMEM,
			    "there is not that much secure memory left; secure= sets it aside");
}

/* Everything out of Linux's hands, or nothing. */
static int claim(struct hvk_cell *cell, struct hvk_refusal *refusal)
{
	int err;

	err = hvk_cell_memory_claim(&cell->memory, &cell->conf, refusal);
	if (err)
		return err;
	err = hvk_cpus_take(cell->conf.physical, cell->conf.nr_physical, refusal);
	if (err)
		hvk_cell_memory_release(&cell->memory, &cell->conf);
	return err;
}

int hvk_hook_create(struct hvk_cell *cell, struct hvk_refusal *refusal)
{
	int err;

	err = check_addresses(&cell->conf, refusal);
	if (!err)
		err = check_secure_memory(&cell->conf, refusal);
	if (!err)
		err = claim(cell, refusal);
	if (err)
		return err;
	err = donate(cell, refusal);
	if (!err)
		err = make(cell, refusal);
	if (err)
		unmake(cell);
	return err;
}

int hvk_hook_destroy(struct hvk_cell *cell, struct hvk_refusal *refusal)
{
	int err = forget(cell);

	if (!err)
		err = get_back(cell);
	if (err)
		return hvk_blame(refusal, HV_A_CELL_NAME, err, "the hypervisor does not give the memory back");
	hvk_cpus_give_back(cell->conf.physical, cell->conf.nr_physical);
	return 0;
}
