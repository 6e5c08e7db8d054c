// SPDX-License-Identifier: GPL-2.0-only
/* Cells' files without the module: check, show. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attr.h"
#include "cellfile.h"
#include "command.h"
#include "image.h"
#include "show.h"

/* Images are needed when the cell is loaded, so here one that is missing or broken is worth a note and no more. */
static void note_image(const struct cell_image *wanted)
{
	struct image image;
	const char *wrong;
	int fd = image_try(wanted->file, wanted->has_gpa ? &wanted->gpa : NULL, &image, &wrong);

	if (wrong) {
		note("%s cannot be loaded: it %s", wanted->file, wrong);
	} else if (fd < 0) {
		note("%s cannot be read: %s", wanted->file, strerror(errno));
	} else {
		note("%s: %s, %u part%s", wanted->file, words_format[image.format], image.nr_parts,
		     image.nr_parts == 1 ? "" : "s");
		close(fd);
	}
}

static json_t *check_file(const char *path)
{
	struct faults faults = { .list = json_array() };
	struct cell_file *file = cell_file_load(path, &faults);
	u32 i;

	if (file && !has_option(OPTION_JSON))
		printf("%s: ok\n", path);
	fflush(stdout);
	for (i = 0; file && i < file->nr_images && has_option(OPTION_VERBOSE); i++)
		note_image(&file->images[i]);
	cell_file_free(file);
	return json_pack("{s:o, s:b, s:o}", "file", json_utf8(path), "ok", file != NULL, "faults", faults.list);
}

int config_check(const struct arguments *arguments)
{
	json_t *results = json_array(), *result;
	int i, status = DONE;

	for (i = 0; i < arguments->count; i++) {
		result = check_file(arguments->values[i]);
		if (!json_is_true(json_object_get(result, "ok")))
			status = FAILED;
		json_array_append_new(results, result);
	}
	if (has_option(OPTION_JSON))
		show_json(results);
	json_decref(results);
	return status;
}

int config_show(const struct arguments *arguments)
{
	struct faults faults = { .list = NULL };
	struct cell_file *file = cell_file_load(arguments->values[0], &faults);
	json_t *document;

	if (!file)
		return FAILED;
	document = cell_file_document(file);
	if (has_option(OPTION_JSON))
		show_json(document);
	else
		show_cell(document);
	json_decref(document);
	cell_file_free(file);
	return DONE;
}
