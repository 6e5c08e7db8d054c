// SPDX-License-Identifier: GPL-2.0-only
/* Exits of cells other than root. */
#include <hv/atomic.h>
#include <hv/compiler.h>
#include <svm/regs.h>
#include <svm/svm.h>
#include <x86/apic.h>
#include <x86/cell.h>
#include <x86/insn.h>
#include <x86/msr.h>

/* Return: it is still an exit of this cell, which the CPU did not stand in; as of others below. */
static HV_APART bool serve(struct x86_cpu *cpu)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);
	enum hv_verdict verdict;
	struct hv_exit exit;

	hv_exit_count(&cpu->core, HV_EXIT_hypercall);
	exit.during = HV_DURING_NOTHING;
	exit.insn_len = SVM_LEN_VMMCALL;
	verdict = hv_guest_call(&cpu->core, &exit);
	if (verdict == HV_ADVANCE)
		vmcb->rax = exit.value;
	svm_finish(cpu, &exit, verdict);
	return verdict == HV_ADVANCE;
}

static HV_COLD bool other_memory(struct x86_cpu *cpu, struct hv_exit *exit)
{
	enum hv_verdict verdict;

	hv_exit_count(&cpu->core, HV_EXIT_memory);
	verdict = x86_cell_violation(cpu, exit);
	svm_finish(cpu, exit, verdict);
	return verdict == HV_RESUME;
}

static inline bool nested_fault(struct x86_cpu *cpu)
{
	enum hv_verdict verdict;
	struct hv_exit exit;

	svm_npf_access(svm_vmcb_of(cpu), &exit);
	if (hv_unlikely(!x86_cell_writes_apic(cpu, &exit)))
		return other_memory(cpu, &exit);
	hv_exit_count(&cpu->core, x86_apic_reason(exit.gpa));
	verdict = x86_apic_emulate(cpu, &exit);
	svm_finish(cpu, &exit, verdict);
	return verdict == HV_ADVANCE;
}

static HV_APART void access_msr(struct x86_cpu *cpu)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);
	struct x86_regs *regs = x86_regs_of(cpu);
	enum hv_verdict verdict;
	struct hv_exit exit;

	exit.reason = vmcb->exit_info_1 ? HV_EXIT_msr_write : HV_EXIT_msr_read;
	exit.nr = (u32)regs->r[X86_RCX];
	exit.during = HV_DURING_NOTHING;
	if (exit.nr == X86_MSR_EFER && exit.reason == HV_EXIT_msr_write) {
		svm_write_efer(cpu);
		return;
	}
	hv_exit_count(&cpu->core, exit.reason);
	exit.value = (u32)vmcb->rax | regs->r[X86_RDX] << 32;
	exit.insn_len = SVM_LEN_MSR;
	verdict = x86_cell_msr(cpu, &exit);
	if (verdict == HV_ADVANCE && exit.reason == HV_EXIT_msr_read) {
		vmcb->rax = (u32)exit.value;
		regs->r[X86_RDX] = exit.value >> 32;
	}
	svm_finish(cpu, &exit, verdict);
}

static HV_APART void cpuid(struct x86_cpu *cpu)
{
	hv_exit_count(&cpu->core, HV_EXIT_cpuid);
	x86_cell_cpuid(cpu);
	svm_vmcb_of(cpu)->rax = x86_regs_of(cpu)->r[X86_RAX];
	svm_advance(cpu, SVM_LEN_CPUID);
}

static HV_APART void port(struct x86_cpu *cpu)
{
	struct hv_exit exit = { .nr = (u32)HV_GET(SVM_IOIO_PORT, svm_vmcb_of(cpu)->exit_info_1) };

	hv_exit_count(&cpu->core, HV_EXIT_io);
	svm_finish(cpu, &exit, x86_cell_port(cpu, &exit));
}

/* Some performance counters are of several CPUs. */
static HV_COLD void deny_counters(struct x86_cpu *cpu)
{
	hv_exit_count(&cpu->core, HV_EXIT_msr_read);
	svm_inject(cpu, X86_VECTOR_GP, true, 0);
}

/* Caches are everybody's. A cell without devices has no use for writing them back, nor for losing what is in them. */
static HV_COLD void leave_caches(struct x86_cpu *cpu)
{
	hv_exit_count(&cpu->core, HV_EXIT_cache);
	svm_advance(cpu, SVM_LEN_WBINVD);
}

/*
 * DR6 and DR7 say already what the handler is to see: "#DB (Debug)". If its delivery raises another one there is no
 * moment for the NMI that a request comes with, since GIF is 0 here: so requests are looked at.
 */
static HV_COLD void raise_again(struct x86_cpu *cpu, u8 vector)
{
	hv_exit_count(&cpu->core, HV_EXIT_exception);
	svm_inject(cpu, vector, vector == X86_VECTOR_AC, 0);
	if (hv_load_acquire(&cpu->core.pub->requests))
		hv_cpu_attend(&cpu->core);
}

static HV_COLD bool dispatch_rare(struct x86_cpu *cpu, u64 code)
{
	cpu->core.stood = false;
	switch (code) {
	case SVM_EXIT_MSR:
		access_msr(cpu);
		break;
	case SVM_EXIT_CPUID:
		cpuid(cpu);
		break;
	case SVM_EXIT_IOIO:
		port(cpu);
		break;
	case SVM_EXIT_RDPMC:
		deny_counters(cpu);
		break;
	case SVM_EXIT_INVD:
	case SVM_EXIT_WBINVD:
		leave_caches(cpu);
		break;
	case SVM_EXIT_EXCEPTION + X86_VECTOR_DB:
	case SVM_EXIT_EXCEPTION + X86_VECTOR_AC:
		raise_again(cpu, (u8)(code - SVM_EXIT_EXCEPTION));
		break;
	default:
		svm_handle_rare(cpu);
	}
	return !cpu->core.stood;
}

static HV_APART void handle(struct x86_cpu *cpu, u32 since)
{
	const struct svm_vmcb *vmcb = svm_vmcb_of(cpu);
	bool counts;

	x86_regs_of(cpu)->r[X86_RAX] = vmcb->rax;
	if (hv_likely(vmcb->exit_code == SVM_EXIT_NPF))
		counts = nested_fault(cpu);
	else if (vmcb->exit_code == SVM_EXIT_VMMCALL)
		counts = serve(cpu);
	else
		counts = dispatch_rare(cpu, vmcb->exit_code);
	if (hv_likely(counts))
		hv_exit_account(&cpu->core, cpu->core.reason, since, x86_rdtsc_low());
}

/* What is asked often, and needs nothing of what the others need, goes straight. */
HV_APART void svm_handle_cell_exit(struct x86_cpu *cpu)
{
	struct svm_vmcb *vmcb = svm_vmcb_of(cpu);
	u32 since = x86_rdtsc_low();

	if (hv_unlikely(vmcb->exit_code != SVM_EXIT_VMMCALL) ||
	    hv_unlikely(!hv_guest_ask(&cpu->core, vmcb->rax, !vmcb->cpl, x86_regs_of(cpu)->r[X86_RDI], &vmcb->rax))) {
		handle(cpu, since);
		return;
	}
	cpu->core.stats->exits[HV_EXIT_hypercall]++;
	svm_advance(cpu, SVM_LEN_VMMCALL);
	hv_exit_account(&cpu->core, HV_EXIT_hypercall, since, x86_rdtsc_low());
}
