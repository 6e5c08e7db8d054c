// SPDX-License-Identifier: GPL-2.0-only
/* From SVM's exit codes to neutral records. */
#include <hv/cell.h>
#include <hv/compiler.h>
#include <hv/hv.h>
#include <svm/insn.h>
#include <svm/regs.h>
#include <svm/svm.h>
#include <x86/apic.h>
#include <x86/exit.h>
#include <x86/host.h>
#include <x86/insn.h>
#include <x86/msr.h>
#include <x86/msr_policy.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

static HV_APART void hypercall(struct x86_cpu *cpu)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);
	enum hv_verdict verdict;
	struct hv_exit exit;

	hv_exit_count(&cpu->core, HV_EXIT_hypercall);
	exit.nr = (u32)vmcb->rax;
	exit.during = HV_DURING_NOTHING;
	exit.insn_len = SVM_LEN_VMMCALL;
	verdict = hv_hypercall(&cpu->core, &exit);
	vmcb->rax = exit.value;
	svm_finish(cpu, &exit, verdict);
}

static u64 msr_value(const struct x86_cpu *cpu)
{
	return (u32)svm_vmcb_of(cpu)->rax | x86_regs_of(cpu)->r[X86_RDX] << 32;
}

/* Only the CPU knows which of these it has; VMRUN fails with the others. Emulators may drop them without a #GP. */
static bool has_efer_bits(u64 bits)
{
	u64 efer = x86_rdmsr(X86_MSR_EFER);
	bool has = x86_wrmsr_safe(X86_MSR_EFER, efer | bits) && (x86_rdmsr(X86_MSR_EFER) & bits) == bits;

	x86_wrmsr(X86_MSR_EFER, efer);
	return has;
}

static HV_COLD bool put_efer(struct x86_cpu *cpu, u64 value)
{
	u64 known = X86_EFER_SCE | X86_EFER_LME | X86_EFER_LMA | X86_EFER_NX | X86_EFER_SVME | X86_EFER_OTHER;
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);

	if ((value & ~known) || (cpu->core.cell != &hv.root && (value & X86_EFER_SVME)))
		return false;
	if ((vmcb->cr0 & X86_CR0_PG) && ((value ^ vmcb->efer) & X86_EFER_LME))
		return false;
	if ((value & ~vmcb->efer & X86_EFER_OTHER) && !has_efer_bits(value & X86_EFER_OTHER))
		return false;
	vmcb->efer = (value & ~X86_EFER_LMA) | (vmcb->efer & X86_EFER_LMA) | X86_EFER_SVME;
	cpu->flush_tlb = true;
	return true;
}

/* SVME stays on whatever the guest thinks: "Enabling SVM". The rest is checked as the CPU does. */
HV_APART void svm_write_efer(struct x86_cpu *cpu)
{
	u64 value = msr_value(cpu);
	bool same = value == svm_vmcb_of(cpu)->efer && cpu->core.cell == &hv.root;

	hv_exit_count(&cpu->core, HV_EXIT_msr_write);
	if (hv_likely(same) || put_efer(cpu, value))
		svm_advance(cpu, SVM_LEN_MSR);
	else
		svm_inject(cpu, X86_VECTOR_GP, true, 0);
}

static HV_APART void access_msr(struct x86_cpu *cpu)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);
	struct x86_regs *regs = x86_regs_of(cpu);
	enum hv_verdict verdict;
	struct hv_exit exit;

	exit.reason = vmcb->exit_info_1 ? HV_EXIT_msr_write : HV_EXIT_msr_read;
	hv_exit_count(&cpu->core, exit.reason);
	exit.nr = (u32)regs->r[X86_RCX];
	exit.value = msr_value(cpu);
	exit.during = HV_DURING_NOTHING;
	exit.insn_len = SVM_LEN_MSR;
	verdict = x86_msr_emulate(cpu, &exit);
	svm_finish(cpu, &exit, verdict);
	if (verdict == HV_ADVANCE && exit.reason == HV_EXIT_msr_read) {
		vmcb->rax = (u32)exit.value;
		regs->r[X86_RDX] = exit.value >> 32;
	}
}

/*
 * An event whose delivery exited comes again, unless an instruction raised it: that one is executed again, because
 * RIP still points to it. Instructions that exit by themselves interrupt no delivery.
 */
static HV_COLD void requeue_event(struct svm_vmcb *vmcb)
{
	u64 info = vmcb->exit_int_info;
	u64 type = HV_GET(SVM_EVENT_TYPE, info), vector = HV_GET(SVM_EVENT_VECTOR, info);

	if (!(info & SVM_EVENT_VALID) || type == SVM_EVENT_TYPE_SOFTWARE)
		return;
	if (type == SVM_EVENT_TYPE_EXCEPTION && (vector == X86_VECTOR_BP || vector == X86_VECTOR_OF))
		return;
	vmcb->event_injection = info;
}

static u8 access_of(u64 info)
{
	if (info & SVM_NPF_WRITE)
		return HV_ACCESS_WRITE;
	return info & SVM_NPF_FETCH ? HV_ACCESS_EXEC : HV_ACCESS_READ;
}

static HV_COLD void violation(struct x86_cpu *cpu, struct hv_exit *exit)
{
	hv_exit_count(&cpu->core, HV_EXIT_memory);
	svm_finish(cpu, exit, hv_root_violation(&cpu->core, exit));
}

