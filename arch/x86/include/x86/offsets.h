/* SPDX-License-Identifier: GPL-2.0-only */
/* Offsets and masks for assembly, asserted against the structures wherever C includes this. */
#ifndef X86_OFFSETS_H
#define X86_OFFSETS_H

#define X86_CROSSING_CR4 0xf0
#define X86_CROSSING_RIP 0x130
#define X86_CROSSING_RSP 0x138
#define X86_CROSSING_BRIDGE 0x148
#define X86_CROSSING_ENTRY 0x150
#define X86_CROSSING_BACK 0x158
#define X86_CROSSING_CPU 0x168

/* CR4 without PGE (7), PCIDE (17), PKE (22), CET (23), PKS (24): as a sign-extended 32-bit immediate. */
#define X86_BRIDGE_CR4_KEEP (~((1 << 7) | (1 << 17) | (1 << 22) | (1 << 23) | (1 << 24)))

#ifndef __ASSEMBLER__
#include <hv/check.h>
#include <x86/regs.h>
#include <x86/state.h>

HV_ASSERT_OFFSET(struct x86_crossing, state.cr4, X86_CROSSING_CR4);
HV_ASSERT_OFFSET(struct x86_crossing, state.rip, X86_CROSSING_RIP);
HV_ASSERT_OFFSET(struct x86_crossing, state.rsp, X86_CROSSING_RSP);
HV_ASSERT_OFFSET(struct x86_crossing, bridge, X86_CROSSING_BRIDGE);
HV_ASSERT_OFFSET(struct x86_crossing, entry, X86_CROSSING_ENTRY);
HV_ASSERT_OFFSET(struct x86_crossing, back, X86_CROSSING_BACK);
HV_ASSERT_OFFSET(struct x86_crossing, cpu, X86_CROSSING_CPU);
HV_STATIC_ASSERT((u64)(s64)X86_BRIDGE_CR4_KEEP ==
		 ~(X86_CR4_PGE | X86_CR4_PCIDE | X86_CR4_PKE | X86_CR4_CET | X86_CR4_PKS));
#endif

#endif
