// SPDX-License-Identifier: GPL-2.0-only
/* Model-specific registers of cells other than root: those below and those of the configuration, no others. */
#include <hv/arch.h>
#include <hv/bits.h>
#include <hv/log.h>
#include <x86/apic.h>
#include <x86/cell.h>
#include <x86/msr.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

#define BOTH (X86_ON_VMX | X86_ON_SVM)
#define R X86_MSR_READ
#define W X86_MSR_WRITE

enum action {
	DENY,		/* #GP */
	SAME,		/* a write that changes nothing is fine */
	WITHOUT,	/* reads show it without the bits of @hide; the vendor code takes writes */
	INTERRUPTS,	/* ICR: what it sends stays in the cell */
	SOURCE,		/* an entry of the local vector table */
};

/*
 * What is allowed is the CPU's own, part of what is switched with the guest, or cleaned when the CPU changes hands. The
 * x2APIC's registers fault by themselves in xAPIC mode.
 */
static const struct {
	u32 first, last;
	u8 vendors;	/* X86_ON_* */
	u8 allowed;	/* X86_MSR_READ | X86_MSR_WRITE: without an exit */
	u8 action;	/* else */
	u32 hide;
} rules[] = {
	{ X86_MSR_TSC, X86_MSR_TSC, BOTH, R, DENY, 0 },
	{ X86_MSR_APIC_BASE, X86_MSR_APIC_BASE, BOTH, R, SAME, 0 },
	{ X86_MSR_SPEC_CTRL, X86_MSR_PRED_CMD, BOTH, R | W, DENY, 0 },
	{ X86_MSR_SYSENTER_CS, X86_MSR_SYSENTER_EIP, BOTH, R | W, DENY, 0 },
	{ X86_MSR_PAT, X86_MSR_PAT, BOTH, R | W, DENY, 0 },
	{ X86_MSR_TSC_DEADLINE, X86_MSR_TSC_DEADLINE, BOTH, R | W, DENY, 0 },
	{ X86_MSR_X2APIC(X86_APIC_ID), X86_MSR_X2APIC(X86_APIC_VERSION), BOTH, R, DENY, 0 },
	{ X86_MSR_X2APIC(X86_APIC_TPR), X86_MSR_X2APIC(X86_APIC_TPR), BOTH, R | W, DENY, 0 },
	{ X86_MSR_X2APIC(X86_APIC_PPR), X86_MSR_X2APIC(X86_APIC_PPR), BOTH, R, DENY, 0 },
	{ X86_MSR_X2APIC(X86_APIC_EOI), X86_MSR_X2APIC(X86_APIC_EOI), BOTH, W, DENY, 0 },
	{ X86_MSR_X2APIC(X86_APIC_LDR), X86_MSR_X2APIC(X86_APIC_LDR), BOTH, R, DENY, 0 },
	{ X86_MSR_X2APIC(X86_APIC_SVR), X86_MSR_X2APIC(X86_APIC_SVR), BOTH, R | W, DENY, 0 },
	{ X86_MSR_X2APIC(X86_APIC_ISR), X86_MSR_X2APIC(X86_APIC_IRR) + 7, BOTH, R, DENY, 0 },
	{ X86_MSR_X2APIC(X86_APIC_ESR), X86_MSR_X2APIC(X86_APIC_ESR), BOTH, R | W, DENY, 0 },
	{ X86_MSR_X2APIC(X86_APIC_LVT_CMCI), X86_MSR_X2APIC(X86_APIC_LVT_CMCI), BOTH, R, SOURCE, 0 },
	{ X86_MSR_X2APIC_ICR, X86_MSR_X2APIC_ICR, BOTH, R, INTERRUPTS, 0 },
	{ X86_MSR_X2APIC(X86_APIC_LVT_TIMER), X86_MSR_X2APIC(X86_APIC_LVT_TIMER), BOTH, R | W, DENY, 0 },
	{ X86_MSR_X2APIC(X86_APIC_LVT_THERMAL), X86_MSR_X2APIC(X86_APIC_LVT_ERROR), BOTH, R, SOURCE, 0 },
	{ X86_MSR_X2APIC(X86_APIC_TIMER_COUNT), X86_MSR_X2APIC(X86_APIC_TIMER_COUNT), BOTH, R | W, DENY, 0 },
	{ X86_MSR_X2APIC(X86_APIC_TIMER_NOW), X86_MSR_X2APIC(X86_APIC_TIMER_NOW), BOTH, R, DENY, 0 },
	{ X86_MSR_X2APIC(X86_APIC_TIMER_DIVIDE), X86_MSR_X2APIC(X86_APIC_TIMER_DIVIDE), BOTH, R | W, DENY, 0 },
	{ X86_MSR_X2APIC(X86_APIC_SELF_IPI), X86_MSR_X2APIC(X86_APIC_SELF_IPI), BOTH, W, DENY, 0 },
	{ X86_MSR_EFER, X86_MSR_EFER, X86_ON_VMX, R | W, DENY, 0 },
	{ X86_MSR_EFER, X86_MSR_EFER, X86_ON_SVM, 0, WITHOUT, X86_EFER_SVME },
	{ X86_MSR_STAR, X86_MSR_SFMASK, BOTH, R | W, DENY, 0 },
	{ X86_MSR_FS_BASE, X86_MSR_TSC_AUX, BOTH, R | W, DENY, 0 },
};

