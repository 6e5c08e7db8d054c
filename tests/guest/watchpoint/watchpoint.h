/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of watchpoint, and the code that is stepped through. */
#ifndef WATCHPOINT_H
#define WATCHPOINT_H

#include "guest.h"

/* Says what was found; a wrong one makes the program fail. */
void expect(const char *what, long got, long wanted);

void check_perf(void);
void check_debug_registers(void);
void check_icebp(void);
void check_steps(void);
void check_trap_flag(void);

/*
 * Code in code.S. The functions may be called; the tables say in which order traps report which places, and end with
 * a zero. CPUID exits to any hypervisor on VMX, and to ours on SVM.
 */
extern void run_steps(void), run_flag(void), run_icebp(void), run_marked_cpuid(void);
extern const char step_start[], at_icebp[], after_icebp[], end_icebp[], marked_cpuid[];
extern const char *const step_places[], *const flag_places[];

#endif
