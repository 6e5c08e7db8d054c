// SPDX-License-Identifier: GPL-2.0-only
/*
 * Format of nested page tables, as of a CPU that has all leaf sizes: the host's, and every access of the guest counts
 * as one of user mode ("Nested Paging"). There is no memory type: the MTRRs keep their effect.
 */
#include <svm/nptfmt.h>
#include <x86/regs.h>

const struct hv_pt_format svm_npt_format = {
	.levels = 4,
	.leaf_levels = 3,
	.address = X86_PTE_ADDRESS,
	.present = X86_PTE_P,
	.table = X86_PTE_P | X86_PTE_W | X86_PTE_U | X86_PTE_A,
	.leaf = X86_PTE_P | X86_PTE_U | X86_PTE_A | X86_PTE_D,
	.kind = X86_PTE_PS,
	.large = X86_PTE_PS,
	.write = X86_PTE_W,
	.no_exec = X86_PTE_NX,
	.keep = X86_PTE_IGNORED,
};
