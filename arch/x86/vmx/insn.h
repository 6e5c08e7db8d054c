/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMX instructions. In 64-bit mode VMREAD and VMWRITE take every width of field in a 64-bit register. */
#ifndef VMX_INSN_H
#define VMX_INSN_H

#include <hv/err.h>
#include <hv/types.h>
#include <vmx/regs.h>

static inline u64 vmx_vmread(u64 field)
{
	u64 value;

	asm volatile("vmread %1, %0" : "=r"(value) : "r"(field) : "cc");
	return value;
}

static inline bool vmx_vmwrite(u64 field, u64 value)
{
	bool failed;

	asm volatile("vmwrite %2, %1" : "=@ccbe"(failed) : "r"(field), "r"(value) : "memory");
	return !failed;
}

static inline bool vmx_vmxon(u64 hpa)
{
	bool failed;

	asm volatile("vmxon %1" : "=@ccbe"(failed) : "m"(hpa) : "memory");
	return !failed;
}

static inline void vmx_vmxoff(void)
{
	asm volatile("vmxoff" : : : "cc", "memory");
}

static inline bool vmx_vmclear(u64 hpa)
{
	bool failed;

	asm volatile("vmclear %1" : "=@ccbe"(failed) : "m"(hpa) : "memory");
	return !failed;
}

static inline bool vmx_vmptrld(u64 hpa)
{
	bool failed;

	asm volatile("vmptrld %1" : "=@ccbe"(failed) : "m"(hpa) : "memory");
	return !failed;
}

static inline void vmx_invept_all(void)
{
	u64 descriptor[2] = { 0, 0 };

	asm volatile("invept %0, %1" : : "m"(descriptor), "r"((u64)VMX_INV_ALL) : "cc", "memory");
}

static inline void vmx_invvpid_all(void)
{
	u64 descriptor[2] = { 0, 0 };

	asm volatile("invvpid %0, %1" : : "m"(descriptor), "r"((u64)VMX_INV_ALL) : "cc", "memory");
}

#endif
