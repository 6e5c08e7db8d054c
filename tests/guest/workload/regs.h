/* SPDX-License-Identifier: GPL-2.0-only */
/* All registers a thread has, as regs.S loads and stores them; the offsets are asserted in registers.c. */
#ifndef WORKLOAD_REGS_H
#define WORKLOAD_REGS_H

#define REGS_GPRS 12
#define REGS_RBX 0
#define REGS_RDX 1
#define REGS_ST 96
#define REGS_MASKS 224
#define REGS_VECTORS 320
#define REGS_SIZE (REGS_VECTORS + 32 * 64)

/* What goes on while the registers are held. */
#define HOLD_SPIN 0
#define HOLD_YIELD 1
#define HOLD_CPUID 2

#ifndef __ASSEMBLER__
#include <stdint.h>

struct regs {
	uint64_t gpr[REGS_GPRS];	/* rbx rdx rsi rdi rbp r8 r9 r10 r12-r15 */
	uint8_t st[8][16];		/* ten bytes each are used */
	uint64_t mask[8];
	uint8_t pad[32];
	uint8_t vector[32][64];
} __attribute__((aligned(64)));

/* Load in, spin, do what `how` says, and store out (which must not be in). */
typedef void regs_hold_fn(const struct regs *in, struct regs *out, unsigned long spins, unsigned long how);

regs_hold_fn regs_hold_sse, regs_hold_avx, regs_hold_avx512;
#endif
#endif
