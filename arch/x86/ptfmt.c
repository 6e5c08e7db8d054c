// SPDX-License-Identifier: GPL-2.0-only
/* Page-table formats as data. EPT's is in vmx/, nested paging's in svm/. */
#include <x86/iommu_regs.h>
#include <x86/ptfmt.h>
#include <x86/regs.h>

const struct hv_pt_format x86_host_format = {
	.levels = 4,
	.leaf_levels = 2,
	.canonical = true,
	.address = X86_PTE_ADDRESS,
	.present = X86_PTE_P,
	.table = X86_PTE_P | X86_PTE_W | X86_PTE_A,
	.leaf = X86_PTE_P | X86_PTE_A | X86_PTE_D,
	.kind = X86_PTE_PS,
	.large = X86_PTE_PS,
	.write = X86_PTE_W,
	.no_exec = X86_PTE_NX,
	.type_shift = 3,
	.type = X86_PTE_PWT | X86_PTE_PCD,
	.keep = X86_PTE_IGNORED,
};

const struct hv_pt_format x86_vtd_format = {
	.levels = 4,
	.leaf_levels = 3,
	.address = X86_VTD_ADDRESS,
	.present = X86_VTD_R | X86_VTD_W,
	.table = X86_VTD_R | X86_VTD_W,
	.kind = X86_VTD_PS,
	.large = X86_VTD_PS,
	.read = X86_VTD_R,
	.write = X86_VTD_W,
	.keep = X86_VTD_IGNORED,
};

/* Rights of all levels are combined, so tables allow everything. */
const struct hv_pt_format x86_amdvi_format = {
	.levels = 4,
	.leaf_levels = 3,
	.address = X86_AMDVI_ADDRESS,
	.present = X86_AMDVI_PR,
	.table = X86_AMDVI_PR | X86_AMDVI_IR | X86_AMDVI_IW,
	.next_level = X86_AMDVI_NEXT_LEVEL_1,
	.leaf = X86_AMDVI_PR | X86_AMDVI_FC,
	.kind = X86_AMDVI_NEXT_LEVEL,
	.read = X86_AMDVI_IR,
	.write = X86_AMDVI_IW,
	.keep = X86_AMDVI_IGNORED,
};
