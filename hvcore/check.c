// SPDX-License-Identifier: GPL-2.0-only
/* Do the hypervisor's own data structures agree with each other? */
#include <hv/atomic.h>
#include <hv/err.h>
#include <hv/hv.h>
#include <hv/memory.h>

/* A CPU that runs on a cell's tables is that cell's. */
static int check_cpus(const struct hv_cell *cell)
{
	u32 i;

	for (i = 0; i < hv.config->nr_cpus; i++)
		if (hv_load_acquire(&hv.pub[i].tables) == &cell->space.set.pt && hv.pub[i].cell != cell)
			return -EIO;
	return 0;
}

static int check_cells(void)
{
	u32 i, count = 0;
	int err = 0;

	for (i = 0; !err && i < HV_MAX_CELLS; i++) {
		if (!hv.cells[i])
			continue;
		count++;
		err = check_cpus(hv.cells[i]);
		if (!err)
			err = hv_memory_check_space(&hv.cells[i]->space);
	}
	return !err && count != hv.nr_cells ? -EIO : err;
}

int hv_selfcheck(void)
{
	int err = hv_memory_check();

	if (!err)
		err = hv_memory_check_space(&hv.root.space);
	if (err)
		return err;
	hv_lock(&hv.cells_lock);
	err = check_cells();
	hv_unlock(&hv.cells_lock);
	return err;
}
