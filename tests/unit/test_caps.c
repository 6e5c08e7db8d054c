// SPDX-License-Identifier: GPL-2.0-only
/* What a CPU must offer, with registers that we make up: one thing is taken away at a time. */
/* sources: arch/x86/vmx/caps.c arch/x86/svm/caps.c */
#include <unit.h>

#include <hv/bits.h>
#include <vmx/caps.h>
#include <vmx/regs.h>
#include <x86/caps.h>
#include <x86/cpuid.h>
#include <x86/msr.h>
#include <x86/regs.h>

/* Every bit may be 1, and none must be but the default ones that the plain registers insist on. */
static struct x86_probe good_vmx(void)
{
	struct x86_probe probe = {
		.efer = X86_EFER_NX | X86_EFER_LME | X86_EFER_LMA,
		.cr4 = X86_CR4_PAE,
		.feature_control = X86_FEATURE_CONTROL_LOCKED | X86_FEATURE_CONTROL_VMX,
		.vendor_bit = 1,
	};
	unsigned int i;

	for (i = VMX_CAP_PIN; i < HV_ARRAY_SIZE(probe.vmx); i++)
		probe.vmx[i] = ~0ULL << 32;
	probe.vmx[VMX_CAP_BASIC] = VMX_BASIC_TRUE;
	probe.vmx[VMX_CAP_EPT_VPID] = ~0ULL;
	return probe;
}

static struct x86_probe good_svm(void)
{
	return (struct x86_probe){ .efer = X86_EFER_NX, .svm_features = X86_SVM_NPT, .nr_asids = 2, .vendor_bit = 1 };
}

static void vmx_says(const struct x86_probe *probe, int err, const char *words)
{
	const char *reason = NULL;

	assert_int_equal(vmx_caps_check(probe, &reason), err);
	if (words)
		assert_non_null(strstr(reason, words));
}

static void svm_says(const struct x86_probe *probe, int err, const char *words)
{
	const char *reason = NULL;

	assert_int_equal(svm_caps_check(probe, &reason), err);
	if (words)
		assert_non_null(strstr(reason, words));
}

static void vmx_complete(void **state)
{
	struct x86_probe probe = good_vmx();

	(void)state;
	vmx_says(&probe, 0, NULL);
}

static void vmx_absent(void **state)
{
	struct x86_probe probe = good_vmx();

	(void)state;
	probe.vendor_bit = 0;
	vmx_says(&probe, -ENODEV, "no VMX");
}

static void vmx_in_use(void **state)
{
	struct x86_probe probe = good_vmx();

	(void)state;
	probe.cr4 |= X86_CR4_VMXE;
	vmx_says(&probe, -EBUSY, "unload kvm_intel");
}

static void vmx_locked_off(void **state)
{
	struct x86_probe probe = good_vmx();

	(void)state;
	probe.feature_control = X86_FEATURE_CONTROL_LOCKED;
	vmx_says(&probe, -EOPNOTSUPP, "firmware has disabled VMX");
	probe.feature_control = X86_FEATURE_CONTROL_LOCKED | X86_FEATURE_CONTROL_VMX_SMX;
	vmx_says(&probe, -EOPNOTSUPP, "firmware has disabled VMX");
}

static void vmx_not_locked(void **state)
{
	struct x86_probe probe = good_vmx();

	(void)state;
	probe.feature_control = 0;
	vmx_says(&probe, 0, NULL);
}

static void vmx_lacks_something(void **state)
{
	static const struct {
		unsigned int cap;
		u32 bit;
		const char *words;
	} lacks[] = {
		{ VMX_CAP_TRUE_PIN, VMX_PIN_VIRTUAL_NMIS, "virtual NMIs" },
		{ VMX_CAP_TRUE_PIN + 1, VMX_PRIMARY_MSR_BITMAPS, "MSR bitmaps" },
		{ VMX_CAP_SECONDARY, VMX_SECONDARY_EPT, "EPT" },
		{ VMX_CAP_SECONDARY, VMX_SECONDARY_VPID, "VPID" },
		{ VMX_CAP_SECONDARY, VMX_SECONDARY_UNRESTRICTED, "unrestricted" },
		{ VMX_CAP_TRUE_PIN + 2, VMX_EXIT_LOAD_EFER, "PAT and EFER" },
		{ VMX_CAP_TRUE_PIN + 3, VMX_ENTRY_LOAD_PAT, "PAT and EFER" },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(lacks); i++) {
		struct x86_probe probe = good_vmx();

		probe.vmx[lacks[i].cap] &= ~((u64)lacks[i].bit << 32);
		vmx_says(&probe, -EOPNOTSUPP, lacks[i].words);
	}
}

