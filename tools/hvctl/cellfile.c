// SPDX-License-Identifier: GPL-2.0-only
/* The keys of a cell's file as tables, and how each value is read. Rules between keys are in cellfile_check.c. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "cellfile.h"
#include "number.h"
#include "yaml_schema.h"

#define MAX_BYTES (1u << 20)

static const char *const words_on_fault[] = { "stop", "restart", NULL };

/* Notes that a key of a list's element is there; the element is told by its address. */
static void placed(struct yaml_reader *reader, u32 index, int field, struct place place)
{
	struct cell_file *file = reader->context;

	file->places[field][index] = place;
}

static void placed_region(struct yaml_reader *reader, const struct yaml_key *key, struct place place, void *object)
{
	struct cell_file *file = reader->context;

	placed(reader, (u32)((struct hv_conf_region *)object - file->conf.regions), key->field, place);
}

static void placed_msr(struct yaml_reader *reader, const struct yaml_key *key, struct place place, void *object)
{
	struct cell_file *file = reader->context;

	placed(reader, (u32)((struct hv_conf_msr *)object - file->conf.msrs), key->field, place);
}

static void placed_image(struct yaml_reader *reader, const struct yaml_key *key, struct place place, void *object)
{
	struct cell_file *file = reader->context;

	placed(reader, (u32)((struct cell_image *)object - file->images), key->field, place);
}

static void placed_cell(struct yaml_reader *reader, const struct yaml_key *key, struct place place, void *object)
{
	(void)object;	/* there is one cell */
	placed(reader, 0, key->field, place);
}

static void read_rights(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	u32 *rights = (u32 *)((char *)object + key->offset), bit;
	const char *letters = key->flag & HV_MEM_EXECUTE ? "rwx" : "rw", *letter;
	const char *text = yaml_plain(reader, node, key->name, "some of the letters r, w, x");
	size_t i;

	*rights &= ~key->flag;
	for (i = 0; text && text[i]; i++) {
		letter = strchr(letters, text[i]);
		bit = letter ? 1u << (letter - letters) : 0;
		if (!bit || (*rights & bit)) {
			fault_add(reader->faults, yaml_place(node), "'%s' is letters of %s, each once, not '%.40s'",
				  key->name, letters, text);
			return;
		}
		*rights |= bit;
	}
}

#define REGION(member) offsetof(struct hv_conf_region, member)
static const struct yaml_key region_keys[] = {
	{ "gpa", true, yaml_read_size, REGION(gpa), .field = FIELD_GPA },
	{ "size", true, yaml_read_size, REGION(size), .field = FIELD_SIZE },
	{ "map", false, yaml_read_word, REGION(mode), .words = words_map, .field = FIELD_MAP },
	{ "phys", false, yaml_read_size, REGION(phys), .field = FIELD_PHYS },
	{ "access", false, read_rights, REGION(flags), .flag = HV_MEM_RWX, .field = FIELD_ACCESS },
	{ "populate", false, yaml_read_bool, REGION(populate), .field = FIELD_POPULATE },
	{ "lenient", false, yaml_read_bool, REGION(is_lenient), .field = FIELD_LENIENT },
	{ "loadable", false, yaml_read_flag, REGION(flags), .flag = HV_MEM_LOADABLE, .field = FIELD_FLAG },
	{ "dma", false, yaml_read_flag, REGION(flags), .flag = HV_MEM_DMA, .field = FIELD_FLAG },
	{ "device", false, yaml_read_flag, REGION(flags), .flag = HV_MEM_DEVICE, .field = FIELD_FLAG },
	{ "io", false, yaml_read_flag, REGION(flags), .flag = HV_MEM_IO, .field = FIELD_FLAG },
	{ "root-shared", false, yaml_read_flag, REGION(flags), .flag = HV_MEM_ROOTSHARED, .field = FIELD_FLAG },
	{ "no-huge", false, yaml_read_flag, REGION(flags), .flag = HV_MEM_NO_HUGE, .field = FIELD_FLAG },
};
static const struct yaml_schema region_schema = { "a region of memory", region_keys, HV_ARRAY_SIZE(region_keys),
						  placed_region };

