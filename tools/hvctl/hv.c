// SPDX-License-Identifier: GPL-2.0-only
/* The hypervisor as a whole: status, enable, disable. */
#include <stdio.h>
#include <string.h>

#include <uapi/hv.h>

#include "command.h"
#include "genl.h"
#include "number.h"
#include "show.h"

static void show_features(const json_t *features)
{
	struct table table = { .columns = "lll" };
	json_t *feature;
	size_t i;

	if (!json_array_size(features))
		return;
	table_add(&table, "PROTECTION");
	table_add(&table, "ON");
	table_add(&table, "WHAT IT DOES, OR WHY IT IS OFF");
	json_array_foreach(features, i, feature) {
		table_add(&table, "%s", json_text(feature, "name"));
		table_add(&table, "%s", json_is_true(json_object_get(feature, "on")) ? "yes" : "no");
		table_add(&table, "%s", json_text(feature, "text"));
	}
	table_show(&table);
}

static void show_status(const json_t *hv)
{
	const char *state = json_text(hv, "state");
	char size[SIZE_TEXT];

	show_line("state", "%s%s%s", colour_of_state(state), state, colour(COLOUR_NONE));
	show_line("version", "%s", json_text(hv, "version"));
	show_line("vendor", "%s", json_text(hv, "vendor"));
	if (json_object_get(hv, "image_bytes"))
		show_line("image", "%s", size_words(json_u64(hv, "image_bytes"), size));
	if (json_u64(hv, "memory_bytes")) {
		show_line("CPUs", "%llu", json_u64(hv, "cpus"));
		show_line("memory", "%s at %s", size_words(json_u64(hv, "memory_bytes"), size),
			  json_text(hv, "memory_start"));
		show_line("pool", "%llu of %llu frames free", json_u64(hv, "pool_frames_free"),
			  json_u64(hv, "pool_frames"));
		show_line("secure", "%s", size_words(json_u64(hv, "secure_bytes"), size));
	}
	if (json_u64(hv, "stop_us"))
		show_line("stopped", "%llu us, for the last launch or leave", json_u64(hv, "stop_us"));
	if (json_u64(hv, "call_us"))
		show_line("kept", "a CPU for %llu us at most, in the last operation on a cell",
			  json_u64(hv, "call_us"));
	show_features(json_object_get(hv, "features"));
}

/* Without the module the answer is known, too. */
static int show_unloaded(void)
{
	json_t *hv = json_pack("{s:s}", "state", "not loaded");

	if (has_option(OPTION_JSON))
		show_json(hv);
	else
		show_line("state", "not loaded");
	json_decref(hv);
	return REFUSED;
}

int hv_status(const struct arguments *arguments)
{
	struct genl *genl = genl_open();
	json_t *hv, *feature;
	size_t i;
	int status;

	(void)arguments;	/* there are none */
	if (!genl)
		return errno == ENOENT ? show_unloaded() : REFUSED;
	status = genl_do(genl, HV_CMD_HV_GET, NULL, &hv);
	if (status) {
		genl_refused(genl);
	} else {
		json_array_foreach(json_object_get(hv, "features"), i, feature)
			default_flag(feature, "on");
		if (has_option(OPTION_JSON))
			show_json(hv);
		else
			show_status(hv);
		json_decref(hv);
	}
	genl_close(genl);
	return status;
}

static int change(unsigned int command, json_t *request, const char *what)
{
	struct genl *genl = genl_open();
	int status = REFUSED;

	if (genl) {
		progress("%s...", what);
		status = genl_do(genl, command, request, NULL);
		progress_end();
		if (status)
			genl_refused(genl);
	}
	genl_close(genl);
	json_decref(request);
	return status;
}

int hv_enable(const struct arguments *arguments)
{
	(void)arguments;	/* there are none */
	return change(HV_CMD_HV_ENABLE, NULL, "launching");
}

int hv_disable(const struct arguments *arguments)
{
	(void)arguments;	/* there are none */
	return change(HV_CMD_HV_DISABLE, json_pack("{s:b}", "force", has_option(OPTION_FORCE)), "leaving");
}
