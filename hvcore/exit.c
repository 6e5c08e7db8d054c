// SPDX-License-Identifier: GPL-2.0-only
/* Exits that nobody has a good answer to. */
#include <hv/arch.h>
#include <hv/exit.h>
#include <hv/hv.h>
#include <hv/log.h>

bool hv_exit_is_first(const struct hv_cpu *cpu)
{
	unsigned int i;

	for (i = 0; i < HV_EXIT_COUNT; i++)
		if (cpu->stats->exits[i])
			return false;
	return true;
}

static enum hv_verdict deny_instruction(struct hv_cpu *cpu)
{
	hv_event("%s: virtualization instruction denied, RIP 0x%llx", hv_cell_name(cpu->cell), hv_arch_guest_rip(cpu));
	return HV_INJECT_UD;
}

static enum hv_verdict stop(struct hv_cpu *cpu, const struct hv_exit *exit, const char *what)
{
	/* Of other cells the record tells it all. */
	if (cpu->cell != &hv.root)
		return hv_cell_fail(cpu, exit);
	hv_log(HV_LOG_ERR, "root: %s on CPU %u (code 0x%x, 0x%llx), RIP 0x%llx", what, cpu->id, exit->nr, exit->value,
	       hv_arch_guest_rip(cpu));
	return HV_STOP_CELL;
}

enum hv_verdict hv_exit_refuse(struct hv_cpu *cpu, const struct hv_exit *exit)
{
	switch (exit->reason) {
	case HV_EXIT_virt_insn:
		return deny_instruction(cpu);
	case HV_EXIT_shutdown:
		return stop(cpu, exit, "triple fault");
	case HV_EXIT_invalid:
		return stop(cpu, exit, "guest state refused by the CPU");
	default:
		return stop(cpu, exit, "unexpected exit");
	}
}
