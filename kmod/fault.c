// SPDX-License-Identifier: GPL-2.0-only
/* Faults of cells in words. The hypervisor knows numbers; what the cell's memory should be is in its configuration. */
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include <hvabi/guest.h>

#include "fault.h"
#include "hvk.h"

static const struct {
	const char *name, *text;
} reasons[] = {
#define REASON(name, text) { #name, text },
	HV_EXIT_REASONS(REASON)
#undef REASON
};

static u32 reason_of(const struct hv_fault *fault)
{
	u32 reason = READ_ONCE(fault->reason);

	return reason < ARRAY_SIZE(reasons) ? reason : HV_EXIT_other;
}

const char *hvk_fault_reason(const struct hvk_cell *cell)
{
	return READ_ONCE(cell->end) == HV_END_FAULT ? reasons[reason_of(&cell->fault)].name : "none";
}

unsigned int hvk_fault_cpu(const struct hvk_cell *cell)
{
	return hvk_cpu_of_number(cell->fault.cpu);
}

bool hvk_fault_has_address(const struct hvk_cell *cell)
{
	return cell->fault.access && reason_of(&cell->fault) != HV_EXIT_io;
}

/* Something that it has, but not with all rights. Devices fill pages. */
static bool has_page(const struct hv_cellconf *conf, u64 gpa)
{
	const struct hv_conf_region *region;

	for (region = conf->regions; region < conf->regions + conf->nr_regions; region++)
		if (gpa >= ALIGN_DOWN(region->gpa, PAGE_SIZE) && gpa < ALIGN(region->gpa + region->size, PAGE_SIZE))
			return true;
	return gpa - HV_APIC_GPA < PAGE_SIZE || gpa - HV_COMM_GPA < HV_COMM_SIZE || gpa - HV_BOOT_GPA < HV_BOOT_SIZE;
}

static void memory_text(const struct hvk_cell *cell, char *text)
{
	const struct hv_fault *fault = &cell->fault;
	const char *did = "read from";

	if (fault->access & HV_FAULT_EXEC)
		did = "jumped to";
	else if (fault->access & HV_FAULT_WRITE)
		did = "wrote to";
	snprintf(text, HVK_FAULT_TEXT, "the cell %s 0x%llx, %s", did, fault->gpa,
		 has_page(&cell->conf, fault->gpa) ? "which it may not" : "where it has no memory");
}

void hvk_fault_text(const struct hvk_cell *cell, char text[HVK_FAULT_TEXT])
{
	const struct hv_fault *fault = &cell->fault;
	u32 reason = reason_of(fault);

	if (hvk_fault_has_address(cell))
		memory_text(cell, text);
	else if (reason == HV_EXIT_shutdown)
		snprintf(text, HVK_FAULT_TEXT, "the cell had a triple fault");
	else if (reason == HV_EXIT_invalid)
		snprintf(text, HVK_FAULT_TEXT, "the CPU does not enter the cell, whose state makes no sense to it");
	else if (reason == HV_EXIT_other)
		snprintf(text, HVK_FAULT_TEXT, "the cell did what the hypervisor does not know (exit 0x%x, 0x%llx)",
			 fault->nr, fault->value);
	else
		snprintf(text, HVK_FAULT_TEXT, "the cell did what no cell may: %s (exit 0x%x, 0x%llx)",
			 reasons[reason].text, fault->nr, fault->value);
}
