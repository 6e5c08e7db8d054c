// SPDX-License-Identifier: GPL-2.0-only
/* From VMX's exit reasons to neutral records. Each reads only the fields that it needs. */
#include <hv/panic.h>
#include <vmx/vmx.h>
#include <x86/exit.h>
#include <x86/insn.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

static void hypercall(struct x86_cpu *cpu)
{
	struct x86_regs *regs = x86_regs_of(cpu);
	struct hv_exit exit;

	exit.reason = HV_EXIT_hypercall;
	exit.nr = (u32)regs->r[X86_RAX];
	exit.arg[0] = regs->r[X86_RDI];
	exit.arg[1] = regs->r[X86_RSI];
	exit.arg[2] = regs->r[X86_RDX];
	exit.privileged = !(vmx_vmread(VMX_GUEST_SS_RIGHTS) & X86_ATTR_DPL);
	exit.during_event = false;
	exit.insn_len = (u8)vmx_vmread(VMX_EXIT_INSN_LENGTH);
	x86_exit_finish(cpu, &exit);
	regs->r[X86_RAX] = exit.value;
}

static void access_msr(struct x86_cpu *cpu, u32 reason)
{
	struct x86_regs *regs = x86_regs_of(cpu);
	struct hv_exit exit;

	exit.reason = reason;
	exit.nr = (u32)regs->r[X86_RCX];
	exit.value = (u32)regs->r[X86_RAX] | regs->r[X86_RDX] << 32;
	exit.during_event = false;
	exit.insn_len = (u8)vmx_vmread(VMX_EXIT_INSN_LENGTH);
	if (x86_exit_finish(cpu, &exit) && reason == HV_EXIT_msr_read) {
		regs->r[X86_RAX] = (u32)exit.value;
		regs->r[X86_RDX] = exit.value >> 32;
	}
}

static void violation(struct x86_cpu *cpu)
{
	u64 qualification = vmx_vmread(VMX_QUALIFICATION);
	struct hv_exit exit;

	exit.reason = HV_EXIT_memory;
	exit.gpa = vmx_vmread(VMX_GUEST_PHYSICAL);
	exit.access = HV_ACCESS_READ;
	if (qualification & VMX_VIOLATION_WRITE)
		exit.access = HV_ACCESS_WRITE;
	else if (qualification & VMX_VIOLATION_FETCH)
		exit.access = HV_ACCESS_EXEC;
	exit.during_event = vmx_vmread(VMX_VECTORING_INFO) & VMX_EVENT_VALID;
	exit.insn_len = 0;
	x86_exit_finish(cpu, &exit);
}

static void xsetbv(struct x86_cpu *cpu)
{
	struct x86_regs *regs = x86_regs_of(cpu);
	struct hv_exit exit;

	exit.reason = HV_EXIT_xsetbv;
	exit.nr = (u32)regs->r[X86_RCX];
	exit.value = (u32)regs->r[X86_RAX] | regs->r[X86_RDX] << 32;
	exit.privileged = true;	/* CPL > 0 faults before it exits */
	exit.during_event = false;
	exit.insn_len = (u8)vmx_vmread(VMX_EXIT_INSN_LENGTH);
	x86_exit_finish(cpu, &exit);
}

static void control_register(struct x86_cpu *cpu)
{
	cpu->core.stats->exits[HV_EXIT_cr]++;
	if (vmx_write_cr(cpu, vmx_vmread(VMX_QUALIFICATION)))
		vmx_advance(cpu, (u8)vmx_vmread(VMX_EXIT_INSN_LENGTH));
	else
		vmx_inject(cpu, X86_VECTOR_GP, true, 0);
}

static void simple(struct x86_cpu *cpu, u32 reason, u32 code)
{
	struct hv_exit exit;

	exit.reason = reason;
	exit.nr = code;
	exit.value = vmx_vmread(VMX_QUALIFICATION);
	exit.during_event = false;
	exit.insn_len = (u8)vmx_vmread(VMX_EXIT_INSN_LENGTH);
	x86_exit_finish(cpu, &exit);
}

/*
 * "Blocking by NMI" in the guest's state is about virtual NMIs here, and an NMI that exits does not change it; an
 * emulator that sets it all the same would have us wait for an IRET that never comes.
 */
static void exception_or_nmi(struct x86_cpu *cpu)
{
	u64 info = vmx_vmread(VMX_EXIT_INTERRUPTION);

	if (HV_GET(VMX_EVENT_TYPE, info) != VMX_TYPE_NMI) {
		simple(cpu, HV_EXIT_exception, (u32)info);
		return;
	}
	/* The exit blocks NMIs in root mode until an IRET, and nothing below is in need of that. */
	x86_iret();
	vmx_deliver_nmi(cpu);
}

