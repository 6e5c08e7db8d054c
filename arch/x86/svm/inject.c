// SPDX-License-Identifier: GPL-2.0-only
/* Events for the guest, and stepping behind instructions. */
#include <hv/bits.h>
#include <hv/compiler.h>
#include <svm/regs.h>
#include <svm/svm.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

void svm_inject(struct x86_cpu *cpu, u8 vector, bool has_error, u32 error)
{
	u64 event = vector | HV_PUT(SVM_EVENT_TYPE, SVM_EVENT_TYPE_EXCEPTION) | SVM_EVENT_VALID;

	/* In real mode there is none. */
	if (has_error && (svm_vmcb_of(cpu)->cr0 & X86_CR0_PE))
		event |= SVM_EVENT_HAS_ERROR | (u64)error << 32;
	svm_vmcb_of(cpu)->event_injection = event;
}

/*
 * Until the guest's handler returns, a further NMI waits: we see the end of the handler by its IRET. It may be a little
 * early, for the exit comes before the IRET, but NMI handlers that can be interrupted by faults have to bear that.
 */
void svm_inject_nmi(struct x86_cpu *cpu)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);

	if (cpu->nmi_blocked || (vmcb->event_injection & SVM_EVENT_VALID)) {
		cpu->nmi_pending = true;
		vmcb->intercept_3 |= (u32)SVM_INTERCEPT_IRET;
		return;
	}
	cpu->nmi_pending = false;
	cpu->nmi_blocked = true;
	vmcb->event_injection = X86_VECTOR_NMI | HV_PUT(SVM_EVENT_TYPE, SVM_EVENT_TYPE_NMI) | SVM_EVENT_VALID;
	vmcb->intercept_3 |= (u32)SVM_INTERCEPT_IRET;
}

void svm_nmi_unblock(struct x86_cpu *cpu)
{
	svm_vmcb_of(cpu)->intercept_3 &= (u32)~SVM_INTERCEPT_IRET;
	cpu->nmi_blocked = false;
	if (cpu->nmi_pending)
		svm_inject_nmi(cpu);
}

static HV_COLD void trap_step(struct x86_cpu *cpu, struct svm_vmcb *vmcb)
{
	vmcb->dr6 |= X86_DR6_BS;
	svm_inject(cpu, X86_VECTOR_DB, false, 0);
}

void svm_advance(struct x86_cpu *cpu, unsigned int len)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);
	u64 rip = vmcb->rip + len;

	/* Hardware that tells counts prefixes, too; it is 0 where it does not: "State Saved on Exit". */
	if (hv_unlikely(vmcb->next_rip))
		rip = vmcb->next_rip;
	if (hv_unlikely(!(vmcb->cs.attributes & SVM_ATTR_L)))
		rip = (u32)rip;
	vmcb->rip = rip;
	vmcb->interrupt_shadow = 0;
	/* The instruction is done, so its single-step trap is due. */
	if (hv_unlikely(vmcb->rflags & X86_RFLAGS_TF))
		trap_step(cpu, vmcb);
}
