// SPDX-License-Identifier: GPL-2.0-only
/* What VMX must offer. Pure: also built into the module and the tests. */
#include <hv/bits.h>
#include <hv/err.h>
#include <vmx/caps.h>
#include <vmx/regs.h>
#include <x86/msr.h>
#include <x86/regs.h>

/*
 * Wanted bits that only enable an instruction are there so that root loses nothing. The "true" registers
 * allow clearing default-1 bits such as CR3 exiting: "Default Settings".
 */
static const struct {
	u8 cap, true_cap;
	u32 required, wanted;
} controls_table[VMX_NR_CONTROLS] = {
	[VMX_PIN] = { VMX_CAP_PIN, VMX_CAP_TRUE_PIN, VMX_PIN_NMI_EXITING | VMX_PIN_VIRTUAL_NMIS, 0 },
	[VMX_PRIMARY] = { VMX_CAP_PRIMARY, VMX_CAP_TRUE_PIN + 1, VMX_PRIMARY_MSR_BITMAPS | VMX_PRIMARY_SECONDARY, 0 },
	[VMX_SECONDARY] = { VMX_CAP_SECONDARY, VMX_CAP_SECONDARY,
			    VMX_SECONDARY_EPT | VMX_SECONDARY_VPID | VMX_SECONDARY_UNRESTRICTED,
			    VMX_SECONDARY_RDTSCP | VMX_SECONDARY_INVPCID | VMX_SECONDARY_XSAVES |
				    VMX_SECONDARY_USER_WAIT },
	[VMX_EXIT] = { VMX_CAP_EXIT, VMX_CAP_TRUE_PIN + 2,
		       VMX_EXIT_SAVE_DEBUG | VMX_EXIT_HOST_64 | VMX_EXIT_SAVE_PAT | VMX_EXIT_LOAD_PAT |
			       VMX_EXIT_SAVE_EFER | VMX_EXIT_LOAD_EFER,
		       0 },
	[VMX_ENTRY] = { VMX_CAP_ENTRY, VMX_CAP_TRUE_PIN + 3,
			VMX_ENTRY_LOAD_DEBUG | VMX_ENTRY_LONG_MODE | VMX_ENTRY_LOAD_PAT | VMX_ENTRY_LOAD_EFER, 0 },
};

static const char *lack_of(unsigned int control)
{
	switch (control) {
	case VMX_PIN:
		return "this CPU's VMX lacks virtual NMIs";
	case VMX_PRIMARY:
		return "this CPU's VMX lacks MSR bitmaps or secondary controls";
	case VMX_SECONDARY:
		return "this CPU's VMX lacks EPT, VPID or unrestricted guests";
	default:
		return "this CPU's VMX does not switch PAT and EFER";
	}
}

/* Lower half of a capability: bits that must be 1; upper half: bits that may be 1. */
const char *vmx_controls_compute(const struct x86_probe *probe, struct vmx_controls *controls)
{
	unsigned int i;
	u64 cap;

	for (i = 0; i < VMX_NR_CONTROLS; i++) {
		cap = probe->vmx[probe->vmx[VMX_CAP_BASIC] & VMX_BASIC_TRUE ? controls_table[i].true_cap :
									      controls_table[i].cap];
		if (controls_table[i].required & ~(u32)(cap >> 32))
			return lack_of(i);
		controls->word[i] =
			(u32)cap | controls_table[i].required | (controls_table[i].wanted & (u32)(cap >> 32));
	}
	return NULL;
}

static const char *check_ept(u64 cap)
{
	u64 required = VMX_EPT_LEVEL_4 | VMX_EPT_WB | VMX_EPT_2M | VMX_EPT_INVEPT | VMX_EPT_INVEPT_ALL |
		       VMX_EPT_INVVPID | VMX_EPT_INVVPID_ALL;

	return required & ~cap ? "this CPU's EPT lacks 2M pages, write-back tables or invalidation" : NULL;
}

int vmx_caps_check(const struct x86_probe *probe, const char **reason)
{
	u64 fc = probe->feature_control;
	struct vmx_controls controls;

	if (!probe->vendor_bit) {
		*reason = "this CPU has no VMX";
		return -ENODEV;
	}
	if (probe->cr4 & X86_CR4_VMXE) {
		*reason = "VMX is in use, probably by KVM; unload kvm_intel first";
		return -EBUSY;
	}
	*reason = "the firmware has disabled VMX (IA32_FEATURE_CONTROL is locked)";
	if ((fc & X86_FEATURE_CONTROL_LOCKED) && !(fc & X86_FEATURE_CONTROL_VMX))
		return -EOPNOTSUPP;
	*reason = "no-execute protection is off (EFER.NXE)";
	if (!(probe->efer & X86_EFER_NX))
		return -EOPNOTSUPP;
	*reason = "CR4.CET is on, which the hypervisor does not switch";
	if (probe->cr4 & X86_CR4_CET)
		return -EOPNOTSUPP;
	*reason = "CR4.FRED is on, which the hypervisor does not switch";
	if (probe->cr4 & X86_CR4_FRED)
		return -EOPNOTSUPP;
	*reason = vmx_controls_compute(probe, &controls);
	if (!*reason)
		*reason = check_ept(probe->vmx[VMX_CAP_EPT_VPID]);
	return *reason ? -EOPNOTSUPP : 0;
}
