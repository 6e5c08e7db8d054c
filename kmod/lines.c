// SPDX-License-Identifier: GPL-2.0-only
/* Lines for people: those of the module and of the hypervisor go to the kernel log, and the last ones are kept. */
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "hvk.h"

#define KEPT 256

static struct hvk_line lines[KEPT];	/* lock: lines_lock */
static u64 last;			/* number of the newest line; lock: lines_lock */
static DEFINE_SPINLOCK(lines_lock);

void hvk_line_add(unsigned int level, u64 lost, const char *text)
{
	struct hvk_line *line;

	if (level <= LOGLEVEL_ERR)
		pr_err("%s\n", text);
	else if (level == LOGLEVEL_WARNING)
		pr_warn("%s\n", text);
	else
		pr_info("%s\n", text);
	spin_lock(&lines_lock);
	line = &lines[++last % KEPT];
	line->seq = last;
	line->level = level;
	line->lost = lost;
	strscpy(line->text, text, sizeof(line->text));
	spin_unlock(&lines_lock);
}

bool hvk_line_get(u64 after, struct hvk_line *line)
{
	u64 oldest;
	bool found;

	spin_lock(&lines_lock);
	oldest = last > KEPT ? last - KEPT + 1 : 1;
	found = after < last;
	if (found) {
		*line = lines[max(after + 1, oldest) % KEPT];
		line->lost += line->seq - after - 1;
	}
	spin_unlock(&lines_lock);
	return found;
}

static void add(unsigned int level, const char *format, va_list args)
{
	char text[HVK_LINE];

	vscnprintf(text, sizeof(text), format, args);
	hvk_line_add(level, 0, text);
}

void hvk_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(LOGLEVEL_INFO, format, args);
	va_end(args);
}

void hvk_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(LOGLEVEL_WARNING, format, args);
	va_end(args);
}

int hvk_fail(int err, const char *format, ...)
{
	va_list args;

	lockdep_assert_held(&hvk.lock);
	va_start(args, format);
	vscnprintf(hvk.why, sizeof(hvk.why), format, args);
	va_end(args);
	hvk_line_add(LOGLEVEL_ERR, 0, hvk.why);
	return err;
}
