// SPDX-License-Identifier: GPL-2.0-only
/* Translates what Zydis says of an instruction into the record that the decoder should give. */
#include "zydis_expect.h"

static const struct {
	ZydisMnemonic mnemonic;
	enum x86_op op;
} ops[] = {
	{ ZYDIS_MNEMONIC_MOVNTI, X86_OP_STORE },
	{ ZYDIS_MNEMONIC_MOVZX, X86_OP_LOAD_ZX },
	{ ZYDIS_MNEMONIC_MOVSX, X86_OP_LOAD_SX },
	{ ZYDIS_MNEMONIC_MOVSXD, X86_OP_LOAD_SX },
	{ ZYDIS_MNEMONIC_ADD, X86_OP_ADD },
	{ ZYDIS_MNEMONIC_OR, X86_OP_OR },
	{ ZYDIS_MNEMONIC_ADC, X86_OP_ADC },
	{ ZYDIS_MNEMONIC_SBB, X86_OP_SBB },
	{ ZYDIS_MNEMONIC_AND, X86_OP_AND },
	{ ZYDIS_MNEMONIC_SUB, X86_OP_SUB },
	{ ZYDIS_MNEMONIC_XOR, X86_OP_XOR },
	{ ZYDIS_MNEMONIC_CMP, X86_OP_CMP },
	{ ZYDIS_MNEMONIC_TEST, X86_OP_TEST },
	{ ZYDIS_MNEMONIC_XCHG, X86_OP_XCHG },
	{ ZYDIS_MNEMONIC_INC, X86_OP_INC },
	{ ZYDIS_MNEMONIC_DEC, X86_OP_DEC },
	{ ZYDIS_MNEMONIC_NOT, X86_OP_NOT },
	{ ZYDIS_MNEMONIC_NEG, X86_OP_NEG },
	{ ZYDIS_MNEMONIC_BT, X86_OP_BT },
	{ ZYDIS_MNEMONIC_BTS, X86_OP_BTS },
	{ ZYDIS_MNEMONIC_BTR, X86_OP_BTR },
	{ ZYDIS_MNEMONIC_BTC, X86_OP_BTC },
	{ ZYDIS_MNEMONIC_XADD, X86_OP_XADD },
	{ ZYDIS_MNEMONIC_CMPXCHG, X86_OP_CMPXCHG },
	{ ZYDIS_MNEMONIC_MOVSB, X86_OP_MOVS },
	{ ZYDIS_MNEMONIC_MOVSW, X86_OP_MOVS },
	{ ZYDIS_MNEMONIC_MOVSD, X86_OP_MOVS },
	{ ZYDIS_MNEMONIC_MOVSQ, X86_OP_MOVS },
	{ ZYDIS_MNEMONIC_STOSB, X86_OP_STOS },
	{ ZYDIS_MNEMONIC_STOSW, X86_OP_STOS },
	{ ZYDIS_MNEMONIC_STOSD, X86_OP_STOS },
	{ ZYDIS_MNEMONIC_STOSQ, X86_OP_STOS },
	{ ZYDIS_MNEMONIC_LODSB, X86_OP_LODS },
	{ ZYDIS_MNEMONIC_LODSW, X86_OP_LODS },
	{ ZYDIS_MNEMONIC_LODSD, X86_OP_LODS },
	{ ZYDIS_MNEMONIC_LODSQ, X86_OP_LODS },
	{ ZYDIS_MNEMONIC_INSB, X86_OP_INS },
	{ ZYDIS_MNEMONIC_INSW, X86_OP_INS },
	{ ZYDIS_MNEMONIC_INSD, X86_OP_INS },
	{ ZYDIS_MNEMONIC_OUTSB, X86_OP_OUTS },
	{ ZYDIS_MNEMONIC_OUTSW, X86_OP_OUTS },
	{ ZYDIS_MNEMONIC_OUTSD, X86_OP_OUTS },
};

