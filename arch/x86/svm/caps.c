// SPDX-License-Identifier: GPL-2.0-only
/* What SVM must offer. Pure: also built into the module and the tests. */
#include <hv/bits.h>
#include <hv/err.h>
#include <x86/caps.h>
#include <x86/cpuid.h>
#include <x86/msr.h>
#include <x86/regs.h>

int svm_caps_check(const struct x86_probe *probe, const char **reason)
{
	if (!probe->vendor_bit) {
		*reason = "this CPU has no SVM";
		return -ENODEV;
	}
	if (probe->efer & X86_EFER_SVME) {
		*reason = "SVM is in use, probably by KVM; unload kvm_amd first";
		return -EBUSY;
	}
	if (probe->vm_cr & X86_VM_CR_SVMDIS) {
		*reason = "the firmware has disabled SVM (VM_CR.SVMDIS)";
		return -EOPNOTSUPP;
	}
	if (!(probe->svm_features & X86_SVM_NPT)) {
		*reason = "this CPU has SVM without nested paging";
		return -EOPNOTSUPP;
	}
	if (probe->nr_asids < 2) {
		*reason = "this CPU has SVM without address-space ids for guests";
		return -EOPNOTSUPP;
	}
	if (probe->cr4 & X86_CR4_CET) {
		*reason = "CR4.CET is on, which the hypervisor does not switch";
		return -EOPNOTSUPP;
	}
	if (probe->cr4 & X86_CR4_FRED) {
		*reason = "CR4.FRED is on, which the hypervisor does not switch";
		return -EOPNOTSUPP;
	}
	if (!(probe->efer & X86_EFER_NX)) {
		*reason = "no-execute protection is off (EFER.NXE)";
		return -EOPNOTSUPP;
	}
	return 0;
}
