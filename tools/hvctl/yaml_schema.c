// SPDX-License-Identifier: GPL-2.0-only
/*
 * YAML by tables. libyaml composes the document, because its nodes know line and column; what a node may be is here.
 * Depth is bounded by the tables, so aliases that contain themselves do no harm.
 */
#include <stdio.h>
#include <string.h>

#include "number.h"
#include "yaml_schema.h"

struct place yaml_place(const yaml_node_t *node)
{
	return (struct place){ (u32)node->start_mark.line + 1, (u32)node->start_mark.column + 1 };
}

/* libyaml's words for what is no YAML, in one sentence. */
static void parser_fault(struct yaml_reader *reader, const yaml_parser_t *parser)
{
	struct place place = { (u32)parser->problem_mark.line + 1, (u32)parser->problem_mark.column + 1 };

	if (parser->error == YAML_READER_ERROR)
		fault_add(reader->faults, (struct place){ 1, 1 }, "not YAML: %s at byte %zu",
			  parser->problem ? parser->problem : "unreadable", parser->problem_offset);
	else
		fault_add(reader->faults, place, "not YAML: %s", parser->problem ? parser->problem : "unreadable");
}

/* The first is the cell; a second one would be read by nobody. */
static void check_end(struct yaml_reader *reader, yaml_parser_t *parser)
{
	yaml_document_t second;
	yaml_node_t *root;

	if (!yaml_parser_load(parser, &second)) {
		parser_fault(reader, parser);
		return;
	}
	root = yaml_document_get_root_node(&second);
	if (root)
		fault_add(reader->faults, yaml_place(root), "a file holds one document, this is the second one");
	yaml_document_delete(&second);
}

bool yaml_begin(struct yaml_reader *reader, const void *text, size_t size)
{
	unsigned int before = reader->faults->count;
	yaml_parser_t parser;
	bool loaded;

	if (!yaml_parser_initialize(&parser)) {
		fault_add(reader->faults, (struct place){ 0, 0 }, "out of memory");
		return false;
	}
	yaml_parser_set_input_string(&parser, text, size);
	loaded = yaml_parser_load(&parser, &reader->document);
	if (!loaded)
		parser_fault(reader, &parser);
	else if (!yaml_document_get_root_node(&reader->document))
		fault_add(reader->faults, (struct place){ 1, 1 }, "the file is empty");
	else
		check_end(reader, &parser);
	yaml_parser_delete(&parser);
	if (loaded && reader->faults->count != before)
		yaml_document_delete(&reader->document);
	return reader->faults->count == before;
}

void yaml_end(struct yaml_reader *reader)
{
	yaml_document_delete(&reader->document);
}

static const char *kind(const yaml_node_t *node)
{
	switch (node->type) {
	case YAML_SCALAR_NODE:
		return "a single value";
	case YAML_SEQUENCE_NODE:
		return "a list";
	default:
		return "a mapping";
	}
}

/* What an empty place in the text means, too. */
static bool is_null(const yaml_node_t *node)
{
	const char *text = (const char *)node->data.scalar.value;

	return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (!*text || !strcmp(text, "~") || !strcmp(text, "null"));
}

const char *yaml_scalar(struct yaml_reader *reader, yaml_node_t *node, const char *name, const char *what)
{
	if (node->type != YAML_SCALAR_NODE)
		fault_add(reader->faults, yaml_place(node), "'%s' is %s, not %s", name, what, kind(node));
	else if (is_null(node) || !node->data.scalar.length)
		fault_add(reader->faults, yaml_place(node), "'%s' has no value; it is %s", name, what);
	else if (strlen((const char *)node->data.scalar.value) != node->data.scalar.length)
		fault_add(reader->faults, yaml_place(node), "'%s' has a character of value 0", name);
	else
		return (const char *)node->data.scalar.value;
	return NULL;
}

const char *yaml_plain(struct yaml_reader *reader, yaml_node_t *node, const char *name, const char *what)
{
	const char *text = yaml_scalar(reader, node, name, what);

	if (text && node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE) {
		fault_add(reader->faults, yaml_place(node), "'%s' is %s, not text in quotes", name, what);
		return NULL;
	}
	return text;
}

int yaml_list(struct yaml_reader *reader, yaml_node_t *node, const char *name, int max)
{
	long count;

	if (node->type == YAML_SCALAR_NODE && is_null(node)) {
		fault_add(reader->faults, yaml_place(node), "'%s' has no value; it is a list", name);
		return -1;
	}
	if (node->type != YAML_SEQUENCE_NODE) {
		fault_add(reader->faults, yaml_place(node), "'%s' is a list, not %s", name, kind(node));
		return -1;
	}
	count = node->data.sequence.items.top - node->data.sequence.items.start;
	if (count <= max)
		return (int)count;
	fault_add(reader->faults, yaml_place(node), "'%s' has %ld elements, %d are possible", name, count, max);
	return -1;
}

