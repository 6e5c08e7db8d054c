/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests to the family "hv", and what it answers or refuses. Documents are those of attr.h. */
#ifndef HVCTL_GENL_H
#define HVCTL_GENL_H

#include <jansson.h>

#include "attr.h"
#include "hvctl.h"

struct genl;

/* What the kernel said when it refused. */
struct refusal {
	int err;		/* a positive error number */
	char text[256];		/* its sentence, or "" */
	char attr[ATTR_PATH];	/* the attribute it means, or "" */
};

/* NULL, and a sentence, if that fails; errno is ENOENT then if the module is not loaded. */
struct genl *genl_open(void);
void genl_close(struct genl *genl);

/*
 * Each returns DONE, or REFUSED with genl_refusal() set and nothing said yet. @request may be NULL; it is not
 * consumed. *@answer is a document of the caller's, {} if the kernel only acknowledged; for a dump an array of them.
 */
int genl_do(struct genl *genl, unsigned int command, json_t *request, json_t **answer);
int genl_dump(struct genl *genl, unsigned int command, json_t *request, json_t **answers);

/*
 * The next event, as a document with the member "event" in front: "hv" or "cell"; "lost" if some were dropped. NULL
 * with DONE if none came in time; REFUSED if the module has gone.
 */
int genl_listen(struct genl *genl);
int genl_event(struct genl *genl, int timeout_ms, json_t **event);

const struct refusal *genl_refusal(const struct genl *genl);
/* What it said, or what its error number means. */
const char *refusal_text(const struct refusal *refusal);
/* Says the refusal; returns REFUSED. */
int genl_refused(const struct genl *genl);

#endif
