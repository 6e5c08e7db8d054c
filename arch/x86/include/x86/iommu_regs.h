/* SPDX-License-Identifier: GPL-2.0-only */
/* Entries of the IOMMUs' page tables. */
#ifndef X86_IOMMU_REGS_H
#define X86_IOMMU_REGS_H

#include <hv/bits.h>

/* Intel VT-d, "Second-Stage Paging Entries" */
#define X86_VTD_R HV_BIT(0)
#define X86_VTD_W HV_BIT(1)
#define X86_VTD_PS HV_BIT(7)
#define X86_VTD_ADDRESS HV_MASK(51, 12)
#define X86_VTD_IGNORED HV_BIT(52)

/* AMD I/O Virtualization, "I/O Page Tables for Host Translations": "Page Translation Entry" */
#define X86_AMDVI_PR HV_BIT(0)
#define X86_AMDVI_IGNORED HV_BIT(1)
#define X86_AMDVI_NEXT_LEVEL HV_MASK(11, 9)	/* 0: a leaf of this level's size */
#define X86_AMDVI_NEXT_LEVEL_1 HV_BIT(9)
#define X86_AMDVI_ADDRESS HV_MASK(51, 12)
#define X86_AMDVI_FC HV_BIT(60)			/* accesses are coherent */
#define X86_AMDVI_IR HV_BIT(61)
#define X86_AMDVI_IW HV_BIT(62)

#endif
