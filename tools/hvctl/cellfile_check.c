// SPDX-License-Identifier: GPL-2.0-only
/* Rules between the keys of a cell's file, then the rules of hvcore, which are linked in; and where things stand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hv/cellconf.h>

#include "cellfile.h"

/* What a field is part of, if it is not there itself. */
static const unsigned char parents[FIELD_COUNT] = {
	[FIELD_CPU] = FIELD_CPUS, [FIELD_PORT] = FIELD_PORTS, [FIELD_MSR] = FIELD_MSRS,
	[FIELD_MSR_INDEX] = FIELD_MSR, [FIELD_MSR_ACCESS] = FIELD_MSR,
	[FIELD_REGION] = FIELD_MEMORY, [FIELD_GPA] = FIELD_REGION, [FIELD_SIZE] = FIELD_REGION,
	[FIELD_PHYS] = FIELD_REGION, [FIELD_MAP] = FIELD_REGION, [FIELD_ACCESS] = FIELD_FLAG,
	[FIELD_FLAG] = FIELD_REGION, [FIELD_POPULATE] = FIELD_REGION, [FIELD_LENIENT] = FIELD_REGION,
	[FIELD_IMAGE] = FIELD_IMAGES, [FIELD_IMAGE_FILE] = FIELD_IMAGE, [FIELD_IMAGE_GPA] = FIELD_IMAGE,
};

struct place cell_file_place(const struct cell_file *file, enum field field, u32 index)
{
	unsigned int i = field;

	for (; i != FIELD_FILE; i = parents[i]) {
		if (index < CELL_MAX_ELEMENTS && file->places[i][index].line)
			return file->places[i][index];
		if (file->places[i][0].line && i < FIELD_CPU)
			return file->places[i][0];
	}
	return (struct place){ 1, 1 };
}

static const struct {
	const char *list, *member;
	enum field field;
} attr_fields[] = {
	{ "regions", "gpa", FIELD_GPA },
	{ "regions", "size", FIELD_SIZE },
	{ "regions", "phys", FIELD_PHYS },
	{ "regions", "map", FIELD_MAP },
	{ "regions", "access", FIELD_ACCESS },
	{ "regions", "populate", FIELD_POPULATE },
	{ "regions", "lenient", FIELD_LENIENT },
	{ "regions", "", FIELD_REGION },
	{ "cpus", "", FIELD_CPU },
	{ "nr_cpus", "", FIELD_CPUS },
	{ "ports", "", FIELD_PORT },
	{ "msrs", "index", FIELD_MSR_INDEX },
	{ "msrs", "access", FIELD_MSR_ACCESS },
	{ "msrs", "", FIELD_MSR },
	{ "name", "", FIELD_NAME },
	{ "entry", "", FIELD_ENTRY },
	{ "mode", "", FIELD_MODE },
	{ "console", "", FIELD_CONSOLE },
	{ "restart", "", FIELD_ON_FAULT },
	{ "cmdline", "", FIELD_CMDLINE },
};

struct place cell_file_place_of_attr(const struct cell_file *file, const char *attr)
{
	size_t length = strcspn(attr, "[.");
	const char *bracket = strchr(attr, '['), *dot = strchr(attr, '.');
	u32 index = bracket ? (u32)strtoul(bracket + 1, NULL, 10) : 0;
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(attr_fields); i++) {
		if (strlen(attr_fields[i].list) != length || strncmp(attr_fields[i].list, attr, length))
			continue;
		if (!attr_fields[i].member[0] || (dot && !strcmp(dot + 1, attr_fields[i].member)))
			return cell_file_place(file, attr_fields[i].field, index);
	}
	return (struct place){ 1, 1 };
}

static void check_cpus(const struct cell_file *file, struct faults *faults)
{
	const struct hv_cellconf *conf = &file->conf;
	u32 i, k;

	if (!conf->nr_vcpus)
		fault_add(faults, cell_file_place(file, FIELD_CPUS, 0), "a cell has at least one CPU");
	for (i = 0; i < conf->nr_physical; i++) {
		for (k = 0; k < i && conf->physical[k] != conf->physical[i]; k++)
			;
		if (k < i)
			fault_add(faults, cell_file_place(file, FIELD_CPU, i), "CPU %u is there twice",
				  conf->physical[i]);
	}
}

