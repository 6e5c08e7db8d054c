/* SPDX-License-Identifier: GPL-2.0-only */
/* Format of extended page tables. */
#ifndef VMX_EPTFMT_H
#define VMX_EPTFMT_H

#include <hv/pt.h>

extern const struct hv_pt_format vmx_ept_format;

#endif
