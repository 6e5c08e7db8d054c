// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls: decode, check, carry out. */
#include <hv/arch.h>
#include <hv/compiler.h>
#include <hv/exit.h>
#include <hv/hv.h>
#include <hv/launch.h>
#include <hvabi/hypercall.h>

static bool is_trusted(struct hv_cpu *cpu)
{
	return cpu->cell == &hv.root && hv_arch_guest_is_privileged(cpu);
}

static s64 leave(struct hv_cpu *cpu)
{
	if (!is_trusted(cpu))
		return -EPERM;
	return hv_leave_agreed() ? 0 : -EBUSY;
}

static s64 selfcheck(struct hv_cpu *cpu)
{
	if (!is_trusted(cpu))
		return -EPERM;
	return hv_selfcheck();
}

static s64 start_cpus(struct hv_cpu *cpu)
{
	u64 on = hv_arch_hypercall_arg(cpu, 0);

	if (!is_trusted(cpu))
		return -EPERM;
	if (on > 1)
		return -EINVAL;
	hv_root_moderate(on);
	return 0;
}

static s64 dump(struct hv_cpu *cpu)
{
	if (!is_trusted(cpu))
		return -EPERM;
	hv_aspace_dump(&hv.root.space, "root");
	return 0;
}

static HV_COLD enum hv_verdict serve(struct hv_cpu *cpu, struct hv_exit *exit)
{
	s64 result;

	switch (exit->nr) {
	case HV_HC_LEAVE:
		result = leave(cpu);
		break;
	case HV_HC_SELFCHECK:
		result = selfcheck(cpu);
		break;
	case HV_HC_CPU_START:
		result = start_cpus(cpu);
		break;
	case HV_HC_DUMP:
		result = dump(cpu);
		break;
	default:
		result = -ENOSYS;
	}
	exit->value = (u64)result;
	return exit->nr == HV_HC_LEAVE && !result ? HV_LEAVE : HV_ADVANCE;
}

enum hv_verdict hv_hypercall(struct hv_cpu *cpu, struct hv_exit *exit)
{
	if (exit->nr != HV_HC_NOP)
		return serve(cpu, exit);
	exit->value = 0;
	return HV_ADVANCE;
}
