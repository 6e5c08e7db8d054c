// SPDX-License-Identifier: GPL-2.0-only
/* sources: arch/x86/cell_cpuid.c */
/* What CPUID tells a cell, on a machine that has everything: bits by the manuals' numbers. */
#include "unit.h"

#include <hv/hv.h>
#include <hvabi/guest.h>
#include <x86/cpu.h>
#include <x86/cell.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

#define ALL 0xffffffffu
#define NR_CPUS 3

struct hv hv;
bool x86_is_svm;
static struct hv_cpu_pub pubs[8];
static struct hv_cell cell = { .id = 1, .nr_cpus = NR_CPUS };
static struct x86_cpu *slot;
static bool x2apic;
static u64 cr4;
static u32 asked_leaf, asked_subleaf;
static struct x86_cpuid machines;

struct x86_cpuid x86_cpuid(u32 leaf, u32 subleaf)
{
	asked_leaf = leaf;
	asked_subleaf = subleaf;
	return machines;
}

u64 x86_rdmsr(u32 msr)
{
	assert_int_equal(msr, 0x1b);
	return x2apic ? 0xfee00c00 : 0xfee00800;
}

u64 svm_get(struct x86_cpu *cpu, enum x86_field field)
{
	(void)cpu;
	assert_int_equal(field, X86_FIELD_CR4);
	return cr4;
}

u64 vmx_get(struct x86_cpu *cpu, enum x86_field field)
{
	return svm_get(cpu, field);
}

u32 hv_cell_cpu(const struct hv_cell *c, u32 i)
{
	assert_ptr_equal(c, &cell);
	return 5 - i;
}

/* CPUs 5, 4 and 3 of the machine, with APIC ids 6, 5 and 4; this is the second one. */
static int setup(void **state)
{
	u32 i;

	(void)state;
	slot = aligned_alloc(X86_SLOT_STRIDE, X86_SLOT_STRIDE);
	memset(slot, 0, X86_SLOT_STRIDE);
	hv.pub = pubs;
	for (i = 0; i < 8; i++)
		pubs[i].apic_id = i + 1;
	slot->core = (struct hv_cpu){ .id = 4, .number = 1, .cell = &cell, .pub = &pubs[4] };
	x2apic = x86_is_svm = false;
	cr4 = 0;
	machines = (struct x86_cpuid){ ALL, ALL, ALL, ALL };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(slot);
	return 0;
}

struct answer {
	u32 eax, ebx, ecx, edx;
};

static struct answer ask(u32 leaf, u32 subleaf)
{
	struct x86_regs *regs = x86_regs_of(slot);
	u32 i;

	/* the upper halves do not count, and are cleared */
	regs->r[X86_RAX] = leaf | 5ULL << 40;
	regs->r[X86_RCX] = subleaf | 5ULL << 40;
	regs->r[X86_RBX] = regs->r[X86_RDX] = 5ULL << 40;
	x86_cell_cpuid(slot);
	assert_int_equal(asked_leaf, leaf);
	assert_int_equal(asked_subleaf, subleaf);
	for (i = X86_RAX; i <= X86_RBX; i++)
		assert_int_equal(regs->r[i] >> 32, 0);
	return (struct answer){ (u32)regs->r[X86_RAX], (u32)regs->r[X86_RBX], (u32)regs->r[X86_RCX],
				(u32)regs->r[X86_RDX] };
}

static void is(u32 leaf, u32 subleaf, struct answer expected)
{
	struct answer got = ask(leaf, subleaf);

	if (memcmp(&got, &expected, sizeof(got)))
		fail_msg("leaf 0x%x, %u: %x %x %x %x, not %x %x %x %x", leaf, subleaf, got.eax, got.ebx, got.ecx,
			 got.edx, expected.eax, expected.ebx, expected.ecx, expected.edx);
}

static u32 without(u32 n, ...)
{
	u32 value = ALL;
	va_list args;

	va_start(args, n);
	while (n--)
		value &= ~(1u << va_arg(args, u32));
	va_end(args);
	return value;
}

static void features(void **state)
{
	/* VMX, SMX, EIST, TM2, PDCM, OSXSAVE, and x2APIC where the machine is not in that mode; hypervisor stays */
	u32 ecx = without(7, 5, 6, 7, 8, 15, 27, 21), edx = without(6, 7, 12, 14, 21, 22, 29);
	struct answer got;

	(void)state;
	is(1, 0, (struct answer){ ALL, (ALL & ~0xff0000u) | NR_CPUS << 16, ecx, edx });
	x2apic = true;
	cr4 = 1 << 18;
	is(1, 7, (struct answer){ ALL, (ALL & ~0xff0000u) | NR_CPUS << 16, ecx | 1 << 21 | 1 << 27, edx });
	/* a machine without anything: only what the cell itself has */
	machines = (struct x86_cpuid){ 0, 0, 0, 0 };
	cr4 = 0;
	got = ask(1, 0);
	assert_int_equal(got.ecx, 1u << 31 | 1 << 21);
	assert_int_equal(got.eax | got.edx, 0);
}

