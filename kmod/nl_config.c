// SPDX-License-Identifier: GPL-2.0-only
/* A cell's configuration out of a request, judged: by itself, and against this machine. */
#include <linux/string.h>

#include <hv/cellconf.h>

#include "hvk.h"
#include "nl.h"

/* Where in a request the members of a configuration are: an attribute of the cell, and one inside of it. */
static const struct {
	u8 outer, inner;
} places[HV_CONF_AT_COUNT] = {
	[HV_CONF_AT_NAME] = { HV_A_CELL_NAME },
	[HV_CONF_AT_CMDLINE] = { HV_A_CELL_CMDLINE },
	[HV_CONF_AT_CPUS] = { HV_A_CELL_CPU },
	[HV_CONF_AT_PHYSICALS] = { HV_A_CELL_CPU },
	[HV_CONF_AT_PHYSICAL] = { HV_A_CELL_CPU },
	[HV_CONF_AT_REGIONS] = { HV_A_CELL_REGION },
	[HV_CONF_AT_REGION_GPA] = { HV_A_CELL_REGION, HV_A_REGION_GPA },
	[HV_CONF_AT_REGION_SIZE] = { HV_A_CELL_REGION, HV_A_REGION_SIZE },
	[HV_CONF_AT_REGION_PHYS] = { HV_A_CELL_REGION, HV_A_REGION_PHYS },
	[HV_CONF_AT_REGION_FLAGS] = { HV_A_CELL_REGION, HV_A_REGION_FLAGS },
	[HV_CONF_AT_REGION_MODE] = { HV_A_CELL_REGION, HV_A_REGION_MODE },
	[HV_CONF_AT_REGION_LENIENT] = { HV_A_CELL_REGION, HV_A_REGION_LENIENT },
	[HV_CONF_AT_REGION_POPULATE] = { HV_A_CELL_REGION, HV_A_REGION_POPULATE },
	[HV_CONF_AT_ENTRY_MODE] = { HV_A_CELL_ENTRY_MODE },
	[HV_CONF_AT_ENTRY] = { HV_A_CELL_ENTRY },
	[HV_CONF_AT_PORTS] = { HV_A_CELL_PORTS },
	[HV_CONF_AT_PORT] = { HV_A_CELL_PORTS },
	[HV_CONF_AT_MSRS] = { HV_A_CELL_MSR },
	[HV_CONF_AT_MSR] = { HV_A_CELL_MSR },
	[HV_CONF_AT_MSR_ACCESS] = { HV_A_CELL_MSR, HV_A_MSR_ACCESS },
};

static int blame(struct hvk_refusal *refusal, const struct hv_conf_fault *fault, int err)
{
	u8 outer = places[fault->field].outer, inner = places[fault->field].inner;

	return hvk_blame_in(refusal, outer, fault->index, inner, err, fault->what);
}

/* Opens a nest whose attributes the policy has looked at already, and wants those of the list, which ends with 0. */
static int open_nest(const struct nlattr *nest, struct nlattr **in, int max, const u8 *wanted,
		     struct netlink_ext_ack *extack)
{
	int err;

	err = hvk_nl_check_once(nla_data(nest), nla_len(nest), 0, extack);
	if (err)
		return err;
	err = nla_parse_nested(in, max, nest, NULL, extack);
	for (; !err && *wanted; wanted++) {
		if (in[*wanted])
			continue;
		NL_SET_ERR_ATTR_MISS(extack, nest, *wanted);
		err = hvk_refuse(extack, nest, -EINVAL, "something is missing in here");
	}
	return err;
}

/*
 * Lists that are too long are counted to their end and stored as far as there is room; the validator looks at the
 * counts first.
 */

static int take_region(struct hv_cellconf *conf, const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	static const u8 wanted[] = { HV_A_REGION_GPA, HV_A_REGION_SIZE, HV_A_REGION_MODE, HV_A_REGION_FLAGS, 0 };
	struct nlattr *in[HV_A_REGION_MAX + 1];
	struct hv_conf_region *region;
	int err;

	err = open_nest(attr, in, HV_A_REGION_MAX, wanted, extack);
	if (err)
		return err;
	if (nla_get_u32(in[HV_A_REGION_MODE]) == HV_MODE_IDENTICAL && !in[HV_A_REGION_PHYS])
		return hvk_refuse(extack, attr, -EINVAL, "an identical region has a physical address");
	if (conf->nr_regions++ >= HV_CONF_MAX_REGIONS)
		return 0;
	region = &conf->regions[conf->nr_regions - 1];
	region->gpa = nla_get_u64(in[HV_A_REGION_GPA]);
	region->size = nla_get_u64(in[HV_A_REGION_SIZE]);
	region->phys = in[HV_A_REGION_PHYS] ? nla_get_u64(in[HV_A_REGION_PHYS]) : 0;
	region->flags = nla_get_u32(in[HV_A_REGION_FLAGS]);
	region->mode = nla_get_u32(in[HV_A_REGION_MODE]);
	region->populate = nla_get_flag(in[HV_A_REGION_POPULATE]);
	region->is_lenient = nla_get_flag(in[HV_A_REGION_LENIENT]);
	return 0;
}

