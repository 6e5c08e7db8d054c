// SPDX-License-Identifier: GPL-2.0-only
/* Model-specific registers of root: native but for the rules below. */
#include <hv/arch.h>
#include <hv/bits.h>
#include <hv/log.h>
#include <x86/apic.h>
#include <x86/msr.h>
#include <x86/msr_policy.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

#define BOTH (X86_ON_VMX | X86_ON_SVM)
#define RW (X86_MSR_READ | X86_MSR_WRITE)

/*
 * Root drives the machine, so it keeps its registers; what is listed could pull the ground from under the hypervisor:
 * its own extension's switches, SMM and microcode, what the CPU writes into memory past the nested tables (trace, by
 * way of XRSTORS as well, samples of performance counters, feedback on its speed), where it finds memory at all. MTRRs
 * are not among them: Linux rewrites them on every CPU that it starts, and with EPT the nested tables, not the MTRRs,
 * decide what a guest's accesses are.
 */
static const struct x86_msr_rule rules[] = {
	{ X86_MSR_APIC_BASE, X86_MSR_APIC_BASE, BOTH, X86_MSR_WRITE, X86_MSR_APIC_BASE_MOVE, 0, 0 },
	{ X86_MSR_FEATURE_CONTROL, X86_MSR_FEATURE_CONTROL, X86_ON_VMX, RW, X86_MSR_VEIL,
	  X86_FEATURE_CONTROL_VMX | X86_FEATURE_CONTROL_VMX_SMX, X86_FEATURE_CONTROL_LOCKED },
	{ X86_MSR_UCODE_WRITE, X86_MSR_UCODE_WRITE, X86_ON_VMX, X86_MSR_WRITE, X86_MSR_IGNORE, 0, 0 },
	{ X86_MSR_SMM_MONITOR_CTL, X86_MSR_SMM_MONITOR_CTL, X86_ON_VMX, X86_MSR_WRITE, X86_MSR_KEEP, 0, 0 },
	{ X86_MSR_SMBASE, X86_MSR_SMBASE, X86_ON_VMX, X86_MSR_WRITE, X86_MSR_KEEP, 0, 0 },
	{ X86_MSR_SMRR_BASE, X86_MSR_PRMRR_MASK, X86_ON_VMX, X86_MSR_WRITE, X86_MSR_KEEP, 0, 0 },
	{ X86_MSR_PEBS_ENABLE, X86_MSR_PEBS_ENABLE, X86_ON_VMX, X86_MSR_WRITE, X86_MSR_DROP, 0, 0 },
	{ X86_MSR_PEBS_BASE, X86_MSR_PEBS_INDEX, X86_ON_VMX, X86_MSR_WRITE, X86_MSR_DROP, 0, 0 },
	{ X86_MSR_RTIT_OUTPUT_BASE, X86_MSR_RTIT_LAST, X86_ON_VMX, X86_MSR_WRITE, X86_MSR_DROP, 0, 0 },
	{ X86_MSR_X2APIC_ICR, X86_MSR_X2APIC_ICR, BOTH, X86_MSR_WRITE, X86_MSR_ICR, 0, 0 },
	{ X86_MSR_XSS, X86_MSR_XSS, X86_ON_VMX, X86_MSR_WRITE, X86_MSR_WITHOUT, X86_XSS_TRACE | X86_XSS_UINTR, 0 },
	{ X86_MSR_HW_FEEDBACK_PTR, X86_MSR_HW_FEEDBACK_CONFIG, X86_ON_VMX, X86_MSR_WRITE, X86_MSR_DROP, 0, 0 },
	{ X86_MSR_EFER, X86_MSR_EFER, X86_ON_SVM, X86_MSR_WRITE, X86_MSR_VENDOR, 0, 0 },
	{ X86_MSR_SYSCFG, X86_MSR_SYSCFG, X86_ON_SVM, X86_MSR_WRITE, X86_MSR_KEEP, 0, 0 },
	{ X86_MSR_IORR_BASE_0, X86_MSR_TOP_MEM_2, X86_ON_SVM, X86_MSR_WRITE, X86_MSR_KEEP, 0, 0 },
	{ X86_MSR_MMIO_CFG_BASE, X86_MSR_MMIO_CFG_BASE, X86_ON_SVM, X86_MSR_WRITE, X86_MSR_KEEP, 0, 0 },
	{ X86_MSR_AMD_UCODE_WRITE, X86_MSR_AMD_UCODE_WRITE, X86_ON_SVM, X86_MSR_WRITE, X86_MSR_IGNORE, 0, 0 },
	{ X86_MSR_AMD_SMBASE, X86_MSR_AMD_SMM_MASK, X86_ON_SVM, X86_MSR_WRITE, X86_MSR_KEEP, 0, 0 },
	{ X86_MSR_VM_CR, X86_MSR_VM_CR, X86_ON_SVM, RW, X86_MSR_VEIL, 0, X86_VM_CR_LOCK | X86_VM_CR_SVMDIS },
	{ X86_MSR_IGNNE, X86_MSR_SMM_CTL, X86_ON_SVM, X86_MSR_WRITE, X86_MSR_KEEP, 0, 0 },
	{ X86_MSR_VM_HSAVE_PA, X86_MSR_VM_HSAVE_PA, X86_ON_SVM, RW, X86_MSR_VEIL, ~0ULL, 0 },
	{ X86_MSR_SVM_KEY, X86_MSR_SMM_KEY, X86_ON_SVM, X86_MSR_WRITE, X86_MSR_KEEP, 0, 0 },
};

