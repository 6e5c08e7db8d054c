// SPDX-License-Identifier: GPL-2.0-only
/* From VMX's exit reasons to neutral records. Each reads only the fields that it needs. */
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/compiler.h>
#include <hv/hv.h>
#include <hv/panic.h>
#include <vmx/vmx.h>
#include <x86/apic.h>
#include <x86/exit.h>
#include <x86/host.h>
#include <x86/insn.h>
#include <x86/msr_policy.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

static HV_APART void hypercall(struct x86_cpu *cpu)
{
	struct x86_regs *regs = x86_regs_of(cpu);
	enum hv_verdict verdict;
	struct hv_exit exit;

	hv_exit_count(&cpu->core, HV_EXIT_hypercall);
	exit.nr = (u32)regs->r[X86_RAX];
	exit.during = HV_DURING_NOTHING;
	exit.insn_len = vmx_insn_len();
	verdict = hv_hypercall(&cpu->core, &exit);
	regs->r[X86_RAX] = exit.value;
	vmx_finish(cpu, &exit, verdict);
}

/* No bit of CR4 that CPUID mirrors is one that VMX fixes, so the field is what the guest sees of it. */
static HV_APART void cpuid(struct x86_cpu *cpu)
{
	hv_exit_count(&cpu->core, HV_EXIT_cpuid);
	x86_emulate_cpuid(cpu, vmx_vmread(VMX_GUEST_CR4));
	vmx_advance(cpu, vmx_insn_len());
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
	exit.insn_len = vmx_insn_len();
	verdict = x86_msr_emulate(cpu, &exit);
	vmx_finish(cpu, &exit, verdict);
	if (verdict == HV_ADVANCE && reason == HV_EXIT_msr_read) {
		regs->r[X86_RAX] = (u32)exit.value;
		regs->r[X86_RDX] = exit.value >> 32;
	}
}

HV_COLD u8 vmx_delivered(u64 info)
{
	if (HV_GET(VMX_EVENT_TYPE, info) == VMX_TYPE_EXCEPTION && HV_GET(VMX_EVENT_VECTOR, info) == X86_VECTOR_DF)
		return HV_DURING_DOUBLE_FAULT;
	return HV_DURING_EVENT;
}

static void violation(struct x86_cpu *cpu)
{
	struct hv_exit exit;

	vmx_npf_access(&exit);
	if (x86_apic_is_page(cpu, exit.gpa)) {
		hv_exit_count(&cpu->core, x86_apic_reason(exit.gpa));
		vmx_finish(cpu, &exit, x86_apic_emulate(cpu, &exit));
	} else {
		hv_exit_count(&cpu->core, HV_EXIT_memory);
		vmx_finish_violation(cpu, &exit, hv_root_violation(&cpu->core, &exit));
	}
}

static void xsetbv(struct x86_cpu *cpu)
{
	struct x86_regs *regs = x86_regs_of(cpu);
	struct hv_exit exit;

	hv_exit_count(&cpu->core, HV_EXIT_xsetbv);
	exit.nr = (u32)regs->r[X86_RCX];
	exit.value = (u32)regs->r[X86_RAX] | regs->r[X86_RDX] << 32;
	exit.during = HV_DURING_NOTHING;
	exit.insn_len = vmx_insn_len();
	vmx_finish(cpu, &exit, x86_emulate_xsetbv(&exit));
}

static void invalidate_caches(struct x86_cpu *cpu)
{
	struct hv_exit exit = { .insn_len = vmx_insn_len() };

	hv_exit_count(&cpu->core, HV_EXIT_cache);
	vmx_finish(cpu, &exit, x86_emulate_invd());
}

static void control_register(struct x86_cpu *cpu)
{
	hv_exit_count(&cpu->core, HV_EXIT_cr);
	if (vmx_write_cr(cpu, vmx_vmread(VMX_QUALIFICATION)))
		vmx_advance(cpu, vmx_insn_len());
	else
		vmx_inject(cpu, X86_VECTOR_GP, true, 0);
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
	return code == VMX_REASON_EXCEPTION_NMI ? HV_EXIT_exception : HV_EXIT_other;
}

static void refuse(struct x86_cpu *cpu, u32 code)
{
	struct hv_exit exit = { .reason = reason_of(code), .nr = code, .value = vmx_vmread(VMX_QUALIFICATION) };

	hv_exit_count(&cpu->core, exit.reason);
	vmx_finish(cpu, &exit, hv_exit_refuse(&cpu->core, &exit));
}

/*
 * "Blocking by NMI" in the guest's state is about virtual NMIs here, and an NMI that exits does not change it; an
 * emulator that sets it all the same would have us wait for an IRET that never comes.
 */
