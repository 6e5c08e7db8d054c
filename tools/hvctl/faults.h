/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is wrong with a file, each with its place. Of keys and their values all of it is told; of what is no YAML, and
 * of hvcore's rules, which are asked about a file without other faults, the first.
 */
#ifndef HVCTL_FAULTS_H
#define HVCTL_FAULTS_H

#include <jansson.h>

#include "hvctl.h"

struct faults {
	const char *file;
	unsigned int count;
	bool is_quiet;		/* says nothing: for the fuzzer */
	json_t *list;		/* of {line, column, text}, if there is one */
};

void fault_add(struct faults *faults, struct place place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
