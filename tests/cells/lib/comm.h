/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The comm page, and questions about it. */
#ifndef CELLS_COMM_H
#define CELLS_COMM_H

#include <hvabi/guest.h>
#include <hvabi/memflags.h>

#define COMM ((const struct hv_comm *)HV_COMM_GPA)

/** comm_has() - does the page begin as it should? Ask first, if the program may run elsewhere. */
bool comm_has(void);

/** comm_region() - the region that a guest-physical address lies in, or NULL. */
const struct hv_comm_region *comm_region(u64 gpa);

#endif
