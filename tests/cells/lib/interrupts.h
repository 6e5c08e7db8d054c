/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Interrupts and exceptions. Handlers are C functions, all CPUs have the same. */
#ifndef CELLS_INTERRUPTS_H
#define CELLS_INTERRUPTS_H

#include <hv/types.h>

#define VECTOR_DB 1
#define VECTOR_NMI 2
#define VECTOR_UD 6
#define VECTOR_GP 13
#define VECTOR_PF 14
#define VECTOR_FIRST 32	/* below are exceptions */

/* Pushed by vectors.S and the CPU. */
struct frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
	u64 vector, error;
	u64 rip, cs, rflags, rsp, ss;
};

typedef void interrupt_handler(struct frame *frame);

/* The code of a shutdown because of an interrupt that nobody handles, its vector added. */
#define SHUTDOWN_VECTOR 0x100

/** interrupts_init() - build the table, and load it; every further CPU loads it, too. */
void interrupts_init(void);
void interrupts_load(void);

/** interrupt_handle() - what a vector does from now on. Those without a handler are printed, and end the program. */
void interrupt_handle(u32 vector, interrupt_handler *handler);

#define TRY_OK (-1)

/**
 * try() - run a function that may cause an exception.
 *
 * The exception ends it, wherever it is, at CPL 3 too. For one CPU at a time; an NMI does not count. Returns TRY_OK or
 * the vector.
 */
int try(void (*run)(void *arg), void *arg);

#endif
