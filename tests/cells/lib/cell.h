/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* All of the library: what a program in a cell includes. */
#ifndef CELLS_CELL_H
#define CELLS_CELL_H

#include <hvabi/guest.h>

#include "apic.h"
#include "comm.h"
#include "cpus.h"
#include "hypercall.h"
#include "insn.h"
#include "interrupts.h"
#include "msr.h"
#include "print.h"
#include "string.h"
#include "timer.h"

/* What a program has: the first CPU begins here, with interrupts off. The cell shuts down with the code returned. */
int main(void);

/* Where the program begins and ends in memory, its stack and its zeroed data included. */
extern char image_begin[], image_end[];

/* What the first CPU found: RDI in 64-bit mode, EBX and EAX in 32-bit mode, zeros in real mode. */
struct start_registers {
	u64 info;
	u32 magic;
};
extern struct start_registers start_registers;

#endif