static int take_ports(struct hv_cellconf *conf, const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	static const u8 wanted[] = { HV_A_PORTS_FIRST, HV_A_PORTS_LAST, 0 };
	struct nlattr *in[HV_A_PORTS_MAX + 1];
	struct hv_conf_ports *ports;
	int err;

	err = open_nest(attr, in, HV_A_PORTS_MAX, wanted, extack);
	if (err)
		return err;
	if (conf->nr_ports++ >= HV_CONF_MAX_PORTS)
		return 0;
	ports = &conf->ports[conf->nr_ports - 1];
	ports->first = nla_get_u16(in[HV_A_PORTS_FIRST]);
	ports->last = nla_get_u16(in[HV_A_PORTS_LAST]);
	return 0;
}

static int take_msr(struct hv_cellconf *conf, const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	static const u8 wanted[] = { HV_A_MSR_INDEX, HV_A_MSR_ACCESS, 0 };
	struct nlattr *in[HV_A_MSR_MAX + 1];
	struct hv_conf_msr *msr;
	int err;

	err = open_nest(attr, in, HV_A_MSR_MAX, wanted, extack);
	if (err)
		return err;
	if (conf->nr_msrs++ >= HV_CONF_MAX_MSRS)
		return 0;
	msr = &conf->msrs[conf->nr_msrs - 1];
	msr->index = nla_get_u32(in[HV_A_MSR_INDEX]);
	msr->access = nla_get_u32(in[HV_A_MSR_ACCESS]);
	return 0;
}

static int take_cpu(struct hv_cellconf *conf, const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (conf->nr_physical++ < HV_CONF_MAX_VCPUS)
		conf->physical[conf->nr_physical - 1] = nla_get_u32(attr);
	return 0;
}

static int (*const takers[HV_A_CELL_MAX + 1])(struct hv_cellconf *conf, const struct nlattr *attr,
					      struct netlink_ext_ack *extack) = {
	[HV_A_CELL_CPU] = take_cpu,
	[HV_A_CELL_REGION] = take_region,
	[HV_A_CELL_PORTS] = take_ports,
	[HV_A_CELL_MSR] = take_msr,
};

static int take_lists(struct genl_info *info, struct hv_cellconf *conf)
{
	const struct nlattr *attr;
	int left, err;

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), left) {
		if (!takers[nla_type(attr)])
			continue;
		err = takers[nla_type(attr)](conf, attr, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int take_words(struct genl_info *info, struct hv_cellconf *conf)
{
	struct nlattr **in = info->attrs;

	if (!in[HV_A_CELL_NAME]) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, HV_A_CELL_NAME);
		return hvk_refuse(info->extack, NULL, -EINVAL, "a cell has a name");
	}
	strscpy(conf->name, nla_data(in[HV_A_CELL_NAME]), sizeof(conf->name));
	if (in[HV_A_CELL_CMDLINE])
		strscpy(conf->cmdline, nla_data(in[HV_A_CELL_CMDLINE]), sizeof(conf->cmdline));
	conf->entry = in[HV_A_CELL_ENTRY] ? nla_get_u64(in[HV_A_CELL_ENTRY]) : 0;
	conf->entry_mode = in[HV_A_CELL_ENTRY_MODE] ? nla_get_u32(in[HV_A_CELL_ENTRY_MODE]) : HV_ENTRY_REAL16;
	if (nla_get_flag(in[HV_A_CELL_CONSOLE]))
		conf->flags |= HV_CONF_CONSOLE;
	if (nla_get_flag(in[HV_A_CELL_RESTART]))
		conf->flags |= HV_CONF_RESTART;
	return 0;
}

static int choose_cpus(struct genl_info *info, struct hv_cellconf *conf)
{
	const struct nlattr *wanted = info->attrs[HV_A_CELL_NR_CPUS];
	struct hvk_refusal refusal = {};
	int err;

	if (!wanted == !conf->nr_physical)
		return hvk_refuse(info->extack, wanted, -EINVAL, "a cell has CPUs, either these or that many");
	if (wanted) {
		conf->nr_physical = nla_get_u32(wanted);
		err = hvk_cpus_choose(conf->physical, conf->nr_physical, &refusal);
		if (err)
			return hvk_nl_refuse(info, &refusal, err);
	}
	conf->nr_vcpus = conf->nr_physical;
	return 0;
}

/* By itself, and against this machine. */
static int check(const struct hv_cellconf *conf, struct hvk_refusal *refusal)
{
	struct hv_conf_fault fault;
	int err;

	err = hv_cellconf_check(conf, &fault);
	if (err)
		return blame(refusal, &fault, err);
	if (hvk_cell_by_name(conf->name))
		return hvk_blame(refusal, HV_A_CELL_NAME, -EEXIST, "there is a cell with this name");
	return hvk_cpus_check(conf->physical, conf->nr_physical, refusal);
}

int hvk_nl_config(struct genl_info *info, struct hv_cellconf *conf)
{
	struct hvk_refusal refusal = {};
	int err;

	memset(conf, 0, sizeof(*conf));
	conf->id = hvk_cell_free_id();
	err = take_words(info, conf);
	if (!err)
		err = take_lists(info, conf);
	if (!err)
		err = choose_cpus(info, conf);
	if (err)
		return err;
	err = check(conf, &refusal);
	return err ? hvk_nl_refuse(info, &refusal, err) : 0;
}
