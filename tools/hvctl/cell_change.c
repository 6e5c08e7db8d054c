// SPDX-License-Identifier: GPL-2.0-only
/* Cells, changed: create, load, start, stop, destroy, run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uapi/hv.h>

#include "cellfile.h"
#include "command.h"
#include "console.h"
#include "genl.h"
#include "load.h"
#include "number.h"
#include "show.h"

static int ask_name(struct genl *genl, unsigned int command, const char *name, json_t **answer)
{
	json_t *request = json_pack("{s:s}", "name", name);
	int status = genl_do(genl, command, request, answer);

	json_decref(request);
	return status;
}

static int change(const struct arguments *arguments, unsigned int command, const char *what)
{
	struct genl *genl = genl_open();
	int status = REFUSED;

	if (genl) {
		progress("%s %s...", what, arguments->values[0]);
		status = ask_name(genl, command, arguments->values[0], NULL);
		progress_end();
		if (status)
			genl_refused(genl);
	}
	genl_close(genl);
	return status;
}

int cell_start(const struct arguments *arguments)
{
	return change(arguments, HV_CMD_CELL_START, "starting");
}

int cell_stop(const struct arguments *arguments)
{
	return change(arguments, HV_CMD_CELL_STOP, "stopping");
}

int cell_destroy(const struct arguments *arguments)
{
	return change(arguments, HV_CMD_CELL_DESTROY, "destroying");
}

/* What the file leaves open is taken from the first image that says it. */
static int fill_entry(struct cell_file *file, const struct load *load)
{
	struct faults faults = { .file = file->path };
	unsigned int i;

	for (i = 0; i < load->count && !load->images[i].image.has_entry; i++)
		;
	if (i == load->count && !(file->has_entry && file->has_mode))
		return fail_at(file->path, (struct place){ 1, 1 },
			       "a cell has no '%s', and none of its images is ELF or multiboot",
			       file->has_entry ? "mode" : "entry");
	if (!file->has_entry)
		file->conf.entry = load->images[i].image.entry;
	if (!file->has_mode)
		file->conf.entry_mode = load->images[i].image.entry_mode;
	file->has_entry = true;
	file->has_mode = true;
	/* now that the entry is known, it can be judged */
	cell_file_check(file, &faults);
	return faults.count ? FAILED : DONE;
}

/* The refusal of a configuration has a place in the file, if the kernel says which attribute it means. */
static int refused_file(const struct genl *genl, const struct cell_file *file)
{
	const struct refusal *refusal = genl_refusal(genl);
	struct place place = { 0, 0 };

	if (refusal->attr[0])
		place = cell_file_place_of_attr(file, refusal->attr);
	fail_at(file->path, place, "%s", refusal_text(refusal));
	return REFUSED;
}

static int create(struct genl *genl, const struct cell_file *file, json_t **answer)
{
	json_t *document = cell_file_document(file);
	int status;

	progress("creating %s...", file->conf.name);
	status = genl_do(genl, HV_CMD_CELL_CREATE, document, answer);
	progress_end();
	json_decref(document);
	return status ? refused_file(genl, file) : DONE;
}

static int load_file(const char *path, struct cell_file **file, struct load **load)
{
	struct faults faults = { .file = path };

	*load = NULL;
	*file = cell_file_load(path, &faults);
	if (!*file)
		return FAILED;
	return DONE;
}

static void show_created(const json_t *answer)
{
	if (has_option(OPTION_JSON))
		show_json(answer);
}

int cell_create(const struct arguments *arguments)
{
	struct genl *genl = NULL;
	struct cell_file *file;
	struct load *load;
	json_t *answer;
	int status;

	status = load_file(arguments->values[0], &file, &load);
	/* images are looked at only for what the file does not say */
	if (!status && !(file->has_entry && file->has_mode)) {
		load = load_images(file->images, file->nr_images);
		status = load ? fill_entry(file, load) : FAILED;
	}
	if (!status) {
		genl = genl_open();
		status = genl ? create(genl, file, &answer) : REFUSED;
	}
	if (!status) {
		show_created(answer);
		json_decref(answer);
	}
	genl_close(genl);
	load_free(load);
	cell_file_free(file);
	return status;
}

/* IMAGE[@GPA]; an '@' without a number behind it belongs to the name. */
static bool parse_image(const char *word, struct cell_image *image)
{
	const char *at = strrchr(word, '@');

	image->has_gpa = at && at != word && !size_parse(at + 1, &image->gpa);
	image->file = image->has_gpa ? strndup(word, (size_t)(at - word)) : strdup(word);
	return image->file;
}

int cell_load(const struct arguments *arguments)
{
	struct cell_image images[CELL_MAX_IMAGES] = { 0 };
	u32 i, count = (u32)arguments->count - 1;
	struct genl *genl = NULL;
	struct load *load;
	int status = FAILED;

	if (count > CELL_MAX_IMAGES)
		return fail("more than %d images", CELL_MAX_IMAGES);
	for (i = 0; i < count && parse_image(arguments->values[1 + i], &images[i]); i++)
		;
	if (i < count)
		fail("out of memory");
	/* what is not loaded whole is not loaded */
	load = i < count ? NULL : load_images(images, count);
	if (load) {
		genl = genl_open();
		status = genl ? load_send(genl, arguments->values[0], load) : REFUSED;
	}
	genl_close(genl);
	load_free(load);
	for (i = 0; i < count; i++)
		free(images[i].file);
	return status;
}

/* Created here, so taken back here if it cannot run. */
static int load_and_start(struct genl *genl, const char *name, const struct load *load)
{
	int status = load_send(genl, name, load);

	if (!status) {
		progress("starting %s...", name);
		status = ask_name(genl, HV_CMD_CELL_START, name, NULL);
		progress_end();
		if (status)
			genl_refused(genl);
	}
	if (status && ask_name(genl, HV_CMD_CELL_DESTROY, name, NULL))
		fail("cell %s remains: %s", name, refusal_text(genl_refusal(genl)));
	return status;
}

static int run(struct genl *genl, const struct cell_file *file, const struct load *load)
{
	json_t *answer;
	int status;

	status = create(genl, file, &answer);
	if (status)
		return status;
	status = load_and_start(genl, file->conf.name, load);
	if (!status)
		show_created(answer);
	json_decref(answer);
	if (!status && has_option(OPTION_CONSOLE))
		status = console_attach(genl, file->conf.name, CONSOLE_STOPPED);
	return status;
}

int cell_run(const struct arguments *arguments)
{
	struct genl *genl = NULL;
	struct cell_file *file;
	struct load *load;
	int status;

	status = load_file(arguments->values[0], &file, &load);
	if (!status && has_option(OPTION_CONSOLE) && !(file->conf.flags & HV_CONF_CONSOLE))
		status = fail_at(file->path, cell_file_place(file, FIELD_CONSOLE, 0),
				 "the cell has no console to attach to; it needs 'console: true'");
	if (!status) {
		load = load_images(file->images, file->nr_images);
		status = load ? fill_entry(file, load) : FAILED;
	}
	if (!status) {
		genl = genl_open();
		status = genl ? run(genl, file, load) : REFUSED;
	}
	genl_close(genl);
	load_free(load);
	cell_file_free(file);
	return status;
}