void x86_msr_map_set(const struct x86_msr_format *format, u8 *map, u32 msr, bool is_write, bool exits)
{
	const struct x86_msr_range *range = format->range;
	const struct x86_msr_range *end = range + format->nr_ranges;
	u32 bit;

	for (; range < end; range++) {
		if (msr < range->first || msr > range->last)
			continue;
		bit = range->bit + (msr - range->first) * format->stride + (is_write ? format->write_bit : 0);
		if (exits)
			map[bit / 8] |= (u8)(1u << bit % 8);
		else
			map[bit / 8] &= (u8) ~(1u << bit % 8);
	}
}

static void intercept(const struct x86_msr_format *format, u8 *map, const struct x86_msr_rule *rule)
{
	u32 msr;

	for (msr = rule->first; msr <= rule->last; msr++) {
		if (rule->intercept & X86_MSR_READ)
			x86_msr_map_set(format, map, msr, false, true);
		if (rule->intercept & X86_MSR_WRITE)
			x86_msr_map_set(format, map, msr, true, true);
	}
}

void x86_msr_map_build(const struct x86_msr_format *format, u8 *map)
{
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(rules); i++)
		if (rules[i].vendors & format->vendor)
			intercept(format, map, &rules[i]);
}

static const struct x86_msr_rule *find_rule(u32 msr)
{
	u8 vendor = x86_is_svm ? X86_ON_SVM : X86_ON_VMX;
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(rules); i++)
		if (msr >= rules[i].first && msr <= rules[i].last && (rules[i].vendors & vendor))
			return &rules[i];
	return NULL;
}

static enum hv_verdict deny(struct x86_cpu *cpu, const struct hv_exit *exit)
{
	hv_event("root: write of 0x%llx to MSR 0x%x denied, RIP 0x%llx", exit->value, exit->nr,
		 hv_arch_guest_rip(&cpu->core));
	return HV_INJECT_GP;
}

/* Registers beyond the bitmaps always exit; the machine answers for itself. */
static enum hv_verdict pass_read(struct hv_exit *exit)
{
	return x86_rdmsr_safe(exit->nr, &exit->value) ? HV_ADVANCE : HV_INJECT_GP;
}

static enum hv_verdict pass_write(const struct hv_exit *exit)
{
	return x86_wrmsr_safe(exit->nr, exit->value) ? HV_ADVANCE : HV_INJECT_GP;
}

static enum hv_verdict read(const struct x86_msr_rule *rule, struct hv_exit *exit)
{
	if (!x86_rdmsr_safe(exit->nr, &exit->value))
		return HV_INJECT_GP;
	exit->value = (exit->value & ~rule->clear) | rule->set;
	return HV_ADVANCE;
}

/* A value that changes nothing is fine: Linux writes some registers again on every CPU that comes online. */
static enum hv_verdict keep(struct x86_cpu *cpu, const struct x86_msr_rule *rule, const struct hv_exit *exit)
{
	u64 value;

	if (!x86_rdmsr_safe(exit->nr, &value))
		return HV_INJECT_GP;
	return ((value & ~rule->clear) | rule->set) == exit->value ? HV_ADVANCE : deny(cpu, exit);
}

/* Modes may change, the page may not move: it would land on memory that somebody owns. */
static enum hv_verdict write_apic_base(struct x86_cpu *cpu, const struct hv_exit *exit)
{
	if ((exit->value ^ cpu->guest_apic_base) & X86_APIC_BASE_ADDRESS)
		return deny(cpu, exit);
	if (!x86_wrmsr_safe(X86_MSR_APIC_BASE, exit->value))
		return HV_INJECT_GP;
	x86_apic_note_base(cpu, exit->value);
	return HV_ADVANCE;
}

/* Linux takes a #GP here for a bug; nothing is traced or sampled then. */
static enum hv_verdict drop(const struct hv_exit *exit)
{
	u64 value;

	if (!x86_rdmsr_safe(exit->nr, &value))
		return HV_INJECT_GP;
	if (value != exit->value)
		hv_event("root: write of 0x%llx to MSR 0x%x dropped", exit->value, exit->nr);
	return HV_ADVANCE;
}

static enum hv_verdict write(struct x86_cpu *cpu, const struct x86_msr_rule *rule, const struct hv_exit *exit)
{
	switch (rule->action) {
	case X86_MSR_DROP:
		return drop(exit);
	case X86_MSR_WITHOUT:
		return exit->value & rule->clear ? deny(cpu, exit) : pass_write(exit);
	case X86_MSR_IGNORE:
		return HV_ADVANCE;
	case X86_MSR_APIC_BASE_MOVE:
		return write_apic_base(cpu, exit);
	case X86_MSR_ICR:
		if (!x86_apic_is_x2apic())
			return HV_INJECT_GP;
		return x86_apic_icr(cpu, (u32)exit->value, (u32)(exit->value >> 32));
	default:
		return keep(cpu, rule, exit);
	}
}

enum hv_verdict x86_msr_emulate(struct x86_cpu *cpu, struct hv_exit *exit)
{
	const struct x86_msr_rule *rule = find_rule(exit->nr);

	if (exit->reason == HV_EXIT_msr_read)
		return rule ? read(rule, exit) : pass_read(exit);
	return rule ? write(cpu, rule, exit) : pass_write(exit);
}
