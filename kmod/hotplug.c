// SPDX-License-Identifier: GPL-2.0-only
/* CPUs that come and go, sleep states, reboot: what may happen while launched and what may not. */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/reboot.h>
#include <linux/suspend.h>

#include <hvabi/hypercall.h>

#include "cell.h"
#include "hvk.h"

static int prepare_state, online_state;

/* While a CPU is started the hypervisor delivers INIT and start-up IPIs; else they are none of its business. */
static void expect_start(bool on)
{
	(void)hvk_call(HV_HC_CPU_START, on);
}

/* A CPU that we never got hold of would run beside the hypervisor, not on top of it. */
static int prepare_cpu(unsigned int cpu)
{
	if (READ_ONCE(hvk.state) != HV_ACTIVE)
		return 0;
	if (cpumask_test_cpu(cpu, &hvk.given)) {
		pr_warn("CPU %u belongs to a cell\n", cpu);
		return -EBUSY;
	}
	if (cpumask_test_cpu(cpu, &hvk.cpus)) {
		expect_start(true);
		return 0;
	}
	pr_warn("CPU %u was not there at launch and cannot come while the hypervisor is\n", cpu);
	return -EPERM;
}

/* Also when a start failed half-way. */
static int unprepare_cpu(unsigned int cpu)
{
	if (READ_ONCE(hvk.state) == HV_ACTIVE)
		expect_start(false);
	return 0;
}

static int online_cpu(unsigned int cpu)
{
	unsigned long flags;

	if (READ_ONCE(hvk.state) != HV_ACTIVE)
		return 0;
	/* It came through reset and identified itself anew. */
	local_irq_save(flags);
	hvk_kvm_claim_cpu(true);
	local_irq_restore(flags);
	hvk_kvm_hide(true);
	expect_start(false);
	return 0;
}

/*
 * Crossing takes all CPUs that there are: what is offline comes up for the moment. Here and on the way back somebody
 * else may be faster, and then we are told 1.
 */
void hvk_wake_cpus(void)
{
	unsigned int cpu;
	int err;

	cpumask_clear(&hvk.woken);
	for_each_present_cpu(cpu) {
		if (cpu_online(cpu))
			continue;
		err = add_cpu(cpu);
		if (err < 0)
			pr_warn("CPU %u is offline and does not come up; it stays out\n", cpu);
		else if (!err)
			cpumask_set_cpu(cpu, &hvk.woken);
	}
}

void hvk_rest_cpus(void)
{
	unsigned int cpu;

	for_each_cpu(cpu, &hvk.woken)
		if (remove_cpu(cpu) < 0)
			pr_warn("CPU %u could not be set offline again\n", cpu);
	cpumask_clear(&hvk.woken);
}

/* Waits for a launch or a leave that is under way. Until it is over no launch begins, see hvk_launch(). */
static int begin_sleep(void)
{
	bool is_refused;

	mutex_lock(&hvk.lock);
	is_refused = hvk.state != HV_OFF || hvk.stuck;
	if (!is_refused)
		hvk.nr_sleeps++;
	mutex_unlock(&hvk.lock);
	if (!is_refused)
		return NOTIFY_DONE;
	pr_err("no suspend or hibernation while the hypervisor is launched; unload the module first\n");
	return notifier_from_errno(-EBUSY);
}

/* One of a hibernation that user space runs may have begun before we were there. */
static int end_sleep(void)
{
	mutex_lock(&hvk.lock);
	if (hvk.nr_sleeps)
		hvk.nr_sleeps--;
	mutex_unlock(&hvk.lock);
	return NOTIFY_DONE;
}

/* Whose _PREPARE is refused gets no _POST_; who was asked before is told. */
static int pm_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		return begin_sleep();
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		return end_sleep();
	}
	return NOTIFY_DONE;
}

/* Reboot, power-off and kexec find the machine as it was. */
static int reboot_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	mutex_lock(&hvk.lock);
	hvk.is_open = false;
	if (hvk.state == HV_ACTIVE && !hvk_cells_destroy(NULL))
		(void)hvk_leave(); /* it has said why */
	mutex_unlock(&hvk.lock);
	return NOTIFY_DONE;
}

/* Before Linux forbids that CPUs come and go, which a launch under way needs. */
static struct notifier_block pm_block = { .notifier_call = pm_notify, .priority = INT_MAX };
static struct notifier_block reboot_block = { .notifier_call = reboot_notify, .priority = INT_MAX };

/* Not in the middle of a sleep, of which we would only hear the end. */
static int register_pm(void)
{
	unsigned int flags = lock_system_sleep();
	int err = register_pm_notifier(&pm_block);

	unlock_system_sleep(flags);
	return err;
}

int hvk_hotplug_init(void)
{
	int err;

	prepare_state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "hv:prepare", prepare_cpu, unprepare_cpu);
	if (prepare_state < 0)
		return prepare_state;
	online_state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "hv:online", online_cpu, NULL);
	if (online_state < 0) {
		err = online_state;
		goto err_prepare;
	}
	err = register_pm();
	if (err)
		goto err_online;
	err = register_reboot_notifier(&reboot_block);
	if (err)
		goto err_pm;
	return 0;

err_pm:
	unregister_pm_notifier(&pm_block);
err_online:
	cpuhp_remove_state_nocalls(online_state);
err_prepare:
	cpuhp_remove_state_nocalls(prepare_state);
	return err;
}

void hvk_hotplug_fini(void)
{
	unregister_reboot_notifier(&reboot_block);
	unregister_pm_notifier(&pm_block);
	cpuhp_remove_state_nocalls(online_state);
	cpuhp_remove_state_nocalls(prepare_state);
}
