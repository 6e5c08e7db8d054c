// SPDX-License-Identifier: GPL-2.0-only
/* Sentences for the user, on stderr. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hvctl.h"

static bool has_progress;

u32 character_at(const char *text, size_t *length)
{
	static const struct {
		unsigned char mask, head;
		u32 least;
	} forms[] = { { 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 } };
	const unsigned char *bytes = (const unsigned char *)text;
	size_t form, i;
	u32 code;

	*length = 0;
	for (form = 0; form < HV_ARRAY_SIZE(forms) && (bytes[0] & forms[form].mask) != forms[form].head; form++)
		;
	if (form == HV_ARRAY_SIZE(forms))
		return 0;
	code = bytes[0] & ~(u32)forms[form].mask;
	for (i = 1; i <= form; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (bytes[i] & 0x3f);
	}
	/* neither in more bytes than it needs, nor half of a pair of UTF-16, nor beyond the last one */
	if (code >= forms[form].least && code >> 11 != 0x1b && code <= 0x10ffff)
		*length = form + 1;
	return code;
}

void clean_text(char *text)
{
	char *to = text;
	size_t length;
	u32 code;

	while (*text) {
		code = character_at(text, &length);
		if (!length || code < ' ' || (code >= 0x7f && code < 0xa0)) {
			*to++ = '?';
			text += length ? length : 1;
		} else {
			for (; length; length--)
				*to++ = *text++;
		}
	}
	*to = '\0';
}

/* What is said has names and values in it that come from files. */
static void __attribute__((format(printf, 1, 0))) say(const char *format, va_list arguments)
{
	char *text;

	if (vasprintf(&text, format, arguments) < 0) {
		fputs("out of memory", stderr);
		return;
	}
	clean_text(text);
	fputs(text, stderr);
	free(text);
}

int fail(const char *format, ...)
{
	va_list arguments;

	progress_end();
	fputs("hvctl: ", stderr);
	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return FAILED;
}

static void __attribute__((format(printf, 1, 2))) say_place(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
}

int fail_at(const char *file, struct place place, const char *format, ...)
{
	va_list arguments;

	progress_end();
	say_place("%s:", file);
	if (place.line)
		say_place("%u:%u:", place.line, place.column);
	fputc(' ', stderr);
	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return FAILED;
}

void note(const char *format, ...)
{
	va_list arguments;

	if (!has_option(OPTION_VERBOSE))
		return;
	fputs("note: ", stderr);
	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

void progress(const char *format, ...)
{
	va_list arguments;

	if (!isatty(STDERR_FILENO))
		return;
	fputs("\r\033[K", stderr);
	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
	fflush(stderr);
	has_progress = true;
}

void progress_end(void)
{
	if (has_progress)
		fputs("\r\033[K", stderr);
	has_progress = false;
}
