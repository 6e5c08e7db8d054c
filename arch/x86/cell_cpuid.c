// SPDX-License-Identifier: GPL-2.0-only
/* CPUID of cells other than root: the machine's answer without what a cell does not get, and with its own CPUs. */
#include <hv/bits.h>
#include <hv/hv.h>
#include <hvabi/guest.h>
#include <x86/apic.h>
#include <x86/cell.h>
#include <x86/cpuid.h>
#include <x86/insn.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

enum out { EAX, EBX, ECX, EDX };

#define ANY ~0u

/* Bits that are cleared: features that are not for a cell, or whose registers (cell_msr.c) are not. */
static const struct {
	u32 leaf, subleaf;
	u32 reg;	/* enum out */
	u32 clear;
} hidden[] = {
	{ X86_LEAF_FEATURES, ANY, ECX, X86_CPUID_VMX | X86_CPUID_SMX | X86_CPUID_PDCM | X86_CPUID_X2APIC },
	{ X86_LEAF_FEATURES, ANY, ECX, X86_CPUID_EIST | X86_CPUID_TM2 },
	{ X86_LEAF_FEATURES, ANY, EDX, X86_CPUID_MCE | X86_CPUID_MTRR | X86_CPUID_MCA | X86_CPUID_DS },
	{ X86_LEAF_FEATURES, ANY, EDX, X86_CPUID_ACPI | X86_CPUID_TM },
	{ X86_LEAF_STRUCTURED, 0, EBX, X86_CPUID_TSC_ADJUST | X86_CPUID_SGX | X86_CPUID_PT },
	{ X86_LEAF_STRUCTURED, 0, EBX, X86_CPUID_PQM | X86_CPUID_PQE },
	{ X86_LEAF_STRUCTURED, 0, ECX, X86_CPUID_CET_SS | X86_CPUID_TME | X86_CPUID_SGX_LC | X86_CPUID_PKS },
	{ X86_LEAF_STRUCTURED, 0, ECX, X86_CPUID_WAITPKG | X86_CPUID_KL | X86_CPUID_BUS_LOCK | X86_CPUID_ENQCMD },
	{ X86_LEAF_STRUCTURED, 0, EDX, X86_CPUID_PCONFIG | X86_CPUID_LBR | X86_CPUID_CET_IBT | X86_CPUID_UINTR },
	{ X86_LEAF_STRUCTURED, 0, EDX, X86_CPUID_FLUSH_L1D | X86_CPUID_ARCH_CAPS | X86_CPUID_CORE_CAPS },
	{ X86_LEAF_STRUCTURED, 1, EAX, X86_CPUID_FRED | X86_CPUID_HRESET | X86_CPUID_MSRLIST },
	{ X86_LEAF_XSTATE, 1, EAX, X86_CPUID_XSAVES | X86_CPUID_XFD },
	{ X86_LEAF_EXT_FEATURES, ANY, ECX, X86_CPUID_SVM | X86_CPUID_SKINIT },
	{ X86_LEAF_EXT_FEATURES, ANY, ECX, X86_CPUID_IBS | X86_CPUID_LWP | X86_CPUID_PERF },
	{ X86_LEAF_EXT_FEATURES, ANY, EDX, X86_CPUID_MCE | X86_CPUID_MTRR | X86_CPUID_MCA },
	{ X86_LEAF_EXT_POWER, ANY, EDX, (u32)~X86_CPUID_INVARIANT_TSC },
	{ X86_LEAF_ADDRESS_SIZES, ANY, EBX, X86_CPUID_INVLPGB | X86_CPUID_VIRT_SSBD | X86_CPUID_CPPC },
};

/* Leaves that say nothing to a cell: power, performance counters, cache allocation, SGX, trace, keys, SVM, IBS, SME. */
static const struct {
	u32 first, last;
} empty[] = {
	{ 0x5, 0x6 }, { 0xa, 0xa }, { 0xf, 0x10 }, { 0x12, 0x12 }, { 0x14, 0x14 }, { 0x19, 0x19 }, { 0x1b, 0x1c },
	{ X86_LEAF_SVM, X86_LEAF_SVM }, { 0x8000001b, 0x8000001c }, { X86_LEAF_ENCRYPTION, 0x80000020 },
	{ HV_GUEST_LEAF + 2, HV_GUEST_LEAF + 0xff },
};

#define LEAF_CACHE 0x4
#define LEAF_TOPOLOGY 0xb
#define LEAF_TOPOLOGY_2 0x1f
#define LEAF_AMD_CORES 0x8000001e
#define CACHE_CORES HV_MASK(31, 26)
#define CACHE_THREADS HV_MASK(25, 14)
#define FEATURES_THREADS HV_MASK(23, 16)
#define AMD_CORES HV_MASK(7, 0)
#define TOPOLOGY_CORE (2 << 8)
#define TOPOLOGY_THREAD (1 << 8)

