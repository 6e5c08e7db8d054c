// SPDX-License-Identifier: GPL-2.0-only
/* VMX behind the vendor seam: on, off, the first entry, and the guest's registers. */
#include <hv/hv.h>
#include <hv/launch.h>
#include <hv/string.h>
#include <vmx/vmx.h>
#include <x86/cpuid.h>
#include <x86/exit.h>
#include <x86/host.h>
#include <x86/msr.h>
#include <x86/msr_policy.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

struct vmx vmx;

/* "MSR-Bitmap Address": a bit per register; reads low and high, then writes low and high, 1 KiB each. */
static const struct x86_msr_format msr_format = {
	.vendor = X86_ON_VMX,
	.stride = 1,
	.frames = 1,
	.write_bit = 2048 * 8,
	.nr_ranges = 2,
	.range = {
		{ 0x00000000, 0x00001fff, 0 },
		{ 0xc0000000, 0xc0001fff, 1024 * 8 },
	},
};

const struct x86_msr_format *vmx_msr_format(void)
{
	return &msr_format;
}

static void read_probe(struct x86_probe *probe)
{
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(probe->vmx); i++)
		(void)x86_rdmsr_safe(X86_MSR_VMX_FIRST + i, &probe->vmx[i]);
	probe->feature_control = x86_rdmsr(X86_MSR_FEATURE_CONTROL);
}

int vmx_early_init(struct hv_launch *launch)
{
	u8 *bitmap = hv_pool_alloc(&hv.pool);
	const char *lack;

	if (!bitmap)
		return -ENOMEM;
	x86_msr_map_build(&msr_format, bitmap);
	vmx.msr_bitmap = bitmap;
	vmx_intercept_icr(false);
	vmx.msr_bitmap_hpa = hv_hpa_raw(hv_pool_hpa(&hv.pool, bitmap));
	read_probe(&vmx.probe);
	lack = vmx_controls_compute(&vmx.probe, &vmx.controls);
	return lack ? hv_launch_fail(launch, 0, -EOPNOTSUPP, "%s", lack) : 0;
}

static int enable(struct hv_launch *launch, struct x86_cpu *cpu)
{
	u64 fc = x86_rdmsr(X86_MSR_FEATURE_CONTROL);
	u32 *vmxon = x86_slot_part(cpu, X86_SLOT_VMXON), *vmcs = x86_slot_part(cpu, X86_SLOT_VMCS);

	/* Firmware that does not lock leaves it to us, as it would to KVM: "Enabling and Entering VMX Operation". */
	if (!(fc & X86_FEATURE_CONTROL_LOCKED))
		x86_wrmsr(X86_MSR_FEATURE_CONTROL, fc | X86_FEATURE_CONTROL_LOCKED | X86_FEATURE_CONTROL_VMX);
	*vmxon = *vmcs = (u32)(vmx.probe.vmx[VMX_CAP_BASIC] & VMX_BASIC_REVISION);
	if (!vmx_vmxon(x86_slot_hpa(cpu, X86_SLOT_VMXON)))
		return hv_launch_fail(launch, cpu->core.id, -EIO, "VMXON failed on CPU %u", cpu->core.id);
	cpu->virt_on = true;
	return 0;
}

/* Every CPU has to be like the one that computed the controls. */
static int compare(struct hv_launch *launch, const struct x86_cpu *cpu)
{
	struct x86_probe probe = { 0 };

	read_probe(&probe);
	if (memcmp(probe.vmx, vmx.probe.vmx, sizeof(probe.vmx)))
		return hv_launch_fail(launch, cpu->core.id, -EOPNOTSUPP, "VMX of CPU %u differs from the first CPU's",
				      cpu->core.id);
	return 0;
}