static void vmx_ept_lacks_something(void **state)
{
	static const u64 bits[] = { VMX_EPT_LEVEL_4, VMX_EPT_WB, VMX_EPT_2M, VMX_EPT_INVEPT, VMX_EPT_INVEPT_ALL,
				    VMX_EPT_INVVPID, VMX_EPT_INVVPID_ALL };
	unsigned int i;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(bits); i++) {
		struct x86_probe probe = good_vmx();

		probe.vmx[VMX_CAP_EPT_VPID] &= ~bits[i];
		vmx_says(&probe, -EOPNOTSUPP, "EPT lacks");
	}
}

static void refuses_without_nx_and_with_cet(void **state)
{
	struct x86_probe vmx = good_vmx(), svm = good_svm();

	(void)state;
	vmx.efer &= ~X86_EFER_NX;
	vmx_says(&vmx, -EOPNOTSUPP, "EFER.NXE");
	svm.efer &= ~X86_EFER_NX;
	svm_says(&svm, -EOPNOTSUPP, "EFER.NXE");
	vmx = good_vmx();
	vmx.cr4 |= X86_CR4_CET;
	vmx_says(&vmx, -EOPNOTSUPP, "CR4.CET");
	svm = good_svm();
	svm.cr4 |= X86_CR4_CET;
	svm_says(&svm, -EOPNOTSUPP, "CR4.CET");
}

/* A bit that must be 1 is taken, one that may not be 1 is left; plain registers serve where there are no true ones. */
static void controls_follow_the_cpu(void **state)
{
	struct x86_probe probe = good_vmx();
	struct vmx_controls controls;

	(void)state;
	probe.vmx[VMX_CAP_SECONDARY] &= ~((u64)VMX_SECONDARY_XSAVES << 32);
	probe.vmx[VMX_CAP_TRUE_PIN + 1] |= HV_BIT(1);
	assert_null(vmx_controls_compute(&probe, &controls));
	assert_int_equal(controls.word[VMX_SECONDARY] & VMX_SECONDARY_XSAVES, 0);
	assert_int_not_equal(controls.word[VMX_SECONDARY] & VMX_SECONDARY_RDTSCP, 0);
	assert_int_equal(controls.word[VMX_PRIMARY] & 2, 2);
	probe.vmx[VMX_CAP_BASIC] = 0;
	probe.vmx[VMX_CAP_PRIMARY] |= HV_BIT(15);
	assert_null(vmx_controls_compute(&probe, &controls));
	assert_int_equal(controls.word[VMX_PRIMARY] & (2 | HV_BIT(15)), HV_BIT(15));
}

static void svm_refusals(void **state)
{
	struct x86_probe probe = good_svm();

	(void)state;
	svm_says(&probe, 0, NULL);
	probe.vendor_bit = 0;
	svm_says(&probe, -ENODEV, "no SVM");
	probe = good_svm();
	probe.efer |= X86_EFER_SVME;
	svm_says(&probe, -EBUSY, "unload kvm_amd");
	probe = good_svm();
	probe.vm_cr = X86_VM_CR_SVMDIS;
	svm_says(&probe, -EOPNOTSUPP, "firmware has disabled SVM");
	probe = good_svm();
	probe.svm_features = 0;
	svm_says(&probe, -EOPNOTSUPP, "nested paging");
	probe = good_svm();
	probe.nr_asids = 1;
	svm_says(&probe, -EOPNOTSUPP, "address-space ids");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "VMX: complete", vmx_complete, NULL, NULL, NULL },
		{ "VMX: absent", vmx_absent, NULL, NULL, NULL },
		{ "VMX: in use by KVM", vmx_in_use, NULL, NULL, NULL },
		{ "VMX: locked off by firmware", vmx_locked_off, NULL, NULL, NULL },
		{ "VMX: left unlocked by firmware", vmx_not_locked, NULL, NULL, NULL },
		{ "VMX: a control is missing", vmx_lacks_something, NULL, NULL, NULL },
		{ "VMX: a feature of EPT is missing", vmx_ept_lacks_something, NULL, NULL, NULL },
		{ "VMX: control words follow the CPU", controls_follow_the_cpu, NULL, NULL, NULL },
		{ "SVM: every refusal", svm_refusals, NULL, NULL, NULL },
		{ "both: no NX, CET on", refuses_without_nx_and_with_cet, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
