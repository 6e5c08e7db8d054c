/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUID leaves and their bits: Intel SDM vol. 2, "CPUID"; AMD APM vol. 3, "CPUID Instruction". */
#ifndef X86_CPUID_H
#define X86_CPUID_H

#include <hv/bits.h>

#define X86_LEAF_FEATURES 0x1
#define X86_LEAF_EXT_MAX 0x80000000
#define X86_LEAF_EXT_FEATURES 0x80000001
#define X86_LEAF_STRUCTURED 0x7
#define X86_LEAF_XSTATE 0xd
#define X86_LEAF_ADDRESS_SIZES 0x80000008
#define X86_LEAF_SVM 0x8000000a
#define X86_LEAF_ENCRYPTION 0x8000001f

#define X86_CPUID_VMX HV_BIT(5)		/* leaf 1 ECX */
#define X86_CPUID_OSXSAVE HV_BIT(27)	/* leaf 1 ECX */
#define X86_CPUID_OSPKE HV_BIT(4)	/* leaf 7 ECX */
#define X86_CPUID_SVM HV_BIT(2)		/* leaf 8000_0001 ECX */
#define X86_CPUID_1G HV_BIT(26)		/* leaf 8000_0001 EDX */

#define X86_ENCRYPTION_SME HV_BIT(0)		/* leaf 8000_001F EAX */
#define X86_ENCRYPTION_C_BIT HV_MASK(5, 0)	/* leaf 8000_001F EBX: its number */

#define X86_SVM_NPT HV_BIT(0)
#define X86_SVM_NRIPS HV_BIT(3)
#define X86_SVM_FLUSH_ASID HV_BIT(6)
#define X86_SVM_DECODE_ASSISTS HV_BIT(7)

#endif
