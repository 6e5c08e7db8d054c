// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls of root: decode, check, carry out. */
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
	hv_lock(&hv.cells_lock);
	hv_root_moderate(HV_MODERATE_START, on);
	hv_unlock(&hv.cells_lock);
	return 0;
}

static s64 dump(struct hv_cpu *cpu)
{
	if (!is_trusted(cpu))
		return -EPERM;
	hv_aspace_dump(&hv.root.space, "root");
	return 0;
}

/* A copy of what root points to, which root cannot change any more; NULL, and @err says why. */
static void *copy_in(struct hv_cpu *cpu, u64 size, s64 *err)
{
	void *copy;

	*err = -EPERM;
	if (!is_trusted(cpu))
		return NULL;
	*err = -ENOMEM;
	copy = hv_alloc(&hv.pool, size);
	if (!copy || hv_arch_read_guest(cpu, hv_arch_hypercall_arg(cpu, 0), copy, size))
		return copy;
	*err = -EFAULT;
	(void)hv_free(&hv.pool, copy); /* allocated above */
	return NULL;
}

static s64 donate(struct hv_cpu *cpu)
{
	struct hv_psc *list;
	s64 result;

	list = copy_in(cpu, sizeof(*list), &result);
	if (!list)
		return result;
	if (hv_psc_check(list))
		result = -EINVAL;
	else if (hv_psc_op(list->entry[list->cur_entry]) == HV_PSC_PRIVATE)
		result = hv_donation_take(list);
	else
		result = hv_donation_return(list);
	(void)hv_free(&hv.pool, list); /* copy_in() allocated it */
	return result;
}

static s64 create_cell(struct hv_cpu *cpu)
{
	struct hv_cellconf *conf;
	s64 result;

	conf = copy_in(cpu, sizeof(*conf), &result);
	if (!conf)
		return result;
	result = hv_cell_create(conf);
	(void)hv_free(&hv.pool, conf); /* copy_in() allocated it */
	return result;
}

static s64 fill_cell(struct hv_cpu *cpu)
{
	struct hv_cell_fill *fill;
	s64 result;

	fill = copy_in(cpu, sizeof(*fill), &result);
	if (!fill)
		return result;
	result = hv_cell_fill(fill);
	(void)hv_free(&hv.pool, fill); /* copy_in() allocated it */
	return result;
}

static s64 load_cell(struct hv_cpu *cpu)
{
	struct hv_cell_load load;

	if (!is_trusted(cpu))
		return -EPERM;
	if (!hv_arch_read_guest(cpu, hv_arch_hypercall_arg(cpu, 0), &load, sizeof(load)))
		return -EFAULT;
	return hv_cell_load(&load);
}

static s64 input_cell(struct hv_cpu *cpu)
{
	struct hv_cell_input input;

	if (!is_trusted(cpu))
		return -EPERM;
	if (!hv_arch_read_guest(cpu, hv_arch_hypercall_arg(cpu, 0), &input, sizeof(input)))
		return -EFAULT;
	return hv_cell_input(&input);
}

static s64 change_cell(struct hv_cpu *cpu, u32 nr)
{
	u64 id = hv_arch_hypercall_arg(cpu, 0);

	if (!is_trusted(cpu))
		return -EPERM;
	if (id != (u32)id)
		return -ENOENT;
	if (nr == HV_HC_CELL_DESTROY)
		return hv_cell_destroy((u32)id);
	return nr == HV_HC_CELL_START ? hv_cell_start((u32)id) : hv_cell_stop((u32)id);
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
	case HV_HC_CELL_CREATE:
		result = create_cell(cpu);
		break;
	case HV_HC_CELL_FILL:
		result = fill_cell(cpu);
		break;
	case HV_HC_CELL_LOAD:
		result = load_cell(cpu);
		break;
	case HV_HC_CELL_START:
	case HV_HC_CELL_STOP:
	case HV_HC_CELL_DESTROY:
		result = change_cell(cpu, exit->nr);
		break;
	case HV_HC_CELL_INPUT:
		result = input_cell(cpu);
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
