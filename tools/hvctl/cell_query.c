// SPDX-License-Identifier: GPL-2.0-only
/* Cells, looked at: list, show, stats. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uapi/hv.h>

#include "command.h"
#include "genl.h"
#include "number.h"
#include "show.h"

#define TOTAL "exits_total"
#define WATCH_MS 1000

/* From [{name, value}] to {name: value}, as people and jq like it. */
static void fold_counters(json_t *stats)
{
	json_t *cpu, *counter, *folded;
	size_t i, k;

	json_array_foreach(stats, i, cpu) {
		folded = json_object();
		json_array_foreach(json_object_get(cpu, "counters"), k, counter)
			json_object_set(folded, json_text(counter, "name"), json_object_get(counter, "value"));
		json_object_set_new(cpu, "counters", folded);
	}
}

static json_t *total_of(json_t *stats)
{
	json_t *total = json_object(), *cpu, *value;
	const char *name;
	size_t i;

	json_array_foreach(stats, i, cpu)
		json_object_foreach(json_object_get(cpu, "counters"), name, value)
			json_object_set_new(total, name, json_integer((json_int_t)(json_u64(total, name) +
										   (u64)json_integer_value(value))));
	return total;
}

/* {name, id, stats: [{cpu, counters: {}}], total: {}} */
static int get_stats(struct genl *genl, const char *name, json_t **answer)
{
	json_t *request = json_pack("{s:s}", "name", name);
	int status = genl_do(genl, HV_CMD_STATS_GET, request, answer);

	json_decref(request);
	if (status)
		return status;
	fold_counters(json_object_get(*answer, "stats"));
	json_object_set_new(*answer, "total", total_of(json_object_get(*answer, "stats")));
	return DONE;
}

static void add_exits(struct genl *genl, json_t *cells)
{
	json_t *cell, *stats;
	size_t i;

	json_array_foreach(cells, i, cell) {
		/* a cell that has gone meanwhile has none */
		if (get_stats(genl, json_text(cell, "name"), &stats))
			continue;
		json_object_set_new(cell, TOTAL,
				    json_integer((json_int_t)json_u64(json_object_get(stats, "total"), TOTAL)));
		json_decref(stats);
	}
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
			table_add(&table, "%llu", json_u64(cell, TOTAL));
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

/* A column for each CPU if there are several, the sum, and how many more since @before. */
static void show_counters(const json_t *answer, const json_t *before)
{
	const json_t *stats = json_object_get(answer, "stats"), *total = json_object_get(answer, "total");
	size_t i, cpus = json_array_size(stats) > 1 ? json_array_size(stats) : 0;
	char columns[HV_CONF_MAX_VCPUS + 4] = "lr";
	struct table table = { .columns = columns };
	const char *name;
	json_t *value;

	cpus = cpus > HV_CONF_MAX_VCPUS ? HV_CONF_MAX_VCPUS : cpus;
	memset(columns + 2, 'r', cpus + (before ? 1 : 0));
	table_add(&table, "COUNTER");
	table_add(&table, "TOTAL");
	if (before)
		table_add(&table, "SINCE");
	for (i = 0; i < cpus; i++)
		table_add(&table, "CPU %llu", json_u64(json_array_get(stats, i), "cpu"));
	json_object_foreach((json_t *)total, name, value) {
		if (!json_integer_value(value) && !has_option(OPTION_VERBOSE))
			continue;
		table_add(&table, "%s", name);
		table_add(&table, "%lld", json_integer_value(value));
		if (before)
			table_add(&table, "%llu",
				  (u64)json_integer_value(value) - json_u64(json_object_get(before, "total"), name));
		for (i = 0; i < cpus; i++)
			table_add(&table, "%llu",
				  json_u64(json_object_get(json_array_get(stats, i), "counters"), name));
	}
	table_show(&table);
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
		status = get_stats(genl, name, &stats);
	if (status) {
		json_decref(cell);
		return genl_refused(genl);
	}
	if (has_option(OPTION_STATS)) {
		json_object_set(cell, "stats", json_object_get(stats, "stats"));
		json_object_set(cell, "total", json_object_get(stats, "total"));
		json_decref(stats);
	}
	if (has_option(OPTION_JSON)) {
		show_json(cell);
	} else {
		show_cell(cell);
		if (has_option(OPTION_STATS))
			show_counters(cell, NULL);
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

/* Until the cell has gone, or for ever; a reader of JSON gets a document each time. */
static int watch(struct genl *genl, const char *name, json_t *answer)
{
	json_t *before = NULL;
	int status = DONE;

	while (!status) {
		if (has_option(OPTION_JSON)) {
			show_json(answer);
		} else {
			if (isatty(STDOUT_FILENO))
				fputs("\033[H\033[2J", stdout);
			show_line("cell", "%s", name);
			show_counters(answer, before);
			fflush(stdout);
		}
		json_decref(before);
		before = answer;
		poll(NULL, 0, WATCH_MS);
		status = get_stats(genl, name, &answer);
	}
	json_decref(before);
	return genl_refused(genl);
}

int cell_stats(const struct arguments *arguments)
{
	struct genl *genl = genl_open();
	json_t *answer;
	int status;

	if (!genl)
		return REFUSED;
	status = get_stats(genl, arguments->values[0], &answer);
	if (status) {
		genl_refused(genl);
	} else if (has_option(OPTION_WATCH)) {
		status = watch(genl, arguments->values[0], answer);
	} else {
		if (has_option(OPTION_JSON))
			show_json(answer);
		else
			show_counters(answer, NULL);
		json_decref(answer);
	}
	genl_close(genl);
	return status;
}
