// SPDX-License-Identifier: GPL-2.0-only
/* Device class hv: hv0 for the hypervisor, cell0 for the root cell. Files are read-only; reading one causes no exit. */
#include <linux/device.h>
#include <linux/kdev_t.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include <hvabi/hypercall.h>

#include "compat.h"
#include "hvk.h"

static struct class *hv_class;
static struct device *hv0, *cell0;

/* Per-CPU directories of the root cell. */
struct cpu_dir {
	struct kobject kobj;
	unsigned int number;	/* the hypervisor's */
};

static struct cpu_dir **cpu_dirs;

static const char *const state_names[] = { "off", "prepared", "entering", "active", "leaving" };

#define SHOW(name, format, value)                                                                                     \
	static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)                      \
	{                                                                                                             \
		return sysfs_emit(buf, format "\n", value);                                                           \
	}                                                                                                             \
	static DEVICE_ATTR_RO(name)

/* What a leave takes away must not go while it is read. (cell0's files need no lock: they go first.) */
#define SHOW_LOCKED(name, format, value)                                                                              \
	static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)                      \
	{                                                                                                             \
		ssize_t n = mutex_lock_interruptible(&hvk.lock);                                                      \
                                                                                                                      \
		if (n)                                                                                                \
			return n;                                                                                     \
		n = sysfs_emit(buf, format "\n", value);                                                              \
		mutex_unlock(&hvk.lock);                                                                              \
		return n;                                                                                             \
	}                                                                                                             \
	static DEVICE_ATTR_RO(name)

#define STAT(name) (hvk.stats ? READ_ONCE(hvk.stats->name) : 0)

static u64 text_bytes(void)
{
	const struct hv_header *header = (const struct hv_header *)hvk_image;

	return header->data_offset - header->text_offset;
}

SHOW(state, "%s", state_names[READ_ONCE(hvk.state)]);
SHOW(version, "%s", THIS_MODULE->version);
SHOW_LOCKED(vendor, "%s", hvk.vendor ? hvk_vendor_name() : "none");
SHOW_LOCKED(cpus_online, "%u", hvk.launch ? hvk.launch->nr_cpus : 0);
SHOW_LOCKED(memory_bytes, "%llu", hvk.memory.range.size);
SHOW_LOCKED(memory_start, "0x%llx", hvk.memory.range.start);
SHOW(image_bytes, "%llu", ((const struct hv_header *)hvk_image)->core_size);
SHOW(percpu_bytes, "%u", ((const struct hv_header *)hvk_image)->percpu_size);
SHOW(text_bytes, "%llu", text_bytes());
SHOW_LOCKED(pool_frames, "%llu", STAT(pool_frames));
SHOW_LOCKED(pool_frames_free, "%llu", STAT(pool_frames_free));
SHOW_LOCKED(root_bytes_4k, "%llu", STAT(root_bytes_4k));
SHOW_LOCKED(root_bytes_2m, "%llu", STAT(root_bytes_2m));
SHOW_LOCKED(root_bytes_1g, "%llu", STAT(root_bytes_1g));
SHOW_LOCKED(table_frames, "%llu", STAT(root_table_frames));
SHOW_LOCKED(tlb_flushes, "%llu", STAT(tlb_flushes));

static const char *selfcheck(void)
{
	if (hvk.state != HV_ACTIVE)
		return "off";
	return hv_boot_call(hvk.launch, HV_HC_SELFCHECK, 0) ? "failed" : "ok";
}

SHOW_LOCKED(selfcheck, "%s", selfcheck());
SHOW(stop_us, "%llu", hvk.stop_us);

static struct attribute *hv0_attrs[] = {
	&dev_attr_state.attr,	      &dev_attr_version.attr,	     &dev_attr_vendor.attr,
	&dev_attr_cpus_online.attr,   &dev_attr_memory_bytes.attr,   &dev_attr_memory_start.attr,
	&dev_attr_image_bytes.attr,   &dev_attr_percpu_bytes.attr,   &dev_attr_text_bytes.attr,
	&dev_attr_pool_frames.attr,   &dev_attr_pool_frames_free.attr,
	&dev_attr_root_bytes_4k.attr, &dev_attr_root_bytes_2m.attr,  &dev_attr_root_bytes_1g.attr,
	&dev_attr_table_frames.attr,  &dev_attr_tlb_flushes.attr,    &dev_attr_stop_us.attr,
	&dev_attr_selfcheck.attr,     NULL,
};
ATTRIBUTE_GROUPS(hv0);

static ssize_t cell_name_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "root\n");
}
static struct device_attribute dev_attr_cell_name = __ATTR(name, 0444, cell_name_show, NULL);

static ssize_t cell_state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "running\n");
}
static struct device_attribute dev_attr_cell_state = __ATTR(state, 0444, cell_state_show, NULL);

static ssize_t cell_memory_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n",
			  hvk.stats->root_bytes_4k + hvk.stats->root_bytes_2m + hvk.stats->root_bytes_1g);
}
static struct device_attribute dev_attr_cell_memory = __ATTR(memory_bytes, 0444, cell_memory_show, NULL);

