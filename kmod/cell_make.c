// SPDX-License-Identifier: GPL-2.0-only
/* What a cell is made of: memory and CPUs leave Linux, go through the hypervisor's hands, and come back likewise. */
#define pr_fmt(fmt) "hv: " fmt
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

static int donate(const struct hvk_cell *cell, const char **why)
{
	*why = "the hypervisor does not take the memory";
	return hvk_cell_memory_donate(&cell->memory, &cell->conf);
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

static int make(struct hvk_cell *cell, const char **why)
{
	long err;

	*why = "the hypervisor does not make the cell";
	err = introduce(cell);
	if (err)
		return (int)err;
	cell->page = hvk_shown_page(cell->conf.id);
	return cell->page ? hvk_cell_memory_fill(&cell->memory, &cell->conf) : -EIO;
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
static bool has_addresses(const struct hv_cellconf *conf)
{
	u64 limit = BIT_ULL(boot_cpu_data.x86_phys_bits);
	u32 i;

	for (i = 0; i < conf->nr_regions; i++)
		if (conf->regions[i].gpa + conf->regions[i].size > limit)
			return false;
	return true;
}

/* The hypervisor would refuse it, too, but not say which memory is short: this or its own. */
static bool has_secure_memory(const struct hv_cellconf *conf)
{
	u64 bytes = hvk_cell_memory_bytes(conf, HV_MODE_SECURE);
	const struct hvk_cell *cell;

	for (cell = hvk_cell_from(HVK_ROOT_ID); cell; cell = hvk_cell_from(cell->conf.id + 1))
		bytes += hvk_cell_memory_bytes(&cell->conf, HV_MODE_SECURE);
	return bytes <= hvk_secure_bytes(&hvk.secure);
}

/* What can be done about a cell that was not made. */
static void explain(int err, const char **why)
{
	if (err == -ENOMEM)
		*why = "the hypervisor has no memory left for the cell; mem= gives it more";
}

int hvk_hook_create(struct hvk_cell *cell, struct netlink_ext_ack *extack)
{
	const char *why;
	int err;

	if (!has_addresses(&cell->conf))
		return hvk_refuse(extack, NULL, -EINVAL, "this CPU has no such addresses as a region of the cell");
	if (!has_secure_memory(&cell->conf))
		return hvk_refuse(extack, NULL, -ENOMEM,
				  "there is not that much secure memory left; secure= sets it aside");
	err = hvk_cell_memory_claim(&cell->memory, &cell->conf, &why);
	if (err)
		return hvk_refuse(extack, NULL, err, why);
	err = hvk_cpus_take(cell->conf.physical, cell->conf.nr_physical, &why);
	if (err) {
		hvk_cell_memory_release(&cell->memory, &cell->conf);
		return hvk_refuse(extack, NULL, err, why);
	}
	err = donate(cell, &why);
	if (!err)
		err = make(cell, &why);
	if (!err)
		return 0;
	explain(err, &why);
	unmake(cell);
	return hvk_refuse(extack, NULL, err, why);
}

int hvk_hook_destroy(struct hvk_cell *cell, struct netlink_ext_ack *extack)
{
	int err = forget(cell);

	if (!err)
		err = get_back(cell);
	if (err)
		return hvk_refuse(extack, NULL, err, "the hypervisor does not give the memory back");
	hvk_cpus_give_back(cell->conf.physical, cell->conf.nr_physical);
	return 0;
}