static HV_COLD u8 delivered(struct svm_vmcb *vmcb)
{
	u64 info = vmcb->exit_int_info;

	requeue_event(vmcb);
	if (!(info & SVM_EVENT_VALID))
		return HV_DURING_NOTHING;
	if (HV_GET(SVM_EVENT_TYPE, info) == SVM_EVENT_TYPE_EXCEPTION && HV_GET(SVM_EVENT_VECTOR, info) == X86_VECTOR_DF)
		return HV_DURING_DOUBLE_FAULT;
	return HV_DURING_EVENT;
}

HV_APART void svm_npf_access(struct svm_vmcb *vmcb, struct hv_exit *exit)
{
	exit->during = hv_unlikely(vmcb->exit_int_info) ? delivered(vmcb) : HV_DURING_NOTHING;
	exit->gpa = vmcb->exit_info_2;
	exit->access = access_of(vmcb->exit_info_1);
	exit->insn_len = 0;
}

static HV_APART void nested_fault(struct x86_cpu *cpu)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);
	struct hv_exit exit;

	svm_npf_access(vmcb, &exit);
	x86_regs_of(cpu)->r[X86_RAX] = vmcb->rax;
	if (hv_unlikely(!x86_apic_is_page(cpu, exit.gpa))) {
		violation(cpu, &exit);
		return;
	}
	hv_exit_count(&cpu->core, x86_apic_reason(exit.gpa));
	svm_finish(cpu, &exit, x86_apic_emulate(cpu, &exit));
}

static HV_COLD void invalidate_caches(struct x86_cpu *cpu)
{
	struct hv_exit exit = { .insn_len = SVM_LEN_INVD };

	hv_exit_count(&cpu->core, HV_EXIT_cache);
	svm_finish(cpu, &exit, x86_emulate_invd());
}

/* Not asked for, but see Documentation/design/exits.md: the write that came here had to fault. */
static HV_COLD void control_register(struct x86_cpu *cpu)
{
	struct hv_exit exit = { .insn_len = 0 };

	hv_exit_count(&cpu->core, HV_EXIT_cr);
	svm_finish(cpu, &exit, HV_INJECT_GP);
}

static u32 reason_of(u64 code)
{
	if ((code >= SVM_EXIT_VMRUN && code <= SVM_EXIT_SKINIT) || code == SVM_EXIT_INVLPGA)
		return HV_EXIT_virt_insn;
	if (code == SVM_EXIT_SHUTDOWN)
		return HV_EXIT_shutdown;
	return code == SVM_EXIT_INVALID ? HV_EXIT_invalid : HV_EXIT_other;
}

static HV_COLD void refuse(struct x86_cpu *cpu, const struct svm_vmcb *vmcb)
{
	struct hv_exit exit = {
		.reason = reason_of(vmcb->exit_code),
		.nr = (u32)vmcb->exit_code,
		.value = vmcb->exit_info_1,
	};

	if (exit.reason == HV_EXIT_invalid && cpu->core.cell == &hv.root && hv_exit_is_first(&cpu->core))
		x86_enter_failed(cpu, -EIO);
	hv_exit_count(&cpu->core, exit.reason);
	svm_finish(cpu, &exit, hv_exit_refuse(&cpu->core, &exit));
}

/*
 * An NMI that exited is still pending; it goes away by being taken. What our handler notes is no news: nmi_pending goes
 * on to say whether the guest is still to get one.
 */
static HV_COLD void take_nmi(struct x86_cpu *cpu)
{
	bool pending = cpu->nmi_pending;

	hv_exit_count(&cpu->core, HV_EXIT_nmi);
	svm_stgi();
	svm_clgi();
	cpu->nmi_pending = pending;
	x86_exit_nmi(cpu);
}

static HV_COLD void leave_nmi(struct x86_cpu *cpu)
{
	hv_exit_count(&cpu->core, HV_EXIT_nmi_window);
	svm_nmi_unblock(cpu);
}

HV_COLD void svm_handle_rare(struct x86_cpu *cpu)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);

	requeue_event(vmcb);
	switch (vmcb->exit_code) {
	case SVM_EXIT_NMI:
		take_nmi(cpu);
		break;
	case SVM_EXIT_IRET:
		leave_nmi(cpu);
		break;
	case SVM_EXIT_INVD:
		invalidate_caches(cpu);
		break;
	case SVM_EXIT_CR0_READ ... SVM_EXIT_CR15_WRITE:
		control_register(cpu);
		break;
	default:
		refuse(cpu, vmcb);
	}
}

void svm_handle_exit(struct x86_cpu *cpu)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);

	vmcb->tlb_control = SVM_TLB_KEEP;
	vmcb->event_injection = 0;
	if (hv_unlikely(cpu->core.is_cells))
		svm_handle_cell_exit(cpu);
	else if (vmcb->exit_code == SVM_EXIT_NPF)
		nested_fault(cpu);
	else if (vmcb->exit_code == SVM_EXIT_VMMCALL)
		hypercall(cpu);
	else if (vmcb->exit_code != SVM_EXIT_MSR)
		svm_handle_rare(cpu);
	else if ((u32)x86_regs_of(cpu)->r[X86_RCX] == X86_MSR_EFER)
		svm_write_efer(cpu);
	else
		access_msr(cpu);
}

void svm_flush(struct x86_cpu *cpu)
{
	cpu->flush_tlb = false;
	x86_window_close_all(cpu);
	svm_vmcb_of(cpu)->tlb_control = SVM_TLB_FLUSH_ALL;
}
