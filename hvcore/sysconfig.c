// SPDX-License-Identifier: GPL-2.0-only
/* The check of the system configuration, before anything is done with it. */
#include <hv/arch.h>
#include <hv/bits.h>
#include <hv/memory.h>
#include <hv/sysconfig.h>

struct check {
	const struct hv_header *header;
	const struct hv_sysconfig *config;
	struct hv_sysconfig_fault *fault;
};

static int refuse(const struct check *c, int err, const char *name, const struct hv_range *range, const char *text)
{
	*c->fault = (struct hv_sysconfig_fault){ .name = name, .text = text, .range = *range };
	return err;
}

/* Ranges that are sane do not wrap. */
static bool overlap(const struct hv_range *a, const struct hv_range *b)
{
	return a->start < b->start + b->size && b->start < a->start + a->size;
}

static bool overlaps_any(const struct hv_range *range, const struct hv_range *list, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (overlap(range, &list[i]))
			return true;
	return false;
}

static bool overlaps_moderated(const struct hv_range *range)
{
	struct hv_range page = { .size = HV_PAGE_SIZE };
	unsigned int i;

	for (i = 0; hv_arch_moderated_page(i, &page.start); i++)
		if (overlap(range, &page))
			return true;
	return false;
}

static int check_counts(const struct check *c)
{
	const struct hv_range none = { 0, 0 };

	if (c->header->nr_secure > HV_MAX_SECURE || c->config->nr_regions > HV_MAX_REGIONS ||
	    c->config->nr_iommus > HV_MAX_IOMMUS || c->config->nr_reserved > HV_MAX_RESERVED)
		return refuse(c, -E2BIG, NULL, &none, NULL);
	return 0;
}

static int check_frames(const struct check *c, const char *name, const struct hv_range *list, u32 count)
{
	u64 limit = hv_memory_limit();
	u32 i;

	for (i = 0; i < count; i++) {
		if (!list[i].size || !HV_IS_ALIGNED(list[i].start | list[i].size, HV_PAGE_SIZE))
			return refuse(c, -EINVAL, name, &list[i], "is not made of pages");
		if (list[i].size > limit || list[i].start > limit - list[i].size)
			return refuse(c, -EINVAL, name, &list[i], "is beyond the end of physical addresses");
	}
	return 0;
}

static int check_regions(const struct check *c)
{
	struct hv_range range;
	u32 i;
	int err = 0;

	for (i = 0; !err && i < c->config->nr_regions; i++) {
		range = (struct hv_range){ c->config->regions[i].start, c->config->regions[i].size };
		err = check_frames(c, "the region", &range, 1);
	}
	return err;
}

/* What is in the way of @range, or NULL; of the IOMMUs, the first @nr_iommus. */
static const char *obstacle(const struct check *c, const struct hv_range *range, u32 nr_iommus)
{
	if (overlap(range, &c->config->hypervisor_memory))
		return "overlaps the hypervisor's memory";
	if (overlaps_any(range, c->header->secure, c->header->nr_secure))
		return "overlaps a secure range";
	if (overlaps_any(range, c->config->iommus, nr_iommus))
		return "overlaps the registers of an IOMMU";
	if (overlap(range, &c->config->shared))
		return "overlaps the pages that the hypervisor shows to root";
	return overlaps_moderated(range) ? "overlaps the registers of the local APIC" : NULL;
}

static bool overlaps_ram(const struct check *c, const struct hv_range *range)
{
	struct hv_range ram;
	u32 i;

	for (i = 0; i < c->config->nr_regions; i++) {
		ram = (struct hv_range){ c->config->regions[i].start, c->config->regions[i].size };
		if (c->config->regions[i].kind == HV_REGION_RAM && overlap(range, &ram))
			return true;
	}
	return false;
}

/* Nobody else may own registers that are about to be the hypervisor's. */
static int check_iommu(const struct check *c, u32 i)
{
	const struct hv_range *range = &c->config->iommus[i];
	const char *name = "the IOMMU", *text = obstacle(c, range, i);

	if (text)
		return refuse(c, -EEXIST, name, range, text);
	if (overlaps_ram(c, range))
		return refuse(c, -EEXIST, name, range, "overlaps RAM");
	if (range->size > HV_IOMMU_MAX_SIZE)
		return refuse(c, -EINVAL, name, range, "has more registers than any");
	return 0;
}

static int check_overlaps(const struct check *c)
{
	const char *text;
	u32 i;
	int err;

	for (i = 0; i < c->config->nr_iommus; i++) {
		err = check_iommu(c, i);
		if (err)
			return err;
	}
	/* Devices write there whenever they like, so it can be nobody else's, and has to stay in root's map. */
	for (i = 0; i < c->config->nr_reserved; i++) {
		text = obstacle(c, &c->config->reserved[i], c->config->nr_iommus);
		if (text)
			return refuse(c, -EEXIST, "reserved memory", &c->config->reserved[i], text);
	}
	return 0;
}

int hv_sysconfig_check(const struct hv_header *header, const struct hv_sysconfig *config,
		       struct hv_sysconfig_fault *fault)
{
	const struct check c = { header, config, fault };
	int err;

	err = check_counts(&c);
	if (!err)
		err = check_frames(&c, "the hypervisor's memory", &config->hypervisor_memory, 1);
	if (!err)
		err = check_frames(&c, "the shared range", &config->shared, 1);
	if (!err)
		err = check_frames(&c, "the secure range", header->secure, header->nr_secure);
	if (!err)
		err = check_frames(&c, "the IOMMU", config->iommus, config->nr_iommus);
	if (!err)
		err = check_frames(&c, "reserved memory", config->reserved, config->nr_reserved);
	if (!err)
		err = check_regions(&c);
	return err ? err : check_overlaps(&c);
}
