/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files behind the netlink family share. A do operation runs with hvk.lock held; a dump takes it. */
#ifndef HVK_NL_H
#define HVK_NL_H

#include <net/genetlink.h>

#include <hvabi/cellconf.h>

#include "cell.h"
#include "refuse.h"
#include "uapi/hv.h"

#define HVK_NL_EVENTS 0		/* position of the multicast group */
#define HVK_NL_MESSAGE 16384	/* a cell with everything it may have fits */
#define HVK_NL_DATA 4096	/* of a console, in one message */

/* netlink.c */
extern struct genl_family hvk_nl_family;
int hvk_nl_init(void);
void hvk_nl_fini(void);
bool hvk_nl_is_registered(void);
bool hvk_nl_is_admin(struct sk_buff *skb);

/*
 * Begin an answer, and finish it. _send() takes the result of the puts before: an answer that found no room is not
 * sent.
 */
struct sk_buff *hvk_nl_answer(struct genl_info *info, size_t size, void **header);
int hvk_nl_send(struct genl_info *info, struct sk_buff *skb, void *header, int err);

/* Refuses what is there twice, unless its type is in the mask of those that may be. */
int hvk_nl_check_once(const struct nlattr *first, int bytes, u64 repeatable, struct netlink_ext_ack *extack);

/* nl_policy.c */
extern const struct nla_policy hvk_nl_region[HV_A_REGION_MAX + 1];
extern const struct nla_policy hvk_nl_ports[HV_A_PORTS_MAX + 1];
extern const struct nla_policy hvk_nl_msr[HV_A_MSR_MAX + 1];
extern const struct nla_policy hvk_nl_image[HV_A_IMAGE_MAX + 1];
extern const struct nla_policy hvk_nl_disable[HV_A_HV_FORCE + 1];
extern const struct nla_policy hvk_nl_cell[HV_A_CELL_ID + 1];
extern const struct nla_policy hvk_nl_create[HV_A_CELL_CMDLINE + 1];
extern const struct nla_policy hvk_nl_load[HV_A_CELL_IMAGE + 1];
extern const struct nla_policy hvk_nl_log[HV_A_LOG_SEQ + 1];
extern const struct nla_policy hvk_nl_console_read[HV_A_CONSOLE_POS + 1];
extern const struct nla_policy hvk_nl_console_write[HV_A_CONSOLE_DATA + 1];

#define HVK_NL_REPEATABLE                                                                                              \
	(BIT_ULL(HV_A_CELL_CPU) | BIT_ULL(HV_A_CELL_REGION) | BIT_ULL(HV_A_CELL_PORTS) | BIT_ULL(HV_A_CELL_MSR))

/* nl_hv.c */
int hvk_nl_hv_get(struct sk_buff *skb, struct genl_info *info);
int hvk_nl_hv_enable(struct sk_buff *skb, struct genl_info *info);
int hvk_nl_hv_disable(struct sk_buff *skb, struct genl_info *info);

/* nl_find.c: the cell that a request is about */
struct hvk_cell *hvk_nl_find(struct genl_info *info);
struct hvk_cell *hvk_nl_find_console(struct genl_info *info);

/* nl_find.c: hvk_refuse() with the attribute HV_A_CELL_* that is to blame */
int hvk_nl_refuse(struct genl_info *info, const struct hvk_refusal *refusal, int err);

/* nl_cell.c */
int hvk_nl_cell_create(struct sk_buff *skb, struct genl_info *info);
int hvk_nl_cell_load(struct sk_buff *skb, struct genl_info *info);
int hvk_nl_cell_start(struct sk_buff *skb, struct genl_info *info);
int hvk_nl_cell_stop(struct sk_buff *skb, struct genl_info *info);
int hvk_nl_cell_destroy(struct sk_buff *skb, struct genl_info *info);

/* nl_show.c */
int hvk_nl_cell_get(struct sk_buff *skb, struct genl_info *info);
int hvk_nl_cell_start_dump(struct netlink_callback *cb);
int hvk_nl_cell_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* nl_fault.c: for everybody, where it was and one word; the record is for those who may see addresses */
int hvk_nl_put_fault(struct sk_buff *skb, const struct hvk_cell *cell, bool with_record);

/* nl_stats.c */
int hvk_nl_stats_get(struct sk_buff *skb, struct genl_info *info);

/* nl_config.c: the configuration that a request carries, and the number of CPUs if it names none */
int hvk_nl_config(struct genl_info *info, struct hv_cellconf *conf);

/* nl_log.c */
int hvk_nl_log_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* nl_console.c */
int hvk_nl_console_get(struct sk_buff *skb, struct genl_info *info);
int hvk_nl_console_put(struct sk_buff *skb, struct genl_info *info);

#endif
