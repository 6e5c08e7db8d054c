// SPDX-License-Identifier: GPL-2.0-only
/* Device class hv, and hv0 for the hypervisor. Files are read-only; only reading selfcheck causes an exit. */
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
static struct device *hv0;

static const char *const state_names[] = { "off", "prepared", "entering", "active", "leaving" };

#define SHOW(name, format, value)                                                                                     \
	static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)                      \
	{                                                                                                             \
		return sysfs_emit(buf, format "\n", value);                                                           \
	}                                                                                                             \
	static DEVICE_ATTR_RO(name)

/* What a leave takes away must not go while it is read. (Cells' files need no lock: they go first.) */
#define LOCKED(name, format, value, attribute)                                                                        \
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
	static attribute(name)

#define SHOW_LOCKED(name, format, value) LOCKED(name, format, value, DEVICE_ATTR_RO)

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

LOCKED(selfcheck, "%s", selfcheck(), DEVICE_ATTR_ADMIN_RO);
SHOW(stop_us, "%llu", hvk.stop_us);
SHOW(call_us, "%llu", READ_ONCE(hvk.call_us));

static struct attribute *hv0_attrs[] = {
	&dev_attr_state.attr,	      &dev_attr_version.attr,	     &dev_attr_vendor.attr,
	&dev_attr_cpus_online.attr,   &dev_attr_memory_bytes.attr,   &dev_attr_memory_start.attr,
	&dev_attr_image_bytes.attr,   &dev_attr_percpu_bytes.attr,   &dev_attr_text_bytes.attr,
	&dev_attr_pool_frames.attr,   &dev_attr_pool_frames_free.attr,
	&dev_attr_root_bytes_4k.attr, &dev_attr_root_bytes_2m.attr,  &dev_attr_root_bytes_1g.attr,
	&dev_attr_table_frames.attr,  &dev_attr_tlb_flushes.attr,    &dev_attr_stop_us.attr,
	&dev_attr_call_us.attr,
	&dev_attr_selfcheck.attr,     NULL,
};
ATTRIBUTE_GROUPS(hv0);

void hvk_sysfs_announce(void)
{
	char state[32];
	char *env[] = { state, NULL };

	snprintf(state, sizeof(state), "HV_STATE=%s", state_names[hvk.state]);
	sysfs_notify(&hv0->kobj, NULL, "state");
	kobject_uevent_env(&hv0->kobj, KOBJ_CHANGE, env);
}

static void release(struct device *dev)
{
	kfree(dev);
}

/* device_create_with_groups(), but for the uevent. */
struct device *hvk_sysfs_add(const char *name, void *data, const struct attribute_group **groups)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	int err;

	if (!dev)
		return ERR_PTR(-ENOMEM);
	device_initialize(dev);
	dev->class = hv_class;
	dev->parent = hv0;
	dev->groups = groups;
	dev->release = release;
	dev_set_drvdata(dev, data);
	dev_set_uevent_suppress(dev, true);
	err = dev_set_name(dev, "%s", name) ?: device_add(dev);
	if (err) {
		put_device(dev);
		return ERR_PTR(err);
	}
	return dev;
}

void hvk_sysfs_added(struct device *dev)
{
	dev_set_uevent_suppress(dev, false);
	kobject_uevent(&dev->kobj, KOBJ_ADD);
}

int hvk_sysfs_init(void)
{
	int err;

	hvk_sysfs_init_cells();
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