static u8 number_of(ZydisRegister reg)
{
	if (reg == ZYDIS_REGISTER_NONE || reg == ZYDIS_REGISTER_RIP || reg == ZYDIS_REGISTER_EIP)
		return X86_REG_NONE;
	if (reg >= ZYDIS_REGISTER_AH && reg <= ZYDIS_REGISTER_BH)
		return (u8)(reg - ZYDIS_REGISTER_AH);
	if (reg >= ZYDIS_REGISTER_SPL && reg <= ZYDIS_REGISTER_R15B)
		return (u8)(reg - ZYDIS_REGISTER_SPL + 4);
	return (u8)ZydisRegisterGetId(reg);
}

static u8 segment_of(ZydisRegister reg)
{
	static const ZydisRegister order[] = { ZYDIS_REGISTER_ES, ZYDIS_REGISTER_CS, ZYDIS_REGISTER_SS,
					       ZYDIS_REGISTER_DS, ZYDIS_REGISTER_FS, ZYDIS_REGISTER_GS };
	u8 i;

	for (i = 0; i < HV_ARRAY_SIZE(order); i++)
		if (order[i] == reg)
			return i;
	return 0xee;
}

static bool is_class(const ZydisDecodedOperand *o, ZydisRegisterClass class)
{
	return o->type == ZYDIS_OPERAND_TYPE_REGISTER && ZydisRegisterGetClass(o->reg.value) == class;
}

static bool is_general(const ZydisDecodedOperand *o)
{
	return is_class(o, ZYDIS_REGCLASS_GPR8) || is_class(o, ZYDIS_REGCLASS_GPR16) ||
	       is_class(o, ZYDIS_REGCLASS_GPR32) || is_class(o, ZYDIS_REGCLASS_GPR64);
}

/* MOV and MOVBE are many things; so are the names MOVSD and CMPSD. */
static enum x86_op expected_op(const ZydisDecodedInstruction *z, const ZydisDecodedOperand *o)
{
	bool memory_first = o[0].type == ZYDIS_OPERAND_TYPE_MEMORY;
	unsigned int i;

