/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers and sizes as people write and read them. */
#ifndef HVCTL_NUMBER_H
#define HVCTL_NUMBER_H

#include "hvctl.h"

/* Each returns NULL, or what is wrong with the text as the end of a sentence ("... is not a number"). */
const char *number_parse(const char *text, u64 *value);			/* decimal, or hex with 0x */
const char *size_parse(const char *text, u64 *value);			/* the same, and K, M, G behind it */
const char *range_parse(const char *text, u64 *first, u64 *last);	/* A or A..B, both included */

#define SIZE_TEXT 32
/* In the largest unit that divides it: 2M, 4K, 17. */
const char *size_text(u64 value, char text[SIZE_TEXT]);
/* To read, not to type: 1.5 MiB. */
const char *size_words(u64 value, char text[SIZE_TEXT]);

#endif
