// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cells end by themselves, and nobody tells Linux: an interrupt would be one that a cell can cause. So while one runs
 * its page is looked at from time to time.
 */
#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include "cell.h"
#include "hvk.h"
#include "watch.h"

#define PERIOD msecs_to_jiffies(10)

static void look(struct work_struct *work);
static DECLARE_DELAYED_WORK(look_work, look);

/* Who holds the lock may wait for this to end, and it comes again soon. */
static void look(struct work_struct *work)
{
	bool more = true;

	if (mutex_trylock(&hvk.lock)) {
		more = hvk_cells_look();
		mutex_unlock(&hvk.lock);
	}
	if (more)
		queue_delayed_work(system_unbound_wq, &look_work, PERIOD);
}

void hvk_watch_start(void)
{
	queue_delayed_work(system_unbound_wq, &look_work, PERIOD);
}

void hvk_watch_stop(void)
{
	cancel_delayed_work_sync(&look_work);
}
