// SPDX-License-Identifier: GPL-2.0-only
/* Lines, tables, colours and JSON. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "show.h"

void show_json(const json_t *document)
{
	/* a stream is read line by line, so each document ends in one, at once */
	json_dumpf(document, stdout, has_option(OPTION_PRETTY) ? JSON_INDENT(2) : JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
}

void show_line(const char *label, const char *format, ...)
{
	va_list arguments;

	printf("%-11s ", label);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

const char *colour(enum colour colour)
{
	static const char *const codes[] = { "\033[0m", "\033[32m", "\033[31m", "\033[1m" };

	return isatty(STDOUT_FILENO) ? codes[colour] : "";
}

const char *colour_of_state(const char *state)
{
	if (!strcmp(state, "running") || !strcmp(state, "active"))
		return colour(COLOUR_GOOD);
	return !strcmp(state, "failed") ? colour(COLOUR_BAD) : colour(COLOUR_NONE);
}

void table_add(struct table *table, const char *format, ...)
{
	char **cells = realloc(table->cells, (table->count + 1) * sizeof(*cells));
	va_list arguments;

	if (!cells)
		return;
	table->cells = cells;
	va_start(arguments, format);
	if (vasprintf(&cells[table->count], format, arguments) < 0)
		cells[table->count] = NULL;
	va_end(arguments);
	table->count++;
}

static const char *cell_at(const struct table *table, size_t i)
{
	return table->cells[i] ? table->cells[i] : "";
}

void table_show(struct table *table)
{
	size_t i, k, columns = strlen(table->columns);
	int width;

	for (i = 0; i < table->count; i++) {
		width = 0;
		for (k = i % columns; k < table->count; k += columns)
			if ((int)strlen(cell_at(table, k)) > width)
				width = (int)strlen(cell_at(table, k));
		if (table->columns[i % columns] != 'r')
			/* the last column leaves no blanks behind */
			width = i % columns == columns - 1 ? 0 : -width;
		printf("%s%*s%s%s", i < columns ? colour(COLOUR_HEAD) : colour_of_state(cell_at(table, i)), width,
		       cell_at(table, i), colour(COLOUR_NONE), i % columns == columns - 1 ? "\n" : "  ");
	}
	for (i = 0; i < table->count; i++)
		free(table->cells[i]);
	free(table->cells);
	table->cells = NULL;
	table->count = 0;
}

void default_flag(json_t *document, const char *key)
{
	if (!json_object_get(document, key))
		json_object_set_new(document, key, json_false());
}

const char *ranges_text(const json_t *numbers, char text[RANGES_TEXT])
{
	size_t i, k, length = 0, count = json_array_size(numbers);
	json_int_t first, last;

	text[0] = '\0';
	for (i = 0; i < count && length < RANGES_TEXT; i = k) {
		first = last = json_integer_value(json_array_get(numbers, i));
		for (k = i + 1; k < count && json_integer_value(json_array_get(numbers, k)) == last + 1; k++)
			last++;
		length += (size_t)snprintf(text + length, RANGES_TEXT - length, "%s%lld", i ? "," : "", first);
		if (last > first && length < RANGES_TEXT)
			length += (size_t)snprintf(text + length, RANGES_TEXT - length, "-%lld", last);
	}
	return text;
}
