// SPDX-License-Identifier: GPL-2.0-only
/* The tables: number, name and type of each attribute of uapi/hv.h. tests/hvctl/ compares the two. */
#include <uapi/hv.h>

#include "attr.h"

const char *const words_map[] = { "alloc", "identical", "secure", NULL };
const char *const words_entry[] = { "real16", "prot32", "long64", NULL };
const char *const words_state[] = { "off", "prepared", "entering", "active", "leaving", NULL };
const char *const words_cell[] = { "created", "loaded", "running", "stopped", "failed", "gone", NULL };

const struct memory_flag memory_flags[NR_MEMORY_FLAGS] = {
	{ HV_MEM_LOADABLE, "loadable", "loadable" },
	{ HV_MEM_DMA, "dma", "dma" },
	{ HV_MEM_DEVICE, "device", "device" },
	{ HV_MEM_IO, "io", "io" },
	{ HV_MEM_ROOTSHARED, "root_shared", "root-shared" },
	{ HV_MEM_NO_HUGE, "no_huge", "no-huge" },
};

#define SET(set_name, list) { .name = (set_name), .count = HV_ARRAY_SIZE(list), .attrs = (list) }

static const struct attr feature_attrs[] = {
	[HV_A_FEATURE_NAME] = { "name", ATTR_STRING },
	[HV_A_FEATURE_ON] = { "on", ATTR_FLAG },
	[HV_A_FEATURE_TEXT] = { "text", ATTR_STRING },
};
static const struct attr_set attrs_feature = SET("FEATURE", feature_attrs);

static const struct attr hv_attrs[] = {
	[HV_A_HV_STATE] = { "state", ATTR_WORD, .words = words_state },
	[HV_A_HV_VERSION] = { "version", ATTR_STRING },
	[HV_A_HV_VENDOR] = { "vendor", ATTR_STRING },
	[HV_A_HV_CPUS] = { "cpus", ATTR_U32 },
	[HV_A_HV_MEMORY_START] = { "memory_start", ATTR_HEX64 },
	[HV_A_HV_MEMORY_BYTES] = { "memory_bytes", ATTR_U64 },
	[HV_A_HV_IMAGE_BYTES] = { "image_bytes", ATTR_U64 },
	[HV_A_HV_POOL_FRAMES] = { "pool_frames", ATTR_U64 },
	[HV_A_HV_POOL_FRAMES_FREE] = { "pool_frames_free", ATTR_U64 },
	[HV_A_HV_SECURE_BYTES] = { "secure_bytes", ATTR_U64 },
	[HV_A_HV_FEATURE] = { "features", ATTR_NEST, true, &attrs_feature },
	[HV_A_HV_STOP_US] = { "stop_us", ATTR_U32 },
	[HV_A_HV_CALL_US] = { "call_us", ATTR_U32 },
	[HV_A_HV_FORCE] = { "force", ATTR_FLAG },
};
const struct attr_set attrs_hv = SET("HV", hv_attrs);

static const struct attr region_attrs[] = {
	[HV_A_REGION_GPA] = { "gpa", ATTR_HEX64 },
	[HV_A_REGION_SIZE] = { "size", ATTR_U64 },
	[HV_A_REGION_PHYS] = { "phys", ATTR_HEX64 },
	[HV_A_REGION_MODE] = { "map", ATTR_WORD, .words = words_map },
	[HV_A_REGION_FLAGS] = { "access", ATTR_MEMORY },
	[HV_A_REGION_POPULATE] = { "populate", ATTR_FLAG },
	[HV_A_REGION_LENIENT] = { "lenient", ATTR_FLAG },
};
static const struct attr_set attrs_region = SET("REGION", region_attrs);

static const struct attr ports_attrs[] = {
	[HV_A_PORTS_FIRST] = { "first", ATTR_PORT },
	[HV_A_PORTS_LAST] = { "last", ATTR_PORT },
};
static const struct attr_set attrs_ports = SET("PORTS", ports_attrs);

static const struct attr msr_attrs[] = {
	[HV_A_MSR_INDEX] = { "index", ATTR_HEX32 },
	[HV_A_MSR_ACCESS] = { "access", ATTR_RIGHTS },
};
static const struct attr_set attrs_msr = SET("MSR", msr_attrs);

static const struct attr image_attrs[] = {
	[HV_A_IMAGE_FD] = { "fd", ATTR_U32 },
	[HV_A_IMAGE_OFFSET] = { "offset", ATTR_U64 },
	[HV_A_IMAGE_SIZE] = { "size", ATTR_U64 },
	[HV_A_IMAGE_GPA] = { "gpa", ATTR_HEX64 },
};
static const struct attr_set attrs_image = SET("IMAGE", image_attrs);

static const struct attr fault_attrs[] = {
	[HV_A_FAULT_CPU] = { "cpu", ATTR_U32 },
	[HV_A_FAULT_REASON] = { "reason", ATTR_STRING },
	[HV_A_FAULT_TEXT] = { "text", ATTR_STRING },
	[HV_A_FAULT_RIP] = { "rip", ATTR_HEX64 },
	[HV_A_FAULT_GPA] = { "gpa", ATTR_HEX64 },
	[HV_A_FAULT_CODE] = { "code", ATTR_BYTES },
	[HV_A_FAULT_REGS] = { "regs", ATTR_NUMBERS },
};
static const struct attr_set attrs_fault = SET("FAULT", fault_attrs);

