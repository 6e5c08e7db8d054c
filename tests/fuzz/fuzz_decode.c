// SPDX-License-Identifier: GPL-2.0-only
/* sources: arch/x86/decode.c arch/x86/decode_tables.c */
/* The decoder on arbitrary bytes: reads nothing beyond, and what it says of an instruction depends on that alone. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <x86/decode.h>

#define REQUIRE(condition) do { if (!(condition)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int decode_exact(const u8 *bytes, unsigned int len, enum x86_mode mode, struct x86_insn *insn)
{
	u8 *copy = malloc(len);
	int err;

	REQUIRE(copy);
	memcpy(copy, bytes, len);
	err = x86_decode(copy, len, mode, insn);
	free(copy);
	return err;
}

static void check_record(const struct x86_insn *insn, enum x86_mode mode)
{
	static const u64 regs[X86_NR_REGS];

	REQUIRE(insn->len >= 1 && insn->len <= X86_INSN_MAX && insn->mode == mode && insn->op < X86_NR_OPS);
	if (insn->op == X86_OP_OTHER)
		return;
	REQUIRE(insn->size == 1 || insn->size == 2 || insn->size == 4 || insn->size == 8);
	REQUIRE(mode == X86_MODE_64 || insn->size < 8);
	REQUIRE(insn->reg < X86_NR_REGS || insn->reg == X86_REG_NONE);
	REQUIRE(insn->base < X86_NR_REGS || insn->base == X86_REG_NONE);
	REQUIRE(insn->index < X86_NR_REGS || insn->index == X86_REG_NONE);
	REQUIRE(insn->segment <= X86_GS);
	REQUIRE(insn->is_memory == (insn->op < X86_OP_FROM_CR));
	REQUIRE(!(insn->rep && insn->repne));
	REQUIRE(!insn->high_byte || (insn->reg < 4 && insn->size == 1));
	if (insn->is_memory && insn->address_size < 8 && mode != X86_MODE_64)
		REQUIRE(x86_insn_address(insn, regs, 0, 0) <= 0xffffffff);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct x86_insn whole, part;
	u8 padded[X86_INSN_MAX];
	enum x86_mode mode;
	unsigned int len, i;
	int err;

	if (size < 1)
		return 0;
	mode = data[0] % 3;
	len = size > 33 ? 32 : (unsigned int)size - 1;
	err = decode_exact(data + 1, len, mode, &whole);
	REQUIRE(err == 0 || err == -EINVAL || (err == -E2BIG && len < X86_INSN_MAX));
	if (err)
		return 0;
	REQUIRE(whole.len <= len);
	check_record(&whole, mode);
	for (i = 0; i < whole.len; i++)
		REQUIRE(decode_exact(data + 1, i, mode, &part) == -E2BIG);
	REQUIRE(decode_exact(data + 1, whole.len, mode, &part) == 0 && !memcmp(&part, &whole, sizeof(whole)));
	/* long enough for the short way, and other bytes behind */
	memset(padded, data[0], sizeof(padded));
	memcpy(padded, data + 1, whole.len);
	REQUIRE(decode_exact(padded, sizeof(padded), mode, &part) == 0 && !memcmp(&part, &whole, sizeof(whole)));
	return 0;
}
