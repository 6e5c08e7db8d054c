/* SPDX-License-Identifier: GPL-2.0-only */
/* What this machine can and cannot do, said without the module. */
#ifndef HVCTL_HW_H
#define HVCTL_HW_H

#include <jansson.h>

#include "hvctl.h"

/* MISSING: hv would not launch. WARNING: it would, but see the sentence. */
enum hw_verdict { HW_OK, HW_WARNING, HW_UNKNOWN, HW_MISSING };

struct hw {
	json_t *findings;	/* of {name, verdict, text} */
	bool is_missing;
	bool is_intel, is_amd;
	bool has_hv;		/* it is running underneath: what is asked now is what it shows */
};

void hw_find(struct hw *hw, const char *name, enum hw_verdict verdict, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Each adds its findings. */
void hw_check_cpu(struct hw *hw);
void hw_check_system(struct hw *hw);

/* The first line of a file below machine_root(), without its end; false if there is none. */
bool hw_read(const char *path, char *text, size_t size);
bool hw_exists(const char *path);
/* How many names a directory has; -1 if there is no such. */
int hw_count(const char *path);
/* How many CPUs have a file for that. */
unsigned int hw_cpus(void);
/* Is that word in a line of /proc/cpuinfo with that label? */
bool hw_cpuinfo(const char *label, const char *word);

#endif