static const struct attr counter_attrs[] = {
	[HV_A_COUNTER_NAME] = { "name", ATTR_STRING },
	[HV_A_COUNTER_VALUE] = { "value", ATTR_U64 },
	[HV_A_COUNTER_TICKS] = { "ticks", ATTR_U64 },
	[HV_A_COUNTER_HISTOGRAM] = { "histogram", ATTR_COUNTS },
};
static const struct attr_set attrs_counter = SET("COUNTER", counter_attrs);

static const struct attr stats_attrs[] = {
	[HV_A_STATS_CPU] = { "cpu", ATTR_U32 },
	[HV_A_STATS_COUNTER] = { "counters", ATTR_NEST, true, &attrs_counter },
};
static const struct attr_set attrs_stats = SET("STATS", stats_attrs);

static const struct attr cell_attrs[] = {
	[HV_A_CELL_NAME] = { "name", ATTR_STRING },
	[HV_A_CELL_ID] = { "id", ATTR_U32 },
	[HV_A_CELL_STATE] = { "state", ATTR_WORD, .words = words_cell },
	[HV_A_CELL_CPU] = { "cpus", ATTR_U32, true },
	[HV_A_CELL_NR_CPUS] = { "nr_cpus", ATTR_U32 },
	[HV_A_CELL_REGION] = { "regions", ATTR_NEST, true, &attrs_region },
	[HV_A_CELL_PORTS] = { "ports", ATTR_NEST, true, &attrs_ports },
	[HV_A_CELL_MSR] = { "msrs", ATTR_NEST, true, &attrs_msr },
	[HV_A_CELL_ENTRY] = { "entry", ATTR_HEX64 },
	[HV_A_CELL_ENTRY_MODE] = { "mode", ATTR_WORD, .words = words_entry },
	[HV_A_CELL_CONSOLE] = { "console", ATTR_FLAG },
	[HV_A_CELL_RESTART] = { "restart", ATTR_FLAG },
	[HV_A_CELL_DRY_RUN] = { "dry_run", ATTR_FLAG },
	[HV_A_CELL_IMAGE] = { "image", ATTR_NEST, false, &attrs_image },
	[HV_A_CELL_MEMORY_BYTES] = { "memory_bytes", ATTR_U64 },
	[HV_A_CELL_ENTRIES] = { "entries", ATTR_U64 },
	[HV_A_CELL_FAULT] = { "fault", ATTR_NEST, false, &attrs_fault },
	[HV_A_CELL_STATS] = { "stats", ATTR_NEST, true, &attrs_stats },
	[HV_A_CELL_CMDLINE] = { "cmdline", ATTR_STRING },
	[HV_A_CELL_CODE] = { "code", ATTR_U64 },
	[HV_A_CELL_WORD] = { "word", ATTR_HEX64 },
	[HV_A_CELL_WORDS] = { "words", ATTR_U64 },
};
const struct attr_set attrs_cell = SET("CELL", cell_attrs);

static const struct attr log_attrs[] = {
	[HV_A_LOG_SEQ] = { "seq", ATTR_U64 },
	[HV_A_LOG_LEVEL] = { "level", ATTR_U32 },
	[HV_A_LOG_TEXT] = { "text", ATTR_STRING },
	[HV_A_LOG_LOST] = { "lost", ATTR_U64 },
};
const struct attr_set attrs_log = SET("LOG", log_attrs);

static const struct attr console_attrs[] = {
	[HV_A_CONSOLE_NAME] = { "name", ATTR_STRING },
	[HV_A_CONSOLE_ID] = { "id", ATTR_U32 },
	[HV_A_CONSOLE_POS] = { "pos", ATTR_U64 },
	[HV_A_CONSOLE_DATA] = { "data", ATTR_TEXT },
	[HV_A_CONSOLE_LOST] = { "lost", ATTR_U64 },
	[HV_A_CONSOLE_TAKEN] = { "taken", ATTR_U32 },
};
const struct attr_set attrs_console = SET("CONSOLE", console_attrs);

static const struct {
	const char *name;
	const struct attr_set *set;
} commands[] = {
	[HV_CMD_HV_GET] = { "HV_GET", &attrs_hv },
	[HV_CMD_HV_ENABLE] = { "HV_ENABLE", &attrs_hv },
	[HV_CMD_HV_DISABLE] = { "HV_DISABLE", &attrs_hv },
	[HV_CMD_CELL_GET] = { "CELL_GET", &attrs_cell },
	[HV_CMD_CELL_CREATE] = { "CELL_CREATE", &attrs_cell },
	[HV_CMD_CELL_LOAD] = { "CELL_LOAD", &attrs_cell },
	[HV_CMD_CELL_START] = { "CELL_START", &attrs_cell },
	[HV_CMD_CELL_STOP] = { "CELL_STOP", &attrs_cell },
	[HV_CMD_CELL_DESTROY] = { "CELL_DESTROY", &attrs_cell },
	[HV_CMD_STATS_GET] = { "STATS_GET", &attrs_cell },
	[HV_CMD_LOG_GET] = { "LOG_GET", &attrs_log },
	[HV_CMD_CONSOLE_READ] = { "CONSOLE_READ", &attrs_console },
	[HV_CMD_CONSOLE_WRITE] = { "CONSOLE_WRITE", &attrs_console },
	[HV_CMD_HV_NTF] = { "HV_NTF", &attrs_hv },
	[HV_CMD_CELL_NTF] = { "CELL_NTF", &attrs_cell },
};

const struct attr_set *attrs_of_command(unsigned int command)
{
	return command < HV_ARRAY_SIZE(commands) ? commands[command].set : NULL;
}

const char *command_name(unsigned int command)
{
	return command < HV_ARRAY_SIZE(commands) ? commands[command].name : NULL;
}