static void read_memory(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	int i, count = yaml_list(reader, node, key->name, HV_CONF_MAX_REGIONS);
	struct cell_file *file = object;
	struct hv_conf_region *region;

	for (i = 0; i < count; i++) {
		region = &file->conf.regions[file->conf.nr_regions++];
		region->flags = HV_MEM_RWX;
		placed(reader, (u32)i, FIELD_REGION, yaml_place(yaml_element(reader, node, i)));
		yaml_read_mapping(reader, &region_schema, yaml_element(reader, node, i), region);
	}
}

static void read_file_name(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	const char *text = yaml_scalar(reader, node, key->name, "the name of a file");
	const struct cell_file *file = reader->context;
	const char *slash = strrchr(file->path, '/');
	struct cell_image *image = object;
	int length = slash && text && text[0] != '/' ? (int)(slash - file->path) + 1 : 0;

	/* beside the file that names it, from wherever hvctl is called */
	if (text && asprintf(&image->file, "%.*s%s", length, file->path, text) < 0) {
		image->file = NULL;
		fault_add(reader->faults, yaml_place(node), "out of memory");
	}
}

static void read_image_gpa(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	((struct cell_image *)object)->has_gpa = true;
	yaml_read_size(reader, key, node, object);
}

static const struct yaml_key image_keys[] = {
	{ "file", true, read_file_name, .field = FIELD_IMAGE_FILE },
	{ "gpa", false, read_image_gpa, offsetof(struct cell_image, gpa), .field = FIELD_IMAGE_GPA },
};
static const struct yaml_schema image_schema = { "an image", image_keys, HV_ARRAY_SIZE(image_keys), placed_image };

static void read_images(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	int i, count = yaml_list(reader, node, key->name, CELL_MAX_IMAGES);
	struct cell_file *file = object;

	for (i = 0; i < count; i++) {
		placed(reader, (u32)i, FIELD_IMAGE, yaml_place(yaml_element(reader, node, i)));
		yaml_read_mapping(reader, &image_schema, yaml_element(reader, node, i),
				  &file->images[file->nr_images++]);
	}
}

/* A number or a range of at most @max; false, with a fault, if it is not. */
static bool read_range(struct yaml_reader *reader, yaml_node_t *node, const char *name, u64 max, u64 range[2])
{
	const char *text = yaml_plain(reader, node, name, "a number or a range A..B"), *wrong;

	if (!text)
		return false;
	wrong = range_parse(text, &range[0], &range[1]);
	if (!wrong && range[1] > max)
		wrong = "is too large";
	if (wrong)
		fault_add(reader->faults, yaml_place(node), "'%s': '%.40s' %s", name, text, wrong);
	return !wrong;
}

static void read_named_cpus(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node,
			    struct cell_file *file)
{
	int i, count = yaml_list(reader, node, key->name, HV_CONF_MAX_VCPUS);
	struct hv_cellconf *conf = &file->conf;
	struct place place;
	u64 range[2];

	for (i = 0; i < count; i++) {
		place = yaml_place(yaml_element(reader, node, i));
		if (!read_range(reader, yaml_element(reader, node, i), "cpus", INT32_MAX, range))
			continue;
		if (range[1] - range[0] >= HV_CONF_MAX_VCPUS - conf->nr_vcpus) {
			fault_add(reader->faults, place, "a cell has at most %d CPUs", HV_CONF_MAX_VCPUS);
			return;
		}
		for (; range[0] <= range[1]; range[0]++) {
			placed(reader, conf->nr_vcpus, FIELD_CPU, place);
			conf->physical[conf->nr_vcpus++] = (u32)range[0];
		}
	}
	conf->nr_physical = conf->nr_vcpus;
}

