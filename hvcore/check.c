// SPDX-License-Identifier: GPL-2.0-only
/* Do the hypervisor's own data structures agree with each other? */
#include <hv/err.h>
#include <hv/hv.h>

int hv_selfcheck(void)
{
	return hv_pool_check(&hv.pool);
}
