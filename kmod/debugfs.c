// SPDX-License-Identifier: GPL-2.0-only
/* For people who look for a bug: hv/dump in debugfs. A write has the hypervisor put root's memory into the log. */
#include <linux/debugfs.h>
#include <linux/module.h>

#include <hvabi/hypercall.h>

#include "hvk.h"

static struct dentry *folder;

static ssize_t dump_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	ssize_t err = mutex_lock_interruptible(&hvk.lock);

	if (err)
		return err;
	err = hvk.state == HV_ACTIVE ? hv_boot_call(hvk.launch, HV_HC_DUMP, 0) : -ENODEV;
	mutex_unlock(&hvk.lock);
	return err ?: count;
}

static const struct file_operations dump_fops = { .owner = THIS_MODULE, .write = dump_write };

void hvk_debugfs_init(void)
{
	folder = debugfs_create_dir("hv", NULL);
	debugfs_create_file("dump", 0200, folder, NULL, &dump_fops);
}

void hvk_debugfs_fini(void)
{
	debugfs_remove_recursive(folder);
}
