/* SPDX-License-Identifier: GPL-2.0-only */
/* What the hypervisor does when its own state is broken: say so, stop this CPU, leave the others alone. */
#ifndef HV_PANIC_H
#define HV_PANIC_H

#include <hv/cpu.h>

/** hv_panic() - give up on this CPU. Never for input, hardware's answers or configuration. */
void hv_panic(struct hv_cpu *cpu, const char *fmt, ...) __attribute__((format(printf, 2, 3), noreturn));

#endif