static void exception_or_nmi(struct x86_cpu *cpu)
{
	u64 info = vmx_vmread(VMX_EXIT_INTERRUPTION);

	if (HV_GET(VMX_EVENT_TYPE, info) != VMX_TYPE_NMI) {
		refuse(cpu, VMX_REASON_EXCEPTION_NMI);
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
static void await_sipi(struct x86_cpu *cpu)
{
	hv_store_release(&cpu->core.pub->deaf, 1);
	(void)vmx_vmwrite(VMX_GUEST_INTERRUPTIBILITY, 0);
	(void)vmx_vmwrite(VMX_ENTRY_INTERRUPTION, 0);
	(void)vmx_vmwrite(VMX_GUEST_PENDING_DEBUG, 0);
	(void)vmx_vmwrite(VMX_GUEST_ACTIVITY, VMX_ACTIVITY_WAIT_FOR_SIPI);
}

/*
 * While IPIs are looked at, the start-up IPI will come from us. One that was under way before that may hit a CPU that
 * is about to be a cell's, and must not make it deaf to the request that moves it.
 */
static HV_COLD void take_init(struct x86_cpu *cpu)
{
	if (!hv_load_once(&hv.moderation)) {
		hv_exit_count(&cpu->core, HV_EXIT_init);
		await_sipi(cpu);
		return;
	}
	(void)hv_fetch_or(&cpu->core.pub->requests, HV_REQUEST_INIT);
	hv_cpu_attend(&cpu->core);
}

/* Waiting for a start-up IPI blocks NMIs, and an exit out of it does not say that it ends: IRET does in any case. */
static void take_sipi(struct x86_cpu *cpu)
{
	u8 vector = (u8)vmx_vmread(VMX_QUALIFICATION);

	vmx_reset(cpu);
	vmx_start(cpu, vector);
	/* It flushes before it goes on, so from here on it can be asked again. */
	hv_store_release(&cpu->core.pub->deaf, 0);
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

/*
 * All but instructions that exit by themselves may have interrupted the delivery of an event: "Information for VM
 * Exits That Occur During Event Delivery".
 */
HV_COLD void vmx_handle_rare(struct x86_cpu *cpu, u32 code)
{
	vmx_requeue_interrupted();
	switch (code) {
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
		hv_exit_count(&cpu->core, HV_EXIT_nmi_window);
		vmx_nmi_window(cpu);
		return;
	case VMX_REASON_INIT:
		take_init(cpu);
		return;
	case VMX_REASON_SIPI:
		hv_exit_count(&cpu->core, HV_EXIT_sipi);
		take_sipi(cpu);
		return;
	case VMX_REASON_XSETBV:
		xsetbv(cpu);
		return;
	case VMX_REASON_INVD:
		invalidate_caches(cpu);
		return;
	default:
		refuse(cpu, code);
	}
}

static HV_COLD void entry_failed(struct x86_cpu *cpu, u32 code)
{
	if (cpu->core.cell == &hv.root && hv_exit_is_first(&cpu->core))
		x86_enter_failed(cpu, -EIO);
	if (!repair_entry(code))
		refuse(cpu, code);
}

/* What else is in the reason, that the guest was in an enclave for example, is no matter. */
void vmx_handle_exit(struct x86_cpu *cpu)
{
	u32 code = (u32)vmx_vmread(VMX_EXIT_REASON) & (u32)(VMX_EXIT_BASIC | VMX_EXIT_ENTRY_FAILURE);

	if (hv_unlikely(code & VMX_EXIT_ENTRY_FAILURE)) {
		entry_failed(cpu, code);
		return;
	}
	if (hv_unlikely(cpu->core.is_cells))
		vmx_handle_cell_exit(cpu, code);
	else if (code == VMX_REASON_CPUID)
		cpuid(cpu);
	else if (code == VMX_REASON_VMCALL)
		hypercall(cpu);
	else if (code == VMX_REASON_RDMSR)
		access_msr(cpu, HV_EXIT_msr_read);
	else if (code == VMX_REASON_WRMSR)
		access_msr(cpu, HV_EXIT_msr_write);
	else
		vmx_handle_rare(cpu, code);
}

void vmx_before_entry(struct x86_cpu *cpu)
{
	if (cpu->nmi_pending)
		vmx_deliver_nmi(cpu);
	if (!cpu->flush_tlb)
		return;
	cpu->flush_tlb = false;
	x86_window_close_all(cpu);
	vmx_invept_all();
	vmx_invvpid_all();
}

/* Of root's state we know all; what a cell may have made of its own is its own end. */
void vmx_resume_failed(struct x86_cpu *cpu)
{
	struct hv_exit exit = { .reason = HV_EXIT_invalid, .nr = (u32)vmx_vmread(VMX_INSN_ERROR) };

	if (cpu->core.cell == &hv.root)
		hv_panic(&cpu->core, "VM entry refused, error %u", exit.nr);
	(void)vmx_vmwrite(VMX_ENTRY_INTERRUPTION, 0);
	hv_exit_count(&cpu->core, HV_EXIT_invalid);
	vmx_finish(cpu, &exit, hv_exit_refuse(&cpu->core, &exit));
}