static void read_cpus(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	struct cell_file *file = object;
	const char *text, *wrong;
	u64 count = 0;

	if (node->type != YAML_SCALAR_NODE) {
		read_named_cpus(reader, key, node, file);
		return;
	}
	text = yaml_plain(reader, node, key->name, "a list of CPUs, or how many");
	wrong = text ? number_parse(text, &count) : NULL;
	if (wrong)
		fault_add(reader->faults, yaml_place(node), "'%s': '%.40s' %s", key->name, text, wrong);
	else if (text && count > HV_CONF_MAX_VCPUS)
		fault_add(reader->faults, yaml_place(node), "a cell has at most %d CPUs", HV_CONF_MAX_VCPUS);
	else
		file->conf.nr_vcpus = (u32)count;
}

static void read_ports(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	int i, count = yaml_list(reader, node, key->name, HV_CONF_MAX_PORTS);
	struct hv_cellconf *conf = &((struct cell_file *)object)->conf;
	u64 range[2];

	for (i = 0; i < count; i++) {
		if (!read_range(reader, yaml_element(reader, node, i), key->name, UINT16_MAX, range))
			continue;
		placed(reader, conf->nr_ports, FIELD_PORT, yaml_place(yaml_element(reader, node, i)));
		conf->ports[conf->nr_ports++] = (struct hv_conf_ports){ (u16)range[0], (u16)range[1] };
	}
}

static void read_msr_index(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	u64 range[2] = { 0, 0 };

	if (read_range(reader, node, key->name, UINT32_MAX, range) && range[0] != range[1])
		fault_add(reader->faults, yaml_place(node), "'%s' is one MSR, not a range", key->name);
	((struct hv_conf_msr *)object)->index = (u32)range[0];
}

static const struct yaml_key msr_keys[] = {
	{ "index", true, read_msr_index, .field = FIELD_MSR_INDEX },
	{ "access", false, read_rights, offsetof(struct hv_conf_msr, access), .flag = HV_MEM_READ | HV_MEM_WRITE,
	  .field = FIELD_MSR_ACCESS },
};
static const struct yaml_schema msr_schema = { "an MSR", msr_keys, HV_ARRAY_SIZE(msr_keys), placed_msr };

/* A number alone is one that may be read. */
static void read_msrs(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	int i, count = yaml_list(reader, node, key->name, HV_CONF_MAX_MSRS);
	struct hv_cellconf *conf = &((struct cell_file *)object)->conf;
	struct hv_conf_msr *msr;
	yaml_node_t *element;

	for (i = 0; i < count; i++) {
		element = yaml_element(reader, node, i);
		placed(reader, conf->nr_msrs, FIELD_MSR, yaml_place(element));
		msr = &conf->msrs[conf->nr_msrs++];
		msr->access = HV_CONF_MSR_READ;
		if (element->type == YAML_SCALAR_NODE)
			read_msr_index(reader, key, element, msr);
		else
			yaml_read_mapping(reader, &msr_schema, element, msr);
	}
}

static void read_name(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	struct cell_file *file = object;
	const char *text = yaml_scalar(reader, node, key->name, "a word");
	size_t i, length = text ? strlen(text) : 0;

	for (i = 0; i < length && (isalnum((unsigned char)text[i]) || (i && strchr("-_.", text[i]))); i++)
		;
	if (i < length || length >= sizeof(file->conf.name))
		fault_add(reader->faults, yaml_place(node),
			  "'name' has at most 31 letters, digits, '-', '_', '.', and begins with a letter or digit");
	else if (text)
		memcpy(file->conf.name, text, length);
}

static void read_cmdline(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	struct cell_file *file = object;
	const char *text = yaml_scalar(reader, node, key->name, "a line of text");
	size_t i, length = text ? strlen(text) : 0;

	for (i = 0; i < length && text[i] >= ' ' && text[i] <= '~'; i++)
		;
	if (i < length || length >= sizeof(file->conf.cmdline))
		fault_add(reader->faults, yaml_place(node), "'cmdline' has at most 255 printable characters of ASCII");
	else if (text)
		memcpy(file->conf.cmdline, text, length);
}

static void read_entry(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	((struct cell_file *)object)->has_entry = true;
	yaml_read_size(reader, key, node, object);
}

