// SPDX-License-Identifier: GPL-2.0-only
/* Prints the tables of attr.c as lines "SET NUMBER KEY TYPE MANY", for the test that compares them with uapi/hv.h. */
#include <stdio.h>
#include <string.h>

#include <attr.h>

static const char *const types[] = {
	[ATTR_NONE] = "none", [ATTR_U16] = "u16", [ATTR_U32] = "u32", [ATTR_U64] = "u64", [ATTR_HEX32] = "u32",
	[ATTR_HEX64] = "u64", [ATTR_PORT] = "u16", [ATTR_WORD] = "u32", [ATTR_RIGHTS] = "u32", [ATTR_MEMORY] = "u32",
	[ATTR_STRING] = "string", [ATTR_FLAG] = "flag", [ATTR_BYTES] = "binary", [ATTR_TEXT] = "binary",
	[ATTR_NUMBERS] = "binary", [ATTR_COUNTS] = "binary", [ATTR_NEST] = "nest",
};

static void print(const struct attr_set *set)
{
	const struct attr *attr;
	unsigned int i;

	for (i = 0; i < set->count; i++) {
		attr = &set->attrs[i];
		if (!attr->key)
			continue;
		printf("%s %u %s %s %d\n", set->name, i, attr->key, types[attr->type], attr->many);
		if (attr->type == ATTR_NEST)
			print(attr->nest);
	}
}

int main(void)
{
	print(&attrs_hv);
	print(&attrs_cell);
	print(&attrs_log);
	print(&attrs_console);
	return 0;
}
