/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The error numbers that hypervisor and module exchange. They are Linux's; kmod asserts that. */
#ifndef HV_ERR_H
#define HV_ERR_H

#ifdef __KERNEL__
#include <linux/errno.h>
#else
#ifndef EPERM
#define EPERM 1
#define ENOENT 2
#define EIO 5
#define E2BIG 7
#define EAGAIN 11
#define ENOMEM 12
#define EFAULT 14
#define EBUSY 16
#define EEXIST 17
#define ENODEV 19
#define EINVAL 22
#define ENOSPC 28
#define ENOSYS 38
#define EOPNOTSUPP 95
#define ETIMEDOUT 110
#endif
#ifndef __must_check
#define __must_check __attribute__((warn_unused_result))
#endif
#endif

#endif
