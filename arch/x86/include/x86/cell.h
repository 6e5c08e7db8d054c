/* SPDX-License-Identifier: GPL-2.0-only */
/* Cells other than root, as the architecture knows them: what is denied, and what exits because of it. */
#ifndef X86_CELL_H
#define X86_CELL_H

#include <hv/cell.h>
#include <x86/apic.h>
#include <x86/cpu.h>
#include <x86/msr_policy.h>
#include <x86/regs.h>

/*
 * Exceptions that exit, to be raised again: their delivery can raise them anew for ever, and while that goes on no NMI
 * comes in ("Benign exceptions", and what became of them: CVE-2015-8104, CVE-2015-5307).
 */
#define X86_CELL_EXCEPTIONS (HV_BIT(X86_VECTOR_DB) | HV_BIT(X86_VECTOR_AC) | HV_BIT(X86_VECTOR_MC))

/* Behind hv_cell.arch. A bit that is set in a map makes the access exit. */
struct x86_cell {
	u8 *msr_map, *io_map;
	u64 msr_map_hpa, io_map_hpa;
	u64 *kept;	/* [CPU of the cell][MSR of its configuration]: what root had in it */
};

static inline struct x86_cell *x86_cell_of(const struct x86_cpu *cpu)
{
	return cpu->core.cell->arch;
}

/** x86_cell_msr() - RDMSR or WRMSR that exited */
enum hv_verdict x86_cell_msr(struct x86_cpu *cpu, struct hv_exit *exit);

/** x86_cell_msr_map() - clear the bits of @map for all that every cell may do, and those of @conf */
void x86_cell_msr_map(const struct x86_msr_format *format, u8 *map, const struct hv_cellconf *conf);

/** x86_cell_cpuid() - the answer in the guest's registers, which hold the leaf; RAX as well */
void x86_cell_cpuid(struct x86_cpu *cpu);

/** x86_cell_port() - IN, OUT or a string of them that exited */
enum hv_verdict x86_cell_port(struct x86_cpu *cpu, const struct hv_exit *exit);

/** x86_cell_violation() - access to memory that is not the cell's, or that waits for a first touch */
enum hv_verdict x86_cell_violation(struct x86_cpu *cpu, struct hv_exit *exit);

/** x86_cell_writes_apic() - is that what became a violation? */
static inline bool x86_cell_writes_apic(const struct x86_cpu *cpu, const struct hv_exit *exit)
{
	return x86_apic_is_page(cpu, exit->gpa) && exit->access == HV_ACCESS_WRITE;
}

#endif
