// SPDX-License-Identifier: GPL-2.0-only
/* Usage, made from the tables. */
#include <stdio.h>

#include "command.h"

static void print_usage(const struct object *object, const struct command *command)
{
	char text[80];

	snprintf(text, sizeof(text), "%s%s%s%s%s", object->name, command->name[0] ? " " : "", command->name,
		 command->arguments[0] ? " " : "", command->arguments);
	printf("  %-33s %s\n", text, command->text);
}

void help_all(void)
{
	unsigned int i, k;

	puts("usage: hvctl [-j|--json] [-p|--pretty] [-s] [-v] [-V|--version] OBJECT { COMMAND | help }\n");
	for (i = 0; i < nr_objects; i++)
		for (k = 0; k < objects[i].count; k++)
			print_usage(&objects[i], &objects[i].commands[k]);
	puts("  help [OBJECT [COMMAND]]           this list, or more about one of them; also behind a command\n\n"
	     "  -j JSON   -p indented   -s with counters   -v more   -h help\n\n"
	     "Words can be shortened. Exit status: 0 done, 1 wrong use or file, 2 the kernel refused.");
}

void help_object(const struct object *object)
{
	unsigned int i;

	printf("usage: hvctl %s%s\n", object->name, object->commands[0].name[0] ? " { COMMAND | help }" : "");
	for (i = 0; i < object->count; i++)
		print_usage(object, &object->commands[i]);
}

void help_command(const struct object *object, const struct command *command)
{
	printf("usage: hvctl %s%s%s%s%s\n  %s\n", object->name, command->name[0] ? " " : "", command->name,
	       command->arguments[0] ? " " : "", command->arguments, command->text);
}
