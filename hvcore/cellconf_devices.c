// SPDX-License-Identifier: GPL-2.0-only
/* The device ranges of a configuration, as they are mapped: whole pages, each once. */
#include <hv/align.h>
#include <hv/cellconf.h>

/* Insert in order of start; there are few. */
static void insert_device(struct hv_conf_devices *devices, u64 start, u64 end, u32 flags)
{
	u32 i;

	for (i = devices->count++; i > 0 && devices->range[i - 1].start > start; i--)
		devices->range[i] = devices->range[i - 1];
	devices->range[i].start = start;
	devices->range[i].end = end;
	devices->range[i].flags = flags;
}

static int merge_devices(struct hv_conf_devices *devices)
{
	u32 from, to = 0;

	for (from = 1; from < devices->count; from++) {
		bool same = devices->range[from].flags == devices->range[to].flags;

		if (devices->range[from].start < devices->range[to].end && !same)
			return -EEXIST;
		if (devices->range[from].start > devices->range[to].end || !same)
			devices->range[++to] = devices->range[from];
		else if (devices->range[from].end > devices->range[to].end)
			devices->range[to].end = devices->range[from].end;
	}
	if (devices->count)
		devices->count = to + 1;
	return 0;
}

int hv_cellconf_devices(const struct hv_cellconf *conf, struct hv_conf_devices *devices)
{
	u64 start, end;
	u32 i;
	int err;

	devices->count = 0;
	for (i = 0; i < conf->nr_regions && i < HV_CONF_MAX_REGIONS; i++) {
		if (!(conf->regions[i].flags & HV_MEM_DEVICE))
			continue;
		err = hv_align_outward(conf->regions[i].gpa, conf->regions[i].size, &start, &end);
		if (err)
			return err;
		insert_device(devices, start, end, conf->regions[i].flags);
	}
	return merge_devices(devices);
}