yaml_node_t *yaml_element(struct yaml_reader *reader, yaml_node_t *node, int i)
{
	return yaml_document_get_node(&reader->document, node->data.sequence.items.start[i]);
}

static void unknown_key(struct yaml_reader *reader, const struct yaml_schema *schema, const yaml_node_t *node,
			const char *name)
{
	char names[256] = "";
	size_t length = 0;
	unsigned int i;

	for (i = 0; i < schema->count && length < sizeof(names); i++)
		length += (size_t)snprintf(names + length, sizeof(names) - length, "%s%s", i ? ", " : "",
					   schema->keys[i].name);
	fault_add(reader->faults, yaml_place(node), "unknown key '%.40s'; %s has: %s", name, schema->what, names);
}

/* -1, with a fault, if there is no such key. */
static int find_key(struct yaml_reader *reader, const struct yaml_schema *schema, yaml_node_t *node)
{
	unsigned int i;

	if (node->type != YAML_SCALAR_NODE) {
		fault_add(reader->faults, yaml_place(node), "a key of %s is a word, not %s", schema->what, kind(node));
		return -1;
	}
	for (i = 0; i < schema->count; i++)
		if (!strcmp(schema->keys[i].name, (const char *)node->data.scalar.value))
			return (int)i;
	unknown_key(reader, schema, node, (const char *)node->data.scalar.value);
	return -1;
}

void yaml_read_mapping(struct yaml_reader *reader, const struct yaml_schema *schema, yaml_node_t *node, void *object)
{
	const struct yaml_key *key;
	yaml_node_t *name, *value;
	yaml_node_pair_t *pair;
	u64 seen = 0;
	unsigned int i;
	int found;

	if (node->type != YAML_MAPPING_NODE) {
		fault_add(reader->faults, yaml_place(node), "%s is a mapping, not %s", schema->what, kind(node));
		return;
	}
	for (pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
		name = yaml_document_get_node(&reader->document, pair->key);
		value = yaml_document_get_node(&reader->document, pair->value);
		found = find_key(reader, schema, name);
		if (found < 0)
			continue;
		key = &schema->keys[found];
		if (seen & (1ULL << found)) {
			fault_add(reader->faults, yaml_place(name), "'%s' is there twice", key->name);
			continue;
		}
		seen |= 1ULL << found;
		schema->placed(reader, key, yaml_place(value), object);
		key->read(reader, key, value, object);
	}
	for (i = 0; i < schema->count; i++)
		if (schema->keys[i].is_required && !(seen & (1ULL << i)))
			fault_add(reader->faults, yaml_place(node), "%s has no '%s'", schema->what,
				  schema->keys[i].name);
}

static void *field(const struct yaml_key *key, void *object)
{
	return (char *)object + key->offset;
}

void yaml_read_size(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	const char *text = yaml_plain(reader, node, key->name, "a number or a size"), *wrong;

	if (!text)
		return;
	wrong = size_parse(text, field(key, object));
	if (wrong)
		fault_add(reader->faults, yaml_place(node), "'%s': '%.40s' %s", key->name, text, wrong);
}

static bool read_bool(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node)
{
	const char *text = yaml_plain(reader, node, key->name, "true or false");

	if (text && strcmp(text, "true") && strcmp(text, "false"))
		fault_add(reader->faults, yaml_place(node), "'%s' is true or false, not '%.40s'", key->name, text);
	return text && !strcmp(text, "true");
}

void yaml_read_bool(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	*(u8 *)field(key, object) = read_bool(reader, key, node);
}

void yaml_read_flag(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	if (read_bool(reader, key, node))
		*(u32 *)field(key, object) |= key->flag;
}

void yaml_read_word(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	const char *text = yaml_plain(reader, node, key->name, "a word");
	char words[128] = "";
	size_t length = 0;
	unsigned int i;

	for (i = 0; text && key->words[i]; i++) {
		if (!strcmp(key->words[i], text)) {
			*(u8 *)field(key, object) = (u8)i;
			return;
		}
		if (length < sizeof(words))
			length += (size_t)snprintf(words + length, sizeof(words) - length, "%s%s", i ? ", " : "",
						   key->words[i]);
	}
	if (text)
		fault_add(reader->faults, yaml_place(node), "'%s' is one of %s, not '%.40s'", key->name, words, text);
}
