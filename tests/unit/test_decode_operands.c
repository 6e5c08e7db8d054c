// SPDX-License-Identifier: GPL-2.0-only
/* sources: arch/x86/decode.c arch/x86/decode_tables.c */
/* What the decoder says of operands, addresses, prefixes and lengths, case by case. */
#include "decode_unit.h"

static void rex_x_extends_index(void **state)
{
	struct x86_insn insn = DECODE(64, 0x42, 0x89, 0x04, 0x88);	/* mov %eax,(%rax,%r9,4) */

	(void)state;
	IS(insn, STORE, 4, X86_RAX, X86_RAX, X86_R9, 0);
	assert_int_equal(insn.scale, 4);
	insn = DECODE(64, 0x42, 0x89, 0x04, 0x20);			/* mov %eax,(%rax,%r12) */
	IS(insn, STORE, 4, X86_RAX, X86_RAX, X86_R12, 0);
	insn = DECODE(64, 0x89, 0x04, 0x20);				/* without REX.X: no index */
	IS(insn, STORE, 4, X86_RAX, X86_RAX, NONE, 0);
}

static void rsp_and_r12_base(void **state)
{
	struct x86_insn insn = DECODE(64, 0x89, 0x04, 0x24);		/* mov %eax,(%rsp) */

	(void)state;
	IS(insn, STORE, 4, X86_RAX, X86_RSP, NONE, 0);
	assert_int_equal(insn.segment, X86_SS);
	insn = DECODE(64, 0x89, 0x44, 0x24, 0x10);
	IS(insn, STORE, 4, X86_RAX, X86_RSP, NONE, 0x10);
	insn = DECODE(64, 0x41, 0x89, 0x04, 0x24);			/* mov %eax,(%r12) */
	IS(insn, STORE, 4, X86_RAX, X86_R12, NONE, 0);
	assert_int_equal(insn.segment, X86_DS);
	insn = DECODE(64, 0x41, 0x89, 0x45, 0x00);			/* mov %eax,(%r13) */
	IS(insn, STORE, 4, X86_RAX, X86_R13, NONE, 0);
}

static void stores_from_r8_to_r15(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 8; i < 16; i++) {
		struct x86_insn insn = DECODE(64, 0x44, 0x89, (u8)(0x07 | (i - 8) << 3));

		IS(insn, STORE, 4, i, X86_RDI, NONE, 0);
		insn = DECODE(64, 0x44, 0x88, (u8)(0x07 | (i - 8) << 3));
		IS(insn, STORE, 1, i, X86_RDI, NONE, 0);
		assert_false(insn.high_byte);
	}
}

static void high_byte_registers(void **state)
{
	struct x86_insn insn = DECODE(64, 0x88, 0x27);			/* mov %ah,(%rdi) */

	(void)state;
	IS(insn, STORE, 1, X86_RAX, X86_RDI, NONE, 0);
	assert_true(insn.high_byte);
	insn = DECODE(64, 0x40, 0x88, 0x27);				/* mov %spl,(%rdi) */
	IS(insn, STORE, 1, X86_RSP, X86_RDI, NONE, 0);
	assert_false(insn.high_byte);
	insn = DECODE(32, 0x8a, 0x3f);					/* mov (%edi),%bh */
	IS(insn, LOAD, 1, X86_RBX, X86_RDI, NONE, 0);
	assert_true(insn.high_byte);
	assert_false(DECODE(64, 0x89, 0x27).high_byte);
	assert_false(DECODE(64, 0xc6, 0x00, 0x01).high_byte);
	assert_false(DECODE(64, 0x80, 0x20, 0x01).high_byte);
}

static void moffs(void **state)
{
	struct x86_insn insn = DECODE(64, 0xa3, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x91);

	(void)state;
	IS(insn, STORE, 4, X86_RAX, NONE, NONE, 0x9122334455667788);
	insn = DECODE(64, 0x67, 0x48, 0xa1, 0x88, 0x77, 0x66, 0x95);
	IS(insn, LOAD, 8, X86_RAX, NONE, NONE, 0x95667788);
	assert_true(insn.reg_is_dest);
	insn = DECODE(32, 0x65, 0xa2, 0, 0, 0xe0, 0xfe);
	IS(insn, STORE, 1, X86_RAX, NONE, NONE, 0xfee00000);
	assert_int_equal(insn.segment, X86_GS);
	insn = DECODE(16, 0xa1, 0x34, 0xf2);
	IS(insn, LOAD, 2, X86_RAX, NONE, NONE, 0xf234);
}

