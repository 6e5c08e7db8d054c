/* SPDX-License-Identifier: GPL-2.0-only */
/* What the module says of the machine: is it sound? */
#ifndef HV_SYSCONFIG_H
#define HV_SYSCONFIG_H

#include <hv/err.h>
#include <hvabi/launch.h>

/* What is wrong: "@name 0x@range.start-0x@end @text" is a sentence. Without a @name there are too many of something. */
struct hv_sysconfig_fault {
	const char *name;
	const char *text;
	struct hv_range range;
};

/**
 * hv_sysconfig_check() - can all of it be true at once, and be carried out?
 * @fault: out, in case of an error
 *
 * Ranges are whole frames that exist. Registers of an IOMMU overlap neither RAM nor hidden memory, other registers
 * included; reserved memory overlaps nothing that root or its devices do without. (Memory regions are checked against
 * hidden memory when they are mapped.) Changes nothing. Return: 0; -E2BIG; -EINVAL; -EEXIST for an overlap.
 */
int __must_check hv_sysconfig_check(const struct hv_header *header, const struct hv_sysconfig *config,
				    struct hv_sysconfig_fault *fault);

#endif
