// SPDX-License-Identifier: GPL-2.0-only
/*
 * What in a request is meant: the cell that it is about, by its name, by its id, or by both if they agree; and what is
 * to blame if it is refused.
 */
#include "hvk.h"
#include "nl.h"

static struct hvk_cell *find(struct genl_info *info, int name_type, int id_type)
{
	const struct nlattr *name = info->attrs[name_type], *id = info->attrs[id_type];
	struct hvk_cell *cell = NULL, *by_name = NULL;

	if (!name && !id) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, name_type);
		(void)hvk_refuse(info->extack, NULL, -EINVAL, "which cell? give its name or its id");
		return ERR_PTR(-EINVAL);
	}
	if (name)
		cell = by_name = hvk_cell_by_name(nla_data(name));
	if (id && (!name || by_name)) {
		cell = hvk_cell_from(nla_get_u32(id));
		if (cell && cell->conf.id != nla_get_u32(id))
			cell = NULL;
	}
	if (!cell)
		return ERR_PTR(hvk_refuse(info->extack, name && !by_name ? name : id, -ENOENT,
					  "there is no such cell"));
	if (by_name && cell != by_name)
		return ERR_PTR(hvk_refuse(info->extack, id, -EINVAL, "name and id are those of different cells"));
	return cell;
}

struct hvk_cell *hvk_nl_find(struct genl_info *info)
{
	return find(info, HV_A_CELL_NAME, HV_A_CELL_ID);
}

struct hvk_cell *hvk_nl_find_console(struct genl_info *info)
{
	return find(info, HV_A_CONSOLE_NAME, HV_A_CONSOLE_ID);
}

static const struct nlattr *nth(const struct genl_info *info, int type, u32 n)
{
	const struct nlattr *attr;
	int left;

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), left)
		if (nla_type(attr) == type && !n--)
			return attr;
	return NULL;
}

/* Who named a cell by its id, or CPUs by their number, meant that. */
static const struct nlattr *meant(const struct genl_info *info, const struct hvk_refusal *refusal)
{
	const struct nlattr *attr = refusal->attr ? nth(info, refusal->attr, refusal->nth) : NULL;

	if (!attr && refusal->attr == HV_A_CELL_NAME)
		return info->attrs[HV_A_CELL_ID];
	if (!attr && refusal->attr == HV_A_CELL_CPU)
		return info->attrs[HV_A_CELL_NR_CPUS];
	return attr;
}

/* A refusal without a sentence is an answer without one. */
int hvk_nl_refuse(struct genl_info *info, const struct hvk_refusal *refusal, int err)
{
	const struct nlattr *attr = meant(info, refusal), *inner = NULL;

	if (attr && refusal->inner)
		inner = nla_find_nested(attr, refusal->inner);
	return hvk_refuse(info->extack, inner ?: attr, err, refusal->why);
}
