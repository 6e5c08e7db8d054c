/* SPDX-License-Identifier: GPL-2.0-only */
/* A small vsnprintf. */
#ifndef HV_FMT_H
#define HV_FMT_H

#include <hv/types.h>

/**
 * hv_vformat() - format into @buf, always terminated, never more than @size bytes
 *
 * Knows %d %i %u %x %p %c %s %% with l, ll, z, a width and the 0 and - flags. Return: the number of characters written.
 */
unsigned int hv_vformat(char *buf, unsigned int size, const char *fmt, __builtin_va_list args);

#endif
