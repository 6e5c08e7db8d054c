// SPDX-License-Identifier: GPL-2.0-only
/* Events for the guest, and stepping behind instructions: "Event Injection". */
#include <hv/bits.h>
#include <hv/compiler.h>
#include <vmx/vmx.h>
#include <x86/exit.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

static void put_event(u64 info, u64 error)
{
	(void)vmx_vmwrite(VMX_ENTRY_INTERRUPTION, info & VMX_EVENT_KEEP);
	if (info & VMX_EVENT_HAS_ERROR)
		(void)vmx_vmwrite(VMX_ENTRY_ERROR_CODE, error);
}

/* In real mode exceptions have no error code: "Checks on VM-Entry Control Fields". */
void vmx_inject(struct x86_cpu *cpu, u8 vector, bool has_error, u32 error)
{
	(void)cpu;
	has_error = has_error && (vmx_vmread(VMX_GUEST_CR0) & X86_CR0_PE);
	put_event(vector | HV_PUT(VMX_EVENT_TYPE, VMX_TYPE_EXCEPTION) | VMX_EVENT_VALID |
			  (has_error ? VMX_EVENT_HAS_ERROR : 0),
		  error);
}

static bool has_length(u64 type)
{
	return type == VMX_TYPE_SOFTWARE_INTERRUPT || type == VMX_TYPE_PRIVILEGED_SOFTWARE ||
	       type == VMX_TYPE_SOFTWARE_EXCEPTION;
}

void vmx_raise_again(u64 info)
{
	put_event(info, info & VMX_EVENT_HAS_ERROR ? vmx_vmread(VMX_EXIT_ERROR_CODE) : 0);
	if (has_length(HV_GET(VMX_EVENT_TYPE, info)))
		(void)vmx_vmwrite(VMX_ENTRY_INSN_LENGTH, vmx_vmread(VMX_EXIT_INSN_LENGTH));
}

/* An event of an instruction, ICEBP among them, needs that instruction's length, or its handler returns to it. */
static HV_COLD void requeue(u64 info)
{
	u64 type = HV_GET(VMX_EVENT_TYPE, info);

	put_event(info, info & VMX_EVENT_HAS_ERROR ? vmx_vmread(VMX_VECTORING_ERROR) : 0);
	if (has_length(type))
		(void)vmx_vmwrite(VMX_ENTRY_INSN_LENGTH, vmx_vmread(VMX_EXIT_INSN_LENGTH));
	/*
	 * The delivery that was interrupted had begun to block NMIs: "Information for VM Exits During Event
	 * Delivery".
	 */
	if (type == VMX_TYPE_NMI)
		(void)vmx_vmwrite(VMX_GUEST_INTERRUPTIBILITY,
				  vmx_vmread(VMX_GUEST_INTERRUPTIBILITY) & ~VMX_BLOCKING_NMI);
}

void vmx_requeue_interrupted(void)
{
	u64 info = vmx_vmread(VMX_VECTORING_INFO);

	if (info & VMX_EVENT_VALID)
		requeue(info);
}

/* The IRET that is executed again unblocks them again: "Information About NMI Unblocking Due to IRET". */
void vmx_finish_violation(struct x86_cpu *cpu, const struct hv_exit *exit, enum hv_verdict verdict)
{
	if (verdict == HV_RESUME && !(vmx_vmread(VMX_VECTORING_INFO) & VMX_EVENT_VALID) &&
	    (vmx_vmread(VMX_QUALIFICATION) & VMX_VIOLATION_NMI_UNBLOCKED))
		(void)vmx_vmwrite(VMX_GUEST_INTERRUPTIBILITY,
				  vmx_vmread(VMX_GUEST_INTERRUPTIBILITY) | VMX_BLOCKING_NMI);
	vmx_finish(cpu, exit, verdict);
}

static void set_nmi_window(bool on)
{
	u64 primary = vmx_vmread(VMX_PRIMARY_CONTROLS) & ~VMX_PRIMARY_NMI_WINDOW;

	(void)vmx_vmwrite(VMX_PRIMARY_CONTROLS, primary | (on ? VMX_PRIMARY_NMI_WINDOW : 0));
}

/* NMIs cannot be entered with blocking by NMI, STI or MOV SS: "Checks on Guest Non-Register State". */
void vmx_inject_nmi(struct x86_cpu *cpu)
{
	u64 blocked = vmx_vmread(VMX_GUEST_INTERRUPTIBILITY) &
		      (VMX_BLOCKING_NMI | VMX_BLOCKING_STI | VMX_BLOCKING_MOV_SS);

	(void)cpu;
	if (blocked || (vmx_vmread(VMX_ENTRY_INTERRUPTION) & VMX_EVENT_VALID)) {
		set_nmi_window(true);
		return;
	}
	put_event(X86_VECTOR_NMI | HV_PUT(VMX_EVENT_TYPE, VMX_TYPE_NMI) | VMX_EVENT_VALID, 0);
}

void vmx_nmi_window(struct x86_cpu *cpu)
{
	set_nmi_window(false);
	vmx_inject_nmi(cpu);
}

void vmx_deliver_nmi(struct x86_cpu *cpu)
{
	cpu->nmi_pending = false;
	hv_exit_count(&cpu->core, HV_EXIT_nmi);
	x86_exit_nmi(cpu);
}

HV_COLD u64 vmx_wrap(u64 rip)
{
	return vmx_vmread(VMX_GUEST_CS_RIGHTS) & X86_ATTR_L ? rip : (u32)rip;
}

HV_COLD void vmx_end_shadow(u64 state)
{
	(void)vmx_vmwrite(VMX_GUEST_INTERRUPTIBILITY, state & ~(VMX_BLOCKING_STI | VMX_BLOCKING_MOV_SS));
}

HV_COLD void vmx_trap_step(void)
{
	(void)vmx_vmwrite(VMX_GUEST_PENDING_DEBUG, vmx_vmread(VMX_GUEST_PENDING_DEBUG) | VMX_PENDING_DEBUG_BS);
}

void vmx_advance(struct x86_cpu *cpu, unsigned int len)
{
	(void)cpu;
	vmx_step(len);
}