int vmx_cpu_init(struct hv_launch *launch, struct x86_cpu *cpu)
{
	u64 vmcs = x86_slot_hpa(cpu, X86_SLOT_VMCS);
	int err;

	err = compare(launch, cpu);
	if (err)
		return err;
	err = enable(launch, cpu);
	if (err)
		return err;
	if (!vmx_vmclear(vmcs) || !vmx_vmptrld(vmcs))
		return hv_launch_fail(launch, cpu->core.id, -EIO, "CPU %u refused the VMCS", cpu->core.id);
	vmx_invept_all();
	vmx_invvpid_all();
	return vmx_vmcs_init(launch, cpu);
}

void vmx_cpu_fini(struct x86_cpu *cpu)
{
	if (!cpu->virt_on)
		return;
	(void)vmx_vmclear(x86_slot_hpa(cpu, X86_SLOT_VMCS)); /* nothing depends on its contents any more */
	vmx_vmxoff();
	cpu->virt_on = false;
}

int vmx_enter(struct x86_cpu *cpu)
{
	vmx_launch_guest(x86_regs_of(cpu));
}

bool vmx_moderate_apic(void)
{
	return false;
}

void vmx_intercept_icr(bool on)
{
	x86_msr_map_set(&msr_format, vmx.msr_bitmap, X86_MSR_X2APIC_ICR, true, on);
}

/* Fields by enum x86_field; the control registers are put together from two. */
static const u16 fields[] = {
	[X86_FIELD_RIP] = VMX_GUEST_RIP,
	[X86_FIELD_RSP] = VMX_GUEST_RSP,
	[X86_FIELD_RFLAGS] = VMX_GUEST_RFLAGS,
	[X86_FIELD_CR0] = VMX_GUEST_CR0,
	[X86_FIELD_CR3] = VMX_GUEST_CR3,
	[X86_FIELD_CR4] = VMX_GUEST_CR4,
	[X86_FIELD_CR4_HELD] = VMX_GUEST_CR4,
	[X86_FIELD_EFER] = VMX_GUEST_EFER,
	[X86_FIELD_CPL] = VMX_GUEST_SS_RIGHTS,
	[X86_FIELD_CS_ATTR] = VMX_GUEST_CS_RIGHTS,
	[X86_FIELD_ES_BASE] = VMX_GUEST_ES_BASE,
	[X86_FIELD_CS_BASE] = VMX_GUEST_ES_BASE + 2,
	[X86_FIELD_SS_BASE] = VMX_GUEST_ES_BASE + 4,
	[X86_FIELD_DS_BASE] = VMX_GUEST_ES_BASE + 6,
	[X86_FIELD_FS_BASE] = VMX_GUEST_ES_BASE + 8,
	[X86_FIELD_GS_BASE] = VMX_GUEST_ES_BASE + 10,
};

static u64 unshadow(u64 value, u64 mask_field, u64 shadow_field)
{
	u64 mask = vmx_vmread(mask_field);

	return (value & ~mask) | (vmx_vmread(shadow_field) & mask);
}

u64 vmx_get(struct x86_cpu *cpu, enum x86_field field)
{
	u64 value;

	(void)cpu;
	if (field == X86_FIELD_CR2)
		return x86_read_cr2();
	value = vmx_vmread(fields[field]);
	if (field == X86_FIELD_CPL)
		return HV_GET(X86_ATTR_DPL, value);
	if (field == X86_FIELD_CR0)
		return unshadow(value, VMX_CR0_MASK, VMX_CR0_SHADOW);
	if (field == X86_FIELD_CR4)
		return unshadow(value, VMX_CR4_MASK, VMX_CR4_SHADOW);
	return value;
}

static void put_segment(unsigned int name, u16 selector, u64 base, u32 rights)
{
	(void)vmx_vmwrite(VMX_GUEST_ES_SELECTOR + 2 * name, selector);
	(void)vmx_vmwrite(VMX_GUEST_ES_BASE + 2 * name, base);
	(void)vmx_vmwrite(VMX_GUEST_ES_LIMIT + 2 * name, 0xffff);
	(void)vmx_vmwrite(VMX_GUEST_ES_RIGHTS + 2 * name, rights);
}

