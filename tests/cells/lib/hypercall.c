// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Hypercalls: one instruction on Intel's CPUs, another one on AMD's and its relatives'. */
#include "hypercall.h"
#include "insn.h"

#define EBX_AUTHENTICAMD 0x68747541	/* "Auth" */
#define EBX_HYGONGENUINE 0x6f677948	/* "Hygo" */

static bool is_vmmcall;

void hypercall_init(void)
{
	u32 ebx = cpuid(0, 0).ebx;

	is_vmmcall = ebx == EBX_AUTHENTICAMD || ebx == EBX_HYGONGENUINE;
}

bool hypercall_is_vmmcall(void)
{
	return is_vmmcall;
}

s64 hypercall(u64 number, u64 a, u64 b)
{
	if (is_vmmcall)
		asm volatile("vmmcall" : "+a"(number) : "D"(a), "S"(b) : "memory");
	else
		asm volatile("vmcall" : "+a"(number) : "D"(a), "S"(b) : "memory");
	return (s64)number;
}

_Noreturn void shutdown(u64 code)
{
	(void)hypercall(HV_GC_SHUTDOWN, code, 0); /* does not return */
	halt();
}
