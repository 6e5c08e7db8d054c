/* SPDX-License-Identifier: GPL-2.0-only */
/* Between aspace.c and aspace_config.c. */
#ifndef ASPACE_H
#define ASPACE_H

#include <hv/aspace.h>
#include <hv/cellconf.h>
#include <hv/check.h>

/* With the locks held. @reserved: out, were the frames taken from root? */
int __must_check hv_aspace_insert_identical(struct hv_mset *set, const struct hv_region *region, bool lenient,
					    bool *reserved);

#endif
