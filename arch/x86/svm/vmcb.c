// SPDX-License-Identifier: GPL-2.0-only
/* Filling the control block, and its registers one by one. */
#include <hv/bits.h>
#include <hv/hv.h>
#include <hv/string.h>
#include <svm/insn.h>
#include <svm/regs.h>
#include <svm/svm.h>
#include <x86/cell.h>
#include <x86/host.h>
#include <x86/msr.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

static u16 pack(u32 attributes)
{
	if (attributes & X86_ATTR_UNUSABLE)
		return 0;
	return (u16)((attributes & SVM_ATTR_LOW) | (attributes >> 4 & SVM_ATTR_HIGH));
}

static u32 unpack(u16 attributes)
{
	if (!attributes)
		return X86_ATTR_UNUSABLE;
	return (attributes & SVM_ATTR_LOW) | (attributes & SVM_ATTR_HIGH) << 4;
}

static void put_segment(struct svm_segment *to, const struct x86_segment *from)
{
	*to = (struct svm_segment){
		.selector = from->selector,
		.attributes = pack(from->attributes),
		.limit = from->limit,
		.base = from->base,
	};
}

static void get_segment(struct x86_segment *to, const struct svm_segment *from)
{
	*to = (struct x86_segment){
		.selector = from->selector,
		.attributes = unpack(from->attributes),
		.limit = from->limit,
		.base = from->base,
	};
}

/* In the order of enum x86_segment_name. */
static struct svm_segment *segment_of(struct svm_vmcb *vmcb, unsigned int name)
{
	switch (name) {
	case X86_LDTR:
		return &vmcb->ldtr;
	case X86_TR:
		return &vmcb->tr;
	default:
		return &vmcb->es + name;
	}
}

HV_STATIC_ASSERT(X86_GS == 5);
HV_ASSERT_OFFSET(struct svm_vmcb, gs, 0x450);

static void put_state(struct svm_vmcb *vmcb, const struct x86_state *state)
{
	unsigned int i;

	for (i = 0; i < X86_NR_SEGMENTS; i++)
		put_segment(segment_of(vmcb, i), &state->segment[i]);
	vmcb->gdtr.base = state->gdt_base;
	vmcb->gdtr.limit = state->gdt_limit;
	vmcb->idtr.base = state->idt_base;
	vmcb->idtr.limit = state->idt_limit;
	vmcb->cr0 = state->cr0;
	vmcb->cr2 = state->cr2;
	vmcb->cr3 = state->cr3;
	vmcb->cr4 = state->cr4;
	vmcb->dr7 = state->dr7;
	vmcb->efer = state->efer | X86_EFER_SVME;
	vmcb->pat = state->pat;
	vmcb->rip = state->rip;
	vmcb->rsp = state->rsp;
	vmcb->rflags = state->rflags;
}

/*
 * Zero exits is the goal: interrupts, HLT, CR3, page faults and the time-stamp counter are the guest's own; of root,
 * also CPUID, I/O and WBINVD.
 */
void svm_put_controls(struct x86_cpu *cpu)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);
	const struct hv_cell *cell = cpu->core.cell;

	vmcb->intercept_3 = (u32)(SVM_INTERCEPT_NMI | SVM_INTERCEPT_INIT | SVM_INTERCEPT_INVD | SVM_INTERCEPT_INVLPGA |
				  SVM_INTERCEPT_MSR | SVM_INTERCEPT_SHUTDOWN);
	vmcb->intercept_4 = (u32)(SVM_INTERCEPT_VMRUN | SVM_INTERCEPT_VMMCALL | SVM_INTERCEPT_VMLOAD |
				  SVM_INTERCEPT_VMSAVE | SVM_INTERCEPT_STGI | SVM_INTERCEPT_CLGI |
				  SVM_INTERCEPT_SKINIT);
	vmcb->intercept_exceptions = 0;
	vmcb->msrpm_base = svm_msrpm_hpa;
	vmcb->asid = SVM_ROOT_ASID;
	vmcb->tlb_control = SVM_TLB_FLUSH_ALL;
	vmcb->nested_control = SVM_NESTED_ENABLE;
	vmcb->nested_cr3 = hv_hpa_raw(hv_aspace_root(&cell->space));
	if (cell == &hv.root)
		return;
	vmcb->intercept_3 |= (u32)(SVM_INTERCEPT_CPUID | SVM_INTERCEPT_IOIO | SVM_INTERCEPT_RDPMC);
	vmcb->intercept_4 |= (u32)SVM_INTERCEPT_WBINVD;
	vmcb->intercept_exceptions = (u32)X86_CELL_EXCEPTIONS;
	vmcb->msrpm_base = x86_cell_of(cpu)->msr_map_hpa;
	vmcb->iopm_base = x86_cell_of(cpu)->io_map_hpa;
}

void svm_put_state(struct x86_cpu *cpu, const struct x86_state *state)
{
	put_state(svm_vmcb_of(cpu), state);
	svm_vmcb_of(cpu)->rax = x86_regs_of(cpu)->r[X86_RAX];
}

void svm_vmcb_init(struct x86_cpu *cpu, const struct x86_state *state)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);

	memset(vmcb, 0, sizeof(*vmcb));
	svm_put_controls(cpu);
	put_state(vmcb, state);
	vmcb->dr6 = x86_read_dr6();
	/* What VMLOAD brings in at every entry is what the CPU holds now, hidden parts included. */
	svm_vmsave(cpu->vmcb_hpa);
}

void svm_save_state(struct x86_cpu *cpu, struct x86_state *state)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);
	unsigned int i;

	for (i = 0; i < X86_NR_SEGMENTS; i++)
		get_segment(&state->segment[i], segment_of(vmcb, i));
	state->gdt_base = vmcb->gdtr.base;
	state->gdt_limit = (u16)vmcb->gdtr.limit;
	state->idt_base = vmcb->idtr.base;
	state->idt_limit = (u16)vmcb->idtr.limit;
	state->cr0 = vmcb->cr0;
	state->cr2 = vmcb->cr2;
	state->cr3 = vmcb->cr3;
	state->cr4 = vmcb->cr4;
	state->dr7 = vmcb->dr7;
	/* Without LBR virtualization the guest writes the register itself: "LBR Virtualization". */
	state->debugctl = x86_rdmsr(X86_MSR_DEBUGCTL);
	state->efer = vmcb->efer & ~X86_EFER_SVME;
	state->pat = vmcb->pat;
	state->sysenter_cs = vmcb->sysenter_cs;
	state->sysenter_esp = vmcb->sysenter_esp;
	state->sysenter_eip = vmcb->sysenter_eip;
	state->rip = vmcb->rip;
	state->rsp = vmcb->rsp;
	state->rflags = vmcb->rflags;
}
