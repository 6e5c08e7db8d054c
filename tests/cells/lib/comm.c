// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The comm page, and questions about it. */
#include "comm.h"

bool comm_has(void)
{
	return COMM->signature == HV_COMM_SIGNATURE && COMM->version == HV_GUEST_VERSION;
}

const struct hv_comm_region *comm_region(u64 gpa)
{
	u32 i;

	for (i = 0; i < COMM->nr_regions; i++)
		if (gpa >= COMM->regions[i].gpa && gpa - COMM->regions[i].gpa < COMM->regions[i].size)
			return &COMM->regions[i];
	return NULL;
}
