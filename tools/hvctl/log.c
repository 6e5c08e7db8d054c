// SPDX-License-Identifier: GPL-2.0-only
/* The hypervisor's log. */
#include <poll.h>
#include <stdio.h>

#include <uapi/hv.h>

#include "command.h"
#include "genl.h"
#include "show.h"

#define FOLLOW_MS 250

static const char *const levels[] = { "emergency", "alert", "critical", "error", "warning", "notice", "info", "debug" };

static void show_log(const json_t *line)
{
	u64 level = json_u64(line, "level");

	if (json_u64(line, "lost"))
		printf("(%llu lines are lost)\n", json_u64(line, "lost"));
	if (has_option(OPTION_VERBOSE))
		printf("%llu %s ", json_u64(line, "seq"), level < HV_ARRAY_SIZE(levels) ? levels[level] : "?");
	printf("%s%s%s\n", level < 4 ? colour(COLOUR_BAD) : "", json_text(line, "text"),
	       level < 4 ? colour(COLOUR_NONE) : "");
}

/* Lines after @seq, which becomes that of the last one. With JSON and an end in sight, one array. */
static int show_lines(struct genl *genl, u64 *seq)
{
	json_t *request = json_pack("{s:I}", "seq", (json_int_t)*seq), *lines, *line;
	int status = genl_dump(genl, HV_CMD_LOG_GET, request, &lines);
	bool as_list = has_option(OPTION_JSON) && !has_option(OPTION_FOLLOW);
	size_t i;

	json_decref(request);
	if (status)
		return status;
	if (as_list)
		show_json(lines);
	json_array_foreach(lines, i, line) {
		if (has_option(OPTION_JSON) && !as_list)
			show_json(line);
		else if (!as_list)
			show_log(line);
		*seq = json_u64(line, "seq");
	}
	fflush(stdout);
	json_decref(lines);
	return DONE;
}

int log_run(const struct arguments *arguments)
{
	struct genl *genl = genl_open();
	u64 seq = 0;
	int status;

	(void)arguments;	/* there are none */
	if (!genl)
		return REFUSED;
	status = show_lines(genl, &seq);
	while (!status && has_option(OPTION_FOLLOW)) {
		poll(NULL, 0, FOLLOW_MS);
		status = show_lines(genl, &seq);
	}
	if (status)
		genl_refused(genl);
	genl_close(genl);
	return status;
}
