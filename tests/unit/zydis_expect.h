/* SPDX-License-Identifier: GPL-2.0-only */
/* Zydis's view of an instruction in the decoder's words. */
#ifndef ZYDIS_EXPECT_H
#define ZYDIS_EXPECT_H

#include "unit.h"
#include <Zydis/Zydis.h>
#include <x86/decode.h>

/* What we should say, made from what Zydis says. */
struct expected {
	struct x86_insn insn;
	const ZydisDecodedOperand *memory;
};

static inline bool is_string(unsigned int op)
{
	return op >= X86_OP_MOVS && op <= X86_OP_OUTS;
}

/** zydis_expect() - what x86_decode() should say; may repair @o where Zydis is known to be wrong */
void zydis_expect(struct expected *x, const ZydisDecodedInstruction *z, ZydisDecodedOperand *o);

#endif
