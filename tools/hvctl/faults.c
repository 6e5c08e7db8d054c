// SPDX-License-Identifier: GPL-2.0-only
/* Faults of a file are said at once and, if wanted, kept for JSON. */
#include <stdarg.h>
#include <stdio.h>

#include "faults.h"

#define MAX_FAULTS 50	/* a file that is not meant to be one is not worth more */

void fault_add(struct faults *faults, struct place place, const char *format, ...)
{
	char text[512];
	va_list arguments;
	int length;

	if (faults->count++ >= MAX_FAULTS)
		return;
	va_start(arguments, format);
	length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (length < 0)
		text[0] = '\0';
	clean_text(text);
	if (!faults->is_quiet)
		fail_at(faults->file, place, "%s", text);
	if (faults->list)
		json_array_append_new(faults->list, json_pack("{s:i, s:i, s:s}", "line", (int)place.line, "column",
							      (int)place.column, "text", text));
}
