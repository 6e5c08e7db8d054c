// SPDX-License-Identifier: GPL-2.0-only
/* Attributes become JSON. They come from the kernel, and are measured all the same. */
#include <stdio.h>
#include <string.h>

#include "attr.h"

/* Widths of those that have one. */
static const unsigned char widths[] = {
	[ATTR_U16] = 2, [ATTR_U32] = 4, [ATTR_U64] = 8, [ATTR_HEX32] = 4, [ATTR_HEX64] = 8, [ATTR_PORT] = 2,
	[ATTR_WORD] = 4, [ATTR_RIGHTS] = 4, [ATTR_MEMORY] = 4,
};

json_t *json_hex(u64 value)
{
	return json_sprintf("0x%llx", value);
}

json_t *json_words(const char *text, size_t size)
{
	char clean[1024];
	size_t i;

	for (i = 0; i < size && i < sizeof(clean) && text[i]; i++)
		clean[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	return json_stringn(clean, i);
}

json_t *json_utf8(const char *text)
{
	static const char unknown[] = "\xef\xbf\xbd";	/* U+FFFD */
	char *utf8 = malloc(3 * strlen(text) + 1), *to = utf8;
	size_t length;
	json_t *string;

	if (!utf8)
		return NULL;
	while (*text) {
		character_at(text, &length);
		memcpy(to, length ? text : unknown, length ? length : 3);
		to += length ? length : 3;
		text += length ? length : 1;
	}
	string = json_stringn(utf8, (size_t)(to - utf8));
	free(utf8);
	return string;
}

/* Each byte is one character, U+0000 to U+00FF. */
static json_t *json_latin1(const unsigned char *bytes, size_t size)
{
	char *utf8 = malloc(2 * size + 1);
	size_t i, length = 0;
	json_t *text;

	if (!utf8)
		return NULL;
	for (i = 0; i < size; i++) {
		if (bytes[i] >= 0x80) {
			utf8[length++] = (char)(0xc0 | bytes[i] >> 6);
			utf8[length++] = (char)(0x80 | (bytes[i] & 0x3f));
		} else {
			utf8[length++] = (char)bytes[i];
		}
	}
	text = json_stringn(utf8, length);
	free(utf8);
	return text;
}

static json_t *json_bytes(const unsigned char *bytes, size_t size)
{
	char text[2 * 64 + 1] = "";
	size_t i;

	for (i = 0; i < size && i < 64; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return json_string(text);
}

static json_t *json_numbers(const unsigned char *bytes, size_t size, bool as_hex)
{
	json_t *list = json_array();
	size_t at;
	u64 value;

	for (at = 0; at + 8 <= size; at += 8) {
		memcpy(&value, bytes + at, 8);
		json_array_append_new(list, as_hex ? json_hex(value) : json_integer((json_int_t)value));
	}
	return list;
}

static json_t *json_rights(u32 rights)
{
	char text[4];
	unsigned int i, length = 0;

	for (i = 0; i < 3; i++)
		if (rights & (1u << i))
			text[length++] = "rwx"[i];
	return json_stringn(text, length);
}

static json_t *json_word(const char *const *words, u64 value)
{
	u64 i;

	for (i = 0; words[i]; i++)
		if (i == value)
			return json_string(words[i]);
	return json_sprintf("unknown (%llu)", value);
}

static json_t *number(const struct attr *attr, u64 value, json_t *document)
{
	unsigned int i;

	switch (attr->type) {
	case ATTR_HEX32:
	case ATTR_HEX64:
	case ATTR_PORT:
		return json_hex(value);
	case ATTR_WORD:
		return json_word(attr->words, value);
	case ATTR_MEMORY:
		for (i = 0; i < NR_MEMORY_FLAGS; i++)
			json_object_set_new(document, memory_flags[i].key, json_boolean(value & memory_flags[i].flag));
		return json_rights((u32)value);
	case ATTR_RIGHTS:
		return json_rights((u32)value);
	default:
		/* a counter reaches 2^63 in no one's lifetime */
		return json_integer((json_int_t)value);
	}
}

static json_t *nest(const struct attr_set *set, const void *data, size_t size)
{
	json_t *document = json_object();

	if (attrs_read(set, data, size, document))
		return document;
	json_decref(document);
	return NULL;
}

/* NULL if it is not what the table says. */
static json_t *value_of(const struct attr *attr, struct nlattr *nla, json_t *document)
{
	size_t size = (size_t)nla_len(nla);
	u64 value = 0;

	switch (attr->type) {
	case ATTR_STRING:
		return json_words(nla_data(nla), size);
	case ATTR_FLAG:
		return json_true();
	case ATTR_BYTES:
		return json_bytes(nla_data(nla), size);
	case ATTR_TEXT:
		return json_latin1(nla_data(nla), size);
	case ATTR_NUMBERS:
	case ATTR_COUNTS:
		return json_numbers(nla_data(nla), size, attr->type == ATTR_NUMBERS);
	case ATTR_NEST:
		return nest(attr->nest, nla_data(nla), size);
	default:
		if (size != widths[attr->type])
			return NULL;
		/* little endian, as all that hv runs on */
		memcpy(&value, nla_data(nla), size);
		return number(attr, value, document);
	}
}

bool attrs_read(const struct attr_set *set, const void *data, size_t size, json_t *document)
{
	const struct attr *attr;
	struct nlattr *nla;
	json_t *value, *list;
	int rest;

	if (size > INT32_MAX)
		return false;
	nla_for_each_attr(nla, (struct nlattr *)data, (int)size, rest) {
		/* what a newer module knows beyond is not ours to show */
		if ((unsigned int)nla_type(nla) >= set->count || !set->attrs[nla_type(nla)].key)
			continue;
		attr = &set->attrs[nla_type(nla)];
		value = value_of(attr, nla, document);
		if (!value)
			return false;
		list = attr->many ? json_object_get(document, attr->key) : document;
		if (!list) {
			list = json_array();
			json_object_set_new(document, attr->key, list);
		}
		if (attr->many)
			json_array_append_new(list, value);
		else
			json_object_set_new(document, attr->key, value);
	}
	return rest == 0;
}

u64 json_u64(const json_t *document, const char *key)
{
	json_t *value = json_object_get(document, key);

	return json_is_string(value) ? strtoull(json_string_value(value), NULL, 0) : (u64)json_integer_value(value);
}

const char *json_text(const json_t *document, const char *key)
{
	const char *text = json_string_value(json_object_get(document, key));

	return text ? text : "";
}
