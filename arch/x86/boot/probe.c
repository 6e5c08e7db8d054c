// SPDX-License-Identifier: GPL-2.0-only
/* Read what a CPU offers, on that CPU; the vendors' pure checks judge it. Part of hv.ko, not of the image. */
#include <hv/err.h>
#include <hvabi/launch.h>
#include <x86/caps.h>
#include <x86/cpuid.h>
#include <x86/insn.h>
#include <x86/msr.h>
#include <x86/regs.h>

static void say(char reason[HV_BOOT_TEXT], const char *text)
{
	unsigned int i;

	for (i = 0; i < HV_BOOT_TEXT - 1 && text[i]; i++)
		reason[i] = text[i];
	reason[i] = '\0';
}

static void read_common(struct x86_probe *p)
{
	p->cr0 = x86_read_cr0();
	p->cr4 = x86_read_cr4();
	p->efer = x86_rdmsr(X86_MSR_EFER);
}

/*
 * The registers behind IA32_VMX_TRUE_*_CTLS and IA32_VMX_VMFUNC exist only if others say so: "VMX Capability
 * Reporting".
 */
static void read_vmx(struct x86_probe *p)
{
	unsigned int i, last = 10;

	p->vendor_bit = 1;
	p->feature_control = x86_rdmsr(X86_MSR_FEATURE_CONTROL);
	p->vmx[0] = x86_rdmsr(X86_MSR_VMX_FIRST);
	p->vmx[2] = x86_rdmsr(X86_MSR_VMX_FIRST + 2);
	if (p->vmx[2] >> 63)
		p->vmx[11] = x86_rdmsr(X86_MSR_VMX_FIRST + 11);
	if (p->vmx[11] >> 32 & (HV_BIT(1) | HV_BIT(5)))
		p->vmx[12] = x86_rdmsr(X86_MSR_VMX_FIRST + 12);
	if (p->vmx[0] & HV_BIT(55))
		for (i = 13; i <= 16; i++)
			p->vmx[i] = x86_rdmsr(X86_MSR_VMX_FIRST + i);
	for (i = 1; i <= last; i++)
		p->vmx[i] = x86_rdmsr(X86_MSR_VMX_FIRST + i);
}

static void read_svm(struct x86_probe *p)
{
	struct x86_cpuid leaf = x86_cpuid(X86_LEAF_SVM, 0);

	p->vendor_bit = 1;
	p->svm_features = leaf.edx;
	p->nr_asids = leaf.ebx;
	p->vm_cr = x86_rdmsr(X86_MSR_VM_CR);
}

int hv_boot_probe(enum hv_vendor *vendor, char reason[HV_BOOT_TEXT])
{
	struct x86_probe probe = { 0 };
	const char *text = "this CPU has neither VMX nor SVM";
	int err = -ENODEV;

	read_common(&probe);
	if (x86_cpuid(X86_LEAF_FEATURES, 0).ecx & X86_CPUID_VMX) {
		*vendor = HV_VENDOR_VMX;
		read_vmx(&probe);
		err = vmx_caps_check(&probe, &text);
	} else if (x86_cpuid(X86_LEAF_EXT_FEATURES, 0).ecx & X86_CPUID_SVM) {
		*vendor = HV_VENDOR_SVM;
		read_svm(&probe);
		err = svm_caps_check(&probe, &text);
	}
	if (err)
		say(reason, text);
	return err;
}
