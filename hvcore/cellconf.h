/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the parts of the check of a configuration. Each part says what is wrong first, and changes nothing. */
#ifndef CELLCONF_H
#define CELLCONF_H

#include <hv/cellconf.h>

/* Fill in @fault and return the error. */
static inline int __must_check hv_conf_refuse_as(struct hv_conf_fault *fault, int err, u32 field, u32 index,
						 const char *what)
{
	*fault = (struct hv_conf_fault){ .what = what, .field = field, .index = index };
	return err;
}

static inline int __must_check hv_conf_refuse(struct hv_conf_fault *fault, u32 field, u32 index, const char *what)
{
	return hv_conf_refuse_as(fault, -EINVAL, field, index, what);
}

/* Regions, by themselves and with each other, and the entry, which lies in one. */
int __must_check hv_conf_check_regions(const struct hv_cellconf *conf, struct hv_conf_fault *fault);
int __must_check hv_conf_check_entry(const struct hv_cellconf *conf, struct hv_conf_fault *fault);

int __must_check hv_conf_check_ports(const struct hv_cellconf *conf, struct hv_conf_fault *fault);
int __must_check hv_conf_check_msrs(const struct hv_cellconf *conf, struct hv_conf_fault *fault);

/* Why no cell gets one of these ports, or this access to this MSR: a sentence, or NULL if it may. */
const char *hv_conf_port_denied(u16 first, u16 last);
const char *hv_conf_msr_denied(u32 index, u32 access);

#endif