static void read_mode(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	struct yaml_key into = { .name = key->name, .words = words_entry };
	struct cell_file *file = object;
	u8 mode = 0;

	file->has_mode = true;
	yaml_read_word(reader, &into, node, &mode);
	file->conf.entry_mode = mode;
}

static void read_on_fault(struct yaml_reader *reader, const struct yaml_key *key, yaml_node_t *node, void *object)
{
	struct yaml_key into = { .name = key->name, .words = words_on_fault };
	u8 choice = 0;

	yaml_read_word(reader, &into, node, &choice);
	if (choice)
		((struct cell_file *)object)->conf.flags |= HV_CONF_RESTART;
}

#define CONF(member) (offsetof(struct cell_file, conf) + offsetof(struct hv_cellconf, member))
static const struct yaml_key cell_keys[] = {
	{ "name", true, read_name, .field = FIELD_NAME },
	{ "cpus", true, read_cpus, .field = FIELD_CPUS },
	{ "memory", true, read_memory, .field = FIELD_MEMORY },
	{ "images", false, read_images, .field = FIELD_IMAGES },
	{ "entry", false, read_entry, CONF(entry), .field = FIELD_ENTRY },
	{ "mode", false, read_mode, .field = FIELD_MODE },
	{ "cmdline", false, read_cmdline, .field = FIELD_CMDLINE },
	{ "console", false, yaml_read_flag, CONF(flags), .flag = HV_CONF_CONSOLE, .field = FIELD_CONSOLE },
	{ "ports", false, read_ports, .field = FIELD_PORTS },
	{ "msrs", false, read_msrs, .field = FIELD_MSRS },
	{ "on-fault", false, read_on_fault, .field = FIELD_ON_FAULT },
};
static const struct yaml_schema cell_schema = { "a cell", cell_keys, HV_ARRAY_SIZE(cell_keys), placed_cell };

/* Populated now unless said otherwise: memory that is missing is missed when the cell is created. */
static void fill_defaults(struct cell_file *file)
{
	u32 i;

	for (i = 0; i < file->conf.nr_regions; i++)
		if (!file->places[FIELD_POPULATE][i].line)
			file->conf.regions[i].populate = file->conf.regions[i].mode != HV_MODE_IDENTICAL;
}

struct cell_file *cell_file_parse(const char *path, const void *text, size_t size, struct faults *faults)
{
	struct cell_file *file = calloc(1, sizeof(*file));
	struct yaml_reader reader = { .faults = faults, .context = file };

	faults->file = path;
	if (!file) {
		fault_add(faults, (struct place){ 0, 0 }, "out of memory");
		return NULL;
	}
	file->path = path;
	file->conf.id = 1;	/* any but the root cell's; the module gives the real one */
	if (yaml_begin(&reader, text, size)) {
		yaml_read_mapping(&reader, &cell_schema, yaml_document_get_root_node(&reader.document), file);
		yaml_end(&reader);
	}
	fill_defaults(file);
	if (!faults->count)
		cell_file_check(file, faults);
	if (!faults->count)
		return file;
	cell_file_free(file);
	return NULL;
}

struct cell_file *cell_file_load(const char *path, struct faults *faults)
{
	struct cell_file *file = NULL;
	FILE *stream = fopen(path, "r");
	char *text = malloc(MAX_BYTES);
	size_t size;

	faults->file = path;
	size = stream && text ? fread(text, 1, MAX_BYTES, stream) : 0;
	if (!stream || !text || ferror(stream))
		fault_add(faults, (struct place){ 0, 0 }, "%s", strerror(errno));
	else if (size == MAX_BYTES)
		fault_add(faults, (struct place){ 0, 0 }, "is larger than a cell's file can be");
	else
		file = cell_file_parse(path, text, size, faults);
	free(text);
	if (stream)
		fclose(stream);
	return file;
}

void cell_file_free(struct cell_file *file)
{
	u32 i;

	for (i = 0; file && i < file->nr_images; i++)
		free(file->images[i].file);
	free(file);
}
