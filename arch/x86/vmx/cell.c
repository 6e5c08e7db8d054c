// SPDX-License-Identifier: GPL-2.0-only
/* Exits of cells other than root. */
#include <hv/compiler.h>
#include <hv/log.h>
#include <vmx/vmx.h>
#include <x86/apic.h>
#include <x86/cell.h>
#include <x86/insn.h>
#include <x86/regs.h>

/* Return: it is still an exit of this cell, which the CPU did not stand in; as of others below. */
static HV_APART bool serve(struct x86_cpu *cpu)
{
	struct x86_regs *regs = x86_regs_of(cpu);
	enum hv_verdict verdict;
	struct hv_exit exit;

	hv_exit_count(&cpu->core, HV_EXIT_hypercall);
	exit.during = HV_DURING_NOTHING;
	exit.insn_len = (u8)vmx_insn_len();
	verdict = hv_guest_call(&cpu->core, &exit);
	if (verdict == HV_ADVANCE)
		regs->r[X86_RAX] = exit.value;
	vmx_finish(cpu, &exit, verdict);
	return verdict == HV_ADVANCE;
}

static HV_COLD bool other_memory(struct x86_cpu *cpu, struct hv_exit *exit)
{
	enum hv_verdict verdict;

	hv_exit_count(&cpu->core, HV_EXIT_memory);
	verdict = x86_cell_violation(cpu, exit);
	vmx_finish_violation(cpu, exit, verdict);
	return verdict == HV_RESUME;
}

static inline bool violation(struct x86_cpu *cpu)
{
	enum hv_verdict verdict;
	struct hv_exit exit;

	vmx_npf_access(&exit);
	if (hv_unlikely(exit.during))
		vmx_requeue_interrupted();
	if (hv_unlikely(!x86_cell_writes_apic(cpu, &exit)))
		return other_memory(cpu, &exit);
	hv_exit_count(&cpu->core, x86_apic_reason(exit.gpa));
	verdict = x86_apic_emulate(cpu, &exit);
	vmx_finish(cpu, &exit, verdict);
	return verdict == HV_ADVANCE;
}

static HV_APART void access_msr(struct x86_cpu *cpu, u32 reason)
{
	struct x86_regs *regs = x86_regs_of(cpu);
	enum hv_verdict verdict;
	struct hv_exit exit;

	hv_exit_count(&cpu->core, reason);
	exit.reason = reason;
	exit.nr = (u32)regs->r[X86_RCX];
	exit.value = (u32)regs->r[X86_RAX] | regs->r[X86_RDX] << 32;
	exit.during = HV_DURING_NOTHING;
	exit.insn_len = (u8)vmx_insn_len();
	verdict = x86_cell_msr(cpu, &exit);
	if (verdict == HV_ADVANCE && reason == HV_EXIT_msr_read) {
		regs->r[X86_RAX] = (u32)exit.value;
		regs->r[X86_RDX] = exit.value >> 32;
	}
	vmx_finish(cpu, &exit, verdict);
}

static HV_APART void cpuid(struct x86_cpu *cpu)
{
	hv_exit_count(&cpu->core, HV_EXIT_cpuid);
	x86_cell_cpuid(cpu);
	vmx_advance(cpu, vmx_insn_len());
}

static HV_APART void port(struct x86_cpu *cpu)
{
	struct hv_exit exit = { .nr = (u32)HV_GET(VMX_IO_PORT, vmx_vmread(VMX_QUALIFICATION)) };

	hv_exit_count(&cpu->core, HV_EXIT_io);
	vmx_finish(cpu, &exit, x86_cell_port(cpu, &exit));
}

/* Some performance counters are of several CPUs. */
static HV_COLD void deny_counters(struct x86_cpu *cpu)
{
	hv_exit_count(&cpu->core, HV_EXIT_msr_read);
	vmx_inject(cpu, X86_VECTOR_GP, true, 0);
}

/* Caches are everybody's. A cell without devices has no use for writing them back, nor for losing what is in them. */
static HV_COLD void leave_caches(struct x86_cpu *cpu)
{
	hv_exit_count(&cpu->core, HV_EXIT_cache);
	vmx_advance(cpu, vmx_insn_len());
}

/*
 * "Debug Exceptions" in "Exception Bitmap": the exit comes before DR6 and DR7 change, and shadows of STI and MOV SS
 * would be in the way of an entry with TF.
 */
