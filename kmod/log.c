// SPDX-License-Identifier: GPL-2.0-only
/* The hypervisor's log ring on its way to the kernel log. */
#define pr_fmt(fmt) "hv: " fmt
#include <linux/kernel.h>
#include <linux/workqueue.h>

#include "hvk.h"

/* Deferrable: an idle CPU is not woken to look for lines. */
#define PERIOD (HZ / 4)

static struct {
	const struct hv_log_ring *ring;
	u64 next;
} reader;

static void print_line(const struct hv_log_record *record)
{
	if (record->level == HV_LOG_ERR)
		pr_err("%.*s\n", HV_LOG_TEXT, record->text);
	else if (record->level == HV_LOG_WARN)
		pr_warn("%.*s\n", HV_LOG_TEXT, record->text);
	else
		pr_info("%.*s\n", HV_LOG_TEXT, record->text);
}

/* False if the line is not there yet. A line that was overwritten meanwhile is skipped and said to be missing. */
static bool read_line(u64 number)
{
	const struct hv_log_record *slot = &reader.ring->records[number % HV_LOG_RECORDS];
	struct hv_log_record copy;
	u64 seq = smp_load_acquire(&slot->seq);

	if (seq <= number)
		return false;
	copy = *slot;
	smp_rmb(); /* pairs with the writer's release of seq = 0 in hvcore/log.c */
	if (seq != number + 1 || READ_ONCE(slot->seq) != seq)
		pr_warn("a line of the hypervisor's log was overwritten before it was read\n");
	else
		print_line(&copy);
	return true;
}

static void drain(void)
{
	while (reader.next < READ_ONCE(reader.ring->next) && read_line(reader.next))
		reader.next++;
}

static void poll(struct work_struct *work);
static DECLARE_DEFERRABLE_WORK(poll_work, poll);

static void poll(struct work_struct *work)
{
	drain();
	schedule_delayed_work(&poll_work, PERIOD);
}

void hvk_log_start(bool from_the_beginning)
{
	if (from_the_beginning)
		reader.next = 0;
	reader.ring = hvk.log;
	schedule_delayed_work(&poll_work, PERIOD);
}

void hvk_log_stop(void)
{
	cancel_delayed_work_sync(&poll_work);
	drain();
}