static void allow(const struct x86_msr_format *format, u8 *map, u32 msr, u8 access)
{
	if (access & R)
		x86_msr_map_set(format, map, msr, false, false);
	if (access & W)
		x86_msr_map_set(format, map, msr, true, false);
}

void x86_cell_msr_map(const struct x86_msr_format *format, u8 *map, const struct hv_cellconf *conf)
{
	u32 i, msr;

	for (i = 0; i < HV_ARRAY_SIZE(rules); i++)
		for (msr = rules[i].first; (rules[i].vendors & format->vendor) && msr <= rules[i].last; msr++)
			allow(format, map, msr, rules[i].allowed);
	for (i = 0; i < conf->nr_msrs; i++)
		allow(format, map, conf->msrs[i].index, (u8)conf->msrs[i].access);
}

HV_STATIC_ASSERT(R == HV_CONF_MSR_READ && W == HV_CONF_MSR_WRITE);

static enum hv_verdict deny(struct x86_cpu *cpu, const struct hv_exit *exit)
{
	hv_event("%s: %s of MSR 0x%x denied, RIP 0x%llx", hv_cell_name(cpu->core.cell),
		 exit->reason == HV_EXIT_msr_read ? "read" : "write", exit->nr, hv_arch_guest_rip(&cpu->core));
	return HV_INJECT_GP;
}

static enum hv_verdict write_lvt(struct x86_cpu *cpu, const struct hv_exit *exit)
{
	if (exit->value >> 32 || !x86_apic_may_lvt((u32)exit->value))
		return deny(cpu, exit);
	return x86_wrmsr_safe(exit->nr, exit->value & ~(u64)X86_APIC_LEVEL) ? HV_ADVANCE : HV_INJECT_GP;
}

static enum hv_verdict write(struct x86_cpu *cpu, u8 action, const struct hv_exit *exit)
{
	u64 value;

	switch (action) {
	case SAME:
		return x86_rdmsr_safe(exit->nr, &value) && value == exit->value ? HV_ADVANCE : deny(cpu, exit);
	case INTERRUPTS:
		if (!x86_apic_is_x2apic())
			return HV_INJECT_GP;
		return x86_apic_icr(cpu, (u32)exit->value, (u32)(exit->value >> 32));
	case SOURCE:
		return write_lvt(cpu, exit);
	default:
		return deny(cpu, exit);
	}
}

static enum hv_verdict read(struct x86_cpu *cpu, unsigned int i, struct hv_exit *exit)
{
	if (rules[i].action != WITHOUT)
		return deny(cpu, exit);
	exit->value = x86_vcpu_get(cpu, X86_FIELD_EFER) & ~(u64)rules[i].hide;
	return HV_ADVANCE;
}

enum hv_verdict x86_cell_msr(struct x86_cpu *cpu, struct hv_exit *exit)
{
	u8 vendor = x86_is_svm ? X86_ON_SVM : X86_ON_VMX;
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(rules); i++) {
		if (exit->nr < rules[i].first || exit->nr > rules[i].last || !(rules[i].vendors & vendor))
			continue;
		return exit->reason == HV_EXIT_msr_read ? read(cpu, i, exit) : write(cpu, rules[i].action, exit);
	}
	return deny(cpu, exit);
}
