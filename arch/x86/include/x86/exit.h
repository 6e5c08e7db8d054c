/* SPDX-License-Identifier: GPL-2.0-only */
/* What both vendors' exit handlers share: applying a verdict, NMIs and requests from other CPUs. */
#ifndef X86_EXIT_H
#define X86_EXIT_H

#include <hv/exit.h>
#include <x86/cpu.h>

/** x86_exit_apply() - apply @verdict on @exit. Does not return if the CPU leaves. */
void x86_exit_apply(struct x86_cpu *cpu, const struct hv_exit *exit, enum hv_verdict verdict);

/** x86_emulate_cpuid() - CPUID as the machine answers it, but for the bits that mirror CR4; does not step behind it */
void x86_emulate_cpuid(struct x86_cpu *cpu, u64 cr4);

/** x86_emulate_xsetbv() - XSETBV of register @exit->nr */
enum hv_verdict x86_emulate_xsetbv(const struct hv_exit *exit);

/** x86_emulate_invd() - INVD that loses nothing */
enum hv_verdict x86_emulate_invd(void);

/** x86_exit_nmi() - an NMI arrived while the guest ran: a kick of ours, or one for the guest */
void x86_exit_nmi(struct x86_cpu *cpu);

/**
 * x86_forget_nmi() - the guest for which one may have been noted is no more
 *
 * If it was a kick, whoever sent it has to be able to send another one. The caller looks at the requests afterwards.
 */
void x86_forget_nmi(struct x86_cpu *cpu);

/** x86_enter_failed() - the first entry failed on this CPU: back to Linux with @err */
void x86_enter_failed(struct x86_cpu *cpu, int err) __attribute__((noreturn));

/** x86_leave() - take the guest's state and go on natively with it */
void x86_leave(struct x86_cpu *cpu) __attribute__((noreturn));

/** x86_native_return() - go on in Linux, natively, with @state; the bridge is mapped, virtualization is off */
void x86_native_return(struct x86_cpu *cpu, const struct x86_state *state, int err) __attribute__((noreturn));

#endif
