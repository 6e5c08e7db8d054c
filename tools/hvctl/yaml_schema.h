/* SPDX-License-Identifier: GPL-2.0-only */
/* Mappings of a YAML document are read by tables of keys; whatever is wrong is a fault with its line and column. */
#ifndef HVCTL_YAML_SCHEMA_H
#define HVCTL_YAML_SCHEMA_H

#include <yaml.h>

#include "faults.h"

struct yaml_reader {
	yaml_document_t document;
	struct faults *faults;
	void *context;		/* of those who read */
};

/* One key of a mapping, and how its value is read into an object. */
struct yaml_key {
	const char *name;
	bool is_required;
	void (*read)(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object);
	size_t offset;		/* where in the object the value goes */
	const char *const *words;
	u32 flag;
	int field;		/* passed to .placed */
};

struct yaml_schema {
	const char *what;	/* "a cell": for sentences */
	const struct yaml_key *keys;
	unsigned int count;
	/* told about each key that is there, before it is read */
	void (*placed)(struct yaml_reader *reader, const struct yaml_key *key, struct place place, void *object);
};

struct place yaml_place(const yaml_node_t *node);

/* The only document of a text. False, with a fault, if it is none. To be ended by yaml_end(). */
bool yaml_begin(struct yaml_reader *reader, const void *text, size_t size);
void yaml_end(struct yaml_reader *reader);

void yaml_read_mapping(struct yaml_reader *reader, const struct yaml_schema *schema, yaml_node_t *node, void *object);

/* The text of a scalar; NULL, with a fault that says what @what should be, if it is none or empty. */
const char *yaml_scalar(struct yaml_reader *reader, yaml_node_t *node, const char *name, const char *what);
/* The same for one without quotes, as numbers and words are. */
const char *yaml_plain(struct yaml_reader *reader, yaml_node_t *node, const char *name, const char *what);

/* How many elements @node has; -1, with a fault, if it is no list or has more than @max. */
int yaml_list(struct yaml_reader *reader, yaml_node_t *node, const char *name, int max);
yaml_node_t *yaml_element(struct yaml_reader *reader, yaml_node_t *node, int i);

/* Readers for tables: u64 with or without K M G, bool into u8, bool that sets .flag in u32, one of .words into u8. */
void yaml_read_size(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object);
void yaml_read_bool(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object);
void yaml_read_flag(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object);
void yaml_read_word(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object);

#endif
