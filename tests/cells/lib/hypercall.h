/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Hypercalls, see hvabi/guest.h: a negative result is an error. */
#ifndef CELLS_HYPERCALL_H
#define CELLS_HYPERCALL_H

#include <hvabi/guest.h>

/** hypercall_init() - ask the CPU which instruction it has; before the first call. */
void hypercall_init(void);

/** hypercall_is_vmmcall() - is it AMD's? */
bool hypercall_is_vmmcall(void);

s64 hypercall(u64 number, u64 a, u64 b);

static inline s64 info(u64 what)
{
	return hypercall(HV_GC_INFO, what, 0);
}

/* To and from the console; at most HV_GC_BYTES. */
static inline s64 console_write(const void *from, u64 bytes)
{
	return hypercall(HV_GC_WRITE, (u64)from, bytes);
}

static inline s64 console_read(void *to, u64 bytes)
{
	return hypercall(HV_GC_READ, (u64)to, bytes);
}

static inline s64 yield(u64 word)
{
	return hypercall(HV_GC_YIELD, word, 0);
}

_Noreturn void shutdown(u64 code);

#endif
