/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory type of an address, from the values of the MTRRs. */
#ifndef X86_MTRR_H
#define X86_MTRR_H

#include <hv/types.h>

#define X86_MTRR_MAX 16
#define X86_MTRR_FIXED 11

struct x86_mtrrs {
	u64 def_type;
	u64 address_mask;
	u32 nr_variable;
	u64 base[X86_MTRR_MAX], mask[X86_MTRR_MAX];
	u64 fixed[X86_MTRR_FIXED];
};

/** x86_mtrr_read() - take the values of this CPU */
void x86_mtrr_read(struct x86_mtrrs *mtrrs);

/**
 * x86_mtrr_type() - type of @address
 * @end: in: how far the caller looks; out: at most that, and nothing before it has another type
 */
u64 x86_mtrr_type(const struct x86_mtrrs *mtrrs, u64 address, u64 *end);

#endif
