/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a CPU must offer: pure functions of the values of its registers, built into the module, the image and the
 * tests.
 */
#ifndef X86_CAPS_H
#define X86_CAPS_H

#include <hv/types.h>

/* The values a vendor's check looks at; read on the CPU in question or made up by a test. */
struct x86_probe {
	u64 cr0, cr4, efer;
	u64 feature_control;
	u64 vmx[20];		/* IA32_VMX_BASIC (0x480) and its successors; 0 where the register does not exist */
	u64 vm_cr;
	u32 svm_features;	/* CPUID 8000_000A EDX */
	u32 nr_asids;
	u8 vendor_bit;		/* CPUID says that the extension exists */
};

/**
 * vmx_caps_check(), svm_caps_check() - can the hypervisor run on a CPU with these values?
 * @reason: out, a sentence for people if not
 *
 * Return: 0, -ENODEV (no such extension), -EBUSY (somebody uses it), -EOPNOTSUPP (locked off, or something is missing).
 */
int vmx_caps_check(const struct x86_probe *probe, const char **reason);
int svm_caps_check(const struct x86_probe *probe, const char **reason);

#endif
