// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM and we cannot share a CPU's virtualization. While launched, Linux's own records say that it is taken, in the
 * way in which KVM looks: feature words without the extension, and CR4.VMXE set in Linux's copy of CR4.
 */
#include <linux/cpu.h>
#include <asm/cpufeature.h>
#include <asm/processor.h>
#include <asm/tlbflush.h>

#include "hvk.h"

void hvk_kvm_claim_cpu(bool taken)
{
	if (hvk.vendor != HV_VENDOR_VMX)
		return;
	if (taken)
		cr4_update_irqsoff(X86_CR4_VMXE, 0);
	else
		cr4_update_irqsoff(0, X86_CR4_VMXE);
}

static void set_feature(struct cpuinfo_x86 *c, unsigned int bit, bool on)
{
	if (on)
		set_bit(bit, (unsigned long *)c->x86_capability);
	else
		clear_bit(bit, (unsigned long *)c->x86_capability);
}

/* What a kernel that boots under us would have found out by itself, from the registers that we show it. */
void hvk_kvm_hide(bool hide)
{
	unsigned int bit = hvk.vendor == HV_VENDOR_SVM ? X86_FEATURE_SVM : X86_FEATURE_VMX;
	unsigned int cpu;

	set_feature(&boot_cpu_data, bit, !hide);
	for_each_cpu(cpu, &hvk.cpus)
		set_feature(&cpu_data(cpu), bit, !hide);
}
