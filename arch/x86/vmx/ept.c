// SPDX-License-Identifier: GPL-2.0-only
/* Extended page tables: their format and pointer. */
#include <hv/hv.h>
#include <vmx/vmx.h>
#include <x86/vcpu_ops.h>

static struct hv_pt_format format = {
	.levels = 4,
	.leaf_levels = 3,
	.type_shift = VMX_EPT_TYPE_SHIFT,
	.address = HV_MASK(51, 12),
	.present = VMX_EPT_R | VMX_EPT_W | VMX_EPT_X,
	.table = VMX_EPT_R | VMX_EPT_W | VMX_EPT_X,
	.large = VMX_EPT_LARGE,
	.read = VMX_EPT_R,
	.write = VMX_EPT_W,
	.exec = VMX_EPT_X,
};

const struct hv_pt_format *vmx_guest_format(void)
{
	if (!(vmx.probe.vmx[VMX_CAP_EPT_VPID] & VMX_EPT_1G))
		format.leaf_levels = 2;
	return &format;
}

u64 vmx_eptp(void)
{
	return hv_hpa_raw(hv_pool_hpa(&hv.pool, hv.root.memory.root)) | VMX_EPTP_WB | VMX_EPTP_LEVELS_4;
}