static void rip_relative(void **state)
{
	static const u64 regs[X86_NR_REGS];
	struct x86_insn insn = DECODE(64, 0x89, 0x05, 0xf0, 0xff, 0xff, 0xff);	/* mov %eax,-16(%rip) */

	(void)state;
	IS(insn, STORE, 4, X86_RAX, NONE, NONE, (u64)-16);
	assert_true(insn.rip_relative);
	assert_true(x86_insn_address(&insn, regs, 0x1000, 0) == 0x1000 + 6 - 16);
	/* the next instruction is behind the immediate */
	insn = DECODE(64, 0xc7, 0x05, 0, 1, 0, 0, 0x11, 0x22, 0x33, 0x44);
	assert_true(x86_insn_address(&insn, regs, 0x1000, 0) == 0x1000 + 10 + 0x100);
	insn = DECODE(64, 0x67, 0x89, 0x05, 0, 0, 0, 0);
	assert_true(x86_insn_address(&insn, regs, 0xffffffff80000000, 0) == 0x80000007);
	insn = DECODE(32, 0x89, 0x05, 0, 0, 0, 0x80);
	IS(insn, STORE, 4, X86_RAX, NONE, NONE, 0xffffffff80000000);
	assert_false(insn.rip_relative);
	assert_true(x86_insn_address(&insn, regs, 0x1000, 0) == 0x80000000);
}

static void addresses(void **state)
{
	u64 regs[X86_NR_REGS] = { 0 };
	struct x86_insn insn;

	(void)state;
	regs[X86_RBX] = 0x1234567890;
	regs[X86_RSI] = 0xfff0;
	regs[X86_R9] = 0x1000;
	insn = DECODE(64, 0x42, 0x89, 0x44, 0xcb, 0x40);		/* mov %eax,0x40(%rbx,%r9,8) */
	assert_true(x86_insn_address(&insn, regs, 0, 0) == 0x1234567890 + 0x8000 + 0x40);
	insn = DECODE(64, 0x67, 0x89, 0x03);
	assert_true(x86_insn_address(&insn, regs, 0, 0) == 0x34567890);
	insn = DECODE(64, 0x65, 0x67, 0x89, 0x03);			/* truncated before GS's base is added */
	assert_int_equal(insn.segment, X86_GS);
	assert_true(x86_insn_address(&insn, regs, 0, 0xffff888000000000) == 0xffff888034567890);
	insn = DECODE(16, 0x89, 0x40, 0x10);				/* mov %ax,0x10(%bx,%si) */
	IS(insn, STORE, 2, X86_RAX, X86_RBX, X86_RSI, 0x10);
	assert_true(x86_insn_address(&insn, regs, 0, 0x10000) == 0x10000 + 0x7890);
	insn = DECODE(16, 0x67, 0x89, 0x03);
	assert_true(x86_insn_address(&insn, regs, 0, 0xf0000000) == 0x24567890);	/* and wraps at 4G */
	insn = DECODE(16, 0x89, 0x46, 0xfe);				/* mov %ax,-2(%bp) */
	assert_int_equal(insn.segment, X86_SS);
	insn = DECODE(16, 0x89, 0x06, 0xfe, 0xff);			/* mov %ax,0xfffe */
	IS(insn, STORE, 2, X86_RAX, NONE, NONE, (u64)-2);
	assert_true(x86_insn_address(&insn, regs, 0, 0) == 0xfffe);
}

static void bit_strings(void **state)
{
	struct x86_insn word = DECODE(64, 0x66, 0x0f, 0xab, 0x03), dword = DECODE(64, 0x0f, 0xab, 0x03);
	u64 regs[X86_NR_REGS] = { 0 };

	(void)state;
	regs[X86_RBX] = 0x10000;
	regs[X86_RAX] = 0x23;
	assert_true(x86_insn_address(&word, regs, 0, 0) == 0x10004);
	assert_true(x86_insn_address(&dword, regs, 0, 0) == 0x10004);
	regs[X86_RAX] = 0xffffffff;					/* bit -1 */
	assert_true(x86_insn_address(&word, regs, 0, 0) == 0x0fffe);
	assert_true(x86_insn_address(&dword, regs, 0, 0) == 0x0fffc);
}

