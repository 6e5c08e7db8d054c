// SPDX-License-Identifier: GPL-2.0-only
/* All objects and commands. A prefix means the first that it fits, so the order here is part of the interface. */
#include "command.h"

static const struct command status[] = {
	{ "", "", "state, CPUs, memory, and which protections are on", 0, 0, 0, hv_status },
};
static const struct command enable[] = {
	{ "", "", "launch the hypervisor underneath the running kernel", 0, 0, 0, hv_enable },
};
static const struct command disable[] = {
	{ "", "[--force]", "leave again; --force stops and destroys cells first", 0, 0, OPTION_FORCE, hv_disable },
};
static const struct command cell[] = {
	{ "list", "", "all cells; -s: with their exits", 0, 0, 0, cell_list },
	{ "show", "NAME", "one cell; -s: with its counters, -v: with its registers after a fault", 1, 1, 0, cell_show },
	{ "stats", "NAME [--watch]", "its counters, and how long exits took; -v: also those that are 0", 1, 1,
	  OPTION_WATCH, cell_stats },
	{ "create", "FILE", "read, check and create", 1, 1, 0, cell_create },
	{ "load", "NAME IMAGE[@GPA]...", "flat binaries, ELF or multiboot files", 2, -1, 0, cell_load },
	{ "start", "NAME", "let it run from its entry point", 1, 1, 0, cell_start },
	{ "stop", "NAME", "take it off its CPUs", 1, 1, 0, cell_stop },
	{ "destroy", "NAME", "give its CPUs and memory back to the root cell", 1, 1, 0, cell_destroy },
	{ "run", "FILE [--console]", "create, load its images, start; --console: stay attached until it ends", 1, 1,
	  OPTION_CONSOLE, cell_run },
};
static const struct command console[] = {
	{ "", "NAME [-f]", "what a cell has printed; -f: go on, and send it what comes on stdin; Ctrl-] detaches", 1, 1,
	  OPTION_FOLLOW, console_run },
};
static const struct command config[] = {
	{ "check", "FILE...", "is this a cell's file? Nothing is changed", 1, -1, 0, config_check },
	{ "show", "FILE", "what it asks for, with the defaults filled in", 1, 1, 0, config_show },
};
static const struct command hw[] = {
	{ "check", "", "what this machine offers, and what is missing", 0, 0, 0, hw_check },
};
static const struct command logs[] = {
	{ "", "[-f]", "what the hypervisor said; -f: and what it says from now on", 0, 0, OPTION_FOLLOW, log_run },
};
static const struct command monitor[] = {
	{ "", "", "a line for each change of state", 0, 0, 0, monitor_run },
};

#define OBJECT(list) list, HV_ARRAY_SIZE(list)
const struct object objects[] = {
	{ "status", "the hypervisor's state", OBJECT(status), false },
	{ "enable", "launch", OBJECT(enable), false },
	{ "disable", "leave", OBJECT(disable), false },
	{ "cell", "cells", OBJECT(cell), true },
	{ "console", "a cell's console", OBJECT(console), false },
	{ "config", "files that describe cells", OBJECT(config), false },
	{ "hw", "the machine", OBJECT(hw), true },
	{ "log", "the hypervisor's log", OBJECT(logs), false },
	{ "monitor", "events", OBJECT(monitor), false },
};
const unsigned int nr_objects = HV_ARRAY_SIZE(objects);
