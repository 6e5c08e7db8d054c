/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The attributes of the family as tables. One table serves four purposes: attributes become a JSON document, a document
 * becomes attributes, a refused attribute gets a name, and the tests record and play back what was said.
 */
#ifndef HVCTL_ATTR_H
#define HVCTL_ATTR_H

#include <jansson.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "hvctl.h"

enum attr_type {
	ATTR_NONE,	/* no such attribute, or padding */
	ATTR_U16,
	ATTR_U32,
	ATTR_U64,
	ATTR_HEX32,	/* u32, in JSON a string such as "0x10" */
	ATTR_HEX64,	/* u64, likewise: an address; JSON's numbers end at 53 bits */
	ATTR_PORT,	/* u16, likewise */
	ATTR_WORD,	/* u32 that selects one of .words */
	ATTR_RIGHTS,	/* u32 of bits r, w, x; in JSON a string of letters */
	ATTR_MEMORY,	/* u32 HV_MEM_*; in JSON the rights under "access" and a boolean for each other flag */
	ATTR_STRING,
	ATTR_FLAG,
	ATTR_BYTES,	/* in JSON a string of hex digits */
	ATTR_TEXT,	/* bytes, in JSON a string in which each is one character */
	ATTR_NUMBERS,	/* u64s, in JSON an array of strings as for ATTR_HEX64 */
	ATTR_COUNTS,	/* u64s, in JSON an array of numbers */
	ATTR_NEST,
};

struct attr_set;

struct attr {
	const char *key;	/* in JSON */
	enum attr_type type;
	bool many;		/* repeated; in JSON an array */
	const struct attr_set *nest;
	const char *const *words;	/* ends with NULL */
};

struct attr_set {
	const char *name;
	unsigned int count;
	const struct attr *attrs;	/* by number */
};

extern const struct attr_set attrs_hv, attrs_cell, attrs_log, attrs_console;

/* The set that belongs to an operation. */
const struct attr_set *attrs_of_command(unsigned int command);
/* "CELL_GET" for HV_CMD_CELL_GET; NULL if there is none. */
const char *command_name(unsigned int command);

/* Other flags of a region: the name in JSON, and the one in a cell's file. */
struct memory_flag {
	u32 flag;
	const char *key, *yaml;
};
#define NR_MEMORY_FLAGS 6
extern const struct memory_flag memory_flags[NR_MEMORY_FLAGS];

extern const char *const words_map[], *const words_entry[], *const words_state[], *const words_cell[];

/* Adds what the attributes say to @document; false if one of them is not what its table says. */
bool attrs_read(const struct attr_set *set, const void *data, size_t size, json_t *document);

/* Puts the members of @document into @message; false if one has no attribute, or another type. */
bool attrs_write(const struct attr_set *set, struct nl_msg *message, json_t *document);

#define ATTR_PATH 96
/* The name of the attribute at @offset of @data, such as "regions[1].gpa"; false if none begins there. */
bool attrs_name(const struct attr_set *set, const void *data, size_t size, size_t offset, char *path, size_t room);

/* A string of printable ASCII; what is not becomes '?'. */
json_t *json_words(const char *text, size_t size);
/* The name of a file: UTF-8 as it is; each byte of what is none becomes U+FFFD. */
json_t *json_utf8(const char *text);
/* The number behind a member, be it a number or a hex string; 0 if it has none. */
u64 json_u64(const json_t *document, const char *key);
/* A string, "" if there is none. */
const char *json_text(const json_t *document, const char *key);
/* A number as ATTR_HEX64 shows it. */
json_t *json_hex(u64 value);

#endif