static void structured_features(void **state)
{
	(void)state;
	/*
	 * TSC_ADJUST, SGX, PQM, PQE, PT; CET, TME, SGX_LC, PKS, OSPKE, WAITPKG, KL, bus locks, ENQCMD; UINTR, PCONFIG,
	 * LBR, CET, L1D_FLUSH, ARCH_CAPABILITIES, CORE_CAPABILITIES
	 */
	is(7, 0, (struct answer){ ALL, without(5, 1, 2, 12, 15, 25), without(9, 7, 13, 30, 31, 4, 5, 23, 24, 29),
				  without(7, 5, 18, 19, 20, 28, 29, 30) });
	/* FRED, HRESET, MSRLIST */
	assert_int_equal(ask(7, 1).eax, without(3, 17, 22, 27));
	/* XSAVES, XFD; but in the first subleaf these bits mean something else */
	is(0xd, 1, (struct answer){ without(2, 3, 4), ALL, ALL, ALL });
	is(0xd, 0, (struct answer){ ALL, ALL, ALL, ALL });
	cr4 = 1 << 22;
	assert_int_equal(ask(7, 0).ecx >> 4 & 1, 1);
}

static void extended_features(void **state)
{
	(void)state;
	/* SVM, IBS, SKINIT, LWP, three kinds of performance counters; MCE, MTRR, MCA */
	is(0x80000001, 0, (struct answer){ ALL, ALL, without(7, 2, 10, 12, 15, 23, 24, 28), without(3, 7, 12, 14) });
	/* of power management, the invariant TSC only */
	is(0x80000007, 0, (struct answer){ ALL, ALL, ALL, 1 << 8 });
}

static void empty_leaves(void **state)
{
	static const u32 leaves[] = {
		5, 6, 0xa, 0xf, 0x10, 0x12, 0x14, 0x19, 0x1b, 0x1c, 0x8000000a, 0x8000001b, 0x8000001c, 0x8000001f,
		0x80000020, 0x40000002, 0x400000ff,
	};
	static const u32 native[] = { 0, 2, 3, 9, 0xd, 0x15, 0x16, 0x80000000, 0x80000002, 0x80000004, 0x8000001d,
				      0x80000021 };
	u32 i;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(leaves); i++)
		is(leaves[i], 0, (struct answer){ 0, 0, 0, 0 });
	for (i = 0; i < HV_ARRAY_SIZE(native); i++)
		is(native[i], 0, (struct answer){ ALL, ALL, ALL, ALL });
}

static void topology(void **state)
{
	u32 leaf;

	(void)state;
	for (leaf = 0xb; leaf <= 0x1f; leaf += 0x14) {
		/* one thread in each core; ids 6, 5, 4 differ in three bits; no third level */
		is(leaf, 0, (struct answer){ 0, 1, 0x100, 5 });
		is(leaf, 1, (struct answer){ 3, NR_CPUS, 0x201, 5 });
		is(leaf, 2, (struct answer){ 0, 0, 2, 5 });
	}
	assert_int_equal(ask(4, 0).eax, (ALL & 0x3fff) | (NR_CPUS - 1) << 26);
	machines.eax = 0xffffffe0;	/* no more caches */
	assert_int_equal(ask(4, 0).eax, 0x3fe0);
	machines.eax = ALL;
	is(0x8000001e, 0, (struct answer){ ALL, 0, 0, ALL });
	/* INVLPGB, virtual SSBD, CPPC */
	is(0x80000008, 0, (struct answer){ ALL, without(3, 3, 25, 27), ALL, ALL });
	x86_is_svm = true;
	is(0x80000008, 0, (struct answer){ ALL, without(3, 3, 25, 27), (ALL & ~0xffu) | (NR_CPUS - 1), ALL });
}

static void ourselves(void **state)
{
	struct answer got = ask(0x40000000, 0);

	(void)state;
	assert_int_equal(got.eax, 0x40000001);
	assert_memory_equal(&got.ebx, "hv:partition", 12);
	is(0x40000001, 0, (struct answer){ HV_GUEST_VERSION, 1, NR_CPUS, 0xfef00000 });
}

#define TEST(name, function) { name, function, setup, teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("features", features),
		TEST("structured features", structured_features),
		TEST("extended features", extended_features),
		TEST("leaves that say nothing, and those that are the machine's", empty_leaves),
		TEST("topology", topology),
		TEST("the hypervisor itself", ourselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
