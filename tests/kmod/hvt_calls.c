// SPDX-License-Identifier: GPL-2.0-only
/* How long hypercalls of the module keep their CPU: the longest of each kind, interrupts and preemption included. */
#include <linux/debugfs.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <asm/tsc.h>

#define NR_CALLS 32

static u64 counts[NR_CALLS], longest[NR_CALLS];
static DEFINE_RAW_SPINLOCK(lock);

struct entry {
	unsigned long nr;
	u64 tsc;
};

static int enter(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct entry *entry = (struct entry *)instance->data;

	entry->nr = regs->si;
	entry->tsc = rdtsc_ordered();
	return 0;
}

static int leave(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct entry *entry = (struct entry *)instance->data;
	u64 ticks = rdtsc_ordered() - entry->tsc;
	unsigned long flags;

	if (entry->nr >= NR_CALLS)
		return 0;
	raw_spin_lock_irqsave(&lock, flags);
	counts[entry->nr]++;
	if (ticks > longest[entry->nr])
		longest[entry->nr] = ticks;
	raw_spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static struct kretprobe probe = {
	.kp.symbol_name = "hv:hv_boot_call",
	.entry_handler = enter,
	.handler = leave,
	.data_size = sizeof(struct entry),
	.maxactive = 64,
};

/* A line for each call: its number, how many there were, microseconds of the longest. */
static int calls_show(struct seq_file *m, void *unused)
{
	unsigned int i;

	for (i = 0; i < NR_CALLS; i++)
		if (counts[i])
			seq_printf(m, "%u %llu %llu\n", i, counts[i], longest[i] * 1000 / tsc_khz);
	seq_printf(m, "missed %d\n", probe.nmissed);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(calls);

static struct dentry *dir;

static int __init calls_init(void)
{
	int err = register_kretprobe(&probe);

	if (err)
		return err;
	dir = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_file("result", 0444, dir, NULL, &calls_fops);
	return 0;
}

static void __exit calls_exit(void)
{
	debugfs_remove_recursive(dir);
	unregister_kretprobe(&probe);
}

module_init(calls_init);
module_exit(calls_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("hv: test module");
