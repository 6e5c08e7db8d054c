// SPDX-License-Identifier: GPL-2.0-only
/* Extended page tables: what of their format this CPU has, and their pointer. */
#include <hv/hv.h>
#include <vmx/eptfmt.h>
#include <vmx/vmx.h>
#include <x86/vcpu_ops.h>

static struct hv_pt_format format;

const struct hv_pt_format *vmx_guest_format(void)
{
	format = vmx_ept_format;
	if (!(vmx.probe.vmx[VMX_CAP_EPT_VPID] & VMX_EPT_1G))
		format.leaf_levels = 2;
	return &format;
}

u64 vmx_eptp(const struct hv_cell *cell)
{
	return hv_hpa_raw(hv_aspace_root(&cell->space)) | VMX_EPTP_WB | VMX_EPTP_LEVELS_4;
}
