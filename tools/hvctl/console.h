/* SPDX-License-Identifier: GPL-2.0-only */
/* A cell's console on this terminal. */
#ifndef HVCTL_CONSOLE_H
#define HVCTL_CONSOLE_H

#include "genl.h"

enum console_end {
	CONSOLE_NOW,		/* when all is shown that is there */
	CONSOLE_GONE,		/* when the cell has gone */
	CONSOLE_STOPPED,	/* when it does not run any more */
};

int console_attach(struct genl *genl, const char *name, enum console_end end);

#endif
