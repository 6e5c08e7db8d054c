// SPDX-License-Identifier: GPL-2.0-only
/* The verdict's way back into the guest; and NMIs, which are root's or another CPU's requests. */
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/compiler.h>
#include <hv/hv.h>
#include <hv/request.h>
#include <x86/exit.h>
#include <x86/insn.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

/* Root cannot go on, as on the bare machine after a triple fault: with nobody else to protect, that means reset. */
static void stop_root(struct x86_cpu *cpu)
{
	hv_store_release(&cpu->core.pub->failed, 1);
	x86_out8(X86_PORT_RESET, X86_RESET_FULL);
	hv_arch_halt();
}

static HV_COLD void triple_fault(struct x86_cpu *cpu, const struct hv_exit *exit)
{
	struct hv_exit end = { .reason = HV_EXIT_shutdown, .nr = exit->nr, .value = exit->gpa };

	x86_exit_apply(cpu, &end, hv_exit_refuse(&cpu->core, &end));
}

/* An exception raised while another event is delivered: "Double Fault"; good enough for all that we inject. */
static void inject(struct x86_cpu *cpu, const struct hv_exit *exit, u8 vector)
{
	if (exit->during == HV_DURING_DOUBLE_FAULT)
		triple_fault(cpu, exit);
	else if (exit->during)
		x86_vcpu_inject(cpu, X86_VECTOR_DF, true, 0);
	else
		x86_vcpu_inject(cpu, vector, vector == X86_VECTOR_GP, 0);
}

void x86_exit_apply(struct x86_cpu *cpu, const struct hv_exit *exit, enum hv_verdict verdict)
{
	switch (verdict) {
	case HV_RESUME:
		return;
	case HV_ADVANCE:
		x86_vcpu_advance(cpu, exit->insn_len);
		return;
	case HV_INJECT_UD:
		inject(cpu, exit, X86_VECTOR_UD);
		return;
	case HV_INJECT_GP:
		inject(cpu, exit, X86_VECTOR_GP);
		return;
	case HV_LEAVE:
		x86_vcpu_advance(cpu, exit->insn_len);
		cpu->leave_back = x86_regs_of(cpu)->r[X86_RDI];
		x86_leave(cpu);
	case HV_STOP_CELL:
		if (cpu->core.cell == &hv.root)
			stop_root(cpu);
		hv_cpu_attend(&cpu->core);
	}
}

void x86_exit_nmi(struct x86_cpu *cpu)
{
	bool kicked = hv_request_was_kicked(&cpu->core);

	hv_request_answer(&cpu->core);
	if (hv_load_acquire(&cpu->core.pub->requests))
		hv_cpu_attend(&cpu->core);
	else if (!kicked)
		x86_vcpu_inject_nmi(cpu);
}

void x86_forget_nmi(struct x86_cpu *cpu)
{
	if (!cpu->nmi_pending)
		return;
	cpu->nmi_pending = false;
	(void)hv_request_was_kicked(&cpu->core);
}
