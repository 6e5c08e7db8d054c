// SPDX-License-Identifier: GPL-2.0-only
/* Netlink operations on a cell's console. */
#include <linux/io.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <hvabi/hypercall.h>

#include "hvk.h"
#include "nl.h"
#include "shown.h"

static struct hvk_cell *find(struct genl_info *info)
{
	struct hvk_cell *cell = hvk_nl_find_console(info);

	if (IS_ERR(cell) || (cell->conf.flags & HV_CONF_CONSOLE))
		return cell;
	return ERR_PTR(hvk_refuse(info->extack, info->attrs[HV_A_CONSOLE_NAME] ?: info->attrs[HV_A_CONSOLE_ID],
				  -EOPNOTSUPP, "this cell has no console"));
}

static int put_output(struct sk_buff *skb, const struct hvk_cell *cell, u64 wanted, u8 *data)
{
	u64 pos = wanted;
	size_t count = hvk_shown_console(cell, &pos, data, HVK_NL_DATA);

	if (nla_put_u64_64bit(skb, HV_A_CONSOLE_POS, pos + count, HV_A_CONSOLE_PAD) ||
	    (count && nla_put(skb, HV_A_CONSOLE_DATA, (int)count, data)) ||
	    (pos > wanted && nla_put_u64_64bit(skb, HV_A_CONSOLE_LOST, pos - wanted, HV_A_CONSOLE_PAD)))
		return -EMSGSIZE;
	return 0;
}

int hvk_nl_console_get(struct sk_buff *request, struct genl_info *info)
{
	const struct nlattr *pos = info->attrs[HV_A_CONSOLE_POS];
	const struct hvk_cell *cell = find(info);
	struct sk_buff *skb;
	void *header;
	u8 *data;
	int err;

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	data = kmalloc(HVK_NL_DATA, GFP_KERNEL);
	skb = data ? hvk_nl_answer(info, HVK_NL_DATA + GENLMSG_DEFAULT_SIZE, &header) : NULL;
	if (!skb) {
		kfree(data);
		return hvk_refuse(info->extack, NULL, -ENOMEM, "out of memory");
	}
	err = put_output(skb, cell, pos ? nla_get_u64(pos) : 0, data);
	kfree(data);
	return hvk_nl_send(info, skb, header, err);
}

/* How many bytes found room; an error if none was even looked at. */
static long give(const struct hvk_cell *cell, const u8 *data, size_t size)
{
	struct hv_cell_input *input = kzalloc(sizeof(*input), GFP_KERNEL);
	long taken = 0;
	size_t done;

	if (!input)
		return -ENOMEM;
	for (done = 0; done < size; done += taken) {
		input->id = cell->conf.id;
		input->size = min_t(size_t, size - done, HV_CELL_INPUT_MAX);
		memcpy(input->data, data + done, input->size);
		taken = hvk_call(HV_HC_CELL_INPUT, virt_to_phys(input));
		if (taken <= 0)
			break;
	}
	kfree(input);
	return done ? (long)done : taken;
}

int hvk_nl_console_put(struct sk_buff *request, struct genl_info *info)
{
	const struct nlattr *data = info->attrs[HV_A_CONSOLE_DATA];
	const struct hvk_cell *cell = find(info);
	struct sk_buff *skb;
	void *header;
	long taken;

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	skb = hvk_nl_answer(info, GENLMSG_DEFAULT_SIZE, &header);
	if (!skb)
		return hvk_refuse(info->extack, NULL, -ENOMEM, "out of memory");
	taken = data ? give(cell, nla_data(data), nla_len(data)) : 0;
	if (taken < 0) {
		nlmsg_free(skb);
		return hvk_refuse(info->extack, NULL, (int)taken, "the hypervisor does not take the input");
	}
	return hvk_nl_send(info, skb, header, nla_put_u32(skb, HV_A_CONSOLE_TAKEN, (u32)taken));
}
