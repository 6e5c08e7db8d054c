// SPDX-License-Identifier: GPL-2.0-only
/* Cells on their CPUs: start and stop. Both need other CPUs to do something, and so take several calls. */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/sched.h>

#include <hvabi/hypercall.h>

#include "cell_hooks.h"
#include "hvk.h"
#include "refuse.h"

/* As many calls follow each other at once; then there are pauses. */
#define EAGER 64

static long ask(unsigned long call, const struct hvk_cell *cell, unsigned int ms)
{
	ktime_t end = ktime_add_ms(ktime_get(), ms);
	unsigned int tries = 0;
	long err;

	while ((err = hvk_call(call, cell->conf.id)) == -EAGAIN) {
		if (!ktime_before(ktime_get(), end))
			return -ETIMEDOUT;
		if (++tries < EAGER)
			cond_resched();
		else
			usleep_range(50, 100);
	}
	return err;
}

int hvk_hook_start(struct hvk_cell *cell, struct hvk_refusal *refusal)
{
	long err = ask(HV_HC_CELL_START, cell, HVK_PATIENCE_MS);

	if (!err)
		return 0;
	if (err != -ETIMEDOUT)
		return hvk_blame(refusal, HV_A_CELL_NAME, (int)err, "the hypervisor does not start the cell");
	/* What has begun of it; if that fails, so will the next attempt. */
	(void)ask(HV_HC_CELL_STOP, cell, HVK_PATIENCE_MS);
	return hvk_blame(refusal, HV_A_CELL_NAME, (int)err, "the CPUs of the cell do not begin within a second");
}

int hvk_hook_stop(struct hvk_cell *cell, unsigned int ms, struct hvk_refusal *refusal)
{
	long err = ask(HV_HC_CELL_STOP, cell, ms);

	if (err == -ETIMEDOUT)
		return hvk_blame(refusal, HV_A_CELL_NAME, (int)err, "the CPUs of the cell do not stop within a second");
	return err ? hvk_blame(refusal, HV_A_CELL_NAME, (int)err, "the hypervisor does not stop the cell") : 0;
}
