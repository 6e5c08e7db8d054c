// SPDX-License-Identifier: GPL-2.0-only
/* sources: arch/x86/decode.c arch/x86/decode_tables.c */
/*
 * What the decoder says of operations, case by case: what earlier hypervisors got wrong, and what manuals single out.
 */
#include "decode_unit.h"

static void mov_store_and_load(void **state)
{
	struct x86_insn insn = DECODE(64, 0x89, 0x90, 0xb0, 0, 0, 0);	/* mov %edx,0xb0(%rax) */

	(void)state;
	IS(insn, STORE, 4, X86_RDX, X86_RAX, NONE, 0xb0);
	assert_true(insn.is_write && !insn.reg_is_dest && !insn.has_imm && insn.has_modrm);
	insn = DECODE(64, 0x8b, 0x48, 0xf8);				/* mov -8(%rax),%ecx */
	IS(insn, LOAD, 4, X86_RCX, X86_RAX, NONE, (u64)-8);
	assert_true(!insn.is_write && insn.reg_is_dest);
	insn = DECODE(64, 0x48, 0x89, 0x37);				/* mov %rsi,(%rdi) */
	IS(insn, STORE, 8, X86_RSI, X86_RDI, NONE, 0);
	insn = DECODE(64, 0x66, 0x89, 0x37);
	IS(insn, STORE, 2, X86_RSI, X86_RDI, NONE, 0);
	insn = DECODE(64, 0x88, 0x07);
	IS(insn, STORE, 1, X86_RAX, X86_RDI, NONE, 0);
	insn = DECODE(16, 0x89, 0x07);
	IS(insn, STORE, 2, X86_RAX, X86_RBX, NONE, 0);
	insn = DECODE(16, 0x66, 0x89, 0x07);
	IS(insn, STORE, 4, X86_RAX, X86_RBX, NONE, 0);
}

/* How Linux writes its APIC: absolute, sign-extended, through SIB. */
static void apic_stores(void **state)
{
	struct x86_insn insn = DECODE(64, 0x89, 0x3c, 0x25, 0xb0, 0xd0, 0x5f, 0xff);

	(void)state;
	IS(insn, STORE, 4, X86_RDI, NONE, NONE, 0xffffffffff5fd0b0);
	insn = DECODE(64, 0xc7, 0x04, 0x25, 0xb0, 0xd0, 0x5f, 0xff, 0, 0, 0, 0);
	IS(insn, STORE_IMM, 4, NONE, NONE, NONE, 0xffffffffff5fd0b0);
	assert_true(insn.has_imm && insn.imm == 0);
}

static void byte_immediate_c6(void **state)
{
	struct x86_insn insn = DECODE(64, 0xc6, 0x40, 0x03, 0x80);	/* movb $-128,3(%rax) */

	(void)state;
	IS(insn, STORE_IMM, 1, NONE, X86_RAX, NONE, 3);
	assert_true(insn.has_imm && insn.is_write && insn.imm == (u64)-128);
	assert_int_equal(REFUSE(64, 0xc6, 0x48, 0x03, 0x80), -EINVAL);
}

/* Defect 5: of two bytes, not four. */
static void word_immediate_66_c7(void **state)
{
	struct x86_insn insn = DECODE(64, 0x66, 0xc7, 0x00, 0x34, 0x92);

	(void)state;
	IS(insn, STORE_IMM, 2, NONE, X86_RAX, NONE, 0);
	assert_true(insn.imm == 0xffffffffffff9234);
	insn = DECODE(16, 0xc7, 0x07, 0x34, 0x12);
	IS(insn, STORE_IMM, 2, NONE, X86_RBX, NONE, 0);
	insn = DECODE(16, 0x66, 0xc7, 0x07, 0x34, 0x12, 0, 0);
	IS(insn, STORE_IMM, 4, NONE, X86_RBX, NONE, 0);
}

