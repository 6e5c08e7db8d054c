// SPDX-License-Identifier: GPL-2.0-only
/* Counters of a cell: from the kernel's list of them to a document, and to a table. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <uapi/hv.h>

#include "command.h"
#include "show.h"
#include "stats.h"

#define WATCH_MS 1000
#define MAX_BUCKETS 32

/* What a counter may have besides its value, and under which name all of them are. */
static const struct {
	const char *member, *folded;
} parts[] = { { "value", "counters" }, { "ticks", "ticks" }, { "histogram", "histograms" } };

/* From [{name, value, ...}] to {name: value} for each part, as people and jq like it. */
static void fold(json_t *cpu)
{
	json_t *list = json_incref(json_object_get(cpu, "counters")), *counter, *folded, *value;
	unsigned int i;
	size_t k;

	json_object_del(cpu, "counters");
	for (i = 0; i < HV_ARRAY_SIZE(parts); i++) {
		folded = json_object();
		json_array_foreach(list, k, counter) {
			value = json_object_get(counter, parts[i].member);
			if (value)
				json_object_set(folded, json_text(counter, "name"), value);
		}
		if (!i || json_object_size(folded))
			json_object_set(cpu, parts[i].folded, folded);
		json_decref(folded);
	}
	json_decref(list);
}

/* A number and a number, or two lists of them; @a may be NULL. */
static json_t *sum_of(const json_t *a, const json_t *b)
{
	json_t *list, *element;
	size_t i;

	if (!json_is_array(b))
		return json_integer((json_int_t)((u64)json_integer_value(a) + (u64)json_integer_value(b)));
	list = json_array();
	json_array_foreach((json_t *)b, i, element)
		json_array_append_new(list, sum_of(json_array_get(a, i), element));
	return list;
}

static json_t *total_of(json_t *stats, const char *part)
{
	json_t *total = json_object(), *cpu, *value;
	const char *name;
	size_t i;

	json_array_foreach(stats, i, cpu)
		json_object_foreach(json_object_get(cpu, part), name, value)
			json_object_set_new(total, name, sum_of(json_object_get(total, name), value));
	return total;
}

int stats_get(struct genl *genl, const char *name, json_t **answer)
{
	json_t *request = json_pack("{s:s}", "name", name), *stats, *cpu, *total;
	int status = genl_do(genl, HV_CMD_STATS_GET, request, answer);
	unsigned int i;
	size_t k;

	json_decref(request);
	if (status)
		return status;
	stats = json_object_get(*answer, "stats");
	json_array_foreach(stats, k, cpu)
		fold(cpu);
	for (i = 0; i < HV_ARRAY_SIZE(parts); i++) {
		total = total_of(stats, parts[i].folded);
		if (!i || json_object_size(total))
			json_object_set(*answer, i ? parts[i].folded : "total", total);
		json_decref(total);
	}
	return DONE;
}

/* A character for each bucket: a point for none, else a digit, 9 for as many as the fullest one has. */
static const char *histogram_text(const json_t *histogram, char text[MAX_BUCKETS + 1])
{
	u64 most = 1, value;
	json_t *bucket;
	size_t i;

	json_array_foreach((json_t *)histogram, i, bucket)
		if ((u64)json_integer_value(bucket) > most)
			most = (u64)json_integer_value(bucket);
	for (i = 0; i < json_array_size(histogram) && i < MAX_BUCKETS; i++) {
		value = (u64)json_integer_value(json_array_get(histogram, i));
		text[i] = value ? (char)('1' + (int)(8.0 * (double)value / (double)most)) : '.';
	}
	text[i] = '\0';
	return text;
}

static void add_times(struct table *table, const json_t *answer, const char *name, u64 count)
{
	const json_t *histogram = json_object_get(json_object_get(answer, "histograms"), name);
	char text[MAX_BUCKETS + 1];

	if (histogram && count)
		table_add(table, "%llu", json_u64(json_object_get(answer, "ticks"), name) / count);
	else
		table_add(table, "-");
	table_add(table, "%s", histogram ? histogram_text(histogram, text) : "-");
}

static void add_counter(struct table *table, const json_t *answer, const json_t *before, const char *name)
{
	const json_t *cpu, *stats = json_object_get(answer, "stats");
	u64 value = json_u64(json_object_get(answer, "total"), name);
	size_t i;

	table_add(table, "%s", name);
	table_add(table, "%llu", value);
	if (before)
		table_add(table, "%llu", value - json_u64(json_object_get(before, "total"), name));
	if (json_object_get(answer, "ticks"))
		add_times(table, answer, name, value);
	json_array_foreach(stats, i, cpu)
		if (json_array_size(stats) > 1 && i < HV_CONF_MAX_VCPUS)
			table_add(table, "%llu", json_u64(json_object_get(cpu, "counters"), name));
}

/* A column for each CPU if there are several; with times how many ticks an exit took, and how they are spread. */
void stats_show(const json_t *answer, const json_t *before)
{
	const json_t *stats = json_object_get(answer, "stats"), *times = json_object_get(answer, "ticks"), *cpu;
	char columns[HV_CONF_MAX_VCPUS + 6] = "lr";
	struct table table = { .columns = columns };
	const char *name;
	json_t *value;
	size_t i;

	table_add(&table, "COUNTER");
	table_add(&table, "TOTAL");
	if (before) {
		strcat(columns, "r");
		table_add(&table, "SINCE");
	}
	if (times) {
		strcat(columns, "rl");
		table_add(&table, "MEAN TICKS");
		table_add(&table, "HISTOGRAM");
	}
	json_array_foreach(stats, i, cpu) {
		if (json_array_size(stats) == 1 || i >= HV_CONF_MAX_VCPUS)
			continue;
		strcat(columns, "r");
		table_add(&table, "CPU %llu", json_u64(cpu, "cpu"));
	}
	json_object_foreach(json_object_get(answer, "total"), name, value)
		if (json_integer_value(value) || has_option(OPTION_VERBOSE))
			add_counter(&table, answer, before, name);
	table_show(&table);
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
			stats_show(answer, before);
			fflush(stdout);
		}
		json_decref(before);
		before = answer;
		poll(NULL, 0, WATCH_MS);
		status = stats_get(genl, name, &answer);
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
	status = stats_get(genl, arguments->values[0], &answer);
	if (status) {
		genl_refused(genl);
	} else if (has_option(OPTION_WATCH)) {
		status = watch(genl, arguments->values[0], answer);
	} else {
		if (has_option(OPTION_JSON))
			show_json(answer);
		else
			stats_show(answer, NULL);
		json_decref(answer);
	}
	genl_close(genl);
	return status;
}
