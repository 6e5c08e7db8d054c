// SPDX-License-Identifier: GPL-2.0-only
/* Sentences for the user, on stderr. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "hvctl.h"

static bool has_progress;

static void __attribute__((format(printf, 1, 0))) say(const char *format, va_list arguments)
{
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

int fail(const char *format, ...)
{
	va_list arguments;

	progress_end();
	fputs("hvctl: ", stderr);
	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
	return FAILED;
}

int fail_at(const char *file, struct place place, const char *format, ...)
{
	va_list arguments;

	progress_end();
	fprintf(stderr, "%s:", file);
	if (place.line)
		fprintf(stderr, "%u:%u:", place.line, place.column);
	fputc(' ', stderr);
	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
	return FAILED;
}

void warn(const char *format, ...)
{
	va_list arguments;

	progress_end();
	fputs("hvctl: ", stderr);
	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
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
}

void progress(const char *format, ...)
{
	va_list arguments;

	if (!isatty(STDERR_FILENO))
		return;
	fputs("\r\033[K", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
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
