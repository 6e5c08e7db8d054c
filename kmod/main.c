// SPDX-License-Identifier: GPL-2.0-only
/* Module init and exit: bring-up in order, unwinding in reverse. */
#include <linux/module.h>

#include "hvk.h"
#include "nl.h"

#define HVK_VERSION "0.1.0"

struct hvk hvk = { .lock = __MUTEX_INITIALIZER(hvk.lock) };

char *hvk_param_mem;
module_param_named(mem, hvk_param_mem, charp, 0444);
MODULE_PARM_DESC(mem, "SIZE, taken from the running kernel, or SIZE@ADDR, a range reserved at boot");

char *hvk_param_secure;
module_param_named(secure, hvk_param_secure, charp, 0444);
MODULE_PARM_DESC(secure, "SIZE[@ADDR][,...]: memory that root does without from launch on, for cells with map: secure");

static bool hvk_param_launch = true;
module_param_named(launch, hvk_param_launch, bool, 0444);
MODULE_PARM_DESC(launch, "launch at load (default 1); 0: load only");

char *hvk_param_inject;
module_param_named(inject, hvk_param_inject, charp, 0444);
MODULE_PARM_DESC(inject, "for tests: make the launch fail, as STAGE or STAGE:CPU");

static int __init hvk_init(void)
{
	int err;

	err = hvk_sysfs_init();
	if (err)
		return err;
	/* Before the launch, and closed until then: who listens hears of it, and nobody else launches meanwhile. */
	err = hvk_nl_init();
	if (err)
		goto err_sysfs;
	err = hvk_hotplug_init();
	if (err)
		goto err_nl;
	mutex_lock(&hvk.lock);
	if (hvk_param_launch)
		err = hvk_launch();
	hvk.is_open = !err;
	mutex_unlock(&hvk.lock);
	if (err)
		goto err_hotplug;
	hvk_debugfs_init();
	return 0;

err_hotplug:
	hvk_hotplug_fini();
err_nl:
	hvk_nl_fini();
err_sysfs:
	hvk_sysfs_fini();
	return err;
}

static void __exit hvk_exit(void)
{
	hvk_debugfs_fini();
	mutex_lock(&hvk.lock);
	hvk.is_open = false;
	/* What stays needs nothing of this module: its memory and code are its own. */
	if (hvk.state == HV_ACTIVE && hvk_leave()) {
		hvk_log_stop();
		hvk_cells_remove_root();
		pr_emerg("the hypervisor goes on without its module until the machine is reset\n");
	}
	mutex_unlock(&hvk.lock);
	hvk_hotplug_fini();
	hvk_nl_fini();
	hvk_sysfs_fini();
}

module_init(hvk_init);
module_exit(hvk_exit);

MODULE_DESCRIPTION("Partitioning hypervisor, launched underneath the running kernel");
MODULE_LICENSE("GPL");
MODULE_VERSION(HVK_VERSION);
