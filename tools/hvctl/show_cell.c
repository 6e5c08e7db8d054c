// SPDX-License-Identifier: GPL-2.0-only
/* A cell as text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "number.h"
#include "show.h"

void cell_defaults(json_t *cell)
{
	json_t *region;
	size_t i;

	default_flag(cell, "console");
	default_flag(cell, "restart");
	json_array_foreach(json_object_get(cell, "regions"), i, region) {
		default_flag(region, "populate");
		default_flag(region, "lenient");
	}
}

static void add_words(const json_t *region, char *text, size_t room)
{
	static const char *const others[] = { "populate", "lenient" };
	size_t length = strlen(text);
	unsigned int i;

	for (i = 0; i < NR_MEMORY_FLAGS + HV_ARRAY_SIZE(others) && length < room; i++) {
		const char *key = i < NR_MEMORY_FLAGS ? memory_flags[i].key : others[i - NR_MEMORY_FLAGS];
		const char *word = i < NR_MEMORY_FLAGS ? memory_flags[i].yaml : key;

		if (json_is_true(json_object_get(region, key)))
			length += (size_t)snprintf(text + length, room - length, "%s%s", length ? " " : "", word);
	}
}

static void show_regions(const json_t *regions)
{
	struct table table = { .columns = "rrllll" };
	static const char *const head[] = { "GPA", "SIZE", "ACCESS", "MAP", "PHYS", "FLAGS" };
	char size[SIZE_TEXT], words[128];
	const char *phys;
	json_t *region;
	size_t i;

	if (!json_array_size(regions))
		return;
	for (i = 0; i < HV_ARRAY_SIZE(head); i++)
		table_add(&table, "%s", head[i]);
	json_array_foreach(regions, i, region) {
		words[0] = '\0';
		add_words(region, words, sizeof(words));
		phys = strcmp(json_text(region, "map"), "identical") ? "" : json_text(region, "phys");
		table_add(&table, "%s", json_text(region, "gpa"));
		table_add(&table, "%s", size_text(json_u64(region, "size"), size));
		table_add(&table, "%s", json_text(region, "access"));
		table_add(&table, "%s", json_text(region, "map"));
		table_add(&table, "%s", *phys ? phys : "-");
		table_add(&table, "%s", *words ? words : "-");
	}
	puts("regions");
	table_show(&table);
}

/* A file's name may hold what a terminal would obey. */
static void print_name(const char *name)
{
	char *clean = strdup(name);

	if (clean)
		clean_text(clean);
	printf(" %s", clean ? clean : "?");
	free(clean);
}

/* One line for all elements: two members of each, and what stands between and behind them. */
static void show_list(const char *label, const json_t *list, const char *const parts[4])
{
	const char *second;
	json_t *element;
	size_t i;

	if (!json_array_size(list))
		return;
	printf("%-11s", label);
	json_array_foreach(list, i, element) {
		second = json_text(element, parts[2]);
		print_name(json_text(element, parts[0]));
		if (*second && strcmp(second, json_text(element, parts[0])))
			printf("%s%s%s", parts[1], second, parts[3]);
	}
	putchar('\n');
}

static void show_cpus(const json_t *cell)
{
	char ranges[RANGES_TEXT];

	if (json_object_get(cell, "nr_cpus"))
		show_line("cpus", "any %llu", json_u64(cell, "nr_cpus"));
	else
		show_line("cpus", "%s", ranges_text(json_object_get(cell, "cpus"), ranges));
}

/* Four in a line, in the order of Documentation/ABI/fault.md; what a newer module knows beyond has no name. */
static void show_registers(const json_t *regs)
{
	static const char *const names[] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10",
					     "r11", "r12", "r13", "r14", "r15", "rip", "rflags", "cr0", "cr2", "cr3",
					     "cr4", "efer", "cs_base" };
	const json_t *reg;
	size_t i;

	json_array_foreach(regs, i, reg) {
		bool is_last = i % 4 == 3 || i + 1 == json_array_size(regs);

		printf("%s%-7s %*s%s", i % 4 ? " " : "            ", i < HV_ARRAY_SIZE(names) ? names[i] : "?",
		       is_last ? 0 : -18, json_string_value(reg), is_last ? "\n" : "");
	}
}

static void show_fault(const json_t *fault)
{
	const char *text = json_text(fault, "text");

	show_line("fault", "%s%s%s%s%s", colour(COLOUR_BAD), json_text(fault, "reason"), colour(COLOUR_NONE),
		  *text ? ": " : "", text);
	/* what has addresses is not for everybody */
	if (json_object_get(fault, "rip"))
		show_line("", "CPU %llu at %s%s%s", json_u64(fault, "cpu"), json_text(fault, "rip"),
			  json_object_get(fault, "gpa") ? ", address " : "", json_text(fault, "gpa"));
	else
		show_line("", "CPU %llu", json_u64(fault, "cpu"));
	if (!has_option(OPTION_VERBOSE) || !json_object_get(fault, "regs"))
		return;
	show_line("", "code %s", json_text(fault, "code"));
	show_registers(json_object_get(fault, "regs"));
}

/* What has become of it. */
static void show_fate(const json_t *cell)
{
	if (json_object_get(cell, "words"))
		show_line("word", "%s, the last of %llu", json_text(cell, "word"), json_u64(cell, "words"));
	if (json_object_get(cell, "code"))
		show_line("shut down", "with code %llu", json_u64(cell, "code"));
	if (json_object_get(cell, "fault"))
		show_fault(json_object_get(cell, "fault"));
}

void show_cell(const json_t *cell)
{
	const char *state = json_text(cell, "state");
	char size[SIZE_TEXT];

	show_line("name", "%s", json_text(cell, "name"));
	if (json_object_get(cell, "id"))
		show_line("id", "%llu", json_u64(cell, "id"));
	if (*state)
		show_line("state", "%s%s%s", colour_of_state(state), state, colour(COLOUR_NONE));
	show_cpus(cell);
	if (json_object_get(cell, "memory_bytes"))
		show_line("memory", "%s", size_words(json_u64(cell, "memory_bytes"), size));
	if (json_object_get(cell, "entry") || json_object_get(cell, "mode"))
		show_line("entry", "%s%s%s", json_text(cell, "entry"), json_object_get(cell, "mode") ? " in " : "",
			  json_text(cell, "mode"));
	if (json_object_get(cell, "cmdline"))
		show_line("cmdline", "%s", json_text(cell, "cmdline"));
	show_line("console", "%s", json_is_true(json_object_get(cell, "console")) ? "yes" : "no");
	show_line("on fault", "%s", json_is_true(json_object_get(cell, "restart")) ? "restart" : "stop");
	if (json_object_get(cell, "entries"))
		show_line("started", "%llu times", json_u64(cell, "entries"));
	show_list("ports", json_object_get(cell, "ports"), (const char *const[]){ "first", "..", "last", "" });
	show_list("msrs", json_object_get(cell, "msrs"), (const char *const[]){ "index", " (", "access", ")" });
	show_list("images", json_object_get(cell, "images"), (const char *const[]){ "file", " at ", "gpa", "" });
	show_fate(cell);
	show_regions(json_object_get(cell, "regions"));
}
