// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Values that control registers must not take, and breakpoints that must not reach further than the cell. */
#include "fault.h"
#include "start.h"

#define CR4_VMXE 0x2000
#define CR4_LA57 0x1000
#define CR4_PCIDE 0x20000
#define CR4_OSXSAVE 0x40000
#define EFER_NO_SUCH_BIT 0x80000
#define EFER_SVME 0x1000
#define CPUID_1_ECX_XSAVE (1u << 26)

#define DR7_LOCAL_ALL 0x55
#define DR7_FIXED 0x400
#define DR7_GD 0x2000
#define DR7_WRITE_8 0x99990000	/* all four: writes of 8 bytes */
#define DR7_ONE_WRITE_8 0x00090000
#define HIGHEST_HALF 0xffff800000000000ULL

static void set_cr0(void *value)
{
	write_cr0((u64)value);
}

static void set_cr3(void *value)
{
	write_cr3((u64)value);
}

static void set_cr4(void *value)
{
	write_cr4((u64)value);
}

/* Tries all values; each has to end in #GP, and to leave the register as it was. */
static bool denied(void (*set)(void *), u64 (*get)(void), const u64 *values, u32 count, const char *name)
{
	u64 was = get();
	bool ok = true;
	u32 i;

	for (i = 0; i < count; i++) {
		ok &= fault_expect(try(set, (void *)values[i]), VECTOR_GP, name, values[i]);
		if (get() == was)
			continue;
		print("fault: %s is %llx, not %llx\n", name, get(), was);
		set((void *)was);
		ok = false;
	}
	return ok;
}

bool run_cr0(u64 n)
{
	u64 cr0 = read_cr0();
	const u64 values[] = {
		cr0 & ~(u64)CR0_PE,		/* paging without protection */
		(cr0 | CR0_NW) & ~(u64)CR0_CD,
		cr0 | 1ULL << 32,
		cr0 | 1ULL << 63,
		cr0 & ~(u64)CR0_PG,		/* in 64-bit code */
	};

	(void)n;
	return denied(set_cr0, read_cr0, values, HV_ARRAY_SIZE(values), "cr0");
}

bool run_cr4(u64 n)
{
	u64 cr4 = read_cr4(), cr3 = read_cr3();
	const u64 values[] = {
		cr4 | CR4_VMXE,
		cr4 | 1ULL << 31,
		cr4 | 1ULL << 63,
		cr4 & ~(u64)CR4_PAE,
		cr4 ^ CR4_LA57,
	};
	const u64 tables[] = { cr3 | 1ULL << 62, cr3 | 1ULL << 52 };
	const u64 pcide[] = { cr4 | CR4_PCIDE };
	bool ok;

	(void)n;
	ok = denied(set_cr4, read_cr4, values, HV_ARRAY_SIZE(values), "cr4");
	ok &= denied(set_cr3, read_cr3, tables, HV_ARRAY_SIZE(tables), "cr3");
	/* these may not begin while CR3 has any of its lower bits set */
	write_cr3(cr3 | 0x18);
	ok &= denied(set_cr4, read_cr4, pcide, HV_ARRAY_SIZE(pcide), "cr4");
	write_cr3(cr3);
	return ok;
}

bool run_efer(u64 n)
{
	u64 efer = rdmsr(MSR_EFER);
	const u64 values[] = { efer & ~(u64)EFER_LME, efer | EFER_SVME, efer | EFER_NO_SUCH_BIT, efer | 1ULL << 63 };
	bool ok = true;
	u32 i;

	(void)n;
	if (efer & EFER_SVME) {
		print("fault: SVM shows in EFER\n");
		ok = false;
	}
	for (i = 0; i < HV_ARRAY_SIZE(values); i++) {
		ok &= fault_expect(msr_write(MSR_EFER, values[i]), VECTOR_GP, "EFER", values[i]);
		ok &= rdmsr(MSR_EFER) == efer;
	}
	return ok;
}

struct xcr {
	u32 index;
	u64 value;
};

static void set_xcr(void *arg)
{
	const struct xcr *xcr = arg;

	xsetbv(xcr->index, xcr->value);
}

bool run_xsetbv(u64 n)
{
	static const struct xcr wrong[] = {
		{ 0, 0 }, { 0, 2 }, { 0, 5 }, { 0, 1ULL << 63 | 1 }, { 0, ~0ULL }, { 1, 1 }, { 0xffffffff, 1 },
	};
	struct xcr right = { 0, 1 };
	bool ok = true;
	u32 i;

	(void)n;
	if (!(cpuid(1, 0).ecx & CPUID_1_ECX_XSAVE)) {
		print("fault: this CPU has no XSETBV\n");
		return fault_expect(try(set_xcr, &right), VECTOR_UD, "XCR", 0);
	}
	ok &= fault_expect(try(set_xcr, &right), VECTOR_UD, "XCR before OSXSAVE", 0);
	write_cr4(read_cr4() | CR4_OSXSAVE);
	for (i = 0; i < HV_ARRAY_SIZE(wrong); i++)
		ok &= fault_expect(try(set_xcr, (void *)&wrong[i]), VECTOR_GP, "XCR0", wrong[i].value);
	ok &= fault_expect(try(set_xcr, &right), TRY_OK, "XCR0", right.value);
	return ok && xgetbv(0) == right.value;
}

static void store(void *to)
{
	*(volatile u64 *)to = 1;
}

static void touch_dr0(void *arg)
{
	(void)arg;
	write_dr0(0);
}

static u64 watched;

/*
 * Breakpoints where a hypervisor would run if it were here, and exits while they are set. Whether GD works differs
 * between machines, so it is told, not judged.
 */
bool run_dr(u64 n)
{
	const u64 at[] = { HIGHEST_HALF, 0xffffffff80000000ULL, 0xfffffffffffffff8ULL, (u64)&watched };
	bool ok = true;
	int vector;

	(void)n;
	write_dr0(at[0]);
	write_dr1(at[1]);
	write_dr2(at[2]);
	write_dr3(at[3]);
	write_dr7(DR7_FIXED | DR7_LOCAL_ALL | DR7_WRITE_8);
	(void)cpuid(HV_GUEST_LEAF, 0); /* for the exit */
	(void)info(HV_INFO_CPU);
	ok &= read_dr0() == at[0] && read_dr1() == at[1] && read_dr2() == at[2] && read_dr3() == at[3];
	ok &= read_dr7() == (DR7_FIXED | DR7_LOCAL_ALL | DR7_WRITE_8);
	write_dr7(DR7_FIXED | DR7_LOCAL_ALL);	/* instructions at these addresses */
	(void)cpuid(HV_GUEST_LEAF, 0);
	(void)info(HV_INFO_CPU);
	write_dr7(DR7_FIXED);
	ok &= fault_expect(try(store, &watched), TRY_OK, "no breakpoint", 0);
	write_dr0((u64)&watched);
	write_dr7(DR7_FIXED | 1 | DR7_ONE_WRITE_8);
	ok &= fault_expect(try(store, &watched), VECTOR_DB, "breakpoint", (u64)&watched);
	write_dr7(DR7_FIXED | DR7_GD);
	(void)cpuid(HV_GUEST_LEAF, 0);
	(void)info(HV_INFO_CPU);
	vector = try(touch_dr0, NULL);
	print("fault: with GD a debug register gives exception %d\n", vector);
	if (vector == TRY_OK)
		write_dr7(DR7_FIXED);
	return ok;
}
