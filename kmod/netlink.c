// SPDX-License-Identifier: GPL-2.0-only
/* The generic netlink family "hv": its operations, who may ask for them and when. */
#include <linux/capability.h>
#include <linux/module.h>

#include "compat.h"
#include "hvk.h"
#include "nl.h"

/* What an operation needs before it begins. */
#define NEEDS_ADMIN 0x1		/* CAP_SYS_ADMIN in the initial user namespace */
#define NEEDS_OPEN 0x2		/* the module is neither being loaded nor removed, nor the machine going down */
#define NEEDS_LAUNCH 0x4	/* the hypervisor is there */
#define CHANGES (NEEDS_ADMIN | NEEDS_OPEN)

#define POLICY(table) .policy = table, .maxattr = ARRAY_SIZE(table) - 1

static const struct genl_ops operations[] = {
	{ .cmd = HV_CMD_HV_GET, .doit = hvk_nl_hv_get },
	{ .cmd = HV_CMD_HV_ENABLE, .doit = hvk_nl_hv_enable, .flags = GENL_ADMIN_PERM, .internal_flags = CHANGES },
	{ .cmd = HV_CMD_HV_DISABLE, .doit = hvk_nl_hv_disable, .flags = GENL_ADMIN_PERM,
	  .internal_flags = CHANGES | NEEDS_LAUNCH, POLICY(hvk_nl_disable) },
	{ .cmd = HV_CMD_CELL_GET, .doit = hvk_nl_cell_get, .start = hvk_nl_cell_start_dump,
	  .dumpit = hvk_nl_cell_dump, .internal_flags = NEEDS_LAUNCH, POLICY(hvk_nl_cell) },
	{ .cmd = HV_CMD_CELL_CREATE, .doit = hvk_nl_cell_create, .flags = GENL_ADMIN_PERM,
	  .internal_flags = CHANGES | NEEDS_LAUNCH, POLICY(hvk_nl_create) },
	{ .cmd = HV_CMD_CELL_LOAD, .doit = hvk_nl_cell_load, .flags = GENL_ADMIN_PERM,
	  .internal_flags = CHANGES | NEEDS_LAUNCH, POLICY(hvk_nl_load) },
	{ .cmd = HV_CMD_CELL_START, .doit = hvk_nl_cell_start, .flags = GENL_ADMIN_PERM,
	  .internal_flags = CHANGES | NEEDS_LAUNCH, POLICY(hvk_nl_cell) },
	{ .cmd = HV_CMD_CELL_STOP, .doit = hvk_nl_cell_stop, .flags = GENL_ADMIN_PERM,
	  .internal_flags = CHANGES | NEEDS_LAUNCH, POLICY(hvk_nl_cell) },
	{ .cmd = HV_CMD_CELL_DESTROY, .doit = hvk_nl_cell_destroy, .flags = GENL_ADMIN_PERM,
	  .internal_flags = CHANGES | NEEDS_LAUNCH, POLICY(hvk_nl_cell) },
	{ .cmd = HV_CMD_STATS_GET, .doit = hvk_nl_stats_get, .internal_flags = NEEDS_LAUNCH, POLICY(hvk_nl_cell) },
	{ .cmd = HV_CMD_LOG_GET, .dumpit = hvk_nl_log_dump, POLICY(hvk_nl_log) },
	{ .cmd = HV_CMD_CONSOLE_READ, .doit = hvk_nl_console_get, .internal_flags = NEEDS_ADMIN | NEEDS_LAUNCH,
	  POLICY(hvk_nl_console_read) },
	{ .cmd = HV_CMD_CONSOLE_WRITE, .doit = hvk_nl_console_put, .flags = GENL_ADMIN_PERM,
	  .internal_flags = CHANGES | NEEDS_LAUNCH, POLICY(hvk_nl_console_write) },
};

/* Both who asks now and who opened the socket; root of another user namespace is nobody here. */
bool hvk_nl_is_admin(struct sk_buff *skb)
{
	return netlink_capable(skb, CAP_SYS_ADMIN);
}

int hvk_nl_check_once(const struct nlattr *first, int bytes, u64 repeatable, struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	u64 seen = 0;
	int left;

	nla_for_each_attr(attr, first, bytes, left) {
		u64 bit = BIT_ULL(nla_type(attr) % 64);

		if (seen & bit & ~repeatable)
			return hvk_refuse(extack, attr, -EINVAL, "this attribute is there twice");
		seen |= bit;
	}
	return 0;
}

static int check_state(u8 needs, struct netlink_ext_ack *extack)
{
	if ((needs & NEEDS_OPEN) && !hvk.is_open)
		return hvk_refuse(extack, NULL, -ENODEV, "the module is being loaded or removed");
	if ((needs & NEEDS_LAUNCH) && hvk.state != HV_ACTIVE)
		return hvk_refuse(extack, NULL, -ENODEV, "the hypervisor is not launched");
	return 0;
}

static int begin(const struct hvk_genl_op *op, struct sk_buff *skb, struct genl_info *info)
{
	u64 repeatable = op->cmd == HV_CMD_CELL_CREATE ? HVK_NL_REPEATABLE : 0;
	int err;

	if ((op->internal_flags & NEEDS_ADMIN) && !hvk_nl_is_admin(skb))
		return hvk_refuse(info->extack, NULL, -EPERM,
				  "this needs CAP_SYS_ADMIN in the initial user namespace");
	err = hvk_nl_check_once(genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), repeatable, info->extack);
	if (err)
		return err;
	if (mutex_lock_killable(&hvk.lock))
		return -EINTR;
	err = check_state(op->internal_flags, info->extack);
	if (err)
		mutex_unlock(&hvk.lock);
	return err;
}

static void end(const struct hvk_genl_op *op, struct sk_buff *skb, struct genl_info *info)
{
	mutex_unlock(&hvk.lock);
}

static const struct genl_multicast_group groups[] = {
	[HVK_NL_EVENTS] = { .name = HV_GENL_MCGRP_EVENTS },
};

/* Operations run beside each other, and a launch takes its time: they must not hold up other families. */
struct genl_family hvk_nl_family = {
	.name = HV_GENL_NAME,
	.version = HV_GENL_VERSION,
	.module = THIS_MODULE,
	.netnsok = false,
	.parallel_ops = true,
	.ops = operations,
	.n_ops = ARRAY_SIZE(operations),
	.pre_doit = begin,
	.post_doit = end,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

struct sk_buff *hvk_nl_answer(struct genl_info *info, size_t size, void **header)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);

	if (!skb)
		return NULL;
	*header = genlmsg_put_reply(skb, info, &hvk_nl_family, 0, info->genlhdr->cmd);
	return skb;
}

int hvk_nl_send(struct genl_info *info, struct sk_buff *skb, void *header, int err)
{
	if (err) {
		nlmsg_free(skb);
		return hvk_refuse(info->extack, NULL, err, "the answer is too long");
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

static bool is_registered;	/* set before the first launch, cleared after the last leave */

bool hvk_nl_is_registered(void)
{
	return is_registered;
}

int hvk_nl_init(void)
{
	int err = genl_register_family(&hvk_nl_family);

	is_registered = !err;
	return err;
}

/* Waits for operations that run, so hold no lock that they take. */
void hvk_nl_fini(void)
{
	is_registered = false;
	genl_unregister_family(&hvk_nl_family);
	hvk_sentences_free();
}