static void hide(u32 leaf, u32 subleaf, u64 out[4])
{
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(hidden); i++)
		if (hidden[i].leaf == leaf && (hidden[i].subleaf == subleaf || hidden[i].subleaf == ANY))
			out[hidden[i].reg] &= ~(u64)hidden[i].clear;
	for (i = 0; i < HV_ARRAY_SIZE(empty); i++)
		if (leaf >= empty[i].first && leaf <= empty[i].last)
			out[EAX] = out[EBX] = out[ECX] = out[EDX] = 0;
}

/* Bits of an APIC id that tell the CPUs of a cell apart, as of cores of one package that have one thread each. */
static u32 id_bits(const struct hv_cell *cell)
{
	u32 i, all = 0, bits = 0;

	for (i = 0; i < cell->nr_cpus; i++)
		all |= hv.pub[hv_cell_cpu(cell, i)].apic_id;
	while (bits < 32 && all >> bits)
		bits++;
	return bits;
}

static void show_topology(const struct x86_cpu *cpu, u32 subleaf, u64 out[4])
{
	const struct hv_cell *cell = cpu->core.cell;

	out[EAX] = subleaf == 1 ? id_bits(cell) : 0;
	out[EBX] = subleaf == 0 ? 1 : subleaf == 1 ? cell->nr_cpus : 0;
	out[ECX] = subleaf | (subleaf == 0 ? TOPOLOGY_THREAD : subleaf == 1 ? TOPOLOGY_CORE : 0);
	out[EDX] = cpu->core.pub->apic_id;
}

static void show_features(const struct x86_cpu *cpu, u64 cr4, u64 out[4])
{
	out[EBX] = (out[EBX] & ~FEATURES_THREADS) | HV_PUT(FEATURES_THREADS, cpu->core.cell->nr_cpus);
	out[ECX] = (out[ECX] & ~(u64)X86_CPUID_OSXSAVE) | (cr4 & X86_CR4_OSXSAVE ? X86_CPUID_OSXSAVE : 0);
	out[ECX] |= X86_CPUID_HYPERVISOR | (x86_apic_is_x2apic() ? X86_CPUID_X2APIC : 0);
}

static void show_ourselves(const struct x86_cpu *cpu, u32 leaf, u64 out[4])
{
	if (leaf == HV_GUEST_LEAF) {
		out[EAX] = HV_GUEST_LEAF + 1;
		out[EBX] = HV_GUEST_EBX;
		out[ECX] = HV_GUEST_ECX;
		out[EDX] = HV_GUEST_EDX;
	} else {
		out[EAX] = HV_GUEST_VERSION;
		out[EBX] = cpu->core.number;
		out[ECX] = cpu->core.cell->nr_cpus;
		out[EDX] = HV_COMM_GPA;
	}
}

static void adapt(const struct x86_cpu *cpu, u32 leaf, u32 subleaf, u64 cr4, u64 out[4])
{
	switch (leaf) {
	case X86_LEAF_FEATURES:
		show_features(cpu, cr4, out);
		break;
	case X86_LEAF_STRUCTURED:
		if (!subleaf)
			out[ECX] = (out[ECX] & ~(u64)X86_CPUID_OSPKE) | (cr4 & X86_CR4_PKE ? X86_CPUID_OSPKE : 0);
		break;
	case LEAF_CACHE:
		out[EAX] = (out[EAX] & ~(CACHE_CORES | CACHE_THREADS)) |
			   (out[EAX] & 0x1f ? HV_PUT(CACHE_CORES, cpu->core.cell->nr_cpus - 1) : 0);
		break;
	case LEAF_TOPOLOGY:
	case LEAF_TOPOLOGY_2:
		show_topology(cpu, subleaf, out);
		break;
	case X86_LEAF_ADDRESS_SIZES:
		if (x86_is_svm)
			out[ECX] = (out[ECX] & ~AMD_CORES) | (cpu->core.cell->nr_cpus - 1);
		break;
	case LEAF_AMD_CORES:
		out[EBX] = out[ECX] = 0;
		break;
	case HV_GUEST_LEAF:
	case HV_GUEST_LEAF + 1:
		show_ourselves(cpu, leaf, out);
		break;
	}
}

void x86_cell_cpuid(struct x86_cpu *cpu)
{
	struct x86_regs *regs = x86_regs_of(cpu);
	u32 leaf = (u32)regs->r[X86_RAX], subleaf = (u32)regs->r[X86_RCX];
	struct x86_cpuid native = x86_cpuid(leaf, subleaf);
	u64 out[4] = { native.eax, native.ebx, native.ecx, native.edx };

	hide(leaf, subleaf, out);
	adapt(cpu, leaf, subleaf, x86_vcpu_get(cpu, X86_FIELD_CR4), out);
	regs->r[X86_RAX] = out[EAX];
	regs->r[X86_RBX] = out[EBX];
	regs->r[X86_RCX] = out[ECX];
	regs->r[X86_RDX] = out[EDX];
}
