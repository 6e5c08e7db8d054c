/* SPDX-License-Identifier: GPL-2.0-only */
/* The launch and the leave, seen from the resident side. */
#ifndef HV_LAUNCH_H
#define HV_LAUNCH_H

#include <hv/cpu.h>
#include <hv/err.h>
#include <hvabi/launch.h>

/**
 * hv_launch_cpu() - all stages up to the point of no return, on every CPU
 *
 * Context: bridge tables, the CPU's own stack, interrupts off. Return: 0, and the caller activates; or the launch's
 * error, and everything this CPU did is undone.
 */
int __must_check hv_launch_cpu(struct hv_launch *launch, struct hv_cpu *cpu);

/** hv_launch_fail() - note the first failure of a launch, with its place and a sentence; returns @err */
#define hv_launch_fail(launch, cpu, err, ...) hv_launch_note(launch, cpu, err, __FILE__, __LINE__, __VA_ARGS__)
int __must_check hv_launch_note(struct hv_launch *launch, u32 cpu, int err, const char *file, u32 line,
				const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/** hv_leave_agreed() - rendezvous of a leave: true if all CPUs of root are here and nothing speaks against it */
bool hv_leave_agreed(void);

#endif
