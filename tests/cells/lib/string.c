// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Bytes and strings. The first two are instructions, for the compiler would make calls of loops. */
#include "string.h"

void *memset(void *to, int byte, unsigned long bytes)
{
	void *at = to;

	asm volatile("rep stosb" : "+D"(at), "+c"(bytes) : "a"(byte) : "memory");
	return to;
}

void *memcpy(void *to, const void *from, unsigned long bytes)
{
	void *at = to;

	asm volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(bytes) : : "memory");
	return to;
}

int memcmp(const void *a, const void *b, unsigned long bytes)
{
	const u8 *left = a, *right = b;

	for (; bytes; bytes--, left++, right++)
		if (*left != *right)
			return *left - *right;
	return 0;
}

unsigned long strlen(const char *s)
{
	unsigned long length = 0;

	while (s[length])
		length++;
	return length;
}

bool word_is(const char *line, const char *word, const char **rest)
{
	while (*word && *line == *word) {
		line++;
		word++;
	}
	if (*word || (*line && *line != ' '))
		return false;
	while (*line == ' ')
		line++;
	*rest = line;
	return true;
}

static u32 digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (u32)(c - '0');
	return c >= 'a' && c <= 'f' ? (u32)(c - 'a') + 10 : 16;
}

u64 number_of(const char *s)
{
	u32 base = 10;
	u64 number = 0;

	if (s[0] == '0' && s[1] == 'x') {
		base = 16;
		s += 2;
	}
	for (; digit_of(*s) < base; s++)
		number = number * base + digit_of(*s);
	return number;
}

u64 checksum(const void *from, u64 bytes)
{
	const u64 *word = from;
	u64 sum = bytes;

	for (; bytes >= sizeof(*word); bytes -= sizeof(*word))
		sum = (sum << 1 | sum >> 63) ^ *word++;
	return sum;
}
