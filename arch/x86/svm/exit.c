// SPDX-License-Identifier: GPL-2.0-only
/* From SVM's exit codes to neutral records. */
#include <hv/log.h>
#include <svm/insn.h>
#include <svm/regs.h>
#include <svm/svm.h>
#include <x86/exit.h>
#include <x86/host.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

static void hypercall(struct x86_cpu *cpu, struct svm_vmcb *vmcb)
{
	struct x86_regs *regs = x86_regs_of(cpu);
	struct hv_exit exit;

	exit.reason = HV_EXIT_hypercall;
	exit.nr = (u32)vmcb->rax;
	exit.arg[0] = regs->r[X86_RDI];
	exit.arg[1] = regs->r[X86_RSI];
	exit.arg[2] = regs->r[X86_RDX];
	exit.privileged = !vmcb->cpl;
	exit.during_event = false;
	exit.insn_len = SVM_LEN_VMMCALL;
	x86_exit_finish(cpu, &exit);
	vmcb->rax = exit.value;
}

static void access_msr(struct x86_cpu *cpu, struct svm_vmcb *vmcb)
{
	struct x86_regs *regs = x86_regs_of(cpu);
	struct hv_exit exit;

	exit.reason = vmcb->exit_info_1 ? HV_EXIT_msr_write : HV_EXIT_msr_read;
	exit.nr = (u32)regs->r[X86_RCX];
	exit.value = (u32)vmcb->rax | regs->r[X86_RDX] << 32;
	exit.during_event = false;
	exit.insn_len = SVM_LEN_MSR;
	if (x86_exit_finish(cpu, &exit) && exit.reason == HV_EXIT_msr_read) {
		vmcb->rax = (u32)exit.value;
		regs->r[X86_RDX] = exit.value >> 32;
	}
}

static void nested_fault(struct x86_cpu *cpu, struct svm_vmcb *vmcb)
{
	struct hv_exit exit;

	exit.reason = HV_EXIT_memory;
	exit.gpa = vmcb->exit_info_2;
	exit.access = HV_ACCESS_READ;
	if (vmcb->exit_info_1 & SVM_NPF_WRITE)
		exit.access = HV_ACCESS_WRITE;
	else if (vmcb->exit_info_1 & SVM_NPF_FETCH)
		exit.access = HV_ACCESS_EXEC;
	exit.during_event = vmcb->exit_int_info & SVM_EVENT_VALID;
	exit.insn_len = 0;
	x86_regs_of(cpu)->r[X86_RAX] = vmcb->rax;
	x86_exit_finish(cpu, &exit);
	vmcb->rax = x86_regs_of(cpu)->r[X86_RAX];
}

static void simple(struct x86_cpu *cpu, struct svm_vmcb *vmcb, u32 reason, u8 insn_len)
{
	struct hv_exit exit;

	exit.reason = reason;
	exit.nr = (u32)vmcb->exit_code;
	exit.value = vmcb->exit_info_1;
	exit.during_event = false;
	exit.insn_len = insn_len;
	x86_exit_finish(cpu, &exit);
}

static u32 reason_of(u64 code)
{
	if (code <= SVM_EXIT_CR15_WRITE)
		return HV_EXIT_cr;	/* not asked for, but see Documentation/design/exits.md */
	if ((code >= SVM_EXIT_VMRUN && code <= SVM_EXIT_SKINIT) || code == SVM_EXIT_INVLPGA)
		return HV_EXIT_virt_insn;
	if (code == SVM_EXIT_SHUTDOWN)
		return HV_EXIT_shutdown;
	return code == SVM_EXIT_INVALID ? HV_EXIT_invalid : HV_EXIT_other;
}

/* An NMI that exited is still pending; it goes away by being taken, and our handler notes that it was there. */
static void take_nmi(struct x86_cpu *cpu)
{
	cpu->core.stats->exits[HV_EXIT_nmi]++;
	svm_stgi();
	svm_clgi();
	x86_exit_nmi(cpu);
}

static void leave_nmi(struct x86_cpu *cpu)
{
	cpu->core.stats->exits[HV_EXIT_nmi_window]++;
	svm_nmi_unblock(cpu);
}

/*
 * An event whose delivery exited comes again, unless an instruction raised it: that one is executed again, because
 * RIP still points to it.
 */
static u64 interrupted_event(u64 info)
{
	u64 type = HV_GET(SVM_EVENT_TYPE, info), vector = HV_GET(SVM_EVENT_VECTOR, info);

	if (!(info & SVM_EVENT_VALID) || type == SVM_EVENT_TYPE_SOFTWARE)
		return 0;
	if (type == SVM_EVENT_TYPE_EXCEPTION && (vector == X86_VECTOR_BP || vector == X86_VECTOR_OF))
		return 0;
	return info;
}

void svm_handle_exit(struct x86_cpu *cpu)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);

	vmcb->tlb_control = SVM_TLB_KEEP;
	vmcb->event_injection = vmcb->exit_int_info ? interrupted_event(vmcb->exit_int_info) : 0;
	switch (vmcb->exit_code) {
	case SVM_EXIT_VMMCALL:
		hypercall(cpu, vmcb);
		break;
	case SVM_EXIT_MSR:
		access_msr(cpu, vmcb);
		break;
	case SVM_EXIT_NPF:
		nested_fault(cpu, vmcb);
		break;
	case SVM_EXIT_NMI:
		take_nmi(cpu);
		break;
	case SVM_EXIT_IRET:
		leave_nmi(cpu);
		break;
	case SVM_EXIT_INVD:
		simple(cpu, vmcb, HV_EXIT_cache, SVM_LEN_INVD);
		break;
	case SVM_EXIT_INVALID:
		if (!cpu->launched)
			x86_enter_failed(cpu, -EIO);
		/* fall through */
	default:
		simple(cpu, vmcb, reason_of(vmcb->exit_code), 0);
	}
	cpu->launched = true;
	if (cpu->flush_tlb) {
		cpu->flush_tlb = false;
		vmcb->tlb_control = SVM_TLB_FLUSH_ALL;
	}
}
