// SPDX-License-Identifier: GPL-2.0-only
/* JSON becomes attributes, in the order of the tables; and attributes that were sent get their names back. */
#include <stdio.h>
#include <string.h>

#include "attr.h"

static u32 rights_of(const char *letters)
{
	u32 rights = 0;

	rights |= strchr(letters, 'r') ? 1 : 0;
	rights |= strchr(letters, 'w') ? 2 : 0;
	rights |= strchr(letters, 'x') ? 4 : 0;
	return rights;
}

static u32 memory_of(const json_t *document, const char *key)
{
	u32 flags = rights_of(json_text(document, key));
	unsigned int i;

	for (i = 0; i < NR_MEMORY_FLAGS; i++)
		if (json_is_true(json_object_get(document, memory_flags[i].key)))
			flags |= memory_flags[i].flag;
	return flags;
}

/* A wrong word is one past the last; the other side refuses it. */
static u32 word_of(const char *const *words, const char *word)
{
	u32 i;

	for (i = 0; words[i] && word && strcmp(words[i], word); i++)
		;
	return i;
}

static u64 number_of(const json_t *value)
{
	return json_is_string(value) ? strtoull(json_string_value(value), NULL, 0) : (u64)json_integer_value(value);
}

static int put_nest(struct nl_msg *message, int type, const struct attr_set *set, json_t *document)
{
	struct nlattr *nest = nla_nest_start(message, type | NLA_F_NESTED);

	if (!nest || !attrs_write(set, message, document))
		return -1;
	nla_nest_end(message, nest);
	return 0;
}

static int put_bytes(struct nl_msg *message, int type, const char *hex)
{
	unsigned char bytes[64];
	unsigned int length;

	for (length = 0; length < sizeof(bytes) && sscanf(hex + 2 * length, "%2hhx", &bytes[length]) == 1; length++)
		;
	return nla_put(message, type, (int)length, bytes);
}

/* From the form that attr_read.c gives it. */
static int put_latin1(struct nl_msg *message, int type, const json_t *value)
{
	const char *utf8 = json_string_value(value);
	size_t i, length = 0, size = json_string_length(value);
	unsigned char *bytes;
	int err;

	bytes = malloc(size + 1);
	if (!bytes)
		return -1;
	for (i = 0; i < size; i++) {
		bytes[length] = (unsigned char)utf8[i];
		if (((unsigned char)utf8[i] & 0xe0) == 0xc0 && i + 1 < size) {
			bytes[length] = (unsigned char)((unsigned char)utf8[i] << 6 | (utf8[i + 1] & 0x3f));
			i++;
		}
		length++;
	}
	err = nla_put(message, type, (int)length, bytes);
	free(bytes);
	return err;
}

static int put_numbers(struct nl_msg *message, int type, const json_t *list)
{
	u64 numbers[32];
	size_t i;

	for (i = 0; i < json_array_size(list) && i < HV_ARRAY_SIZE(numbers); i++)
		numbers[i] = number_of(json_array_get(list, i));
	return nla_put(message, type, (int)(i * sizeof(numbers[0])), numbers);
}

static int put(struct nl_msg *message, int type, const struct attr *attr, json_t *document, json_t *value)
{
	const char *text = json_string_value(value) ? json_string_value(value) : "";

	switch (attr->type) {
	case ATTR_U16:
	case ATTR_PORT:
		return nla_put_u16(message, type, (u16)number_of(value));
	case ATTR_U32:
	case ATTR_HEX32:
		return nla_put_u32(message, type, (u32)number_of(value));
	case ATTR_U64:
	case ATTR_HEX64:
		return nla_put_u64(message, type, number_of(value));
	case ATTR_WORD:
		return nla_put_u32(message, type, word_of(attr->words, text));
	case ATTR_RIGHTS:
		return nla_put_u32(message, type, rights_of(text));
	case ATTR_MEMORY:
		return nla_put_u32(message, type, memory_of(document, attr->key));
	case ATTR_STRING:
		return nla_put_string(message, type, text);
	case ATTR_FLAG:
		return json_is_true(value) ? nla_put_flag(message, type) : 0;
	case ATTR_BYTES:
		return put_bytes(message, type, text);
	case ATTR_TEXT:
		return put_latin1(message, type, value);
	case ATTR_NUMBERS:
	case ATTR_COUNTS:
		return put_numbers(message, type, value);
	case ATTR_NEST:
		return put_nest(message, type, attr->nest, value);
	default:
		return -1;
	}
}

bool attrs_write(const struct attr_set *set, struct nl_msg *message, json_t *document)
{
	json_t *value, *element;
	unsigned int type;
	size_t i;

	for (type = 0; type < set->count; type++) {
		value = set->attrs[type].key ? json_object_get(document, set->attrs[type].key) : NULL;
		if (!value)
			continue;
		if (!set->attrs[type].many) {
			if (put(message, (int)type, &set->attrs[type], document, value))
				return false;
			continue;
		}
		json_array_foreach(value, i, element)
			if (put(message, (int)type, &set->attrs[type], document, element))
				return false;
	}
	return true;
}

/* How many of that type come before it. */
static unsigned int index_of(const void *data, size_t size, const struct nlattr *wanted)
{
	unsigned int index = 0;
	struct nlattr *nla;
	int rest;

	nla_for_each_attr(nla, (struct nlattr *)data, (int)size, rest) {
		if (nla == wanted)
			break;
		index += nla_type(nla) == nla_type(wanted);
	}
	return index;
}

bool attrs_name(const struct attr_set *set, const void *data, size_t size, size_t offset, char *path, size_t room)
{
	const struct attr *attr;
	size_t begin, length = 0;
	struct nlattr *nla;
	int rest;

	nla_for_each_attr(nla, (struct nlattr *)data, (int)size, rest) {
		begin = (size_t)((const char *)nla - (const char *)data);
		if (offset < begin || offset >= begin + (size_t)nla_total_size(nla_len(nla)) ||
		    (unsigned int)nla_type(nla) >= set->count || !set->attrs[nla_type(nla)].key)
			continue;
		attr = &set->attrs[nla_type(nla)];
		length = (size_t)snprintf(path, room, "%s", attr->key);
		if (attr->many && length < room)
			length += (size_t)snprintf(path + length, room - length, "[%u]",
						   index_of(data, size, nla));
		if (offset == begin)
			return true;
		if (attr->type != ATTR_NEST || offset < begin + NLA_HDRLEN)
			return false;
		if (length + 2 > room)
			return false;
		path[length++] = '.';
		return attrs_name(attr->nest, nla_data(nla), (size_t)nla_len(nla), offset - begin - NLA_HDRLEN,
				  path + length, room - length);
	}
	return false;
}
