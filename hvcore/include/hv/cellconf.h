/* SPDX-License-Identifier: GPL-2.0-only */
/* A cell's configuration of memory and CPUs, as far as it can be judged without looking at the machine. */
#ifndef HV_CELLCONF_H
#define HV_CELLCONF_H

#include <hv/err.h>
#include <hv/memflags.h>
#include <hv/types.h>

#define HV_CONF_MAX_REGIONS 64
#define HV_CONF_MAX_VCPUS 64
#define HV_CONF_NAME 32

enum hv_map_mode { HV_MODE_ALLOC, HV_MODE_IDENTICAL, HV_MODE_SECURE, HV_MODE_COUNT };

/* Region flags that a configuration may name; the others are the hypervisor's own business. */
#define HV_CONF_FLAGS                                                                                                  \
	(HV_MEM_RWX | HV_MEM_DMA | HV_MEM_IO | HV_MEM_LOADABLE | HV_MEM_ROOTSHARED | HV_MEM_NO_HUGE | HV_MEM_DEVICE)

struct hv_conf_region {
	u64 gpa;
	u64 size;
	u32 flags;		/* HV_MEM_*, of HV_CONF_FLAGS */
	u8 mode;		/* enum hv_map_mode; of a DEVICE region: IDENTICAL */
	u8 is_lenient;		/* IDENTICAL: 0 or 1 */
	u8 populate;		/* ALLOC, SECURE: 0 or 1 */
	u8 rsvd;		/* 0 */
};

/* Lists have one element per virtual CPU, or none if their count is 0. */
struct hv_cellconf {
	u32 id;			/* not that of the root cell */
	char name[HV_CONF_NAME];	/* ends with 0 */
	u32 nr_regions;
	u32 nr_vcpus;
	u32 nr_masks;
	u32 nr_physical;
	struct hv_conf_region regions[HV_CONF_MAX_REGIONS];
	u64 masks[HV_CONF_MAX_VCPUS];		/* physical CPUs on which the virtual one may run */
	u32 physical[HV_CONF_MAX_VCPUS];	/* APIC id that it has; by default its number */
};

struct hv_affinity {
	u32 vcpu;
	u32 physical;
	bool has_mask;
	u64 mask;
};

/* What is wrong, and with which element of its list. */
struct hv_conf_fault {
	const char *what;	/* a sentence */
	u32 index;
};

/**
 * hv_cellconf_check() - is this a configuration? Changes nothing.
 * @fault: out, if it is not
 *
 * Return: 0; -EEXIST if regions overlap; -EINVAL for all else.
 */
int __must_check hv_cellconf_check(const struct hv_cellconf *conf, struct hv_conf_fault *fault);

/** hv_cellconf_affinity() - of virtual CPU @i of a checked configuration; -EINVAL if there is no such CPU */
int __must_check hv_cellconf_affinity(const struct hv_cellconf *conf, u32 i, struct hv_affinity *affinity);

/* Device ranges of a cell: page-aligned, in order, not touching. */
struct hv_conf_devices {
	u32 count;
	struct { u64 start, end; u32 flags; } range[HV_CONF_MAX_REGIONS];
};

/**
 * hv_cellconf_devices() - collect the DEVICE regions: aligned outwards, sorted, merged where they touch or overlap
 *
 * Ranges with different rights remain apart. Return: 0; -EINVAL if a range ends beyond 64 bits; -EEXIST if ranges with
 * different rights share a page.
 */
int __must_check hv_cellconf_devices(const struct hv_cellconf *conf, struct hv_conf_devices *devices);

#endif
