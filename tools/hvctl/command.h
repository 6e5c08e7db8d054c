/* SPDX-License-Identifier: GPL-2.0-only */
/* What hvctl can be told: objects, their commands, and who carries them out. */
#ifndef HVCTL_COMMAND_H
#define HVCTL_COMMAND_H

#include "hvctl.h"

struct arguments {
	int count;
	char **values;
	char **names;	/* values from here on stood behind "--": they are names, whatever they read */
};

struct command {
	const char *name;	/* "" if the object is the command */
	const char *arguments;	/* for the usage; "..." at the end: any number more */
	const char *text;
	int least, most;	/* how many arguments; most < 0: any number */
	unsigned int options;	/* besides those of all */
	int (*run)(const struct arguments *arguments);
};

struct object {
	const char *name, *text;
	const struct command *commands;
	unsigned int count;
	bool has_default;	/* the object alone means its first command */
};

extern const struct object objects[];
extern const unsigned int nr_objects;

/* Finds out what is meant, and does it. */
int command_run(int argc, char **argv);

/* The usage of all, of an object, or of one of its commands. */
void help_all(void);
void help_object(const struct object *object);
void help_command(const struct object *object, const struct command *command);

int cell_list(const struct arguments *arguments);
int cell_show(const struct arguments *arguments);
int cell_stats(const struct arguments *arguments);
int cell_create(const struct arguments *arguments);
int cell_load(const struct arguments *arguments);
int cell_start(const struct arguments *arguments);
int cell_stop(const struct arguments *arguments);
int cell_destroy(const struct arguments *arguments);
int cell_run(const struct arguments *arguments);
int config_check(const struct arguments *arguments);
int config_show(const struct arguments *arguments);
int console_run(const struct arguments *arguments);
int hv_status(const struct arguments *arguments);
int hv_enable(const struct arguments *arguments);
int hv_disable(const struct arguments *arguments);
int hw_check(const struct arguments *arguments);
int log_run(const struct arguments *arguments);
int monitor_run(const struct arguments *arguments);

#endif
