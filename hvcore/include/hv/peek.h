/* SPDX-License-Identifier: GPL-2.0-only */
/* What root sees of memory that it gave away. */
#ifndef HV_PEEK_H
#define HV_PEEK_H

#include <hv/err.h>
#include <hv/types.h>

/* Pages at a time: as many as one instruction can touch, and some for other CPUs. */
#define HV_PEEKS 16

struct hv_peek {
	u64 page;
	bool is_open;		/* root maps it: zeros */
};

/** hv_peek() - root read @gpa: let it read zeros if it gave that away. False if it did not, or memory is short. */
bool hv_peek(u64 gpa);

/** hv_peek_forget() - [start, start + size) is about to come back. With root's map locked. 0 or -ENOMEM. */
int __must_check hv_peek_forget(u64 start, u64 size);

#endif