	if (z->mnemonic == ZYDIS_MNEMONIC_MOV) {
		if (is_class(&o[0], ZYDIS_REGCLASS_CONTROL))
			return X86_OP_TO_CR;
		if (is_class(&o[1], ZYDIS_REGCLASS_CONTROL))
			return X86_OP_FROM_CR;
		if (is_class(&o[0], ZYDIS_REGCLASS_DEBUG))
			return X86_OP_TO_DR;
		if (is_class(&o[1], ZYDIS_REGCLASS_DEBUG))
			return X86_OP_FROM_DR;
		if (memory_first && o[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
			return X86_OP_STORE_IMM;
		if (memory_first && is_general(&o[1]))
			return X86_OP_STORE;
		if (is_general(&o[0]) && o[1].type == ZYDIS_OPERAND_TYPE_MEMORY)
			return X86_OP_LOAD;
		return X86_OP_OTHER;
	}
	if (!memory_first && o[1].type != ZYDIS_OPERAND_TYPE_MEMORY)
		return X86_OP_OTHER;
	if (z->mnemonic == ZYDIS_MNEMONIC_MOVBE)
		return memory_first ? X86_OP_STORE_BE : X86_OP_LOAD_BE;
	if (z->mnemonic == ZYDIS_MNEMONIC_MOVSXD && z->operand_width == 16)
		return X86_OP_OTHER;	/* vendors differ in how much that reads */
	for (i = 0; i < HV_ARRAY_SIZE(ops); i++)
		if (ops[i].mnemonic == z->mnemonic &&
		    !(is_string(ops[i].op) && z->opcode_map != ZYDIS_OPCODE_MAP_DEFAULT))
			return ops[i].op;
	return X86_OP_OTHER;
}

static void want_prefixes(struct x86_insn *e, const ZydisDecodedInstruction *z)
{
	u8 i, byte;

	for (i = 0; i < z->raw.prefix_count; i++) {
		byte = z->raw.prefixes[i].value;
		if (byte == 0xf0)
			e->lock = true;
		if (byte == 0xf2 || byte == 0xf3) {
			e->rep = byte == 0xf3;
			e->repne = byte == 0xf2;
		}
	}
}

static void want_memory(struct expected *x, const ZydisDecodedInstruction *z, const ZydisDecodedOperand *m)
{
	struct x86_insn *e = &x->insn;

	x->memory = m;
	e->is_memory = true;
	e->size = (u8)(m->size / 8);
	e->reg_size = e->size;
	e->segment = segment_of(m->mem.segment);
	e->base = number_of(m->mem.base);
	e->index = number_of(m->mem.index);
	e->scale = m->mem.scale;
	e->disp = (u64)m->mem.disp.value;
	e->rip_relative = m->mem.base == ZYDIS_REGISTER_RIP || m->mem.base == ZYDIS_REGISTER_EIP;
	e->is_write = (m->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) || e->op == X86_OP_MOVS;
	e->address_size = z->address_width / 8;
}

static void want_other(struct x86_insn *e, const ZydisDecodedOperand *o)
{
	if (o->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
		e->has_imm = true;
		e->imm = o->imm.value.u;
	}
	if (is_general(o)) {
		e->reg = number_of(o->reg.value);
		e->reg_size = (u8)(o->size / 8);
		e->high_byte = o->reg.value >= ZYDIS_REGISTER_AH && o->reg.value <= ZYDIS_REGISTER_BH;
	}
}

/*
 * Zydis 4.0 takes R13D for the base where there is none, with SIB's base 5, mod 0, REX.B and 32-bit addresses (its
 * issue
 * 592). The CPU has no base then: see sib_base_5_ignores_rex_b in test_decode_operands.c, which asks it.
 */
static void repair(const ZydisDecodedInstruction *z, ZydisDecodedOperand *operand)
{
	if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY || z->address_width != 32 ||
	    !(z->attributes & ZYDIS_ATTRIB_HAS_SIB))
		return;
	if (z->raw.modrm.mod != 0 || z->raw.sib.base != 5 || operand->mem.base != ZYDIS_REGISTER_R13D)
		return;
	operand->mem.base = ZYDIS_REGISTER_NONE;
	operand->mem.disp.has_displacement = true;
	operand->mem.disp.value = z->raw.disp.value;
}

void zydis_expect(struct expected *x, const ZydisDecodedInstruction *z, ZydisDecodedOperand *o)
{
	struct x86_insn *e = &x->insn;
	unsigned int memory = o[0].type == ZYDIS_OPERAND_TYPE_MEMORY ? 0 : 1;

	*x = (struct expected){ .insn = { .len = z->length, .reg = X86_REG_NONE } };
	repair(z, &o[0]);
	repair(z, &o[1]);
	e->has_modrm = z->attributes & ZYDIS_ATTRIB_HAS_MODRM;
	e->op = expected_op(z, o);
	want_prefixes(e, z);
	if (is_string(e->op) && e->repne)
		e->op = X86_OP_OTHER;		/* reserved by the manuals, so that we do not offer it */
	if (e->op == X86_OP_OTHER)
		return;
	if (e->op >= X86_OP_FROM_CR) {
		e->reg_is_dest = e->op == X86_OP_TO_CR || e->op == X86_OP_TO_DR;
		e->reg = (u8)ZydisRegisterGetId(o[!e->reg_is_dest].reg.value);
		e->base = (u8)ZydisRegisterGetId(o[e->reg_is_dest].reg.value);
		e->size = (u8)(o[e->reg_is_dest].size / 8);
		return;
	}
	if (e->op == X86_OP_MOVS || e->op == X86_OP_OUTS)
		memory = 1;
	want_memory(x, z, &o[memory]);
	if (is_string(e->op) && e->op != X86_OP_STOS && e->op != X86_OP_LODS)
		return;
	if (z->operand_count > 1 && e->op != X86_OP_INC && e->op != X86_OP_DEC && e->op != X86_OP_NOT &&
	    e->op != X86_OP_NEG)
		want_other(e, &o[!memory]);
	e->reg_is_dest = memory == 1;
}
