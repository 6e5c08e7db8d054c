/* SPDX-License-Identifier: GPL-2.0-only */
/* A cell's configuration as far as it can be judged without looking at the machine: by hvctl, module and hypervisor. */
#ifndef HV_CELLCONF_H
#define HV_CELLCONF_H

#include <hv/err.h>
#include <hvabi/cellconf.h>

struct hv_affinity {
	u32 vcpu;
	u32 physical;
	bool has_mask;
	u64 mask;
};

/* What is wrong, and where. */
struct hv_conf_fault {
	const char *what;	/* a sentence for who wrote the configuration; all are in Documentation/refusals.md */
	u32 field;		/* enum hv_conf_field */
	u32 index;		/* of which element of a list; else 0 */
};

/**
 * hv_cellconf_check() - is this a configuration? Changes nothing.
 * @fault: out, if it is not
 *
 * Pure: the same answer wherever it is linked. Whether the machine has what is asked for is not its business.
 *
 * Return: 0; -EEXIST if regions, ports or MSRs are there twice; -EPERM for ports or MSRs that no cell gets; -EINVAL for
 * all else.
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
