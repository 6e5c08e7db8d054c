/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The commands of fault.elf. Each returns whether everything was as it should be, if it comes back at all. */
#ifndef CELLS_FAULT_H
#define CELLS_FAULT_H

#include "cell.h"

/* @n: the number behind the word, 0 without one. */
typedef bool fault_command(u64 n);

#define FAULT_NOBODYS 0x40000000	/* no memory there */

/* memory.c: leave the cell's memory */
fault_command run_read, run_write, run_exec, run_straddle, run_secret;
/* registers.c: control and debug registers */
fault_command run_cr0, run_cr4, run_efer, run_xsetbv, run_dr;
/* instructions.c: what is not for a guest, and CPUs that are lost */
fault_command run_port, run_vmx, run_invd, run_wbinvd, run_cpuid, run_triple, run_spin, run_halt;
/* msrs.c */
fault_command run_msr, run_flood, run_apicbase, run_msrsweep;
/* apic.c, ipi.c: the local APIC */
fault_command run_apic, run_lvt, run_steal, run_nmi, run_ipi;
/* hypercalls.c */
fault_command run_hypercalls, run_hypercall3;
/* traps.c: tables that are not there, and exceptions */
fault_command run_walk, run_cr3, run_far, run_idt, run_step, run_dbloop;
/* programs.c: victims, and those that only talk */
fault_command run_heartbeat, run_echo, run_print;

/** fault_expect() - prints what was not as it should be; returns whether it was. */
bool fault_expect(int vector, int wanted, const char *what, u64 which);

/** fault_still_here() - the cell should have ended before it came here. */
bool fault_still_here(void);

/** fault_load_task() - a task state segment: stacks for exceptions at CPL 3, and for those of gates with IST 1. */
void fault_load_task(u64 rsp0, u64 ist1);

/* user.S: at CPL 3. fault_user() does not return but by an exception; fault_result is what the hypercall said. */
void fault_user(u64 number, bool is_vmmcall);
extern s64 fault_result;
extern u32 fault_has_result;

/* preserved.S: the hypercall; returns how many of the registers that it has to preserve have changed. */
u64 fault_hypercall(u64 number, u64 a, u64 b, s64 *result, bool is_vmmcall);

#endif
