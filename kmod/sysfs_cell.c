// SPDX-License-Identifier: GPL-2.0-only
/* What sysfs shows of cells: cell<id> in class hv. Files are read-only; reading one causes no exit. */
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "cell.h"
#include "compat.h"
#include "fault.h"
#include "hvk.h"
#include "shown.h"

/* Directory of one of a cell's CPUs. */
struct hvk_cpu_dir {
	struct kobject kobj;
	const struct hv_cpu_stats *counts;
};

static const char *const state_names[] = { "created", "loaded", "running", "stopped", "failed" };

/* What is shown does not change while the device is there, or is one word. */
#define SHOW(file, format, value)                                                                                     \
	static ssize_t file##_show(struct device *dev, struct device_attribute *attr, char *buf)                      \
	{                                                                                                             \
		const struct hvk_cell *cell = dev_get_drvdata(dev);                                                   \
                                                                                                                      \
		return sysfs_emit(buf, format "\n", value);                                                           \
	}                                                                                                             \
	static DEVICE_ATTR_RO(file)

static ssize_t show_cpus(const struct hvk_cell *cell, char *buf, bool as_list)
{
	cpumask_var_t cpus;
	ssize_t n;

	if (!alloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;
	hvk_cell_cpus(cell, cpus);
	n = as_list ? sysfs_emit(buf, "%*pbl\n", cpumask_pr_args(cpus)) :
		      sysfs_emit(buf, "%u\n", cpumask_weight(cpus));
	free_cpumask_var(cpus);
	return n;
}

static ssize_t cpus_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return show_cpus(dev_get_drvdata(dev), buf, false);
}
static DEVICE_ATTR_RO(cpus);

static ssize_t cpus_list_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return show_cpus(dev_get_drvdata(dev), buf, true);
}
static DEVICE_ATTR_RO(cpus_list);

SHOW(name, "%s", cell->conf.name);
SHOW(state, "%s", state_names[READ_ONCE(cell->state)]);
SHOW(memory_bytes, "%llu", hvk_cell_bytes(cell));
SHOW(entries, "%llu", hvk_cell_entries(cell));
SHOW(fault_reason, "%s", hvk_fault_reason(cell));

static struct attribute *cell_attrs[] = {
	&dev_attr_name.attr, &dev_attr_state.attr, &dev_attr_cpus.attr, &dev_attr_cpus_list.attr,
	&dev_attr_memory_bytes.attr, &dev_attr_entries.attr, &dev_attr_fault_reason.attr, NULL,
};

/* The counters: one attribute per reason, and their sum as reason HV_EXIT_COUNT. */
struct counter {
	struct device_attribute dev;
	struct kobj_attribute kobj;
	unsigned int reason;
};

static u64 count(const struct hv_cpu_stats *counts, unsigned int reason)
{
	u64 sum = 0;
	unsigned int i;

	if (reason < HV_EXIT_COUNT)
		return READ_ONCE(counts->exits[reason]);
	for (i = 0; i < HV_EXIT_COUNT; i++)
		sum += READ_ONCE(counts->exits[i]);
	return sum;
}

static ssize_t cell_counter_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct hvk_cell *cell = dev_get_drvdata(dev);
	unsigned int cpu, reason = container_of(attr, struct counter, dev)->reason;
	u64 sum = 0;

	for_each_cpu(cpu, &cell->cpus)
		sum += count(hvk_shown_counts(cell, cpu), reason);
	return sysfs_emit(buf, "%llu\n", sum);
}

static ssize_t cpu_counter_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct hvk_cpu_dir *dir = container_of(kobj, struct hvk_cpu_dir, kobj);

	return sysfs_emit(buf, "%llu\n", count(dir->counts, container_of(attr, struct counter, kobj)->reason));
}

#define COUNTER(file, which)                                                                                           \
	{                                                                                                              \
		.dev = __ATTR(file, 0444, cell_counter_show, NULL),                                                    \
		.kobj = __ATTR(file, 0444, cpu_counter_show, NULL), .reason = which,                                   \
	}
static struct counter counters[] = {
#define REASON(name, text) COUNTER(exits_##name, HV_EXIT_##name),
	HV_EXIT_REASONS(REASON)
#undef REASON
	COUNTER(exits_total, HV_EXIT_COUNT),
};

