/* SPDX-License-Identifier: GPL-2.0-only */
/* What the decoder's named cases are written in. */
#ifndef DECODE_UNIT_H
#define DECODE_UNIT_H

#include "unit.h"
#include <x86/decode.h>

#define SAME_RECORD(a, b) assert_memory_equal(&(a), &(b), sizeof(struct x86_insn))

/*
 * Decode in buffers of exact size: too short by every amount, just right, and with more behind, which takes the short
 * way if there is one. The answers must not depend on it.
 */
static inline struct x86_insn decode_bytes(enum x86_mode mode, const u8 *bytes, unsigned int len)
{
	struct x86_insn insn, longer;
	u8 more[X86_INSN_MAX + 1];
	unsigned int i;
	u8 *copy;

	for (i = 0; i < len; i++) {
		copy = unit_copy(bytes, i);
		assert_int_equal(x86_decode(copy, i, mode, &insn), -E2BIG);
		free(copy);
	}
	copy = unit_copy(bytes, len);
	assert_int_equal(x86_decode(copy, len, mode, &insn), 0);
	free(copy);
	assert_int_equal(insn.len, len);
	memset(more, 0xcc, sizeof(more));
	memcpy(more, bytes, len);
	assert_int_equal(x86_decode(more, X86_INSN_MAX, mode, &longer), 0);
	SAME_RECORD(insn, longer);
	return insn;
}

static inline int refuse_bytes(enum x86_mode mode, const u8 *bytes, unsigned int len)
{
	u8 *copy = unit_copy(bytes, len);
	struct x86_insn insn;
	int err;

	err = x86_decode(copy, len, mode, &insn);
	free(copy);
	return err;
}

#define BYTES(...) (const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ })
#define DECODE(bits, ...) decode_bytes(X86_MODE_##bits, BYTES(__VA_ARGS__))
#define REFUSE(bits, ...) refuse_bytes(X86_MODE_##bits, BYTES(__VA_ARGS__))
/* "other" operand is a register: operation, size, register, base, index, displacement */
#define IS(insn, o, s, r, b, i, d)						\
	do {									\
		assert_int_equal((insn).op, X86_OP_##o);			\
		assert_int_equal((insn).size, s);				\
		assert_int_equal((insn).reg, r);				\
		assert_int_equal((insn).base, b);				\
		assert_int_equal((insn).index, i);				\
		assert_int_equal((insn).disp, d);				\
		assert_true((insn).is_memory);					\
	} while (0)
#define NONE X86_REG_NONE

#endif
