/* SPDX-License-Identifier: GPL-2.0-only */
/* Every difference between kernel versions, 6.1 to 6.12. */
#ifndef HVK_COMPAT_H
#define HVK_COMPAT_H

#include <linux/device.h>
#include <linux/version.h>
#include <net/genetlink.h>

static inline struct class *hvk_class_create(const char *name)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	return class_create(name);
#else
	return class_create(THIS_MODULE, name);
#endif
}

/* The first 6.1 want one that they could write to, and do not. */
static inline struct kobj_type *hvk_kobj_type(const struct kobj_type *type)
{
	return (struct kobj_type *)type;
}

/* What is handed to pre_doit and post_doit. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define hvk_genl_op genl_split_ops
#else
#define hvk_genl_op genl_ops
#endif

/* What the request for a dump carried. */
static inline struct nlattr **hvk_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return genl_dumpit_info(cb)->info.attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif
