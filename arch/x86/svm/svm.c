// SPDX-License-Identifier: GPL-2.0-only
/* SVM behind the vendor seam: on, off, the first entry, and the guest's registers. */
#include <hv/hv.h>
#include <hv/string.h>
#include <svm/insn.h>
#include <svm/nptfmt.h>
#include <svm/regs.h>
#include <svm/svm.h>
#include <x86/cpuid.h>
#include <x86/exit.h>
#include <x86/host.h>
#include <x86/msr.h>
#include <x86/msr_policy.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

#define MSRPM_FRAMES 2

u64 svm_msrpm_hpa;

/* "MSR Intercepts": two bits per register, read before write, 2 KiB per range. */
static const struct x86_msr_format msr_format = {
	.vendor = X86_ON_SVM,
	.stride = 2,
	.frames = MSRPM_FRAMES,
	.write_bit = 1,
	.nr_ranges = 3,
	.range = {
		{ 0x00000000, 0x00001fff, 0x0000 * 8 },
		{ 0xc0000000, 0xc0001fff, 0x0800 * 8 },
		{ 0xc0010000, 0xc0011fff, 0x1000 * 8 },
	},
};

const struct x86_msr_format *svm_msr_format(void)
{
	return &msr_format;
}

static struct hv_pt_format format;

const struct hv_pt_format *svm_guest_format(void)
{
	return &format;
}

int svm_early_init(struct hv_launch *launch)
{
	u8 *msrpm = hv_pool_alloc_contiguous(&hv.pool, MSRPM_FRAMES);

	(void)launch;
	if (!msrpm)
		return -ENOMEM;
	x86_msr_map_build(&msr_format, msrpm);
	svm_msrpm_hpa = hv_hpa_raw(hv_pool_hpa(&hv.pool, msrpm));
	format = svm_npt_format;
	if (x86_read_cr4() & X86_CR4_LA57)
		format.levels = 5;
	if (!(x86_cpuid(X86_LEAF_EXT_FEATURES, 0).edx & X86_CPUID_1G))
		format.leaf_levels = 2;
	return 0;
}

/* From CLGI on NMIs wait; they are held back until the first VMRUN or svm_cpu_fini(). */
int svm_cpu_init(struct hv_launch *launch, struct x86_cpu *cpu)
{
	(void)launch;
	cpu->vmcb_hpa = x86_slot_hpa(cpu, X86_SLOT_VMCS);
	cpu->host_hpa = x86_slot_hpa(cpu, 0);
	x86_wrmsr(X86_MSR_EFER, x86_rdmsr(X86_MSR_EFER) | X86_EFER_SVME);
	cpu->virt_on = true;
	svm_clgi();
	x86_wrmsr(X86_MSR_VM_HSAVE_PA, x86_slot_hpa(cpu, X86_SLOT_VMXON));
	svm_vmcb_init(cpu, &cpu->crossing->state);
	return 0;
}

void svm_cpu_fini(struct x86_cpu *cpu)
{
	if (!cpu->virt_on)
		return;
	/* The guest's registers behind VMLOAD: the syscall registers and kernel GS base go with it. */
	if (cpu->host_entered)
		svm_vmload(cpu->vmcb_hpa);
	x86_wrmsr(X86_MSR_VM_HSAVE_PA, 0);
	svm_stgi();
	x86_wrmsr(X86_MSR_EFER, x86_rdmsr(X86_MSR_EFER) & ~X86_EFER_SVME);
	cpu->virt_on = false;
}

int svm_enter(struct x86_cpu *cpu)
{
	svm_vmsave(cpu->host_hpa);
	svm_run(x86_regs_of(cpu));
}

bool svm_moderate_apic(void)
{
	/* An INIT that is intercepted stays pending and resets the CPU at the next STGI: "INIT Intercept". */
	return true;
}

/* Its interception is part of the map and stays. */
void svm_intercept_icr(bool on)
{
	(void)on;
}

