/* SPDX-License-Identifier: GPL-2.0-only */
/* Looking into the guest's memory and instructions, as its own paging sees them. */
#ifndef X86_GUEST_H
#define X86_GUEST_H

#include <x86/cpu.h>

/* A store that exited: what the guest wanted to write. */
struct x86_store {
	u64 value;
	u8 size;
	u8 insn_len;
};

/** x86_guest_translate() - the guest-physical address behind a linear one; false if the guest maps nothing there */
bool x86_guest_translate(struct x86_cpu *cpu, u64 linear, u64 *gpa);

/** x86_guest_code() - the bytes of the instruction at RIP, X86_INSN_MAX at most. Return: how many could be read. */
unsigned int x86_guest_code(struct x86_cpu *cpu, u8 *bytes);

/** x86_guest_store() - decode the instruction at RIP as a plain store; false if it is none, or cannot be read */
bool x86_guest_store(struct x86_cpu *cpu, struct x86_store *store);

#endif
