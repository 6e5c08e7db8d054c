// SPDX-License-Identifier: GPL-2.0-only
/* Do the hypervisor's own data structures agree with each other? */
#include <hv/err.h>
#include <hv/hv.h>
#include <hv/memory.h>

int hv_selfcheck(void)
{
	int err = hv_memory_check();

	return err ? err : hv_memory_check_tables();
}
