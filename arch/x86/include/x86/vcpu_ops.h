/* SPDX-License-Identifier: GPL-2.0-only */
/* The vendor seam: what vmx/ and svm/ each implement. Calls are direct branches on a constant of the machine. */
#ifndef X86_VCPU_OPS_H
#define X86_VCPU_OPS_H

#include <hv/pt.h>
#include <x86/cpu.h>

/* Guest registers that live in the control block. */
enum x86_field {
	X86_FIELD_RIP, X86_FIELD_RSP, X86_FIELD_RFLAGS, X86_FIELD_CR0, X86_FIELD_CR2, X86_FIELD_CR3, X86_FIELD_CR4,
	X86_FIELD_CR4_HELD,	/* as the CPU has it, with what the guest does not see of it: shorter */
	X86_FIELD_EFER, X86_FIELD_CPL, X86_FIELD_CS_ATTR,
	/* Segment bases, in the order of enum x86_segment_name. */
	X86_FIELD_ES_BASE, X86_FIELD_CS_BASE, X86_FIELD_SS_BASE, X86_FIELD_DS_BASE, X86_FIELD_FS_BASE,
	X86_FIELD_GS_BASE,
};

struct hv_launch;
struct x86_msr_format;

/* return type, name, parameters, arguments, what it does */
#define X86_VCPU_OPS(_)                                                                                               \
	_(int, early_init, (struct hv_launch *launch), (launch), "bitmaps and formats that all CPUs share")           \
	_(int, cpu_init, (struct hv_launch *launch, struct x86_cpu *cpu), (launch, cpu),                              \
	  "turn virtualization on; fill the control block from the crossing's state")                                 \
	_(void, cpu_fini, (struct x86_cpu *cpu), (cpu), "turn virtualization off; NMIs flow again")                   \
	_(int, enter, (struct x86_cpu *cpu), (cpu), "first entry; returns only on failure")                           \
	_(u64, get, (struct x86_cpu *cpu, enum x86_field field), (cpu, field), "read a guest register")               \
	_(void, save_state, (struct x86_cpu *cpu, struct x86_state *state), (cpu, state),                             \
	  "the guest's state, to continue natively with it")                                                          \
	_(void, inject, (struct x86_cpu *cpu, u8 vector, bool has_error, u32 error), (cpu, vector, has_error, error), \
	  "exception at the next entry")                                                                              \
	_(void, inject_nmi, (struct x86_cpu *cpu), (cpu), "NMI at the next entry, or when the guest can take it")     \
	_(void, advance, (struct x86_cpu *cpu, unsigned int len), (cpu, len),                                         \
	  "step behind an instruction: RIP, interrupt shadow, single-step trap")                                      \
	_(void, reset, (struct x86_cpu *cpu), (cpu), "the state behind INIT")                                         \
	_(void, start, (struct x86_cpu *cpu, u8 vector), (cpu, vector), "the state behind a start-up IPI")            \
	_(void, clean, (struct x86_cpu *cpu), (cpu),                                                                  \
	  "controls for the cell that the CPU has come to; what reset() leaves is as behind power-up")                \
	_(void, put_state, (struct x86_cpu *cpu, const struct x86_state *state), (cpu, state),                        \
	  "registers to begin with; the general ones are those of the frame")                                         \
	_(void, listen, (bool on), (on), "while no guest runs: let NMIs and interrupts come in, or not")              \
	_(const struct x86_msr_format *, msr_format, (void), (), "layout of the bitmaps of MSRs")                     \
	_(bool, moderate_apic, (void), (), "must writes to the APIC trap at all times, for want of INIT exits?")      \
	_(void, intercept_icr, (bool on), (on), "make writes to the x2APIC's ICR trap, or not")                       \
	_(const struct hv_pt_format *, guest_format, (void), (), "format of the nested tables")

#define X86_VCPU_OP_DECLARE(type, name, params, args, text)                                                           \
	type vmx_##name params;                                                                                       \
	type svm_##name params;
X86_VCPU_OPS(X86_VCPU_OP_DECLARE)

extern bool x86_is_svm;

#define X86_VCPU_OP_DISPATCH(type, name, params, args, text)                                                          \
	static inline type x86_vcpu_##name params                                                                     \
	{                                                                                                             \
		return x86_is_svm ? svm_##name args : vmx_##name args;                                                \
	}
X86_VCPU_OPS(X86_VCPU_OP_DISPATCH)

#endif
