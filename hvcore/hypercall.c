// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls: decode, check, carry out. */
#include <hv/arch.h>
#include <hv/compiler.h>
#include <hv/donation.h>
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

static s64 donate_list(struct hv_cpu *cpu, struct hv_psc *list)
{
	if (!hv_arch_read_root(cpu, hv_arch_hypercall_arg(cpu, 0), list, sizeof(*list)))
		return -EFAULT;
	if (hv_psc_check(list))
		return -EINVAL;
	return hv_psc_op(list->entry[list->cur_entry]) == HV_PSC_PRIVATE ? hv_donation_take(list) :
									   hv_donation_return(list);
}

static s64 donate(struct hv_cpu *cpu)
{
	struct hv_psc *list;
	s64 result;

	if (!is_trusted(cpu))
		return -EPERM;
	/* Too large for the stack, and root must not change it while it is carried out. */
	list = hv_alloc(&hv.pool, sizeof(*list));
	if (!list)
		return -ENOMEM;
	result = donate_list(cpu, list);
	(void)hv_free(&hv.pool, list); /* allocated above */
	return result;
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
	case HV_HC_DONATE:
		result = donate(cpu);
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
