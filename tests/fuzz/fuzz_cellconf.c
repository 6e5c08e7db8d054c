// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/cellconf.c hvcore/cellconf_region.c hvcore/cellconf_io.c hvcore/cellconf_x86.c */
/* sources: hvcore/cellconf_devices.c */
/* Configurations of arbitrary bytes: nothing overruns, and what is accepted has the properties that others rely on. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <hv/cellconf.h>
#include <hvabi/guest.h>

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

/* Byte by byte, not as the check does it. */
static void check_name(const struct hv_cellconf *conf)
{
	static const char legal[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	size_t length = strnlen(conf->name, HV_CONF_NAME), i;

	REQUIRE(length > 0 && length < HV_CONF_NAME && strspn(conf->name, legal) == length);
	REQUIRE(!strchr("-_.", conf->name[0]) && strcmp(conf->name, "root"));
	for (i = length; i < HV_CONF_NAME; i++)
		REQUIRE(!conf->name[i]);
}

static void check_cmdline(const struct hv_cellconf *conf)
{
	size_t length = strnlen(conf->cmdline, HV_CONF_CMDLINE), i;

	REQUIRE(length < HV_CONF_CMDLINE);
	for (i = 0; i < HV_CONF_CMDLINE; i++)
		REQUIRE(i < length ? isprint((unsigned char)conf->cmdline[i]) : !conf->cmdline[i]);
}

static bool is_device(const struct hv_conf_region *region)
{
	return region->flags & HV_MEM_DEVICE;
}

/* Who maps this computes ends without a care. */
static void check_region(const struct hv_conf_region *region)
{
	const unsigned __int128 one = 1;

	REQUIRE(region->size && region->gpa + one * region->size <= one << 48);
	REQUIRE(region->phys + one * region->size <= one << 52);
	REQUIRE(region->flags % 2 && !(region->flags & ~(u32)HV_CONF_REGION_FLAGS) && !region->rsvd);
	REQUIRE(region->mode <= 2 && region->is_lenient <= 1 && region->populate <= 1);
	if (region->mode != HV_MODE_IDENTICAL && !region->populate)
		REQUIRE(!(region->flags & HV_MEM_DMA));
	if (region->mode != HV_MODE_IDENTICAL)
		REQUIRE(!region->phys && !region->is_lenient && !is_device(region) &&
			!(region->flags & HV_MEM_ROOTSHARED));
	else
		REQUIRE(!region->populate);
	if (is_device(region))
		REQUIRE(region->phys == region->gpa && !(region->flags & (HV_MEM_LOADABLE | HV_MEM_EXECUTE)));
	else
		REQUIRE(!((region->gpa | region->size | region->phys) & 0xfff) && !(region->flags & HV_MEM_IO));
}

/* By numbers of pages, the last one included. */
static bool share_page(u64 a, u64 a_size, u64 b, u64 b_size)
{
	return !((a + a_size - 1) >> 12 < b >> 12 || (b + b_size - 1) >> 12 < a >> 12);
}

static void check_memory(const struct hv_cellconf *conf)
{
	static const u8 bits[] = { 20, 32, 47 };
	bool begins = false;
	u32 i, k;

	REQUIRE(conf->nr_regions >= 1 && conf->nr_regions <= 64);
	for (i = 0; i < conf->nr_regions; i++) {
		const struct hv_conf_region *a = &conf->regions[i];

		check_region(a);
		REQUIRE(!share_page(a->gpa, a->size, HV_APIC_GPA, 1) &&
			!share_page(a->gpa, a->size, HV_COMM_GPA, HV_COMM_SIZE + HV_BOOT_SIZE));
		begins = begins || ((a->flags & HV_MEM_EXECUTE) && a->gpa <= conf->entry &&
				    conf->entry <= a->gpa + (a->size - 1));
		for (k = 0; k < i; k++) {
			const struct hv_conf_region *b = &conf->regions[k];

			if (is_device(a) && is_device(b) && a->flags == b->flags)
				continue;
			REQUIRE(!share_page(a->gpa, a->size, b->gpa, b->size));
			if (a->mode == HV_MODE_IDENTICAL && b->mode == HV_MODE_IDENTICAL)
				REQUIRE(!share_page(a->phys, a->size, b->phys, b->size));
		}
	}
	REQUIRE(begins && conf->entry_mode <= 2 && !(conf->entry >> bits[conf->entry_mode]));
}

static void check_cpus(const struct hv_cellconf *conf)
{
	struct hv_affinity affinity;
	bool seen[512] = { false };
	u32 i;

	REQUIRE(conf->nr_vcpus >= 1 && conf->nr_vcpus <= 64);
	for (i = 0; i < conf->nr_vcpus; i++) {
		REQUIRE(!hv_cellconf_affinity(conf, i, &affinity) && affinity.vcpu == i);
		REQUIRE(affinity.physical < 512 && !seen[affinity.physical]);
		REQUIRE(!affinity.has_mask || affinity.mask);
		seen[affinity.physical] = true;
	}
	REQUIRE(hv_cellconf_affinity(conf, i, &affinity) == -EINVAL);
}

/* The worst of them, whatever range or list they come in. */
static void check_io(const struct hv_cellconf *conf)
{
	static const u16 never[] = { 0x0, 0x20, 0x40, 0x60, 0x61, 0x64, 0x70, 0x71, 0x92, 0xa0, 0xb2, 0xd0, 0xcf8,
				     0xcf9, 0xcfc, 0xcff };
	static u8 used[0x10000];
	u32 port, i, k;

	REQUIRE(conf->nr_ports <= 32 && conf->nr_msrs <= 32);
	memset(used, 0, sizeof(used));
	for (i = 0; i < conf->nr_ports; i++) {
		REQUIRE(conf->ports[i].first <= conf->ports[i].last);
		for (port = conf->ports[i].first; port <= conf->ports[i].last; port++)
			REQUIRE(!used[port]++);
	}
	for (i = 0; i < HV_ARRAY_SIZE(never); i++)
		REQUIRE(!used[never[i]]);
	for (i = 0; i < conf->nr_msrs; i++) {
		u32 msr = conf->msrs[i].index;

		REQUIRE(conf->msrs[i].access >= 1 && conf->msrs[i].access <= 3);
		REQUIRE(msr < 0x2000 || msr >> 13 == 0xc0000000 >> 13 || msr >> 13 == 0xc0010000 >> 13);
		REQUIRE(msr != 0x1b && msr != 0x3a && msr != 0x830 && msr != 0x560 && msr != 0xc0000080 &&
			msr != 0xc0010114 && msr != 0xc0010117 && !(msr >= 0x480 && msr <= 0x493));
		for (k = 0; k < i; k++)
			REQUIRE(msr != conf->msrs[k].index);
	}
}

static const uint8_t *take(const uint8_t *from, const uint8_t *end, void *to, size_t bytes)
{
	size_t left = (size_t)(end - from);

	memcpy(to, from, left < bytes ? left : bytes);
	return from + (left < bytes ? left : bytes);
}

/* Few inputs have a name, and lists that are far apart: here, few bytes make up what is nearly right. */
static void build(struct hv_cellconf *conf, const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;
	u32 i;

	data = take(data, end, &conf->entry, 24);
	*conf = (struct hv_cellconf){ .id = 1, .name = "cell", .nr_vcpus = 1, .entry = conf->entry % 0x100000,
				      .nr_regions = 1 + conf->nr_regions % 4, .nr_ports = conf->nr_ports % 4,
				      .nr_msrs = conf->nr_msrs % 4 };
	data = take(data, end, conf->ports, conf->nr_ports * sizeof(conf->ports[0]));
	data = take(data, end, conf->msrs, conf->nr_msrs * sizeof(conf->msrs[0]));
	(void)take(data, end, conf->regions, (conf->nr_regions - 1) * sizeof(conf->regions[0]));
	for (i = 0; i < conf->nr_regions - 1; i++) {
		struct hv_conf_region *region = &conf->regions[i];

		region->flags = (region->flags & 0xffff) | HV_MEM_READ;
		region->gpa &= 0xffffffffffff;
		region->mode %= HV_MODE_COUNT;
		region->rsvd = 0;
		if (is_device(region)) {
			region->phys = region->gpa;
		} else {
			region->gpa &= HV_PAGE_MASK;
			region->phys &= HV_PAGE_MASK;
			region->size = (region->size & HV_PAGE_MASK) + HV_PAGE_SIZE;
		}
	}
	conf->regions[i] = (struct hv_conf_region){ .gpa = conf->entry & HV_PAGE_MASK, .size = HV_PAGE_SIZE,
						    .flags = HV_MEM_RWX };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hv_cellconf *conf = calloc(1, sizeof(*conf)), *before = malloc(sizeof(*before));
	struct hv_conf_devices devices;
	struct hv_conf_fault fault;
	struct hv_affinity affinity;
	int err;

	REQUIRE(conf && before);
	if (size % 2)
		build(conf, data, size);
	else
		memcpy(conf, data, size < sizeof(*conf) ? size : sizeof(*conf));
	*before = *conf;
	(void)!hv_cellconf_affinity(conf, conf->nr_vcpus - 1, &affinity);
	(void)!hv_cellconf_devices(conf, &devices);
	err = hv_cellconf_check(conf, &fault);
	REQUIRE(!memcmp(conf, before, sizeof(*conf)));
	if (err) {
		REQUIRE((err == -EINVAL || err == -EEXIST || err == -EPERM) && fault.what[0]);
		REQUIRE(fault.field < HV_CONF_AT_COUNT && fault.index < 64);
	} else {
		REQUIRE(conf->id && conf->id <= 0xdfff && conf->flags <= 3 && !conf->rsvd);
		check_name(conf);
		check_cmdline(conf);
		check_cpus(conf);
		check_memory(conf);
		check_devices(conf);
		check_io(conf);
	}
	free(before);
	free(conf);
	return 0;
}
