/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bits of the architectural registers: Intel SDM vol. 3, "System Architecture Overview"; AMD APM vol. 2, "System
 * Resources".
 */
#ifndef X86_REGS_H
#define X86_REGS_H

#include <hv/bits.h>

#define X86_CR0_PE HV_BIT(0)
#define X86_CR0_MP HV_BIT(1)
#define X86_CR0_EM HV_BIT(2)
#define X86_CR0_TS HV_BIT(3)
#define X86_CR0_ET HV_BIT(4)
#define X86_CR0_NE HV_BIT(5)
#define X86_CR0_WP HV_BIT(16)
#define X86_CR0_AM HV_BIT(18)
#define X86_CR0_NW HV_BIT(29)
#define X86_CR0_CD HV_BIT(30)
#define X86_CR0_PG HV_BIT(31)

#define X86_CR4_PAE HV_BIT(5)
#define X86_CR4_MCE HV_BIT(6)
#define X86_CR4_PGE HV_BIT(7)
#define X86_CR4_LA57 HV_BIT(12)
#define X86_CR4_VMXE HV_BIT(13)
#define X86_CR4_SMXE HV_BIT(14)
#define X86_CR4_PCIDE HV_BIT(17)
#define X86_CR4_OSXSAVE HV_BIT(18)
#define X86_CR4_KL HV_BIT(19)
#define X86_CR4_PKE HV_BIT(22)
#define X86_CR4_CET HV_BIT(23)
#define X86_CR4_PKS HV_BIT(24)
#define X86_CR4_UINTR HV_BIT(25)
#define X86_CR4_FRED HV_BIT(32)

#define X86_XSS_TRACE HV_BIT(8)
#define X86_XSS_UINTR HV_BIT(14)

#define X86_RFLAGS_RSVD1 HV_BIT(1)
#define X86_RFLAGS_TF HV_BIT(8)
#define X86_RFLAGS_IF HV_BIT(9)
#define X86_RFLAGS_DF HV_BIT(10)
#define X86_RFLAGS_VM HV_BIT(17)

#define X86_EFER_SCE HV_BIT(0)
#define X86_EFER_LME HV_BIT(8)
#define X86_EFER_LMA HV_BIT(10)
#define X86_EFER_NX HV_BIT(11)
#define X86_EFER_SVME HV_BIT(12)
#define X86_EFER_OTHER HV_MASK(21, 13)	/* LMSLE, FFXSR, TCE, MCOMMIT, INTWB, UAIE, AIBRSE */

#define X86_XCR0_X87 HV_BIT(0)
#define X86_DR7_RESET 0x400ULL
#define X86_DR6_BS HV_BIT(14)
#define X86_DR6_BD HV_BIT(13)
#define X86_DR6_CAUSES (HV_MASK(3, 0) | HV_MASK(15, 13))
#define X86_DR6_RESET 0xffff0ff0ULL
#define X86_DR7_GD HV_BIT(13)
#define X86_PAT_RESET 0x0007040600070406ULL
#define X86_CR0_RESET (X86_CR0_CD | X86_CR0_NW | X86_CR0_ET)

/* Page-table entries of the host format: "Paging". */
#define X86_PTE_P HV_BIT(0)
#define X86_PTE_W HV_BIT(1)
#define X86_PTE_U HV_BIT(2)
#define X86_PTE_PWT HV_BIT(3)
#define X86_PTE_PCD HV_BIT(4)
#define X86_PTE_A HV_BIT(5)
#define X86_PTE_D HV_BIT(6)
#define X86_PTE_PS HV_BIT(7)
#define X86_PTE_IGNORED HV_BIT(9)	/* one of the bits for software */
#define X86_PTE_NX HV_BIT(63)
#define X86_PTE_ADDRESS HV_MASK(51, 12)

/* Memory types: "Memory Type Range Registers", "Memory Types That Can Be Encoded". */
#define X86_TYPE_UC 0
#define X86_TYPE_WC 1
#define X86_TYPE_WT 4
#define X86_TYPE_WP 5
#define X86_TYPE_WB 6

#define X86_VECTOR_DB 1
#define X86_VECTOR_NMI 2
#define X86_VECTOR_BP 3
#define X86_VECTOR_OF 4
#define X86_VECTOR_UD 6
#define X86_VECTOR_DF 8
#define X86_VECTOR_GP 13
#define X86_VECTOR_PF 14
#define X86_VECTOR_AC 17
#define X86_VECTOR_MC 18
#define X86_NR_EXCEPTIONS 32

/* "Reset Control Register" of the PC chipsets. */
#define X86_PORT_RESET 0xcf9
#define X86_RESET_FULL 0x0e

#endif
