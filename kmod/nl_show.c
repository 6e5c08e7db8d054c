// SPDX-License-Identifier: GPL-2.0-only
/* Netlink operations that show cells: what they are made of, and what has become of them. */
#include <linux/cpumask.h>

#include "hvk.h"
#include "nl.h"

static int put_cpus(struct sk_buff *skb, const struct hvk_cell *cell)
{
	cpumask_var_t cpus;
	unsigned int cpu;
	int err = 0;

	if (!alloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;
	hvk_cell_cpus(cell, cpus);
	for_each_cpu(cpu, cpus)
		err = err ?: nla_put_u32(skb, HV_A_CELL_CPU, cpu);
	free_cpumask_var(cpus);
	return err;
}

/* Where a region lies in the machine is for those who may see /proc/iomem. */
static int put_region(struct sk_buff *skb, const struct hv_conf_region *region, bool is_admin)
{
	struct nlattr *nest = nla_nest_start(skb, HV_A_CELL_REGION);

	if (!nest || nla_put_u64_64bit(skb, HV_A_REGION_GPA, region->gpa, HV_A_REGION_PAD) ||
	    nla_put_u64_64bit(skb, HV_A_REGION_SIZE, region->size, HV_A_REGION_PAD) ||
	    nla_put_u32(skb, HV_A_REGION_MODE, region->mode) || nla_put_u32(skb, HV_A_REGION_FLAGS, region->flags))
		return -EMSGSIZE;
	if ((is_admin && region->mode == HV_MODE_IDENTICAL &&
	     nla_put_u64_64bit(skb, HV_A_REGION_PHYS, region->phys, HV_A_REGION_PAD)) ||
	    (region->populate && nla_put_flag(skb, HV_A_REGION_POPULATE)) ||
	    (region->is_lenient && nla_put_flag(skb, HV_A_REGION_LENIENT)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_ports(struct sk_buff *skb, const struct hv_conf_ports *ports)
{
	struct nlattr *nest = nla_nest_start(skb, HV_A_CELL_PORTS);

	if (!nest || nla_put_u16(skb, HV_A_PORTS_FIRST, ports->first) ||
	    nla_put_u16(skb, HV_A_PORTS_LAST, ports->last))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_msr(struct sk_buff *skb, const struct hv_conf_msr *msr)
{
	struct nlattr *nest = nla_nest_start(skb, HV_A_CELL_MSR);

	if (!nest || nla_put_u32(skb, HV_A_MSR_INDEX, msr->index) || nla_put_u32(skb, HV_A_MSR_ACCESS, msr->access))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_config(struct sk_buff *skb, const struct hv_cellconf *conf, bool is_admin)
{
	int err;
	u32 i;

	err = nla_put_u64_64bit(skb, HV_A_CELL_ENTRY, conf->entry, HV_A_CELL_PAD);
	err = err ?: nla_put_u32(skb, HV_A_CELL_ENTRY_MODE, conf->entry_mode);
	if (conf->cmdline[0])
		err = err ?: nla_put_string(skb, HV_A_CELL_CMDLINE, conf->cmdline);
	if (conf->flags & HV_CONF_CONSOLE)
		err = err ?: nla_put_flag(skb, HV_A_CELL_CONSOLE);
	if (conf->flags & HV_CONF_RESTART)
		err = err ?: nla_put_flag(skb, HV_A_CELL_RESTART);
	for (i = 0; i < conf->nr_regions; i++)
		err = err ?: put_region(skb, &conf->regions[i], is_admin);
	for (i = 0; i < conf->nr_ports; i++)
		err = err ?: put_ports(skb, &conf->ports[i]);
	for (i = 0; i < conf->nr_msrs; i++)
		err = err ?: put_msr(skb, &conf->msrs[i]);
	return err;
}

/* What has become of it. */
static int put_fate(struct sk_buff *skb, const struct hvk_cell *cell, bool is_admin)
{
	u64 words = READ_ONCE(cell->page->words);
	int err = 0;

	if (words)
		err = nla_put_u64_64bit(skb, HV_A_CELL_WORD, READ_ONCE(cell->page->word), HV_A_CELL_PAD);
	if (words)
		err = err ?: nla_put_u64_64bit(skb, HV_A_CELL_WORDS, words, HV_A_CELL_PAD);
	if (cell->end == HV_END_SHUTDOWN)
		err = err ?: nla_put_u64_64bit(skb, HV_A_CELL_CODE, cell->code, HV_A_CELL_PAD);
	if (cell->end == HV_END_FAULT)
		err = err ?: hvk_nl_put_fault(skb, cell, is_admin);
	return err;
}

static int put_cell(struct sk_buff *skb, const struct hvk_cell *cell, bool is_admin)
{
	int err;

	err = nla_put_string(skb, HV_A_CELL_NAME, cell->conf.name) ?:
	      nla_put_u32(skb, HV_A_CELL_ID, cell->conf.id) ?:
	      nla_put_u32(skb, HV_A_CELL_STATE, cell->state) ?:
	      nla_put_u64_64bit(skb, HV_A_CELL_MEMORY_BYTES, hvk_cell_bytes(cell), HV_A_CELL_PAD) ?:
	      nla_put_u64_64bit(skb, HV_A_CELL_ENTRIES, hvk_cell_entries(cell), HV_A_CELL_PAD) ?:
	      put_cpus(skb, cell);
	if (err || hvk_cell_is_root(cell))
		return err;
	return put_config(skb, &cell->conf, is_admin) ?: put_fate(skb, cell, is_admin);
}

int hvk_nl_cell_get(struct sk_buff *request, struct genl_info *info)
{
	const struct hvk_cell *cell = hvk_nl_find(info);
	struct sk_buff *skb;
	void *header;

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	skb = hvk_nl_answer(info, HVK_NL_MESSAGE, &header);
	if (!skb)
		return hvk_refuse(info->extack, NULL, -ENOMEM, "out of memory");
	return hvk_nl_send(info, skb, header, put_cell(skb, cell, hvk_nl_is_admin(request)));
}

struct progress {
	u32 id;			/* of the next cell */
	bool has_begun;
};

int hvk_nl_cell_start_dump(struct netlink_callback *cb)
{
	cb->min_dump_alloc = HVK_NL_MESSAGE;
	return 0;
}

static int dump_cell(struct sk_buff *skb, struct netlink_callback *cb, const struct hvk_cell *cell)
{
	void *header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &hvk_nl_family, NLM_F_MULTI,
				   HV_CMD_CELL_GET);
	int err;

	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);
	err = put_cell(skb, cell, hvk_nl_is_admin(cb->skb));
	if (err)
		genlmsg_cancel(skb, header);
	else
		genlmsg_end(skb, header);
	return err;
}

int hvk_nl_cell_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct progress *progress = (void *)cb->ctx;
	const struct hvk_cell *cell;
	int err = 0;

	BUILD_BUG_ON(sizeof(*progress) > sizeof(cb->ctx));
	if (!progress->has_begun && genlmsg_len(nlmsg_data(cb->nlh)))
		return hvk_refuse(cb->extack, NULL, -EINVAL, "a dump shows all cells, it takes no attributes");
	progress->has_begun = true;
	if (mutex_lock_killable(&hvk.lock))
		return -EINTR;
	cb->seq = hvk_cells_generation();
	while (!err && (cell = hvk_cell_from(progress->id))) {
		err = dump_cell(skb, cb, cell);
		if (!err)
			progress->id = cell->conf.id + 1;
	}
	mutex_unlock(&hvk.lock);
	/* What found no room comes first in the next message; if there was all the room, that is the end. */
	return skb->len ?: err;
}
