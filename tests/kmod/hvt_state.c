// SPDX-License-Identifier: GPL-2.0-only
/* A CPU's state as text, one line per register, so that diff tells what a launch or a leave changed. */
#include <linux/cpu.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <asm/debugreg.h>
#include <asm/desc.h>
#include <asm/fpu/xcr.h>
#include <asm/msr.h>

#include "hvt.h"

static const struct { u32 msr; const char *name;
} msrs[] = {
	{ MSR_EFER, "efer" },
	{ MSR_STAR, "star" },
	{ MSR_LSTAR, "lstar" },
	{ MSR_CSTAR, "cstar" },
	{ MSR_SYSCALL_MASK, "sfmask" },
	{ MSR_IA32_SYSENTER_CS, "sysenter_cs" },
	{ MSR_IA32_SYSENTER_ESP, "sysenter_esp" },
	{ MSR_IA32_SYSENTER_EIP, "sysenter_eip" },
	{ MSR_FS_BASE, "fs_base" },
	{ MSR_GS_BASE, "gs_base" },
	{ MSR_KERNEL_GS_BASE, "kernel_gs_base" },
	{ MSR_IA32_CR_PAT, "pat" },
	{ MSR_MTRRdefType, "mtrr_def_type" },
	{ MSR_IA32_DEBUGCTLMSR, "debugctl" },
	{ MSR_TSC_AUX, "tsc_aux" },
	{ MSR_IA32_TSC_ADJUST, "tsc_adjust" },
	{ MSR_IA32_MISC_ENABLE, "misc_enable" },
	{ MSR_IA32_APICBASE, "apic_base" },
	{ MSR_IA32_XSS, "xss" },
	{ MSR_MTRRfix64K_00000, "mtrr_fix64k" },
	{ MSR_MTRRfix16K_80000, "mtrr_fix16k_0" },
	{ MSR_MTRRfix16K_A0000, "mtrr_fix16k_1" },
	{ MSR_MTRRfix4K_C0000, "mtrr_fix4k_0" },
	{ 0x200, "mtrr_base_0" },
	{ 0x201, "mtrr_mask_0" },
	{ 0x202, "mtrr_base_1" },
	{ 0x203, "mtrr_mask_1" },
	{ MSR_IA32_FEAT_CTL, "feature_control" },
	{ MSR_VM_CR, "vm_cr" },
	{ MSR_VM_HSAVE_PA, "vm_hsave_pa" },
};

/* Filled on the CPU itself, with interrupts off. */
struct state {
	u64 cr0, cr3, cr4, cr8, dr[8], xcr0, msr[ARRAY_SIZE(msrs)], flags;
	struct desc_ptr gdt, idt;
	u16 cs, ss, ds, es, fs, gs, tr, ldt;
	u32 lar[8], lsl[8];
};

static void take_segments(struct state *s)
{
	u16 *selector = &s->cs;
	int i;

	asm volatile("mov %%cs, %0" : "=r"(s->cs));
	asm volatile("mov %%ss, %0" : "=r"(s->ss));
	asm volatile("mov %%ds, %0" : "=r"(s->ds));
	asm volatile("mov %%es, %0" : "=r"(s->es));
	asm volatile("mov %%fs, %0" : "=r"(s->fs));
	asm volatile("mov %%gs, %0" : "=r"(s->gs));
	asm volatile("str %0" : "=r"(s->tr));
	asm volatile("sldt %0" : "=r"(s->ldt));
	for (i = 0; i < 8; i++) {
		asm volatile("lar %1, %0" : "+r"(s->lar[i]) : "r"((u32)selector[i]));
		asm volatile("lsl %1, %0" : "+r"(s->lsl[i]) : "r"((u32)selector[i]));
	}
}

static void take(struct state *s)
{
	unsigned int i;

	s->cr0 = read_cr0();
	s->cr3 = __read_cr3();
	s->cr4 = __read_cr4();
	asm volatile("mov %%cr8, %0" : "=r"(s->cr8));
	for (i = 0; i < 8; i++)
		if (i != 4 && i != 5)
			get_debugreg(s->dr[i], i);
	if (s->cr4 & X86_CR4_OSXSAVE)
		s->xcr0 = xgetbv(XCR_XFEATURE_ENABLED_MASK);
	for (i = 0; i < ARRAY_SIZE(msrs); i++)
		if (rdmsrl_safe(msrs[i].msr, &s->msr[i]))
			s->msr[i] = ~0ULL;
	native_store_gdt(&s->gdt);
	store_idt(&s->idt);
	take_segments(s);
}

/* In a kernel thread bound to the CPU, so that what belongs to a task is always the same task's. */
static long take_on_cpu(void *arg)
{
	unsigned long flags;

	local_irq_save(flags);
	take(arg);
	local_irq_restore(flags);
	return 0;
}

static void print(struct seq_file *m, unsigned int cpu, const struct state *s)
{
	static const char *const segments[] = { "cs", "ss", "ds", "es", "fs", "gs", "tr", "ldt" };
	const u16 *selector = &s->cs;
	unsigned int i;

#define LINE(name, value) seq_printf(m, "cpu%u %s %llx\n", cpu, name, (u64)(value))
	LINE("cr0", s->cr0);
	/* which address space identifier the kernel chose is not state that a launch could keep */
	LINE("cr3_flags", s->cr3 & ~PAGE_MASK & ~0x7ffUL);
	LINE("cr4", s->cr4);
	LINE("cr8", s->cr8);
	for (i = 0; i < 8; i++)
		seq_printf(m, "cpu%u dr%u %llx\n", cpu, i, s->dr[i]);
	LINE("xcr0", s->xcr0);
	for (i = 0; i < ARRAY_SIZE(msrs); i++)
		LINE(msrs[i].name, s->msr[i]);
	LINE("gdt_base", s->gdt.address);
	LINE("gdt_limit", s->gdt.size);
	LINE("idt_base", s->idt.address);
	LINE("idt_limit", s->idt.size);
	for (i = 0; i < 8; i++)
		seq_printf(m, "cpu%u %s %x %x %x\n", cpu, segments[i], selector[i], s->lar[i], s->lsl[i]);
}

static int hvt_show(struct seq_file *m, void *unused)
{
	struct state *s;
	unsigned int cpu;

	s = kmalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	for_each_online_cpu(cpu) {
		memset(s, 0, sizeof(*s));
		work_on_cpu(cpu, take_on_cpu, s);
		print(m, cpu, s);
	}
	kfree(s);
	return 0;
}
