/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Bytes and strings: what the compiler wants to find, and what programs need besides. */
#ifndef CELLS_STRING_H
#define CELLS_STRING_H

#include <hv/types.h>

void *memset(void *to, int byte, unsigned long bytes);
void *memcpy(void *to, const void *from, unsigned long bytes);
int memcmp(const void *a, const void *b, unsigned long bytes);
unsigned long strlen(const char *s);

/** word_is() - is the first word of a line this one? *rest: what comes behind it and its blanks. */
bool word_is(const char *line, const char *word, const char **rest);

/** number_of() - what a decimal or 0x number begins with; 0 if there is none. */
u64 number_of(const char *s);

/** checksum() - of whole 8-byte words; depends on their order. */
u64 checksum(const void *from, u64 bytes);

#endif
