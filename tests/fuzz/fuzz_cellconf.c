// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/cellconf.c */
/* Configurations of arbitrary bytes: nothing overruns, and what is accepted is what it says. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <hv/cellconf.h>

#define REQUIRE(condition) do { if (!(condition)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_devices(const struct hv_cellconf *conf)
{
	struct hv_conf_devices devices;
	u32 i, k;

	REQUIRE(!hv_cellconf_devices(conf, &devices));
	for (i = 0; i < devices.count; i++) {
		REQUIRE(devices.range[i].start < devices.range[i].end);
		REQUIRE(!((devices.range[i].start | devices.range[i].end) % HV_PAGE_SIZE));
		REQUIRE(!i || devices.range[i - 1].end < devices.range[i].start ||
			(devices.range[i - 1].end == devices.range[i].start &&
			 devices.range[i - 1].flags != devices.range[i].flags));
	}
	for (i = 0; i < conf->nr_regions; i++) {
		const struct hv_conf_region *region = &conf->regions[i];
		bool covered = false;

		for (k = 0; k < devices.count; k++)
			covered = covered || (devices.range[k].start <= region->gpa &&
					      region->gpa + (region->size - 1) < devices.range[k].end &&
					      devices.range[k].flags == region->flags);
		REQUIRE(covered == !!(region->flags & HV_MEM_DEVICE));
	}
}

static void check_memory(const struct hv_cellconf *conf)
{
	u32 i, k;

	for (i = 0; i < conf->nr_regions; i++) {
		const struct hv_conf_region *a = &conf->regions[i];

		REQUIRE(a->size && a->gpa + (a->size - 1) >= a->gpa && !(a->flags & ~(u32)HV_CONF_REGION_FLAGS));
		for (k = 0; k < i; k++) {
			const struct hv_conf_region *b = &conf->regions[k];

			if (!(a->flags & b->flags & HV_MEM_DEVICE))
				REQUIRE(a->gpa + (a->size - 1) < b->gpa || b->gpa + (b->size - 1) < a->gpa);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hv_cellconf *conf = calloc(1, sizeof(*conf));
	struct hv_conf_devices devices;
	struct hv_conf_fault fault;
	struct hv_affinity affinity;
	u32 i;
	int err;

	REQUIRE(conf);
	memcpy(conf, data, size < sizeof(*conf) ? size : sizeof(*conf));
	/* Most bytes are about regions, and few inputs have a name. */
	if (size % 2) {
		conf->id = 1;
		strcpy(conf->name, "cell");
		conf->nr_vcpus = 1 + conf->nr_vcpus % 4;
		conf->nr_masks = 0;
		conf->nr_physical = 0;
		conf->nr_regions %= HV_CONF_MAX_REGIONS + 2;
	}
	(void)!hv_cellconf_affinity(conf, conf->nr_vcpus - 1, &affinity);
	(void)!hv_cellconf_devices(conf, &devices);
	err = hv_cellconf_check(conf, &fault);
	REQUIRE(err == 0 || ((err == -EINVAL || err == -EEXIST) && fault.what));
	if (!err) {
		check_devices(conf);
		check_memory(conf);
		for (i = 0; i < conf->nr_vcpus; i++)
			REQUIRE(!hv_cellconf_affinity(conf, i, &affinity) && affinity.vcpu == i);
		REQUIRE(hv_cellconf_affinity(conf, i, &affinity) == -EINVAL);
	}
	free(conf);
	return 0;
}
