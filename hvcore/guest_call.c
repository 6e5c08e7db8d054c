// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls of cells: hvabi/guest.h. */
#include <hv/arch.h>
#include <hv/exit.h>
#include <hv/hv.h>
#include <hvabi/guest.h>

HV_STATIC_ASSERT(HV_GC_EPERM == EPERM && HV_GC_EFAULT == EFAULT && HV_GC_EINVAL == EINVAL && HV_GC_ENOSYS == ENOSYS);

static s64 yield(struct hv_cpu *cpu)
{
	cpu->cell->page->word = hv_arch_hypercall_arg(cpu, 0);
	cpu->cell->page->words++;
	return 0;
}

static s64 transfer(struct hv_cpu *cpu, u64 nr)
{
	u64 gpa = hv_arch_hypercall_arg(cpu, 0), size = hv_arch_hypercall_arg(cpu, 1);

	if (size > HV_GC_BYTES)
		return -EINVAL;
	return nr == HV_GC_WRITE ? hv_cell_write(cpu, gpa, size) : hv_cell_read(cpu, gpa, size);
}

static s64 info(const struct hv_cpu *cpu, u64 what)
{
	if (what >= HV_INFO_COUNT)
		return -EINVAL;
	return (s64)(what == HV_INFO_CPU ? cpu->number : cpu->cell->info[what]);
}

enum hv_verdict hv_guest_call(struct hv_cpu *cpu, struct hv_exit *exit)
{
	u64 nr = hv_arch_hypercall_nr(cpu);
	s64 result;

	switch (nr) {
	case HV_GC_INFO:
		result = info(cpu, hv_arch_hypercall_arg(cpu, 0));
		break;
	case HV_GC_WRITE:
	case HV_GC_READ:
		result = transfer(cpu, nr);
		break;
	case HV_GC_YIELD:
		result = yield(cpu);
		break;
	case HV_GC_SHUTDOWN:
		return hv_cell_shut_down(cpu, hv_arch_hypercall_arg(cpu, 0));
	default:
		result = -ENOSYS;
	}
	exit->value = (u64)result;
	return HV_ADVANCE;
}
