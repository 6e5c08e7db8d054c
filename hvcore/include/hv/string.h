/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory functions that the compiler may call and the resident image must bring itself. */
#ifndef HV_STRING_H
#define HV_STRING_H

#include <hv/types.h>

void *memcpy(void *dest, const void *src, __SIZE_TYPE__ n);
void *memset(void *dest, int c, __SIZE_TYPE__ n);
int memcmp(const void *a, const void *b, __SIZE_TYPE__ n);

#endif
