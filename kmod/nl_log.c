// SPDX-License-Identifier: GPL-2.0-only
/* The netlink operation that gives the lines of the log. */
#include <linux/slab.h>

#include "compat.h"
#include "hvk.h"
#include "nl.h"

struct progress {
	u64 after;	/* the last line that was given */
	bool has_begun;
};

/* Lines may show addresses, so this is for those who may know them. */
static int begin(struct netlink_callback *cb, struct progress *progress)
{
	const struct nlattr *from = hvk_dump_attrs(cb)[HV_A_LOG_SEQ];
	int err;

	if (!hvk_nl_is_admin(cb->skb))
		return hvk_refuse(cb->extack, NULL, -EPERM, "this needs CAP_SYS_ADMIN in the initial user namespace");
	err = hvk_nl_check_once(genlmsg_data(nlmsg_data(cb->nlh)), genlmsg_len(nlmsg_data(cb->nlh)), 0, cb->extack);
	if (err)
		return err;
	hvk_log_flush();
	progress->after = from ? nla_get_u64(from) : 0;
	progress->has_begun = true;
	return 0;
}

static int put_line(struct sk_buff *skb, struct netlink_callback *cb, const struct hvk_line *line)
{
	void *header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &hvk_nl_family, NLM_F_MULTI,
				   HV_CMD_LOG_GET);

	if (!header)
		return -EMSGSIZE;
	if (nla_put_u64_64bit(skb, HV_A_LOG_SEQ, line->seq, HV_A_LOG_PAD) ||
	    nla_put_u32(skb, HV_A_LOG_LEVEL, line->level) || nla_put_string(skb, HV_A_LOG_TEXT, line->text) ||
	    (line->lost && nla_put_u64_64bit(skb, HV_A_LOG_LOST, line->lost, HV_A_LOG_PAD))) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

int hvk_nl_log_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct progress *progress = (void *)cb->ctx;
	struct hvk_line line;
	int err;

	BUILD_BUG_ON(sizeof(*progress) > sizeof(cb->ctx));
	if (!progress->has_begun) {
		err = begin(cb, progress);
		if (err)
			return err;
	}
	while (hvk_line_get(progress->after, &line) && !put_line(skb, cb, &line))
		progress->after = line.seq;
	return skb->len;
}
