// SPDX-License-Identifier: GPL-2.0-only
/* What a cell's file asks for, defaults filled in, as a document: shown by `config show`, sent by `cell create`. */
#include "attr.h"
#include "cellfile.h"

static json_t *rights(u32 bits)
{
	static const char *const letters[8] = { "", "r", "w", "rw", "x", "rx", "wx", "rwx" };

	return json_string(letters[bits & HV_MEM_RWX]);
}

static json_t *region_document(const struct hv_conf_region *region)
{
	json_t *document = json_pack("{s:o, s:I, s:s, s:o}", "gpa", json_hex(region->gpa), "size",
				     (json_int_t)region->size, "map", words_map[region->mode], "access",
				     rights(region->flags));
	unsigned int i;

	if (region->mode == HV_MODE_IDENTICAL) {
		json_object_set_new(document, "phys", json_hex(region->phys));
		json_object_set_new(document, "lenient", json_boolean(region->is_lenient));
	} else {
		json_object_set_new(document, "populate", json_boolean(region->populate));
	}
	for (i = 0; i < NR_MEMORY_FLAGS; i++)
		json_object_set_new(document, memory_flags[i].key, json_boolean(region->flags & memory_flags[i].flag));
	return document;
}

static json_t *cpus_document(const struct hv_cellconf *conf)
{
	json_t *list = json_array();
	u32 i;

	for (i = 0; i < conf->nr_physical; i++)
		json_array_append_new(list, json_integer(conf->physical[i]));
	return list;
}

static json_t *images_document(const struct cell_file *file)
{
	json_t *list = json_array(), *image;
	u32 i;

	for (i = 0; i < file->nr_images; i++) {
		image = json_pack("{s:o}", "file", json_utf8(file->images[i].file));
		if (file->images[i].has_gpa)
			json_object_set_new(image, "gpa", json_hex(file->images[i].gpa));
		json_array_append_new(list, image);
	}
	return list;
}

static json_t *ports_document(const struct hv_cellconf *conf)
{
	json_t *list = json_array();
	u32 i;

	for (i = 0; i < conf->nr_ports; i++)
		json_array_append_new(list, json_pack("{s:o, s:o}", "first", json_hex(conf->ports[i].first), "last",
						      json_hex(conf->ports[i].last)));
	return list;
}

static json_t *msrs_document(const struct hv_cellconf *conf)
{
	json_t *list = json_array();
	u32 i;

	for (i = 0; i < conf->nr_msrs; i++)
		json_array_append_new(list, json_pack("{s:o, s:o}", "index", json_hex(conf->msrs[i].index), "access",
						      rights(conf->msrs[i].access)));
	return list;
}

json_t *cell_file_document(const struct cell_file *file)
{
	const struct hv_cellconf *conf = &file->conf;
	json_t *document = json_pack("{s:s}", "name", conf->name), *regions = json_array();
	u32 i;

	if (conf->nr_physical)
		json_object_set_new(document, "cpus", cpus_document(conf));
	else
		json_object_set_new(document, "nr_cpus", json_integer(conf->nr_vcpus));
	for (i = 0; i < conf->nr_regions; i++)
		json_array_append_new(regions, region_document(&conf->regions[i]));
	json_object_set_new(document, "regions", regions);
	json_object_set_new(document, "images", images_document(file));
	if (file->has_entry)
		json_object_set_new(document, "entry", json_hex(conf->entry));
	if (file->has_mode)
		json_object_set_new(document, "mode", json_string(words_entry[conf->entry_mode]));
	if (conf->cmdline[0])
		json_object_set_new(document, "cmdline", json_string(conf->cmdline));
	json_object_set_new(document, "console", json_boolean(conf->flags & HV_CONF_CONSOLE));
	json_object_set_new(document, "ports", ports_document(conf));
	json_object_set_new(document, "msrs", msrs_document(conf));
	json_object_set_new(document, "restart", json_boolean(conf->flags & HV_CONF_RESTART));
	return document;
}
