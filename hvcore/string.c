// SPDX-License-Identifier: GPL-2.0-only
/* The memory functions that the compiler may call. */
#include <hv/string.h>

void *memcpy(void *dest, const void *src, __SIZE_TYPE__ n)
{
	u8 *d = dest;
	const u8 *s = src;

	while (n--)
		*d++ = *s++;
	return dest;
}

void *memset(void *dest, int c, __SIZE_TYPE__ n)
{
	u8 *d = dest;

	while (n--)
		*d++ = (u8)c;
	return dest;
}

int memcmp(const void *a, const void *b, __SIZE_TYPE__ n)
{
	const u8 *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}