static void reset_segments(void)
{
	unsigned int i;

	for (i = X86_ES; i <= X86_GS; i++)
		put_segment(i, 0, 0, VMX_RIGHTS_DATA);
	put_segment(X86_CS, 0xf000, 0xffff0000, VMX_RIGHTS_CODE);
	put_segment(X86_LDTR, 0, 0, VMX_RIGHTS_LDT);
	put_segment(X86_TR, 0, 0, VMX_RIGHTS_TSS);
	(void)vmx_vmwrite(VMX_GUEST_GDTR_BASE, 0);
	(void)vmx_vmwrite(VMX_GUEST_GDTR_LIMIT, 0xffff);
	(void)vmx_vmwrite(VMX_GUEST_IDTR_BASE, 0);
	(void)vmx_vmwrite(VMX_GUEST_IDTR_LIMIT, 0xffff);
}

static const struct {
	u16 field;
	u64 value;
} reset_fields[] = {
	{ VMX_GUEST_CR3, 0 },
	{ VMX_GUEST_DR7, X86_DR7_RESET },
	{ VMX_GUEST_DEBUGCTL, 0 },
	{ VMX_GUEST_EFER, 0 },
	{ VMX_GUEST_SYSENTER_CS, 0 },
	{ VMX_GUEST_SYSENTER_ESP, 0 },
	{ VMX_GUEST_SYSENTER_EIP, 0 },
	{ VMX_GUEST_RIP, 0xfff0 },
	{ VMX_GUEST_RSP, 0 },
	{ VMX_GUEST_RFLAGS, X86_RFLAGS_RSVD1 },
	{ VMX_GUEST_PENDING_DEBUG, 0 },
	{ VMX_GUEST_INTERRUPTIBILITY, 0 },
	{ VMX_ENTRY_INTERRUPTION, 0 },
};

/*
 * "IA-32 and Intel 64 Processor States Following Power-up, Reset, or INIT". NE is fixed; that the guest reads it as set
 * spares an exit when it sets it itself.
 */
void vmx_reset(struct x86_cpu *cpu)
{
	u64 cr0 = vmx_get(cpu, X86_FIELD_CR0) & (X86_CR0_CD | X86_CR0_NW);
	unsigned int i;

	reset_segments();
	for (i = 0; i < HV_ARRAY_SIZE(reset_fields); i++)
		(void)vmx_vmwrite(reset_fields[i].field, reset_fields[i].value);
	(void)vmx_put_cr0(cpu, cr0 | X86_CR0_ET | X86_CR0_NE);
	(void)vmx_put_cr4(cpu, 0);
	(void)vmx_vmwrite(VMX_ENTRY_CONTROLS, vmx.controls.word[VMX_ENTRY] & ~VMX_ENTRY_LONG_MODE);
	(void)vmx_vmwrite(VMX_PRIMARY_CONTROLS, vmx_vmread(VMX_PRIMARY_CONTROLS) & ~VMX_PRIMARY_NMI_WINDOW);
	x86_write_dr6(X86_DR6_RESET);
	x86_write_cr2(0);
	memset(x86_regs_of(cpu), 0, sizeof(struct x86_regs));
	x86_regs_of(cpu)->r[X86_RDX] = x86_cpuid(X86_LEAF_FEATURES, 0).eax;
	x86_forget_nmi(cpu);
	cpu->flush_tlb = true;
}

/* Root mode takes NMIs at any time, and interrupts when it says so. */
void vmx_listen(bool on)
{
	(void)on;
}

void vmx_start(struct x86_cpu *cpu, u8 vector)
{
	(void)cpu;
	put_segment(X86_CS, (u16)(vector << 8), (u64)vector << 12, VMX_RIGHTS_CODE);
	(void)vmx_vmwrite(VMX_GUEST_RIP, 0);
	(void)vmx_vmwrite(VMX_GUEST_ACTIVITY, VMX_ACTIVITY_ACTIVE);
}
