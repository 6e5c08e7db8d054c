// SPDX-License-Identifier: GPL-2.0-only
/* Events: one line, or one JSON object, for each. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "genl.h"
#include "show.h"

static void show_event(const json_t *event)
{
	const char *kind = json_text(event, "event"), *state = json_text(event, "state");
	const json_t *fault = json_object_get(event, "fault");

	if (!strcmp(kind, "lost")) {
		puts("events are lost: they came faster than they were read");
	} else if (!strcmp(kind, "hv")) {
		printf("hv %s\n", state);
	} else {
		printf("cell %s (%llu) %s%s%s", json_text(event, "name"), json_u64(event, "id"), colour_of_state(state),
		       state, colour(COLOUR_NONE));
		if (fault)
			printf(": %s on CPU %llu", json_text(fault, "reason"), json_u64(fault, "cpu"));
		putchar('\n');
	}
	fflush(stdout);
}

int monitor_run(const struct arguments *arguments)
{
	struct genl *genl = genl_open();
	json_t *event;
	int status;

	(void)arguments;	/* there are none */
	if (!genl)
		return REFUSED;
	status = genl_listen(genl);
	while (!status) {
		status = genl_event(genl, -1, &event);
		if (status || !event)
			continue;
		if (has_option(OPTION_JSON))
			show_json(event);
		else
			show_event(event);
		json_decref(event);
	}
	genl_refused(genl);
	genl_close(genl);
	return status;
}