static void check_regions(const struct cell_file *file, struct faults *faults)
{
	const struct hv_conf_region *region;
	bool has_phys;
	u32 i;

	if (!file->conf.nr_regions)
		fault_add(faults, cell_file_place(file, FIELD_MEMORY, 0), "a cell has at least one region of memory");
	for (i = 0; i < file->conf.nr_regions; i++) {
		region = &file->conf.regions[i];
		has_phys = file->places[FIELD_PHYS][i].line;
		if (region->mode == HV_MODE_IDENTICAL && !has_phys)
			fault_add(faults, cell_file_place(file, FIELD_MAP, i),
				  "'map: identical' needs 'phys', the address at which the memory lies");
		if (region->mode != HV_MODE_IDENTICAL && has_phys)
			fault_add(faults, cell_file_place(file, FIELD_PHYS, i), "'phys' is for 'map: identical' only");
	}
}

/* What is not said has to come from an image; only one without an address can say it. */
static void check_entry(const struct cell_file *file, struct faults *faults)
{
	u32 i;

	for (i = 0; i < file->nr_images && file->images[i].has_gpa; i++)
		;
	if (i < file->nr_images)
		return;
	if (!file->has_entry)
		fault_add(faults, cell_file_place(file, FIELD_FILE, 0),
			  "a cell has no 'entry', and no ELF or multiboot image that gives one");
	if (!file->has_mode)
		fault_add(faults, cell_file_place(file, FIELD_FILE, 0),
			  "a cell has no 'mode', and no ELF or multiboot image that gives one");
}

/* What an image will say is not known yet: any beginning will do that the memory allows. */
static void assume_entry(const struct cell_file *file, struct hv_cellconf *conf)
{
	u32 i;

	if (file->has_entry && file->has_mode)
		return;
	conf->entry_mode = HV_ENTRY_LONG64;
	for (i = 0; !file->has_entry && i < conf->nr_regions; i++) {
		conf->entry = conf->regions[i].gpa;
		if (conf->regions[i].flags & HV_MEM_EXECUTE)
			return;
	}
}

/* The validator's members, as fields of the file; those that hvctl fills in by itself are the file's as a whole. */
static const unsigned char conf_fields[HV_CONF_AT_COUNT] = {
	[HV_CONF_AT_NAME] = FIELD_NAME,
	[HV_CONF_AT_CMDLINE] = FIELD_CMDLINE,
	[HV_CONF_AT_CPUS] = FIELD_CPUS,
	[HV_CONF_AT_PHYSICALS] = FIELD_CPUS,
	[HV_CONF_AT_PHYSICAL] = FIELD_CPU,
	[HV_CONF_AT_REGIONS] = FIELD_MEMORY,
	[HV_CONF_AT_REGION_GPA] = FIELD_GPA,
	[HV_CONF_AT_REGION_SIZE] = FIELD_SIZE,
	[HV_CONF_AT_REGION_PHYS] = FIELD_PHYS,
	[HV_CONF_AT_REGION_FLAGS] = FIELD_ACCESS,
	[HV_CONF_AT_REGION_MODE] = FIELD_MAP,
	[HV_CONF_AT_REGION_LENIENT] = FIELD_LENIENT,
	[HV_CONF_AT_REGION_POPULATE] = FIELD_POPULATE,
	[HV_CONF_AT_REGION_RSVD] = FIELD_REGION,
	[HV_CONF_AT_ENTRY_MODE] = FIELD_MODE,
	[HV_CONF_AT_ENTRY] = FIELD_ENTRY,
	[HV_CONF_AT_PORTS] = FIELD_PORTS,
	[HV_CONF_AT_PORT] = FIELD_PORT,
	[HV_CONF_AT_MSRS] = FIELD_MSRS,
	[HV_CONF_AT_MSR] = FIELD_MSR,
	[HV_CONF_AT_MSR_ACCESS] = FIELD_MSR_ACCESS,
};

static void check_hvcore(const struct cell_file *file, struct faults *faults)
{
	struct hv_cellconf conf = file->conf;
	struct hv_conf_fault fault;

	assume_entry(file, &conf);
	if (hv_cellconf_check(&conf, &fault))
		fault_add(faults, cell_file_place(file, conf_fields[fault.field % HV_CONF_AT_COUNT], fault.index), "%s",
			  fault.what);
}

void cell_file_check(const struct cell_file *file, struct faults *faults)
{
	check_cpus(file, faults);
	check_regions(file, faults);
	check_entry(file, faults);
	if (!faults->count)
		check_hvcore(file, faults);
}