static struct attribute *cell_stats_attrs[ARRAY_SIZE(counters) + 1];
static struct attribute *cpu_stats_attrs[ARRAY_SIZE(counters) + 1];
static const struct attribute_group cell_group = { .attrs = cell_attrs };
static const struct attribute_group cell_stats_group = { .name = "stats", .attrs = cell_stats_attrs };
static const struct attribute_group cpu_stats_group = { .name = "stats", .attrs = cpu_stats_attrs };
static const struct attribute_group *cell_groups[] = { &cell_group, &cell_stats_group, NULL };

static void cpu_dir_release(struct kobject *kobj)
{
	kfree(container_of(kobj, struct hvk_cpu_dir, kobj));
}

static const struct kobj_type cpu_dir_type = { .release = cpu_dir_release, .sysfs_ops = &kobj_sysfs_ops };

static struct hvk_cpu_dir *add_cpu_dir(const struct hvk_cell *cell, unsigned int cpu)
{
	struct hvk_cpu_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL);

	if (!dir)
		return NULL;
	dir->counts = hvk_shown_counts(cell, cpu);
	if (kobject_init_and_add(&dir->kobj, hvk_kobj_type(&cpu_dir_type), &cell->dev->kobj, "cpu%u", cpu) ||
	    sysfs_create_group(&dir->kobj, &cpu_stats_group)) {
		kobject_put(&dir->kobj);
		return NULL;
	}
	return dir;
}

static void add_cpu_dirs(struct hvk_cell *cell)
{
	unsigned int cpu, at = 0;

	cell->cpu_dirs = kcalloc(cpumask_weight(&cell->cpus), sizeof(*cell->cpu_dirs), GFP_KERNEL);
	if (!cell->cpu_dirs)
		return;
	for_each_cpu(cpu, &cell->cpus)
		cell->cpu_dirs[at++] = add_cpu_dir(cell, cpu);
}

static void remove_cpu_dirs(struct hvk_cell *cell)
{
	unsigned int i;

	for (i = 0; cell->cpu_dirs && i < cpumask_weight(&cell->cpus); i++) {
		if (!cell->cpu_dirs[i])
			continue;
		kobject_del(&cell->cpu_dirs[i]->kobj);
		kobject_put(&cell->cpu_dirs[i]->kobj);
	}
	kfree(cell->cpu_dirs);
	cell->cpu_dirs = NULL;
}

void hvk_sysfs_init_cells(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(counters); i++) {
		sysfs_attr_init(&counters[i].dev.attr);
		sysfs_attr_init(&counters[i].kobj.attr);
		cell_stats_attrs[i] = &counters[i].dev.attr;
		cpu_stats_attrs[i] = &counters[i].kobj.attr;
	}
}

/* Without it a cell lives all the same. */
void hvk_sysfs_add_cell(struct hvk_cell *cell)
{
	char name[sizeof("cell") + 10];

	snprintf(name, sizeof(name), "cell%u", cell->conf.id);
	cell->dev = hvk_sysfs_add(name, cell, cell_groups);
	if (IS_ERR(cell->dev))
		return;
	add_cpu_dirs(cell);
	hvk_sysfs_added(cell->dev);
}

void hvk_sysfs_announce_cell(const struct hvk_cell *cell)
{
	char state[32], id[24], reason[40];
	char *env[] = { state, id, cell->state == HV_CELL_FAILED ? reason : NULL, NULL };

	if (IS_ERR_OR_NULL(cell->dev))
		return;
	snprintf(state, sizeof(state), "HV_STATE=%s", state_names[cell->state]);
	snprintf(id, sizeof(id), "HV_CELL=%u", cell->conf.id);
	snprintf(reason, sizeof(reason), "HV_REASON=%s", hvk_fault_reason(cell));
	sysfs_notify(&cell->dev->kobj, NULL, "state");
	kobject_uevent_env(&cell->dev->kobj, KOBJ_CHANGE, env);
}

void hvk_sysfs_remove_cell(struct hvk_cell *cell)
{
	if (IS_ERR_OR_NULL(cell->dev))
		return;
	remove_cpu_dirs(cell);
	device_unregister(cell->dev);
	cell->dev = NULL;
}
