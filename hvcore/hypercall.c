// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls: decode, check, carry out. */
#include <hv/arch.h>
#include <hv/exit.h>
#include <hv/hv.h>
#include <hv/launch.h>
#include <hvabi/hypercall.h>

static bool is_trusted(const struct hv_cpu *cpu, const struct hv_exit *exit)
{
	return cpu->cell == &hv.root && exit->privileged;
}

static s64 leave(const struct hv_cpu *cpu, const struct hv_exit *exit)
{
	if (!is_trusted(cpu, exit))
		return -EPERM;
	return hv_leave_agreed() ? 0 : -EBUSY;
}

static s64 selfcheck(const struct hv_cpu *cpu, const struct hv_exit *exit)
{
	if (!is_trusted(cpu, exit))
		return -EPERM;
	return hv.pool.free == hv.stats->pool_frames_free ? 0 : -EIO;
}

static s64 start_cpus(struct hv_cpu *cpu, const struct hv_exit *exit)
{
	if (!is_trusted(cpu, exit))
		return -EPERM;
	if (exit->arg[0] > 1)
		return -EINVAL;
	hv_root_moderate(exit->arg[0]);
	hv_arch_flush_guest(cpu);
	return 0;
}

enum hv_verdict hv_hypercall(struct hv_cpu *cpu, struct hv_exit *exit)
{
	switch (exit->nr) {
	case HV_HC_NOP:
		exit->value = 0;
		return HV_ADVANCE;
	case HV_HC_LEAVE:
		exit->value = (u64)leave(cpu, exit);
		return exit->value ? HV_ADVANCE : HV_LEAVE;
	case HV_HC_SELFCHECK:
		exit->value = (u64)selfcheck(cpu, exit);
		return HV_ADVANCE;
	case HV_HC_CPU_START:
		exit->value = (u64)start_cpus(cpu, exit);
		return HV_ADVANCE;
	default:
		exit->value = (u64)-ENOSYS;
		return HV_ADVANCE;
	}
}