/* In 64-bit mode, FS and GS only; they also survive an override that is ignored there. */
static void segment_overrides(void **state)
{
	(void)state;
	assert_int_equal(DECODE(64, 0x64, 0x89, 0x03).segment, X86_FS);
	assert_int_equal(DECODE(64, 0x64, 0x3e, 0x89, 0x03).segment, X86_FS);
	assert_int_equal(DECODE(64, 0x2e, 0x89, 0x03).segment, X86_DS);
	assert_int_equal(DECODE(64, 0x64, 0x65, 0x89, 0x03).segment, X86_GS);
	assert_int_equal(DECODE(32, 0x2e, 0x89, 0x03).segment, X86_CS);
	assert_int_equal(DECODE(32, 0x64, 0x3e, 0x89, 0x03).segment, X86_DS);
	assert_int_equal(DECODE(32, 0x3e, 0x89, 0x04, 0x24).segment, X86_DS);
}

static void prefix_order(void **state)
{
	struct x86_insn insn = DECODE(64, 0x48, 0x66, 0x89, 0x03);	/* a REX before 66 is ignored */

	(void)state;
	IS(insn, STORE, 2, X86_RAX, X86_RBX, NONE, 0);
	insn = DECODE(64, 0x4f, 0x41, 0x89, 0x03);			/* of two, the last counts */
	IS(insn, STORE, 4, X86_RAX, X86_R11, NONE, 0);
	insn = DECODE(64, 0x66, 0x66, 0x66, 0x89, 0x03);
	IS(insn, STORE, 2, X86_RAX, X86_RBX, NONE, 0);
	insn = DECODE(64, 0xf2, 0xf3, 0xa5);
	assert_true(insn.op == X86_OP_MOVS && insn.rep && !insn.repne);
	insn = DECODE(32, 0x48);					/* dec %eax */
	assert_int_equal(insn.op, X86_OP_OTHER);
}

/* Each of these has a length of its own making; DECODE compares it. */
static void lengths(void **state)
{
	(void)state;
	DECODE(64, 0xc8, 1, 0, 1);					/* enter */
	DECODE(64, 0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8);			/* mov imm64 */
	DECODE(64, 0xb8, 1, 2, 3, 4);
	DECODE(16, 0xb8, 1, 2);
	DECODE(32, 0x9a, 1, 2, 3, 4, 5, 6);				/* far call */
	DECODE(16, 0xea, 1, 2, 3, 4);
	DECODE(64, 0x66, 0xe8, 1, 2, 3, 4);				/* Intel's; AMD has two bytes fewer */
	DECODE(32, 0x66, 0xe8, 1, 2);
	DECODE(64, 0x0f, 0x0f, 0xc1, 0x9e);				/* pfadd */
	DECODE(64, 0x0f, 0x3a, 0x0f, 0x44, 0x88, 4, 9);			/* palignr */
	DECODE(64, 0xc5, 0xf8, 0x77);					/* vzeroupper */
	DECODE(64, 0xc5, 0xfd, 0x7f, 0x07);				/* vmovdqa */
	DECODE(64, 0xc4, 0xe3, 0x7d, 0x39, 0xc1, 0x01);			/* vextracti128 */
	DECODE(32, 0xc5, 0x00);						/* lds (%eax),%eax */
	DECODE(32, 0xc5, 0xf8, 0x77);
	DECODE(32, 0x62, 0x00);						/* bound */
	DECODE(64, 0x62, 0xf1, 0x7c, 0x48, 0x29, 0x47, 0x01);		/* vmovaps %zmm0,64(%rdi) */
	DECODE(64, 0x62, 0xf3, 0x7d, 0x48, 0x39, 0x07, 0x01);
	DECODE(64, 0x8f, 0x00);						/* pop (%rax) */
	DECODE(64, 0x8f, 0xe8, 0x78, 0xc0, 0x07, 0x01);			/* vprotb $1,(%rdi),%xmm0 */
	DECODE(64, 0x8f, 0xea, 0x78, 0x10, 0x07, 1, 2, 3, 4);		/* bextr $imm32 */
	DECODE(64, 0x66, 0x0f, 0x78, 0xc0, 1, 2);			/* extrq */
	DECODE(64, 0x0f, 0x78, 0x07);					/* vmread */
	DECODE(64, 0xf3, 0x0f, 0xae, 0xe8);				/* incsspd */
	DECODE(64, 0x67, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0);	/* nopw */
}

