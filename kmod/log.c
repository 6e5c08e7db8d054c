// SPDX-License-Identifier: GPL-2.0-only
/* The hypervisor's log ring on its way to the kernel log. */
#include <linux/kernel.h>
#include <linux/workqueue.h>

#include "hvk.h"

/* Deferrable: an idle CPU is not woken to look for lines. */
#define PERIOD (HZ / 4)

static struct {
	const struct hv_log_ring *ring;
	u64 next;
	u64 lost;	/* lines since the last one that was read */
} reader;

static void keep(struct hv_log_record *record)
{
	static const unsigned int levels[] = {
		[HV_LOG_ERR] = LOGLEVEL_ERR, [HV_LOG_WARN] = LOGLEVEL_WARNING, [HV_LOG_INFO] = LOGLEVEL_INFO
	};

	if (reader.lost)
		pr_warn("%llu lines of the hypervisor's log were overwritten before they were read\n", reader.lost);
	record->text[HV_LOG_TEXT - 1] = '\0';
	hvk_line_add(record->level < ARRAY_SIZE(levels) ? levels[record->level] : LOGLEVEL_INFO, reader.lost,
		     record->text);
	reader.lost = 0;
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
		reader.lost++;
	else
		keep(&copy);
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

/* What the hypervisor has written so far is kept when this returns. */
void hvk_log_flush(void)
{
	flush_delayed_work(&poll_work);
}

void hvk_log_stop(void)
{
	cancel_delayed_work_sync(&poll_work);
	drain();
}
