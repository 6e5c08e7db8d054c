/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Descriptor tables in long mode: Intel SDM vol. 3, "Protected-Mode Memory Management", "Interrupt and Exception
 * Handling".
 */
#ifndef X86_DESC_H
#define X86_DESC_H

#include <hv/bits.h>
#include <hv/check.h>
#include <hv/types.h>

/*
 * The hypervisor's GDT uses Linux's selectors for code and data, so that an interrupt frame made under either table
 * is good under the other while a CPU crosses. The last two entries hold our TSS; Linux's own goes to its own place.
 */
#define X86_GDT_ENTRIES 16
#define X86_SEL_CODE 0x10
#define X86_SEL_DATA 0x18
#define X86_SEL_TSS 0x70
#define X86_SEL_TI 0x4
#define X86_SEL_RPL 0x3

#define X86_DESC_CODE64 0x00af9b000000ffffULL
#define X86_DESC_DATA 0x00cf93000000ffffULL
#define X86_DESC_TYPE HV_MASK(43, 40)
#define X86_DESC_TSS_BUSY HV_BIT(41)
#define X86_DESC_TSS_AVAILABLE 0x9
#define X86_DESC_P HV_BIT(47)
#define X86_DESC_S HV_BIT(44)
#define X86_DESC_G HV_BIT(55)
/*
 * Attributes as LAR, VMX and the descriptors keep them: type, S, DPL, P, AVL, L, D, G without the limit bits between.
 */
#define X86_ATTR_G HV_BIT(15)
#define X86_ATTR_D HV_BIT(14)
#define X86_ATTR_L HV_BIT(13)
#define X86_ATTR_P HV_BIT(7)
#define X86_ATTR_S HV_BIT(4)
#define X86_ATTR_DPL HV_MASK(6, 5)
#define X86_ATTR_UNUSABLE HV_BIT(16)
/* Whole ones: present, accessed, with 4 KiB granularity where a limit needs it. */
#define X86_ATTR_REAL_DATA 0x93
#define X86_ATTR_REAL_CODE 0x9b
#define X86_ATTR_DATA32 0xc093
#define X86_ATTR_CODE32 0xc09b
#define X86_ATTR_CODE64 0xa09b
#define X86_ATTR_LDT 0x82
#define X86_ATTR_BUSY_TSS 0x8b

struct __attribute__((packed)) x86_tss {
	u32 rsvd_0x00;
	u64 rsp[3];
	u64 rsvd_0x1c;
	u64 ist[7];
	u64 rsvd_0x5c;
	u16 rsvd_0x64;
	u16 iomap;
};

HV_ASSERT_OFFSET(struct x86_tss, ist, 0x24);
HV_ASSERT_SIZE(struct x86_tss, 0x68);

struct x86_gate {
	u16 offset_0;
	u16 selector;
	u8 ist;
	u8 attributes;
	u16 offset_16;
	u32 offset_32;
	u32 rsvd_0x0c;
};

HV_ASSERT_SIZE(struct x86_gate, 16);

#define X86_GATE_INTERRUPT 0x8e

#endif
