/* SPDX-License-Identifier: GPL-2.0-only */
/* A cell's YAML file: what it asks for, and where in it each thing stands. */
#ifndef HVCTL_CELLFILE_H
#define HVCTL_CELLFILE_H

#include <jansson.h>

#include "faults.h"
#include "hvctl.h"

#define CELL_MAX_IMAGES 16
#define CELL_MAX_ELEMENTS 64	/* of any list */

/* Things that have a place. */
enum field {
	FIELD_FILE, FIELD_NAME, FIELD_CPUS, FIELD_MEMORY, FIELD_IMAGES, FIELD_PORTS, FIELD_MSRS, FIELD_ENTRY,
	FIELD_MODE, FIELD_CONSOLE, FIELD_ON_FAULT, FIELD_CMDLINE,
	/* by element: */
	FIELD_CPU, FIELD_PORT, FIELD_MSR, FIELD_MSR_INDEX, FIELD_MSR_ACCESS,
	FIELD_REGION, FIELD_GPA, FIELD_SIZE, FIELD_PHYS, FIELD_MAP, FIELD_ACCESS, FIELD_FLAG, FIELD_POPULATE,
	FIELD_LENIENT,
	FIELD_IMAGE, FIELD_IMAGE_FILE, FIELD_IMAGE_GPA,
	FIELD_COUNT
};

struct cell_image {
	char *file;		/* as it can be opened from here */
	u64 gpa;		/* where all of it goes; ELF and multiboot files say so themselves */
	bool has_gpa;
};

struct cell_file {
	const char *path;
	/* id is not ours to choose; physical[] holds the CPUs that were named, nr_physical is 0 if none were */
	struct hv_cellconf conf;
	bool has_entry, has_mode;
	u32 nr_images;
	struct cell_image images[CELL_MAX_IMAGES];
	struct place places[FIELD_COUNT][CELL_MAX_ELEMENTS];
};

/* NULL if there is a fault; they have been said. */
struct cell_file *cell_file_load(const char *path, struct faults *faults);
struct cell_file *cell_file_parse(const char *path, const void *text, size_t size, struct faults *faults);
void cell_file_free(struct cell_file *file);

/* What the file's keys do not say by themselves: rules between keys, and hvcore's own rules. */
void cell_file_check(const struct cell_file *file, struct faults *faults);

/* Where something stands; if it is not there, what it would be part of. */
struct place cell_file_place(const struct cell_file *file, enum field field, u32 index);
/* Where that stands which attrs_name() calls so. */
struct place cell_file_place_of_attr(const struct cell_file *file, const char *attr);

/* As a document of attr.h; can be given to HV_CMD_CELL_CREATE, members that are no attributes are skipped. */
json_t *cell_file_document(const struct cell_file *file);

#endif
