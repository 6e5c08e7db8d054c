/* SPDX-License-Identifier: GPL-2.0-only */
/* What all of hvctl shares: options, exit statuses, and how something is said to the user. */
#ifndef HVCTL_HVCTL_H
#define HVCTL_HVCTL_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include <hvabi/cellconf.h>

#define HVCTL_VERSION "0.1.0"

/* What hvctl returns. */
enum { DONE = 0, FAILED = 1, REFUSED = 2 };

/* Those of the whole tool, and those that belong to some commands. */
enum {
	OPTION_JSON = 1 << 0,
	OPTION_PRETTY = 1 << 1,
	OPTION_STATS = 1 << 2,
	OPTION_VERBOSE = 1 << 3,
	OPTION_FORCE = 1 << 4,
	OPTION_WATCH = 1 << 5,
	OPTION_CONSOLE = 1 << 6,
	OPTION_FOLLOW = 1 << 7,
	OPTION_VERSION = 1 << 8,
	OPTION_HELP = 1 << 9,
};
#define OPTIONS_OF_ALL (OPTION_JSON | OPTION_PRETTY | OPTION_STATS | OPTION_VERBOSE | OPTION_VERSION | OPTION_HELP)

/* Set once, before a command runs. */
struct options {
	unsigned int set;
};
extern struct options options;

static inline bool has_option(unsigned int option)
{
	return options.set & option;
}

/* A place in a file, both from 1; line 0 is no place. */
struct place {
	u32 line, column;
};

/* The character of UTF-8 at @text, and how many bytes it has: 0 if there is none. */
u32 character_at(const char *text, size_t *length);
/* What is no UTF-8, or would do something to a terminal, becomes '?'. */
void clean_text(char *text);

/* Each says one sentence on stderr, after "hvctl: ", and returns FAILED. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* After FILE:LINE:COLUMN instead. */
int fail_at(const char *file, struct place place, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* What is worth knowing but no error: with -v only. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What goes on, for work that may take a while: one line that is overwritten, only if stderr is a terminal. */
void progress(const char *format, ...) __attribute__((format(printf, 1, 2)));
void progress_end(void);

#endif
