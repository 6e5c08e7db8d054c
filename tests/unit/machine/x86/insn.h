/* SPDX-License-Identifier: GPL-2.0-only */
/* In front of x86/insn.h on the host: instructions that only root mode can execute are functions of the test. */
#ifndef MACHINE_X86_INSN_H
#define MACHINE_X86_INSN_H

#define x86_rdmsr(msr) native_rdmsr(msr)
#define x86_wrmsr(msr, value) native_wrmsr(msr, value)
#define x86_cpuid(leaf, subleaf) native_cpuid(leaf, subleaf)
#include_next <x86/insn.h>
#undef x86_rdmsr
#undef x86_wrmsr
#undef x86_cpuid

u64 x86_rdmsr(u32 msr);
void x86_wrmsr(u32 msr, u64 value);
struct x86_cpuid x86_cpuid(u32 leaf, u32 subleaf);

#endif