/*
 * The start-up IPI may follow within microseconds and is lost on a CPU that does not wait for it yet: the guest's
 * registers are reset when it comes, not now.
 */
static void await_sipi(void)
{
	(void)vmx_vmwrite(VMX_GUEST_INTERRUPTIBILITY, 0);
	(void)vmx_vmwrite(VMX_ENTRY_INTERRUPTION, 0);
	(void)vmx_vmwrite(VMX_GUEST_PENDING_DEBUG, 0);
	(void)vmx_vmwrite(VMX_GUEST_ACTIVITY, VMX_ACTIVITY_WAIT_FOR_SIPI);
}

/* Waiting for a start-up IPI blocks NMIs, and an exit out of it does not say that it ends: IRET does in any case. */
static void take_sipi(struct x86_cpu *cpu)
{
	u8 vector = (u8)vmx_vmread(VMX_QUALIFICATION);

	vmx_reset(cpu);
	vmx_start(cpu, vector);
	x86_iret();
}

/*
 * Blocking by SMI cannot be in a guest that is not in SMM. Bochs saves its own masking of SMIs there from a start-up
 * IPI on, and then refuses to enter with it: cleared and tried again, which costs nothing where it does not happen.
 */
static bool repair_entry(u32 code)
{
	u64 state = vmx_vmread(VMX_GUEST_INTERRUPTIBILITY);

	if ((u16)code != VMX_REASON_INVALID_STATE || !(state & VMX_BLOCKING_SMI))
		return false;
	return vmx_vmwrite(VMX_GUEST_INTERRUPTIBILITY, state & ~VMX_BLOCKING_SMI);
}

static u32 reason_of(u32 code)
{
	if (code & VMX_EXIT_ENTRY_FAILURE)
		return HV_EXIT_invalid;
	if ((code >= VMX_REASON_VMCLEAR && code <= VMX_REASON_VMXON) || code == VMX_REASON_GETSEC ||
	    code == VMX_REASON_INVEPT || code == VMX_REASON_INVVPID || code == VMX_REASON_VMFUNC)
		return HV_EXIT_virt_insn;
	if (code == VMX_REASON_TRIPLE_FAULT)
		return HV_EXIT_shutdown;
	return code == VMX_REASON_INVD ? HV_EXIT_cache : HV_EXIT_other;
}

static void dispatch(struct x86_cpu *cpu, u32 code)
{
	switch (code) {
	case VMX_REASON_VMCALL:
		hypercall(cpu);
		return;
	case VMX_REASON_CPUID:
		simple(cpu, HV_EXIT_cpuid, 0);
		return;
	case VMX_REASON_RDMSR:
		access_msr(cpu, HV_EXIT_msr_read);
		return;
	case VMX_REASON_WRMSR:
		access_msr(cpu, HV_EXIT_msr_write);
		return;
	case VMX_REASON_EPT_VIOLATION:
	case VMX_REASON_EPT_MISCONFIG:
		violation(cpu);
		return;
	case VMX_REASON_CR:
		control_register(cpu);
		return;
	case VMX_REASON_EXCEPTION_NMI:
		exception_or_nmi(cpu);
		return;
	case VMX_REASON_NMI_WINDOW:
		cpu->core.stats->exits[HV_EXIT_nmi_window]++;
		vmx_nmi_window(cpu);
		return;
	case VMX_REASON_INIT:
		cpu->core.stats->exits[HV_EXIT_init]++;
		await_sipi();
		return;
	case VMX_REASON_SIPI:
		cpu->core.stats->exits[HV_EXIT_sipi]++;
		take_sipi(cpu);
		return;
	case VMX_REASON_XSETBV:
		xsetbv(cpu);
		return;
	default:
		simple(cpu, reason_of(code), code);
	}
}

void vmx_handle_exit(struct x86_cpu *cpu)
{
	u32 code = (u32)vmx_vmread(VMX_EXIT_REASON);
	u64 vectoring = vmx_vmread(VMX_VECTORING_INFO);

	if (vectoring & VMX_EVENT_VALID)
		vmx_requeue_event(vectoring);
	if (code & VMX_EXIT_ENTRY_FAILURE) {
		if (!cpu->launched)
			x86_enter_failed(cpu, -EIO);
		if (repair_entry(code))
			return;
	}
	cpu->launched = true;
	dispatch(cpu, code);
	if (cpu->flush_tlb) {
		cpu->flush_tlb = false;
		vmx_invept_all();
		vmx_invvpid_all();
	}
}

void vmx_resume_failed(struct x86_cpu *cpu)
{
	hv_panic(&cpu->core, "VM entry refused, error %u", (u32)vmx_vmread(VMX_INSN_ERROR));
}
