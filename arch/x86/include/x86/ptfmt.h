/* SPDX-License-Identifier: GPL-2.0-only */
/* Page-table formats that do not belong to one vendor's virtualization: root mode's own, and those of the IOMMUs. */
#ifndef X86_PTFMT_H
#define X86_PTFMT_H

#include <hv/pt.h>

extern const struct hv_pt_format x86_host_format;
/* The IOMMUs': VT-d's second level and AMD-Vi's first version, as of a unit that has all leaf sizes. */
extern const struct hv_pt_format x86_vtd_format;
extern const struct hv_pt_format x86_amdvi_format;

#endif