static void quadword_immediate_extends(void **state)
{
	struct x86_insn insn = DECODE(64, 0x48, 0xc7, 0x00, 0, 0, 0, 0x80);

	(void)state;
	IS(insn, STORE_IMM, 8, NONE, X86_RAX, NONE, 0);
	assert_true(insn.imm == 0xffffffff80000000);
	insn = DECODE(64, 0x66, 0x48, 0xc7, 0x00, 0, 0, 0, 0x80);	/* REX.W goes before 66 */
	assert_true(insn.size == 8 && insn.imm == 0xffffffff80000000);
}

static void extending_loads(void **state)
{
	struct x86_insn insn = DECODE(64, 0x0f, 0xb6, 0x10);		/* movzbl (%rax),%edx */

	(void)state;
	IS(insn, LOAD_ZX, 1, X86_RDX, X86_RAX, NONE, 0);
	assert_int_equal(insn.reg_size, 4);
	insn = DECODE(64, 0x4c, 0x0f, 0xbf, 0x30);			/* movswq (%rax),%r14 */
	IS(insn, LOAD_SX, 2, X86_R14, X86_RAX, NONE, 0);
	assert_int_equal(insn.reg_size, 8);
	insn = DECODE(64, 0x48, 0x63, 0x10);				/* movslq (%rax),%rdx */
	IS(insn, LOAD_SX, 4, X86_RDX, X86_RAX, NONE, 0);
	assert_int_equal(insn.reg_size, 8);
	insn = DECODE(64, 0x0f, 0xb6, 0x20);				/* into %esp: never a high byte */
	IS(insn, LOAD_ZX, 1, X86_RSP, X86_RAX, NONE, 0);
	assert_false(insn.high_byte);
	assert_int_equal(DECODE(32, 0x63, 0x10).op, X86_OP_OTHER);	/* arpl */
}

static void alu_forms(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 8; i++) {
		u8 opcode = (u8)(8 * i), modrm = (u8)(8 * i);
		struct x86_insn insn = DECODE(64, opcode | 1, 0x10);	/* op %edx,(%rax) */

		IS(insn, ADD + i, 4, X86_RDX, X86_RAX, NONE, 0);
		assert_true(!insn.reg_is_dest && insn.is_write == (i != 7));
		insn = DECODE(64, opcode | 2, 0x10);			/* op (%rax),%dl */
		IS(insn, ADD + i, 1, X86_RDX, X86_RAX, NONE, 0);
		assert_true(insn.reg_is_dest && !insn.is_write);
		insn = DECODE(64, 0x83, modrm, 0xfe);			/* op $-2,(%rax) */
		IS(insn, ADD + i, 4, NONE, X86_RAX, NONE, 0);
		assert_true(insn.has_imm && insn.imm == (u64)-2 && insn.is_write == (i != 7));
		insn = DECODE(32, 0x66, 0x81, modrm, 0x34, 0x12);
		IS(insn, ADD + i, 2, NONE, X86_RAX, NONE, 0);
		assert_true(insn.imm == 0x1234);
		insn = DECODE(32, 0x82, modrm, 0x01);
		IS(insn, ADD + i, 1, NONE, X86_RAX, NONE, 0);
		assert_int_equal(REFUSE(64, 0x82, modrm, 0x01), -EINVAL);
	}
}

static void unary_and_test(void **state)
{
	struct x86_insn insn = DECODE(64, 0xf7, 0x00, 1, 2, 3, 4); /* TEST has an immediate, its neighbours have none */

	(void)state;
	IS(insn, TEST, 4, NONE, X86_RAX, NONE, 0);
	assert_true(insn.has_imm && insn.imm == 0x04030201 && !insn.is_write);
	assert_int_equal(DECODE(64, 0xf6, 0x08, 1).op, X86_OP_TEST);
	assert_int_equal(DECODE(64, 0xf7, 0x10).op, X86_OP_NOT);
	assert_int_equal(DECODE(64, 0xf6, 0x18).op, X86_OP_NEG);
	assert_int_equal(DECODE(64, 0xf7, 0x20).op, X86_OP_OTHER);	/* mul */
	assert_int_equal(DECODE(64, 0xfe, 0x00).op, X86_OP_INC);
	assert_int_equal(DECODE(64, 0x48, 0xff, 0x08).op, X86_OP_DEC);
	insn = DECODE(64, 0xff, 0x08);
	IS(insn, DEC, 4, NONE, X86_RAX, NONE, 0);
	assert_int_equal(REFUSE(64, 0xff, 0x38), -EINVAL);
	assert_int_equal(DECODE(64, 0x84, 0x10).op, X86_OP_TEST);
}

