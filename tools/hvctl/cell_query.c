// SPDX-License-Identifier: GPL-2.0-only
/* Cells, looked at: list, show. */
#include <stdio.h>
#include <string.h>

#include <uapi/hv.h>

#include "command.h"
#include "genl.h"
#include "number.h"
#include "show.h"
#include "stats.h"

static void add_exits(struct genl *genl, json_t *cells)
{
	json_t *cell, *stats;
	size_t i;

	json_array_foreach(cells, i, cell) {
		/* a cell that has gone meanwhile has none */
		if (stats_get(genl, json_text(cell, "name"), &stats))
			continue;
		json_object_set_new(cell, STATS_TOTAL,
				    json_integer((json_int_t)json_u64(json_object_get(stats, "total"), STATS_TOTAL)));
		json_decref(stats);
	}
}

static void add_total(struct table *table, const json_t *cell)
{
	if (json_object_get(cell, STATS_TOTAL))
		table_add(table, "%llu", json_u64(cell, STATS_TOTAL));
	else
		table_add(table, "-");
}

static void show_list(const json_t *cells)
{
	bool has_exits = has_option(OPTION_STATS);
	struct table table = { .columns = has_exits ? "lrllrr" : "lrllr" };
	static const char *const head[] = { "NAME", "ID", "STATE", "CPUS", "MEMORY", "EXITS" };
	char text[RANGES_TEXT], size[SIZE_TEXT];
	json_t *cell;
	size_t i;

	for (i = 0; i < strlen(table.columns); i++)
		table_add(&table, "%s", head[i]);
	json_array_foreach(cells, i, cell) {
		table_add(&table, "%s", json_text(cell, "name"));
		table_add(&table, "%llu", json_u64(cell, "id"));
		table_add(&table, "%s", json_text(cell, "state"));
		table_add(&table, "%s", ranges_text(json_object_get(cell, "cpus"), text));
		table_add(&table, "%s", size_words(json_u64(cell, "memory_bytes"), size));
		if (has_exits)
			add_total(&table, cell);
	}
	table_show(&table);
}

int cell_list(const struct arguments *arguments)
{
	struct genl *genl = genl_open();
	json_t *cells, *cell;
	size_t i;
	int status;

	(void)arguments;	/* there are none */
	if (!genl)
		return REFUSED;
	status = genl_dump(genl, HV_CMD_CELL_GET, NULL, &cells);
	if (status) {
		genl_refused(genl);
	} else {
		json_array_foreach(cells, i, cell)
			cell_defaults(cell);
		if (has_option(OPTION_STATS))
			add_exits(genl, cells);
		if (has_option(OPTION_JSON))
			show_json(cells);
		else
			show_list(cells);
		json_decref(cells);
	}
	genl_close(genl);
	return status;
}

static int show_one(struct genl *genl, const char *name)
{
	json_t *request = json_pack("{s:s}", "name", name), *cell, *stats;
	int status = genl_do(genl, HV_CMD_CELL_GET, request, &cell);

	json_decref(request);
	if (status)
		return genl_refused(genl);
	cell_defaults(cell);
	if (has_option(OPTION_STATS))
		status = stats_get(genl, name, &stats);
	if (status) {
		json_decref(cell);
		return genl_refused(genl);
	}
	if (has_option(OPTION_STATS)) {
		/* name and id are in there, too, and the same */
		json_object_update(cell, stats);
		json_decref(stats);
	}
	if (has_option(OPTION_JSON)) {
		show_json(cell);
	} else {
		show_cell(cell);
		if (has_option(OPTION_STATS))
			stats_show(cell, NULL);
	}
	json_decref(cell);
	return DONE;
}

int cell_show(const struct arguments *arguments)
{
	struct genl *genl = genl_open();
	int status = genl ? show_one(genl, arguments->values[0]) : REFUSED;

	genl_close(genl);
	return status;
}
