/* SPDX-License-Identifier: GPL-2.0-only */
/* What both vendors' exit handlers share: applying a verdict, NMIs and requests from other CPUs. */
#ifndef X86_EXIT_H
#define X86_EXIT_H

#include <hv/exit.h>
#include <x86/cpu.h>

/**
 * x86_exit_finish() - let the core judge @exit, and apply its verdict
 *
 * Return: the guest goes on behind the instruction. Does not return if the CPU leaves.
 */
bool x86_exit_finish(struct x86_cpu *cpu, struct hv_exit *exit);

/** x86_exit_nmi() - an NMI arrived while the guest ran: a kick of ours, or one for the guest */
void x86_exit_nmi(struct x86_cpu *cpu);

/** x86_enter_failed() - the first entry failed on this CPU: back to Linux with @err */
void x86_enter_failed(struct x86_cpu *cpu, int err) __attribute__((noreturn));

/** x86_leave() - take the guest's state and go on natively with it */
void x86_leave(struct x86_cpu *cpu) __attribute__((noreturn));

/** x86_native_return() - go on in Linux, natively, with @state; the bridge is mapped, virtualization is off */
void x86_native_return(struct x86_cpu *cpu, const struct x86_state *state, int err) __attribute__((noreturn));

#endif