SHOW(cpus, "%u", cpumask_weight(&hvk.cpus));
SHOW(cpus_list, "%*pbl", cpumask_pr_args(&hvk.cpus));
SHOW(entries, "%llu", hvk.entries);
SHOW(fault_reason, "%s", "none");

static struct attribute *cell_attrs[] = {
	&dev_attr_cell_name.attr, &dev_attr_cell_state.attr, &dev_attr_cpus.attr, &dev_attr_cpus_list.attr,
	&dev_attr_cell_memory.attr, &dev_attr_entries.attr, &dev_attr_fault_reason.attr, NULL,
};

/* The counters: one attribute per reason, and their sum as reason HV_EXIT_COUNT. */
struct counter {
	struct device_attribute dev;
	struct kobj_attribute kobj;
	unsigned int reason;
};

static u64 count_cpu(unsigned int number, unsigned int reason)
{
	const u64 *exits = hvk.stats->cpu[number].exits;
	u64 sum = 0;
	unsigned int i;

	if (reason < HV_EXIT_COUNT)
		return READ_ONCE(exits[reason]);
	for (i = 0; i < HV_EXIT_COUNT; i++)
		sum += READ_ONCE(exits[i]);
	return sum;
}

static ssize_t cell_counter_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	unsigned int i, reason = container_of(attr, struct counter, dev)->reason;
	u64 sum = 0;

	for (i = 0; i < hvk.launch->nr_cpus; i++)
		sum += count_cpu(i, reason);
	return sysfs_emit(buf, "%llu\n", sum);
}

static ssize_t cpu_counter_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct cpu_dir *dir = container_of(kobj, struct cpu_dir, kobj);

	return sysfs_emit(buf, "%llu\n", count_cpu(dir->number, container_of(attr, struct counter, kobj)->reason));
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
	kfree(container_of(kobj, struct cpu_dir, kobj));
}

static const struct kobj_type cpu_dir_type = { .release = cpu_dir_release, .sysfs_ops = &kobj_sysfs_ops };

static struct cpu_dir *add_cpu_dir(unsigned int cpu, unsigned int number)
{
	struct cpu_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL);

	if (!dir)
		return NULL;
	dir->number = number;
	if (kobject_init_and_add(&dir->kobj, (struct kobj_type *)&cpu_dir_type, &cell0->kobj, "cpu%u", cpu) ||
	    sysfs_create_group(&dir->kobj, &cpu_stats_group)) {
		kobject_put(&dir->kobj);
		return NULL;
	}
	return dir;
}

static void add_cpu_dirs(void)
{
	unsigned int cpu, number = 0;

	cpu_dirs = kcalloc(hvk.launch->nr_cpus, sizeof(*cpu_dirs), GFP_KERNEL);
	if (!cpu_dirs)
		return;
	for_each_cpu(cpu, &hvk.cpus) {
		cpu_dirs[number] = add_cpu_dir(cpu, number);
		number++;
	}
}

static void remove_cpu_dirs(void)
{
	unsigned int i;

	for (i = 0; cpu_dirs && i < hvk.launch->nr_cpus; i++) {
		if (!cpu_dirs[i])
			continue;
		kobject_del(&cpu_dirs[i]->kobj);
		kobject_put(&cpu_dirs[i]->kobj);
	}
	kfree(cpu_dirs);
	cpu_dirs = NULL;
}

void hvk_sysfs_announce(void)
{
	char state[32];
	char *env[] = { state, NULL };

	snprintf(state, sizeof(state), "HV_STATE=%s", state_names[hvk.state]);
	sysfs_notify(&hv0->kobj, NULL, "state");
	kobject_uevent_env(&hv0->kobj, KOBJ_CHANGE, env);
}

int hvk_sysfs_add_root(void)
{
	cell0 = device_create_with_groups(hv_class, hv0, MKDEV(0, 0), NULL, cell_groups, "cell0");
	if (IS_ERR(cell0))
		return PTR_ERR(cell0);
	add_cpu_dirs();
	return 0;
}

void hvk_sysfs_remove_root(void)
{
	if (IS_ERR_OR_NULL(cell0))
		return;
	remove_cpu_dirs();
	device_unregister(cell0);
	cell0 = NULL;
}

int hvk_sysfs_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(counters); i++) {
		sysfs_attr_init(&counters[i].dev.attr);
		sysfs_attr_init(&counters[i].kobj.attr);
		cell_stats_attrs[i] = &counters[i].dev.attr;
		cpu_stats_attrs[i] = &counters[i].kobj.attr;
	}
	hv_class = hvk_class_create("hv");
	if (IS_ERR(hv_class))
		return PTR_ERR(hv_class);
	hv0 = device_create_with_groups(hv_class, NULL, MKDEV(0, 0), NULL, hv0_groups, "hv0");
	if (IS_ERR(hv0)) {
		err = PTR_ERR(hv0);
		class_destroy(hv_class);
		return err;
	}
	return 0;
}

void hvk_sysfs_fini(void)
{
	device_unregister(hv0);
	class_destroy(hv_class);
}