static void not_instructions(void **state)
{
	(void)state;
	assert_int_equal(REFUSE(64, 0x06), -EINVAL);			/* push %es */
	assert_int_equal(REFUSE(64, 0x9a, 1, 2, 3, 4, 5, 6), -EINVAL);
	assert_int_equal(REFUSE(64, 0x0f, 0x04), -EINVAL);
	assert_int_equal(REFUSE(64, 0x66, 0xc5, 0xf8, 0x77), -EINVAL);	/* 66 before VEX */
	assert_int_equal(REFUSE(64, 0x48, 0xc5, 0xf8, 0x77), -EINVAL);	/* REX before VEX */
	assert_int_equal(REFUSE(64, 0xc4, 0xe0, 0x7d, 0x39, 0xc1, 1), -EINVAL);	/* VEX map 0 */
	assert_int_equal(REFUSE(64, 0x8f, 0x20, 0, 0, 0, 0), -EINVAL);
}

static void fifteen_bytes_and_no_more(void **state)
{
	u8 bytes[32];
	struct x86_insn insn;

	(void)state;
	memset(bytes, 0x66, sizeof(bytes));
	bytes[13] = 0x89;
	bytes[14] = 0x03;
	insn = decode_bytes(X86_MODE_64, bytes, 15);
	IS(insn, STORE, 2, X86_RAX, X86_RBX, NONE, 0);
	bytes[13] = 0x66;
	bytes[14] = 0x89;
	bytes[15] = 0x03;						/* 16 bytes */
	assert_int_equal(refuse_bytes(X86_MODE_64, bytes, 16), -EINVAL);
	assert_int_equal(refuse_bytes(X86_MODE_64, bytes, 15), -EINVAL);
	assert_int_equal(refuse_bytes(X86_MODE_64, bytes, 14), -E2BIG);
	memset(bytes, 0x66, sizeof(bytes));
	assert_int_equal(refuse_bytes(X86_MODE_64, bytes, 15), -EINVAL);
	assert_int_equal(refuse_bytes(X86_MODE_64, bytes, 32), -EINVAL);
	memcpy(bytes + 10, "\x81\x84\x00\x01\x02\x03", 6);		/* ends beyond, however it goes on */
	assert_int_equal(refuse_bytes(X86_MODE_32, bytes, 32), -EINVAL);
	assert_int_equal(refuse_bytes(X86_MODE_64, bytes, 0), -E2BIG);
}

/* "REX Prefixes", special cases: without base, REX.B does not count. The CPU is asked, since Zydis 4.0 disagrees. */
static void sib_base_5_ignores_rex_b(void **state)
{
	struct x86_insn insn = DECODE(64, 0x67, 0x41, 0x8b, 0x04, 0x25, 0x78, 0x56, 0x34, 0x12);
	u64 address = 0;

	(void)state;
	IS(insn, LOAD, 4, X86_RAX, NONE, NONE, 0x12345678);
#ifdef __x86_64__
	__asm__ volatile("mov $0x1000, %%r13d\n\t"
			 ".byte 0x67, 0x41, 0x8d, 0x04, 0x25, 0x78, 0x56, 0x34, 0x12"	/* the same address by LEA */
			 : "=a"(address) : : "r13");
	assert_true(address == 0x12345678);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rex_x_extends_index),
		cmocka_unit_test(rsp_and_r12_base),
		cmocka_unit_test(stores_from_r8_to_r15),
		cmocka_unit_test(high_byte_registers),
		cmocka_unit_test(moffs),
		cmocka_unit_test(rip_relative),
		cmocka_unit_test(addresses),
		cmocka_unit_test(bit_strings),
		cmocka_unit_test(segment_overrides),
		cmocka_unit_test(prefix_order),
		cmocka_unit_test(lengths),
		cmocka_unit_test(not_instructions),
		cmocka_unit_test(fifteen_bytes_and_no_more),
		cmocka_unit_test(sib_base_5_ignores_rex_b),
	};

	return cmocka_run_group_tests_name("decode_operands", tests, NULL, NULL);
}
