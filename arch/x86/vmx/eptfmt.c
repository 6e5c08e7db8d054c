// SPDX-License-Identifier: GPL-2.0-only
/* Format of extended page tables, as of a CPU that has all leaf sizes. The guest's PAT is respected: no IPAT bit. */
#include <vmx/eptfmt.h>
#include <vmx/regs.h>

const struct hv_pt_format vmx_ept_format = {
	.levels = 4,
	.leaf_levels = 3,
	.address = HV_MASK(51, 12),
	.present = VMX_EPT_R | VMX_EPT_W | VMX_EPT_X,
	.table = VMX_EPT_R | VMX_EPT_W | VMX_EPT_X,
	.kind = VMX_EPT_LARGE,
	.large = VMX_EPT_LARGE,
	.read = VMX_EPT_R,
	.write = VMX_EPT_W,
	.exec = VMX_EPT_X,
	.type_shift = VMX_EPT_TYPE_SHIFT,
	.type = VMX_EPT_TYPE,
	.keep = VMX_EPT_IGNORED,
};
