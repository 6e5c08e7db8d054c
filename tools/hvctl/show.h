/* SPDX-License-Identifier: GPL-2.0-only */
/* What is shown, as JSON or as text: every view begins as a document of attr.h. */
#ifndef HVCTL_SHOW_H
#define HVCTL_SHOW_H

#include <jansson.h>

#include "hvctl.h"

/* One line of JSON, or several with -p. */
void show_json(const json_t *document);

/* A label and what belongs to it. */
void show_line(const char *label, const char *format, ...) __attribute__((format(printf, 2, 3)));

enum colour { COLOUR_NONE, COLOUR_GOOD, COLOUR_BAD, COLOUR_HEAD };
/* What switches a colour on, and back off; "" unless stdout is a terminal. */
const char *colour(enum colour colour);
const char *colour_of_state(const char *state);

/* Columns as wide as they have to be. A column whose letter is 'r' stands to the right. */
struct table {
	const char *columns;
	size_t count;
	char **cells;
};
void table_add(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints it, the first row as its head, and frees its cells. */
void table_show(struct table *table);

/* A flag that the kernel did not send is off, and is shown as that. */
void default_flag(json_t *document, const char *key);

/* Numbers as ranges: "0-2,5". */
#define RANGES_TEXT 256
const char *ranges_text(const json_t *numbers, char text[RANGES_TEXT]);

/* A cell: from the kernel, or from its file. */
void cell_defaults(json_t *cell);
void show_cell(const json_t *cell);

#endif
