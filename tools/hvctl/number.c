// SPDX-License-Identifier: GPL-2.0-only
/* Numbers and sizes as people write and read them. Nothing here looks at the locale. */
#include <stdio.h>
#include <string.h>

#include "number.h"

static const struct unit {
	char letter;
	u64 bytes;
	const char *words;
} units[] = {
	{ 'G', 1ULL << 30, "GiB" },
	{ 'M', 1ULL << 20, "MiB" },
	{ 'K', 1ULL << 10, "KiB" },
};

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return 16;
}

/* *@text moves behind the digits. */
static const char *take_number(const char **text, u64 *value)
{
	const char *p = *text;
	unsigned int base = 10;

	if (p[0] == '0' && (p[1] | 0x20) == 'x') {
		base = 16;
		p += 2;
	}
	/* 010 is eight to some readers of YAML, and ten to others */
	if (digit(*p) >= (int)base || (base == 10 && p[0] == '0' && digit(p[1]) < 10))
		return "is not a number";
	for (*value = 0; digit(*p) < (int)base; p++) {
		if (__builtin_mul_overflow(*value, (u64)base, value) ||
		    __builtin_add_overflow(*value, (u64)digit(*p), value))
			return "does not fit in 64 bits";
	}
	*text = p;
	return NULL;
}

const char *number_parse(const char *text, u64 *value)
{
	const char *wrong = take_number(&text, value);

	return wrong ? wrong : *text ? "is not a number" : NULL;
}

const char *size_parse(const char *text, u64 *value)
{
	const char *wrong = take_number(&text, value);
	unsigned int i;

	if (wrong)
		return *wrong == 'i' ? "is neither a number nor a size" : wrong;
	for (i = 0; *text && i < HV_ARRAY_SIZE(units); i++) {
		if ((*text & ~0x20) != units[i].letter)
			continue;
		text++;
		if (__builtin_mul_overflow(*value, units[i].bytes, value))
			return "does not fit in 64 bits";
		break;
	}
	return *text ? "is neither a number nor a size" : NULL;
}

const char *range_parse(const char *text, u64 *first, u64 *last)
{
	const char *wrong = take_number(&text, first);

	if (wrong)
		return wrong;
	*last = *first;
	if (!*text)
		return NULL;
	if (strncmp(text, "..", 2))
		return "is neither a number nor a range";
	text += 2;
	wrong = number_parse(text, last);
	if (wrong)
		return *wrong == 'i' ? "is neither a number nor a range" : wrong;
	return *last < *first ? "is a range whose end lies before its beginning" : NULL;
}

const char *size_text(u64 value, char text[SIZE_TEXT])
{
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(units) && value; i++) {
		if (value % units[i].bytes)
			continue;
		snprintf(text, SIZE_TEXT, "%llu%c", value / units[i].bytes, units[i].letter);
		return text;
	}
	snprintf(text, SIZE_TEXT, "%llu", value);
	return text;
}

const char *size_words(u64 value, char text[SIZE_TEXT])
{
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(units); i++) {
		if (value < units[i].bytes)
			continue;
		if (value % units[i].bytes)
			snprintf(text, SIZE_TEXT, "%.1f %s", (double)value / (double)units[i].bytes, units[i].words);
		else
			snprintf(text, SIZE_TEXT, "%llu %s", value / units[i].bytes, units[i].words);
		return text;
	}
	snprintf(text, SIZE_TEXT, "%llu bytes", value);
	return text;
}
