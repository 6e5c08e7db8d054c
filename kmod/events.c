// SPDX-License-Identifier: GPL-2.0-only
/* Changes of state, told over netlink's group "events" and as uevents. */
#include <net/genetlink.h>

#include "events.h"
#include "hvk.h"
#include "nl.h"

/* Nobody waits for an event: one that cannot be sent is lost, as one is that a listener has no room for. */
static void send(struct sk_buff *skb, void *header)
{
	genlmsg_end(skb, header);
	(void)genlmsg_multicast(&hvk_nl_family, skb, 0, HVK_NL_EVENTS, GFP_KERNEL); /* -ESRCH: nobody listens */
}

static struct sk_buff *begin(u8 cmd, void **header)
{
	struct sk_buff *skb;

	if (!hvk_nl_is_registered())
		return NULL;
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return NULL;
	*header = genlmsg_put(skb, 0, 0, &hvk_nl_family, 0, cmd);
	return skb;
}

void hvk_event_state(void)
{
	struct sk_buff *skb;
	void *header;

	hvk_sysfs_announce();
	skb = begin(HV_CMD_HV_NTF, &header);
	if (!skb)
		return;
	if (nla_put_u32(skb, HV_A_HV_STATE, hvk.state))
		nlmsg_free(skb);
	else
		send(skb, header);
}

void hvk_event_cell(const struct hvk_cell *cell, enum hv_uapi_cell_state state)
{
	struct sk_buff *skb;
	void *header;

	skb = begin(HV_CMD_CELL_NTF, &header);
	if (!skb)
		return;
	if (nla_put_string(skb, HV_A_CELL_NAME, cell->conf.name) || nla_put_u32(skb, HV_A_CELL_ID, cell->conf.id) ||
	    nla_put_u32(skb, HV_A_CELL_STATE, state) ||
	    (state == HV_CELL_FAILED && hvk_nl_put_fault(skb, cell, false)))
		nlmsg_free(skb);
	else
		send(skb, header);
}
