// SPDX-License-Identifier: GPL-2.0-only
/* What root's exits ask for, by reason; and the verdict's way back into the guest. */
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/hv.h>
#include <hv/log.h>
#include <x86/apic.h>
#include <x86/cpuid.h>
#include <x86/exit.h>
#include <x86/guest.h>
#include <x86/host.h>
#include <x86/msr.h>
#include <x86/msr_policy.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

bool x86_xsetbv_safe(u32 index, u64 value);

/* Some bits mirror CR4, and root mode's CR4 is not the guest's: "CPUID—CPU Identification". */
static enum hv_verdict emulate_cpuid(struct x86_cpu *cpu)
{
	struct x86_regs *regs = x86_regs_of(cpu);
	u32 leaf = (u32)regs->r[X86_RAX];
	struct x86_cpuid out = x86_cpuid(leaf, (u32)regs->r[X86_RCX]);

	if (leaf == X86_LEAF_FEATURES) {
		out.ecx &= (u32)~X86_CPUID_OSXSAVE;
		if (x86_vcpu_get(cpu, X86_FIELD_CR4) & X86_CR4_OSXSAVE)
			out.ecx |= (u32)X86_CPUID_OSXSAVE;
	} else if (leaf == X86_LEAF_STRUCTURED && !(u32)regs->r[X86_RCX]) {
		out.ecx &= (u32)~X86_CPUID_OSPKE;
		if (x86_vcpu_get(cpu, X86_FIELD_CR4) & X86_CR4_PKE)
			out.ecx |= (u32)X86_CPUID_OSPKE;
	}
	regs->r[X86_RAX] = out.eax;
	regs->r[X86_RBX] = out.ebx;
	regs->r[X86_RCX] = out.ecx;
	regs->r[X86_RDX] = out.edx;
	return HV_ADVANCE;
}

/* The guest's CR4.OSXSAVE is set, or XSETBV would not have come here; ours may not be. */
static enum hv_verdict emulate_xsetbv(const struct hv_exit *exit)
{
	u64 cr4 = x86_read_cr4();
	bool ok;

	x86_write_cr4(cr4 | X86_CR4_OSXSAVE);
	ok = exit->privileged && x86_xsetbv_safe(exit->nr, exit->value);
	x86_write_cr4(cr4);
	return ok ? HV_ADVANCE : HV_INJECT_GP;
}

/* INVD would lose what other CPUs, cells and we ourselves wrote. */
static enum hv_verdict emulate_cache(void)
{
	x86_wbinvd();
	return HV_ADVANCE;
}

enum hv_verdict hv_arch_emulate(struct hv_cpu *core, struct hv_exit *exit)
{
	struct x86_cpu *cpu = x86_cpu_of(core);

	switch (exit->reason) {
	case HV_EXIT_cpuid:
		return emulate_cpuid(cpu);
	case HV_EXIT_msr_read:
	case HV_EXIT_msr_write:
		return x86_msr_emulate(cpu, exit);
	case HV_EXIT_apic:
		return x86_apic_emulate(cpu, exit);
	case HV_EXIT_xsetbv:
		return emulate_xsetbv(exit);
	case HV_EXIT_cache:
		return emulate_cache();
	default:
		return HV_INJECT_GP;
	}
}

/* Root cannot go on, as on the bare machine after a triple fault: with nobody else to protect, that means reset. */
static void stop_root(struct x86_cpu *cpu)
{
	hv_store_release(&cpu->core.pub->failed, 1);
	x86_out8(X86_PORT_RESET, X86_RESET_FULL);
	hv_arch_halt();
}

/* An exception raised while another event is delivered: "Double Fault"; good enough for all that we inject. */
static void inject(struct x86_cpu *cpu, const struct hv_exit *exit, u8 vector)
{
	if (exit->during_event)
		x86_vcpu_inject(cpu, X86_VECTOR_DF, true, 0);
	else
		x86_vcpu_inject(cpu, vector, vector == X86_VECTOR_GP, 0);
}

bool x86_exit_finish(struct x86_cpu *cpu, struct hv_exit *exit)
{
	if (exit->reason == HV_EXIT_memory && x86_apic_is_page(exit->gpa))
		exit->reason = HV_EXIT_apic;
	switch (hv_exit_dispatch(&cpu->core, exit)) {
	case HV_RESUME:
		return false;
	case HV_ADVANCE:
		x86_vcpu_advance(cpu, exit->insn_len);
		return true;
	case HV_INJECT_UD:
		inject(cpu, exit, X86_VECTOR_UD);
		return false;
	case HV_INJECT_GP:
		inject(cpu, exit, X86_VECTOR_GP);
		return false;
	case HV_LEAVE:
		x86_vcpu_advance(cpu, exit->insn_len);
		cpu->leave_back = x86_regs_of(cpu)->r[X86_RDI];
		x86_leave(cpu);
	case HV_STOP_CELL:
		stop_root(cpu);
	}
	return false;
}

static void await_sipi(struct x86_cpu *cpu)
{
	struct hv_cpu_pub *pub = cpu->core.pub;

	cpu->core.stats->exits[HV_EXIT_init]++;
	/* Set before the request is cleared: at any moment one of the two says that a start-up IPI is welcome. */
	hv_store_release(&pub->waits_for_sipi, 1);
	(void)hv_fetch_and(&pub->requests, ~(u32)HV_REQUEST_INIT);
	x86_vcpu_reset(cpu);
	while (!(hv_load_acquire(&pub->requests) & HV_REQUEST_SIPI))
		hv_arch_relax();
	hv_store_release(&pub->waits_for_sipi, 0);
	(void)hv_fetch_and(&pub->requests, ~(u32)HV_REQUEST_SIPI);
	cpu->core.stats->exits[HV_EXIT_sipi]++;
	x86_vcpu_start(cpu, (u8)hv_load_once(&pub->sipi_vector));
}

void x86_exit_nmi(struct x86_cpu *cpu)
{
	if (hv_load_acquire(&cpu->core.pub->requests) & HV_REQUEST_INIT)
		await_sipi(cpu);
	else
		x86_vcpu_inject_nmi(cpu);
}
