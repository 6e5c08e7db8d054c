/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* MSRs that may be denied. */
#ifndef CELLS_MSR_H
#define CELLS_MSR_H

#include <hv/types.h>

/* Return TRY_OK, or the vector of the exception. A value that could not be read is 0. */
int msr_read(u32 msr, u64 *value);
int msr_write(u32 msr, u64 value);

#endif
