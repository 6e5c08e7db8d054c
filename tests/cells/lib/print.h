/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Formatted text: %c %s %d %u %x %%, with l for 64 bits, and a width that zeros fill if it begins with 0. */
#ifndef CELLS_PRINT_H
#define CELLS_PRINT_H

#include <hv/types.h>

#define PRINT_MAX 512

/** print() - to the console, by one hypercall: what one call writes stays together. Cut off at PRINT_MAX - 1 bytes. */
__attribute__((format(printf, 1, 2))) void print(const char *format, ...);

/** format() - into @to, with a zero behind it. Returns how many bytes, without the zero. */
__attribute__((format(printf, 3, 4))) u32 format(char *to, u32 size, const char *format, ...);

#endif
