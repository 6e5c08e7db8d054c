// SPDX-License-Identifier: GPL-2.0-only
/* sources: tools/hvctl/cellfile.c tools/hvctl/cellfile_check.c tools/hvctl/cellfile_document.c */
/* sources: tools/hvctl/faults.c tools/hvctl/number.c tools/hvctl/say.c tools/hvctl/yaml_schema.c */
/* sources: tools/hvctl/attr.c tools/hvctl/attr_read.c */
/* sources: hvcore/cellconf.c hvcore/cellconf_region.c hvcore/cellconf_io.c hvcore/cellconf_x86.c */
/* libs: yaml jansson nl-3 */
/* Cells' files of arbitrary text: each ends as a cell or as faults with places inside the text. */
#include <stdlib.h>
#include <string.h>

#include <tools/hvctl/cellfile.h>
#include <hv/cellconf.h>

#define REQUIRE(condition) do { if (!(condition)) abort(); } while (0)

struct options options;

/* What is random begins where it matters; the first byte says where. */
static const char *const beginnings[] = {
	"",
	"name: a\ncpus: 1\nentry: 0\nmode: real16\nmemory:\n  - {gpa: 0, size: 4K}\n",
	"name: a\ncpus: 1\nentry: 0\nmode: real16\nmemory:\n  - {gpa: 0, size: 4K, ",
	"name: a\nentry: 0x10\nmode: long64\nmemory: [{gpa: 0, size: 1M}]\nimages: [{file: x, gpa: 0}]\ncpus: ",
	"name: a\ncpus: 1\nmemory: [{gpa: 0, size: 1M}]\nimages: [{file: x}]\nports: [0x60..",
	"name: a\ncpus: [1]\nmemory: [{gpa: 0, size: 1M}]\nimages: [{file: x}]\nmsrs: [{index: ",
	"cpus: &a [1, 2]\nports: *a\nmsrs: *a\nname: ",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_faults(const json_t *faults, const char *text, size_t size)
{
	json_int_t lines = 2;
	json_t *fault;
	size_t i;

	/* a line ends at CR, LF, or both; also at NEL, LS and PS */
	for (i = 0; i < size; i++)
		lines += text[i] == '\n' || text[i] == '\r' || text[i] & 0x80;
	json_array_foreach(faults, i, fault) {
		REQUIRE(json_integer_value(json_object_get(fault, "line")) <= lines);
		REQUIRE(json_string_length(json_object_get(fault, "text")) > 0);
	}
}

static void check_file(const struct cell_file *file)
{
	struct hv_cellconf conf = file->conf;
	struct hv_conf_fault fault;
	json_t *document = cell_file_document(file);

	REQUIRE(document && json_is_array(json_object_get(document, "regions")));
	REQUIRE(conf.nr_regions && conf.nr_vcpus && file->nr_images <= CELL_MAX_IMAGES);
	/* without an entry it depends on the images */
	if (file->has_entry && file->has_mode)
		REQUIRE(!hv_cellconf_check(&conf, &fault));
	json_decref(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct faults faults = { .is_quiet = true, .list = json_array() };
	size_t before = size ? strlen(beginnings[data[0] % HV_ARRAY_SIZE(beginnings)]) : 0;
	char *text = malloc(before + size + 1);
	struct cell_file *file;

	REQUIRE(text);
	if (size) {
		memcpy(text, beginnings[data[0] % HV_ARRAY_SIZE(beginnings)], before);
		memcpy(text + before, data + 1, size - 1);
		size += before - 1;
	}
	file = cell_file_parse("dir/file.yaml", text, size, &faults);
	REQUIRE(!file == !!faults.count);
	check_faults(faults.list, text, size);
	if (file)
		check_file(file);
	cell_file_free(file);
	json_decref(faults.list);
	free(text);
	return 0;
}