/* Where the control block keeps the fields that it keeps as they are. */
static const u16 offsets[] = {
	[X86_FIELD_RIP] = __builtin_offsetof(struct svm_vmcb, rip),
	[X86_FIELD_RSP] = __builtin_offsetof(struct svm_vmcb, rsp),
	[X86_FIELD_RFLAGS] = __builtin_offsetof(struct svm_vmcb, rflags),
	[X86_FIELD_CR0] = __builtin_offsetof(struct svm_vmcb, cr0),
	[X86_FIELD_CR2] = __builtin_offsetof(struct svm_vmcb, cr2),
	[X86_FIELD_CR3] = __builtin_offsetof(struct svm_vmcb, cr3),
	[X86_FIELD_CR4] = __builtin_offsetof(struct svm_vmcb, cr4),
	[X86_FIELD_CR4_HELD] = __builtin_offsetof(struct svm_vmcb, cr4),
	[X86_FIELD_EFER] = __builtin_offsetof(struct svm_vmcb, efer),
	[X86_FIELD_ES_BASE] = __builtin_offsetof(struct svm_vmcb, es.base),
	[X86_FIELD_CS_BASE] = __builtin_offsetof(struct svm_vmcb, cs.base),
	[X86_FIELD_SS_BASE] = __builtin_offsetof(struct svm_vmcb, ss.base),
	[X86_FIELD_DS_BASE] = __builtin_offsetof(struct svm_vmcb, ds.base),
	[X86_FIELD_FS_BASE] = __builtin_offsetof(struct svm_vmcb, fs.base),
	[X86_FIELD_GS_BASE] = __builtin_offsetof(struct svm_vmcb, gs.base),
};

u64 svm_get(struct x86_cpu *cpu, enum x86_field field)
{
	const struct svm_vmcb *vmcb = svm_vmcb_of(cpu);

	if (field == X86_FIELD_CPL)
		return vmcb->cpl;
	if (field == X86_FIELD_CS_ATTR)
		return (vmcb->cs.attributes & SVM_ATTR_LOW) | (vmcb->cs.attributes & SVM_ATTR_HIGH) << 4;
	return *(const u64 *)((const u8 *)vmcb + offsets[field]);
}

static struct svm_segment real_segment(u16 selector, u64 base, u16 attributes)
{
	return (struct svm_segment){ .selector = selector, .attributes = attributes, .limit = 0xffff, .base = base };
}

/*
 * "Processor Initialization State", column INIT. What it does not name stays: PAT, MTRRs, TSC, the syscall registers.
 */
void svm_reset(struct x86_cpu *cpu)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);
	struct svm_segment data = real_segment(0, 0, X86_ATTR_REAL_DATA);

	vmcb->es = vmcb->ss = vmcb->ds = vmcb->fs = vmcb->gs = data;
	vmcb->cs = real_segment(0xf000, 0xffff0000, X86_ATTR_REAL_CODE);
	vmcb->ldtr = real_segment(0, 0, X86_ATTR_LDT);
	vmcb->tr = real_segment(0, 0, X86_ATTR_BUSY_TSS);
	vmcb->gdtr = vmcb->idtr = real_segment(0, 0, 0);
	vmcb->cpl = 0;
	vmcb->cr0 = (vmcb->cr0 & (X86_CR0_CD | X86_CR0_NW)) | X86_CR0_ET;
	vmcb->cr2 = vmcb->cr3 = vmcb->cr4 = 0;
	vmcb->dr6 = X86_DR6_RESET;
	vmcb->dr7 = X86_DR7_RESET;
	vmcb->debugctl = 0;
	vmcb->efer = X86_EFER_SVME;
	vmcb->rflags = X86_RFLAGS_RSVD1;
	vmcb->rip = 0xfff0;
	vmcb->rsp = vmcb->rax = 0;
	vmcb->interrupt_shadow = 0;
	vmcb->event_injection = 0;
	vmcb->intercept_3 &= (u32)~SVM_INTERCEPT_IRET;
	cpu->nmi_blocked = false;
	x86_forget_nmi(cpu);
	memset(x86_regs_of(cpu), 0, sizeof(struct x86_regs));
	x86_regs_of(cpu)->r[X86_RDX] = x86_cpuid(X86_LEAF_FEATURES, 0).eax;
	cpu->flush_tlb = true;
}

/* What VMLOAD brings in, and PAT. CR0 first, for a reset keeps what it says of caches. */
void svm_clean(struct x86_cpu *cpu)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);

	svm_put_controls(cpu);
	vmcb->cr0 = 0;
	vmcb->pat = X86_PAT_RESET;
	vmcb->spec_ctrl = 0;
	vmcb->star = vmcb->lstar = vmcb->cstar = vmcb->sfmask = vmcb->kernel_gs_base = 0;
	vmcb->sysenter_cs = vmcb->sysenter_esp = vmcb->sysenter_eip = 0;
}

void svm_listen(bool on)
{
	if (on)
		svm_stgi();
	else
		svm_clgi();
}

void svm_start(struct x86_cpu *cpu, u8 vector)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);

	vmcb->cs = real_segment((u16)(vector << 8), (u64)vector << 12, X86_ATTR_REAL_CODE);
	vmcb->rip = 0;
}