static void atomics(void **state)
{
	struct x86_insn insn = DECODE(64, 0xf0, 0x0f, 0xb1, 0x11);	/* lock cmpxchg %edx,(%rcx) */

	(void)state;
	IS(insn, CMPXCHG, 4, X86_RDX, X86_RCX, NONE, 0);
	assert_true(insn.lock && insn.is_write);
	insn = DECODE(64, 0xf0, 0x48, 0x0f, 0xc1, 0x11);
	IS(insn, XADD, 8, X86_RDX, X86_RCX, NONE, 0);
	insn = DECODE(64, 0x87, 0x11);
	IS(insn, XCHG, 4, X86_RDX, X86_RCX, NONE, 0);
	insn = DECODE(64, 0xf0, 0x0f, 0xba, 0x29, 0x05);		/* lock btsl $5,(%rcx) */
	IS(insn, BTS, 4, NONE, X86_RCX, NONE, 0);
	assert_true(insn.has_imm && insn.imm == 5);
	insn = DECODE(64, 0x0f, 0xb3, 0x11);
	IS(insn, BTR, 4, X86_RDX, X86_RCX, NONE, 0);
	assert_int_equal(DECODE(64, 0xf0, 0x0f, 0xc7, 0x0f).op, X86_OP_OTHER);	/* lock cmpxchg8b */
}

static void lock_where_it_may_not_be(void **state)
{
	(void)state;
	assert_int_equal(REFUSE(64, 0xf0, 0x89, 0x10), -EINVAL);	/* a store */
	assert_int_equal(REFUSE(64, 0xf0, 0x01, 0xd0), -EINVAL);	/* register destination */
	assert_int_equal(REFUSE(64, 0xf0, 0x03, 0x10), -EINVAL);	/* memory is the source */
	assert_int_equal(REFUSE(64, 0xf0, 0x83, 0x38, 1), -EINVAL);	/* cmp */
	assert_int_equal(REFUSE(64, 0xf0, 0x0f, 0xba, 0x20, 1), -EINVAL);	/* bt */
	assert_int_equal(REFUSE(64, 0xf0, 0xa5), -EINVAL);
	assert_int_equal(REFUSE(64, 0xf0, 0x90), -EINVAL);
	assert_int_equal(REFUSE(64, 0xf0, 0x0f, 0x22, 0xc0), -EINVAL);
	assert_int_equal(DECODE(64, 0xf0, 0x83, 0x08, 1).op, X86_OP_OR);
}

static void string_operations(void **state)
{
	struct x86_insn insn = DECODE(64, 0xf3, 0x48, 0xa5);		/* rep movsq */

	(void)state;
	IS(insn, MOVS, 8, NONE, X86_RSI, NONE, 0);
	assert_true(insn.rep && insn.is_write && !insn.has_modrm);
	insn = DECODE(32, 0x64, 0xa4);					/* movsb %fs:(%esi),%es:(%edi) */
	IS(insn, MOVS, 1, NONE, X86_RSI, NONE, 0);
	assert_int_equal(insn.segment, X86_FS);
	insn = DECODE(32, 0x64, 0xf3, 0xab);				/* ES:EDI takes no override */
	IS(insn, STOS, 4, X86_RAX, X86_RDI, NONE, 0);
	assert_true(insn.segment == X86_ES && insn.is_write);
	insn = DECODE(64, 0x66, 0x67, 0xad);
	IS(insn, LODS, 2, X86_RAX, X86_RSI, NONE, 0);
	assert_int_equal(insn.address_size, 4);
	insn = DECODE(64, 0x48, 0x6d);					/* ports have 4 bytes at most */
	IS(insn, INS, 4, NONE, X86_RDI, NONE, 0);
	insn = DECODE(16, 0x2e, 0x6f);
	IS(insn, OUTS, 2, NONE, X86_RSI, NONE, 0);
	assert_int_equal(insn.segment, X86_CS);
	assert_int_equal(DECODE(64, 0xf2, 0xa4).op, X86_OP_OTHER);
	assert_int_equal(DECODE(64, 0xf3, 0xa6).op, X86_OP_OTHER);	/* cmps */
}

