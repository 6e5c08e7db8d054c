// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls, and for how long they keep the CPU that makes them: the only one that an operation on a cell stops. */
#include <linux/ktime.h>

#include "hvk.h"

long hvk_call(unsigned long nr, unsigned long arg)
{
	ktime_t start = ktime_get();
	long result = hv_boot_call(hvk.launch, nr, arg);
	u64 us = ktime_us_delta(ktime_get(), start);

	if (us > READ_ONCE(hvk.call_us))
		WRITE_ONCE(hvk.call_us, us);
	return result;
}

void hvk_call_begin(void)
{
	WRITE_ONCE(hvk.call_us, 0);
}
