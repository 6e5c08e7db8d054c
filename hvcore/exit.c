// SPDX-License-Identifier: GPL-2.0-only
/* Every exit passes here once: it is counted, and judged by what it is. */
#include <hv/arch.h>
#include <hv/exit.h>
#include <hv/hv.h>
#include <hv/log.h>

static enum hv_verdict deny_instruction(struct hv_cpu *cpu)
{
	hv_event("root: virtualization instruction denied, RIP 0x%llx", hv_arch_guest_rip(cpu));
	return HV_INJECT_UD;
}

static enum hv_verdict stop(struct hv_cpu *cpu, const struct hv_exit *exit, const char *what)
{
	hv_log(HV_LOG_ERR, "root: %s on CPU %u (code 0x%x, 0x%llx), RIP 0x%llx", what, cpu->id, exit->nr, exit->value,
	       hv_arch_guest_rip(cpu));
	return HV_STOP_CELL;
}

enum hv_verdict hv_exit_dispatch(struct hv_cpu *cpu, struct hv_exit *exit)
{
	cpu->stats->exits[exit->reason]++;
	switch (exit->reason) {
	case HV_EXIT_hypercall:
		return hv_hypercall(cpu, exit);
	case HV_EXIT_cpuid:
	case HV_EXIT_msr_read:
	case HV_EXIT_msr_write:
	case HV_EXIT_apic:
	case HV_EXIT_cr:
	case HV_EXIT_xsetbv:
	case HV_EXIT_cache:
	case HV_EXIT_io:
		return hv_arch_emulate(cpu, exit);
	case HV_EXIT_memory:
		return hv_root_violation(cpu, exit);
	case HV_EXIT_virt_insn:
		return deny_instruction(cpu);
	case HV_EXIT_nmi:
	case HV_EXIT_nmi_window:
	case HV_EXIT_init:
	case HV_EXIT_sipi:
		return HV_RESUME;
	case HV_EXIT_shutdown:
		return stop(cpu, exit, "triple fault");
	case HV_EXIT_invalid:
		return stop(cpu, exit, "guest state refused by the CPU");
	default:
		return stop(cpu, exit, "unexpected exit");
	}
}
