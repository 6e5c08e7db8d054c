// SPDX-License-Identifier: GPL-2.0-only
/* What registers and instructions do that root may use, but not without us. */
#include <hv/exit.h>
#include <x86/cpuid.h>
#include <x86/exit.h>
#include <x86/insn.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

bool x86_xsetbv_safe(u32 index, u64 value);

/* Some bits mirror CR4, and root mode's CR4 is not the guest's: "CPUID—CPU Identification". */
void x86_emulate_cpuid(struct x86_cpu *cpu, u64 cr4)
{
	struct x86_regs *regs = x86_regs_of(cpu);
	u32 leaf = (u32)regs->r[X86_RAX], subleaf = (u32)regs->r[X86_RCX];
	struct x86_cpuid out = x86_cpuid(leaf, subleaf);

	regs->r[X86_RAX] = out.eax;
	regs->r[X86_RBX] = out.ebx;
	regs->r[X86_RDX] = out.edx;
	if (leaf == X86_LEAF_FEATURES)
		out.ecx = (out.ecx & ~X86_CPUID_OSXSAVE) | (cr4 & X86_CR4_OSXSAVE ? X86_CPUID_OSXSAVE : 0);
	else if (leaf == X86_LEAF_STRUCTURED && !subleaf)
		out.ecx = (out.ecx & ~X86_CPUID_OSPKE) | (cr4 & X86_CR4_PKE ? X86_CPUID_OSPKE : 0);
	regs->r[X86_RCX] = out.ecx;
}

/* The guest's CR4.OSXSAVE is set and its CPL 0, or XSETBV would not have come here; our CR4 may differ. */
enum hv_verdict x86_emulate_xsetbv(const struct hv_exit *exit)
{
	u64 cr4 = x86_read_cr4();
	bool ok;

	x86_write_cr4(cr4 | X86_CR4_OSXSAVE);
	ok = x86_xsetbv_safe(exit->nr, exit->value);
	x86_write_cr4(cr4);
	return ok ? HV_ADVANCE : HV_INJECT_GP;
}

/* INVD would lose what other CPUs, cells and we ourselves wrote. */
enum hv_verdict x86_emulate_invd(void)
{
	x86_wbinvd();
	return HV_ADVANCE;
}
