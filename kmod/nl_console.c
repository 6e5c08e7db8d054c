// SPDX-License-Identifier: GPL-2.0-only
/* Netlink operations on a cell's console. Cells have none yet. */
#include "hvk.h"
#include "nl.h"

static int find(struct genl_info *info)
{
	const struct hvk_cell *cell = hvk_nl_find_console(info);

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	return hvk_refuse(info->extack, NULL, -EOPNOTSUPP, "this cell has no console");
}

int hvk_nl_console_get(struct sk_buff *request, struct genl_info *info)
{
	return find(info);
}

int hvk_nl_console_put(struct sk_buff *request, struct genl_info *info)
{
	return find(info);
}
