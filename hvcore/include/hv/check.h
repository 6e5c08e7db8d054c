/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Layout assertions. Layouts are asserted, not commented. */
#ifndef HV_CHECK_H
#define HV_CHECK_H

#define HV_STATIC_ASSERT(cond) _Static_assert(cond, #cond)
#define HV_ASSERT_SIZE(type, size) _Static_assert(sizeof(type) == (size), #type " is not " #size " bytes")
#define HV_ASSERT_OFFSET(type, member, offset) \
	_Static_assert(__builtin_offsetof(type, member) == (offset), #type "." #member " is not at " #offset)

#endif
