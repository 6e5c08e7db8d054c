/* SPDX-License-Identifier: GPL-2.0-only */
/* Every difference between kernel versions, 6.1 to 6.12. */
#ifndef HVK_COMPAT_H
#define HVK_COMPAT_H

#include <linux/device.h>
#include <linux/version.h>

static inline struct class *hvk_class_create(const char *name)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	return class_create(name);
#else
	return class_create(THIS_MODULE, name);
#endif
}

#endif
