/* SPDX-License-Identifier: GPL-2.0-only */
/* What the test modules share: a text file in debugfs, and instructions that may fault. */
#ifndef HVT_H
#define HVT_H

#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

/* The module defines hvt_show() and gets debugfs file NAME/result that calls it at every read. */
static int hvt_show(struct seq_file *m, void *unused);
DEFINE_SHOW_ATTRIBUTE(hvt);

static struct dentry *hvt_dir;

static int __init hvt_init(void)
{
	hvt_dir = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_file("result", 0444, hvt_dir, NULL, &hvt_fops);
	return 0;
}

static void __exit hvt_exit(void)
{
	debugfs_remove_recursive(hvt_dir);
}

/* A module with more to do defines HVT_MORE and calls both from its own. */
#ifndef HVT_MORE
module_init(hvt_init);
module_exit(hvt_exit);
#endif
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("hv: test module");

#endif
