// SPDX-License-Identifier: GPL-2.0-only
/* Which of its CPUs root can give to a cell, and how they go and come back. */
#include <linux/cpu.h>
#include <linux/cpumask.h>

#include "cell.h"
#include "hvk.h"
#include "refuse.h"

static int cpu_check(unsigned int cpu, const char **why)
{
	if (cpu >= nr_cpu_ids || !cpu_present(cpu)) {
		*why = "there is no such CPU";
		return -ENODEV;
	}
	if (cpumask_test_cpu(cpu, &hvk.given)) {
		*why = "the CPU belongs to another cell";
		return -EBUSY;
	}
	if (!cpu_online(cpu) || !cpumask_test_cpu(cpu, &hvk.cpus)) {
		*why = "the CPU is not online";
		return -ENODEV;
	}
	if (!cpu_is_hotpluggable(cpu)) {
		*why = "Linux cannot do without this CPU";
		return -EBUSY;
	}
	return 0;
}

int hvk_cpus_check(const u32 *cpus, u32 nr, struct hvk_refusal *refusal)
{
	const char *why;
	u32 i;
	int err;

	for (i = 0; i < nr; i++) {
		err = cpu_check(cpus[i], &why);
		if (err)
			return hvk_blame_in(refusal, HV_A_CELL_CPU, i, 0, err, why);
	}
	if (nr >= num_online_cpus())
		return hvk_blame_in(refusal, HV_A_CELL_CPU, nr - 1, 0, -EBUSY, "Linux has to keep a CPU");
	return 0;
}

/* From the end: Linux has its own habits with the first ones. */
int hvk_cpus_choose(u32 *cpus, u32 nr, struct hvk_refusal *refusal)
{
	unsigned int cpu = nr_cpu_ids, left = num_online_cpus() - 1;
	const char *ignored;
	u32 found = 0;

	while (found < nr && left && cpu--) {
		if (cpu_check(cpu, &ignored))
			continue;
		cpus[found++] = cpu;
		left--;
	}
	return found == nr ? 0 : hvk_blame(refusal, HV_A_CELL_NR_CPUS, -EBUSY,
					   "Linux does not have that many CPUs to give away");
}

void hvk_cpus_give_back(const u32 *cpus, u32 nr)
{
	while (nr--) {
		cpumask_clear_cpu(cpus[nr], &hvk.given);
		/* more than 0: somebody was faster */
		if (add_cpu(cpus[nr]) < 0)
			pr_warn("CPU %u could not be set online again\n", cpus[nr]);
	}
}

/* Nobody can set it online again from the first moment on: prepare_cpu() refuses what is given. */
static int take(unsigned int cpu)
{
	int err;

	cpumask_set_cpu(cpu, &hvk.given);
	err = remove_cpu(cpu);
	if (!err)
		return 0;
	cpumask_clear_cpu(cpu, &hvk.given);
	/* more than 0: it is offline, but not by us, and so it is not ours to give */
	return err < 0 ? err : -EBUSY;
}

int hvk_cpus_take(const u32 *cpus, u32 nr, struct hvk_refusal *refusal)
{
	u32 i;
	int err;

	for (i = 0; i < nr; i++) {
		err = take(cpus[i]);
		if (err) {
			hvk_cpus_give_back(cpus, i);
			return hvk_blame_in(refusal, HV_A_CELL_CPU, i, 0, err, "Linux does not let go of a CPU");
		}
	}
	return 0;
}
