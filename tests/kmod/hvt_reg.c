// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers that reach further than their CPU, set by root for a moment to what they should not be; others that it must
 * not be able to set; and a storm of exits.
 */
#include <linux/io.h>
#include <linux/irqflags.h>
#include <asm/apicdef.h>
#include <asm/msr.h>
#include <asm/mtrr.h>

#include "hvt.h"

#define LEAP (1ULL << 40)
#define PAT_ALL_UC 0
#define NO_SUCH_EFER (1ULL << 19)
#define MTRR_ALL_UC 0
#define SMBASE 0x9e
#define SMRR_PHYSBASE 0x1f2
#define SMM_MONITOR_CTL 0x9b
#define AMD_SMBASE 0xc0010111
#define AMD_SMM_MASK 0xc0010113
#define SVM_KEY 0xc0010118

static unsigned int rounds = 1, storm;
static bool vmx;
static unsigned long given;
module_param(rounds, uint, 0444);
module_param(storm, uint, 0444);
MODULE_PARM_DESC(storm, "so many exits, as fast as they come");
module_param(vmx, bool, 0444);
module_param(given, ulong, 0444);
MODULE_PARM_DESC(given, "an address of the victim's");

/* Interrupts are off, so that nobody here sees it. */
static void for_a_moment(u32 msr, u64 value)
{
	u64 was;

	if (rdmsrl_safe(msr, &was) || wrmsrl_safe(msr, value))
		return;
	(void)wrmsrl_safe(msr, was);
}

static void leap(void)
{
	u64 begin = rdtsc(), there;

	if (wrmsrl_safe(MSR_IA32_TSC, begin + LEAP))
		return;
	there = rdtsc();
	/* an emulator may let the write pass without a leap */
	if (there - begin >= LEAP)
		(void)wrmsrl_safe(MSR_IA32_TSC, there - LEAP);
}

static void disturb(void *unused)
{
	unsigned long flags;
	u64 adjust;

	local_irq_save(flags);
	leap();
	if (boot_cpu_has(X86_FEATURE_TSC_ADJUST) && !rdmsrl_safe(MSR_IA32_TSC_ADJUST, &adjust))
		for_a_moment(MSR_IA32_TSC_ADJUST, adjust - LEAP);
	for_a_moment(MSR_IA32_CR_PAT, PAT_ALL_UC);
	for_a_moment(MSR_MTRRdefType, MTRR_ALL_UC);
	for_a_moment(MTRRphysBase_MSR(0), given);
	for_a_moment(MTRRphysMask_MSR(0), ~0ULL >> 24 << 12 | 0x800);
	local_irq_restore(flags);
}

/* Does it fault? If not, what was there is put back. */
static void line(struct seq_file *m, const char *name, u32 msr, u64 flip)
{
	u64 was = 0, is = 0;
	bool faults;

	(void)rdmsrl_safe(msr, &was);
	faults = wrmsrl_safe(msr, was ^ flip) != 0;
	(void)rdmsrl_safe(msr, &is);
	if (!faults && is != was)
		(void)wrmsrl_safe(msr, was);
	seq_printf(m, "%s %s\n", name, faults ? "GP" : is == was ? "same" : "changed");
}

static void deny(struct seq_file *m)
{
	u64 base;

	rdmsrl(MSR_IA32_APICBASE, base);
	line(m, "apic_base_elsewhere", MSR_IA32_APICBASE, 1ULL << 13);
	line(m, "apic_base_at_victim", MSR_IA32_APICBASE, (base & ~0xfffULL) ^ given);
	line(m, "efer", MSR_EFER, NO_SUCH_EFER);
	if (vmx) {
		line(m, "feature_control", MSR_IA32_FEAT_CTL, FEAT_CTL_VMX_ENABLED_OUTSIDE_SMX);
		line(m, "smm_monitor_ctl", SMM_MONITOR_CTL, 1);
		line(m, "smbase", SMBASE, 1ULL << 16);
		line(m, "smrr", SMRR_PHYSBASE, 1ULL << 16);
		line(m, "microcode", MSR_IA32_UCODE_WRITE, 1ULL << 16);
	} else {
		line(m, "vm_cr", MSR_VM_CR, 1ULL << 4);
		line(m, "vm_hsave_pa", MSR_VM_HSAVE_PA, 1ULL << 16);
		line(m, "smbase", AMD_SMBASE, 1ULL << 16);
		line(m, "smm_mask", AMD_SMM_MASK, 1);
		line(m, "svm_key", SVM_KEY, 1);
		line(m, "microcode", MSR_AMD64_PATCH_LOADER, 1ULL << 16);
	}
}

/* What exits on either: CPUID, and writes to the local APIC's page. */
static void cause_exits(void)
{
	void __iomem *apic = ioremap(APIC_DEFAULT_PHYS_BASE, PAGE_SIZE);
	unsigned int i;

	if (!apic)
		return;
	for (i = 0; i < storm; i++) {
		(void)cpuid_eax(1);
		writel(0, apic + APIC_ESR);
		if (i % 1024 == 0)
			cond_resched();
	}
	iounmap(apic);
}

static int hvt_show(struct seq_file *m, void *unused)
{
	unsigned int i;

	for (i = 0; i < rounds; i++)
		on_each_cpu(disturb, NULL, 1);
	deny(m);
	cause_exits();
	return 0;
}