static void note_causes(u64 causes)
{
	x86_write_dr6((x86_read_dr6() & ~(u64)X86_DR6_CAUSES) | (causes & X86_DR6_CAUSES));
	if (causes & X86_DR6_BD)
		(void)vmx_vmwrite(VMX_GUEST_DR7, vmx_vmread(VMX_GUEST_DR7) & ~X86_DR7_GD);
	(void)vmx_vmwrite(VMX_GUEST_INTERRUPTIBILITY,
			  vmx_vmread(VMX_GUEST_INTERRUPTIBILITY) & ~(VMX_BLOCKING_STI | VMX_BLOCKING_MOV_SS));
}

static HV_COLD void exception_or_nmi(struct x86_cpu *cpu)
{
	u64 info = vmx_vmread(VMX_EXIT_INTERRUPTION);

	/* A machine check ends the cell. */
	if (HV_GET(VMX_EVENT_TYPE, info) == VMX_TYPE_NMI || HV_GET(VMX_EVENT_VECTOR, info) == X86_VECTOR_MC) {
		vmx_handle_rare(cpu, VMX_REASON_EXCEPTION_NMI);
		return;
	}
	hv_exit_count(&cpu->core, HV_EXIT_exception);
	if (HV_GET(VMX_EVENT_VECTOR, info) == X86_VECTOR_DB)
		note_causes(vmx_vmread(VMX_QUALIFICATION));
	vmx_raise_again(info);
}

/* From within the cell it comes as a request of ours, so somebody else sent it: nobody may. */
static HV_COLD void drop_init(struct x86_cpu *cpu)
{
	hv_exit_count(&cpu->core, HV_EXIT_init);
	hv_event("%s: INIT from outside dropped", hv_cell_name(cpu->core.cell));
}

/* Tables of ours that the CPU does not like: the cell has to do without. */
static HV_COLD void misconfigured(struct x86_cpu *cpu, u32 code)
{
	struct hv_exit exit = { .reason = HV_EXIT_other, .nr = code, .value = vmx_vmread(VMX_GUEST_PHYSICAL) };

	hv_exit_count(&cpu->core, HV_EXIT_other);
	vmx_finish(cpu, &exit, hv_exit_refuse(&cpu->core, &exit));
}

static HV_COLD bool dispatch_rare(struct x86_cpu *cpu, u32 code)
{
	cpu->core.stood = false;
	switch (code) {
	case VMX_REASON_RDMSR:
		access_msr(cpu, HV_EXIT_msr_read);
		break;
	case VMX_REASON_WRMSR:
		access_msr(cpu, HV_EXIT_msr_write);
		break;
	case VMX_REASON_CPUID:
		cpuid(cpu);
		break;
	case VMX_REASON_IO:
		port(cpu);
		break;
	case VMX_REASON_RDPMC:
		deny_counters(cpu);
		break;
	case VMX_REASON_INVD:
	case VMX_REASON_WBINVD:
		leave_caches(cpu);
		break;
	case VMX_REASON_EXCEPTION_NMI:
		exception_or_nmi(cpu);
		break;
	case VMX_REASON_EPT_MISCONFIG:
		misconfigured(cpu, code);
		break;
	case VMX_REASON_INIT:
		drop_init(cpu);
		break;
	default:
		vmx_handle_rare(cpu, code);
	}
	return !cpu->core.stood;
}

static HV_APART void handle(struct x86_cpu *cpu, u32 code, u32 since)
{
	bool counts;

	if (hv_likely(code == VMX_REASON_EPT_VIOLATION))
		counts = violation(cpu);
	else if (code == VMX_REASON_VMCALL)
		counts = serve(cpu);
	else
		counts = dispatch_rare(cpu, code);
	if (hv_likely(counts))
		hv_exit_account(&cpu->core, cpu->core.reason, since, x86_rdtsc_low());
}

/* What is asked often, and needs nothing of what the others need, goes straight. */
HV_APART void vmx_handle_cell_exit(struct x86_cpu *cpu, u32 code)
{
	u64 *r = x86_regs_of(cpu)->r;
	u32 since = x86_rdtsc_low();

	if (hv_unlikely(code != VMX_REASON_VMCALL) ||
	    hv_unlikely(!hv_guest_ask(&cpu->core, r[X86_RAX], !(vmx_vmread(VMX_GUEST_SS_RIGHTS) & X86_ATTR_DPL),
				      r[X86_RDI], &r[X86_RAX]))) {
		handle(cpu, code, since);
		return;
	}
	cpu->core.stats->exits[HV_EXIT_hypercall]++;
	vmx_step(vmx_insn_len());
	hv_exit_account(&cpu->core, HV_EXIT_hypercall, since, x86_rdtsc_low());
}