/* Defect 4: the register is extended by REX, and the length is not always three. */
static void control_registers(void **state)
{
	struct x86_insn insn = DECODE(64, 0x41, 0x0f, 0x22, 0xc7);	/* mov %r15,%cr0 */

	(void)state;
	assert_int_equal(insn.op, X86_OP_TO_CR);
	assert_true(insn.reg == 0 && insn.base == X86_R15 && insn.size == 8 && !insn.is_memory);
	insn = DECODE(64, 0x44, 0x0f, 0x20, 0xc1);			/* mov %cr8,%rcx */
	assert_int_equal(insn.op, X86_OP_FROM_CR);
	assert_true(insn.reg == 8 && insn.base == X86_RCX);
	insn = DECODE(32, 0x0f, 0x23, 0x3b);				/* mov %ebx,%dr7: ModRM.mod does not count */
	assert_int_equal(insn.op, X86_OP_TO_DR);
	assert_true(insn.reg == 7 && insn.base == X86_RBX && insn.size == 4 && !insn.is_memory);
	assert_int_equal(REFUSE(64, 0x0f, 0x22, 0xc8), -EINVAL);	/* no CR1 */
	assert_int_equal(REFUSE(64, 0x44, 0x0f, 0x21, 0xc0), -EINVAL);	/* no DR8 */
}

static void movnti_and_movbe(void **state)
{
	struct x86_insn insn = DECODE(64, 0x48, 0x0f, 0xc3, 0x10);

	(void)state;
	IS(insn, STORE, 8, X86_RDX, X86_RAX, NONE, 0);
	insn = DECODE(16, 0x0f, 0xc3, 0x17);
	IS(insn, STORE, 4, X86_RDX, X86_RBX, NONE, 0);
	assert_int_equal(REFUSE(64, 0x66, 0x0f, 0xc3, 0x10), -EINVAL);
	insn = DECODE(64, 0x0f, 0x38, 0xf1, 0x10);
	IS(insn, STORE_BE, 4, X86_RDX, X86_RAX, NONE, 0);
	insn = DECODE(64, 0x66, 0x0f, 0x38, 0xf0, 0x10);
	IS(insn, LOAD_BE, 2, X86_RDX, X86_RAX, NONE, 0);
	assert_int_equal(DECODE(64, 0xf2, 0x0f, 0x38, 0xf1, 0x10).op, X86_OP_OTHER);	/* crc32 */
}

static void register_forms_are_other(void **state)
{
	(void)state;
	assert_int_equal(DECODE(64, 0x89, 0xd0).op, X86_OP_OTHER);
	assert_int_equal(DECODE(64, 0xc7, 0xc0, 1, 2, 3, 4).op, X86_OP_OTHER);
	assert_int_equal(DECODE(64, 0x0f, 0xb6, 0xc0).op, X86_OP_OTHER);
	assert_false(DECODE(64, 0xf7, 0xc0, 1, 2, 3, 4).has_imm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mov_store_and_load),
		cmocka_unit_test(apic_stores),
		cmocka_unit_test(byte_immediate_c6),
		cmocka_unit_test(word_immediate_66_c7),
		cmocka_unit_test(quadword_immediate_extends),
		cmocka_unit_test(extending_loads),
		cmocka_unit_test(alu_forms),
		cmocka_unit_test(unary_and_test),
		cmocka_unit_test(atomics),
		cmocka_unit_test(lock_where_it_may_not_be),
		cmocka_unit_test(string_operations),
		cmocka_unit_test(control_registers),
		cmocka_unit_test(movnti_and_movbe),
		cmocka_unit_test(register_forms_are_other),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
