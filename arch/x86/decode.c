// SPDX-License-Identifier: GPL-2.0-only
/*
 * The instruction decoder: the length of any instruction, and the meaning of those that devices are driven with.
 * A few forms of MOV make nearly all of the exits and take a short way; the long one knows them as well.
 */
#include "decode_tables.h"

/* Of both ways, and calls would cost the short one a third more. */
#define INLINE inline __attribute__((always_inline))

/*
 * The first byte that is no prefix is within 16, and no instruction has more than 13 behind that (XOP with all it can
 * have).
 */
#define COPY_SIZE 32

/* Little-endian, @n of 0, 1, 2, 4, 8. Spelt as copies of a constant size, which compile to single moves. */
static INLINE u64 load_signed(const u8 *from, unsigned int n)
{
	s32 dword;
	s16 word;
	u64 qword;

	switch (n) {
	case 1:
		return (u64)(s8)*from;
	case 2:
		__builtin_memcpy(&word, from, sizeof(word));
		return (u64)word;
	case 4:
		__builtin_memcpy(&dword, from, sizeof(dword));
		return (u64)dword;
	case 8:
		__builtin_memcpy(&qword, from, sizeof(qword));
		return qword;
	}
	return 0;
}

static void copy_bytes(u8 copy[COPY_SIZE], const u8 *bytes, unsigned int len)
{
	unsigned int i;

	__builtin_memset(copy, 0, COPY_SIZE);
	if (len < X86_INSN_MAX) {
		for (i = 0; i < len; i++)
			copy[i] = bytes[i];
	} else {
		__builtin_memcpy(copy, bytes, 8);
		__builtin_memcpy(copy + X86_INSN_MAX - 8, bytes + X86_INSN_MAX - 8, 8);
	}
}

static INLINE void take_displacement(struct x86_decoder *d, struct x86_insn *insn, unsigned int n)
{
	insn->disp = load_signed(d->at, n);
	d->at += n;
}

/* "16-Bit Addressing Forms with the ModR/M Byte" */
static void take_address16(struct x86_decoder *d, struct x86_insn *insn, u8 modrm)
{
	static const u8 bases[8] = { X86_RBX, X86_RBX, X86_RBP, X86_RBP, X86_RSI, X86_RDI, X86_RBP, X86_RBX };
	unsigned int mod = modrm >> 6, rm = modrm & 7;

	if (mod == 0 && rm == 6) {
		take_displacement(d, insn, 2);
		return;
	}
	insn->base = bases[rm];
	if (rm < 4)
		insn->index = rm & 1 ? X86_RDI : X86_RSI;
	if (insn->base == X86_RBP)
		insn->segment = X86_SS;
	take_displacement(d, insn, mod);
}

/* "32-Bit Addressing Forms with the SIB Byte". Return: the base, without REX.B */
static INLINE u8 take_sib(struct x86_decoder *d, struct x86_insn *insn)
{
	u8 sib = *d->at++, index = (u8)((sib >> 3 & 7) | d->x);

	if (index != X86_RSP)
		insn->index = index;
	insn->scale = (u8)(1 << (sib >> 6));
	return sib & 7;
}

/* "32-Bit Addressing Forms with the ModR/M Byte", "RIP-Relative Addressing" */
static INLINE void take_address(struct x86_decoder *d, struct x86_insn *insn, u8 modrm)
{
	u8 base = modrm & 7, mod = modrm >> 6;

	if (base == X86_RSP)
		base = take_sib(d, insn);
	if (mod == 0 && base == X86_RBP) {
		insn->rip_relative = (modrm & 7) == X86_RBP && insn->mode == X86_MODE_64;
		take_displacement(d, insn, 4);
		return;
	}
	base |= d->b;
	insn->base = base;
	if (base == X86_RSP || base == X86_RBP)
		insn->segment = X86_SS;
	if (mod == 1)
		take_displacement(d, insn, 1);
	else if (mod == 2)
		take_displacement(d, insn, 4);
}

static void take_modrm(struct x86_decoder *d, struct x86_insn *insn)
{
	u8 modrm = *d->at++;

	insn->has_modrm = true;
	insn->reg = (modrm >> 3 & 7) | d->r;
	if (modrm >= 0xc0) {
		insn->base = (modrm & 7) | d->b;
		return;
	}
	insn->is_memory = true;
	if (insn->address_size == 2)
		take_address16(d, insn, modrm);
	else
		take_address(d, insn, modrm);
}

/* What follows the displacement. Of an instruction that is not offered, only how long that is. */
static void take_immediate(struct x86_decoder *d, struct x86_insn *insn, u32 entry)
{
	static const u8 lengths[X86_NR_IMM][3] = {	/* by operand size: 2, 4, 8 */
		[X86_IMM_BYTE] = { 1, 1, 1 },	[X86_IMM_WORD] = { 2, 2, 2 },	[X86_IMM_DWORD] = { 4, 4, 4 },
		[X86_IMM_Z] = { 2, 4, 4 },	[X86_IMM_V] = { 2, 4, 8 },	[X86_IMM_BRANCH] = { 2, 4, 4 },
		[X86_IMM_FAR] = { 4, 6, 6 },	[X86_IMM_ENTER] = { 3, 3, 3 },
	};
	unsigned int kind = entry & X86_ENTRY_IMM, n = lengths[kind][d->width >> 2];

	if (kind == X86_IMM_BRANCH && insn->mode == X86_MODE_64)
		n = 4;
	if (kind == X86_IMM_MOFFS) {
		n = insn->address_size;
		insn->is_memory = true;
		insn->reg = X86_RAX;
		insn->disp = load_signed(d->at, n) & (~0ULL >> (64 - 8 * n));
	} else if (kind != X86_IMM_NONE && x86_entry_op(entry) != X86_OP_OTHER && insn->is_memory) {
		insn->has_imm = true;
		insn->imm = load_signed(d->at, n);
	}
	d->at += n;
}

/* REPNE before strings that do not compare is reserved, so not offered: "REP/REPE/REPZ/REPNE/REPNZ". */
static void set_string(const struct x86_decoder *d, struct x86_insn *insn, unsigned int op)
{
	if (d->prefixes & X86_PREFIX_REPNE)
		return;
	insn->is_memory = true;
	insn->base = X86_RSI;
	if (op == X86_OP_STOS || op == X86_OP_INS) {
		insn->base = X86_RDI;
		insn->segment = X86_ES;
	}
	if (op == X86_OP_STOS || op == X86_OP_LODS)
		insn->reg = X86_RAX;
}

static void set_operation(const struct x86_decoder *d, struct x86_insn *insn, u32 entry)
{
	insn->op = (u8)x86_entry_op(entry);
	insn->reg_is_dest = entry & X86_ENTRY_DEST;
	insn->is_write = entry & X86_ENTRY_WRITE;
	insn->reg_size = (u8)d->width;
	insn->size = (u8)d->width;
	if (entry & X86_ENTRY_EXTEND) {
		insn->size = entry & X86_ENTRY_BYTE ? 1 : entry & X86_ENTRY_DWORD ? 4 : 2;
	} else if (entry & X86_ENTRY_BYTE) {
		insn->reg_size = 1;
		insn->size = 1;
		insn->high_byte = !(d->prefixes & X86_PREFIX_REX) && insn->reg - 4u < 4;
		insn->reg -= insn->high_byte ? 4 : 0;
	}
	if (entry & X86_ENTRY_NOREG) {
		insn->reg = X86_REG_NONE;
		insn->high_byte = false;
	}
}

/* "LOCK - Assert LOCK# Signal Prefix": #UD where it may not be. The segment of STOS and INS takes no override. */
static bool apply_prefixes(const struct x86_decoder *d, struct x86_insn *insn, u32 entry)
{
	insn->lock = d->prefixes & X86_PREFIX_LOCK;
	insn->rep = d->prefixes & X86_PREFIX_REP;
	insn->repne = d->prefixes & X86_PREFIX_REPNE;
	if ((d->prefixes & X86_PREFIX_SEGMENT) && !((entry & X86_ENTRY_STRING) && insn->base == X86_RDI))
		insn->segment = (u8)(d->prefixes >> 16);
	return !insn->lock || (insn->is_memory && (entry & X86_ENTRY_LOCK));
}

/* Return: whether there is such an instruction, if there are so many bytes */
static bool take_insn(struct x86_decoder *d, struct x86_insn *insn)
{
	bool is_long = insn->mode == X86_MODE_64;
	u32 entry = x86_decode_opcode(d, insn);

	if ((entry & X86_ENTRY_INVALID) || ((entry & X86_ENTRY_NOT64) && is_long))
		return false;
	if (entry & X86_ENTRY_MODRM)
		take_modrm(d, insn);
	if (entry & X86_ENTRY_IMM)
		take_immediate(d, insn, entry);
	if (entry & X86_ENTRY_STRING)
		set_string(d, insn, x86_entry_op(entry));
	if (insn->is_memory && x86_entry_op(entry) != X86_OP_OTHER)
		set_operation(d, insn, entry);
	return !(d->prefixes & X86_PREFIX_LEGACY) || apply_prefixes(d, insn, entry);
}

/* Of a copy with zeros behind it, so that only the end is the time to ask whether the bytes were enough. */
static __attribute__((noinline)) int decode_any(const u8 *bytes, unsigned int len, struct x86_insn *insn)
{
	u8 copy[COPY_SIZE];
	struct x86_decoder d = { .at = copy };
	unsigned int used;
	bool is_valid;

	copy_bytes(copy, bytes, len);
	is_valid = take_insn(&d, insn);
	used = (unsigned int)(d.at - copy);
	if (used > len && len < X86_INSN_MAX)
		return -E2BIG;
	if (!is_valid || used > X86_INSN_MAX)
		return -EINVAL;
	insn->len = (u8)used;
	return 0;
}

/*
 * The short way, in 64-bit mode: at most REX before a MOV of 4 or 8 bytes between memory and a register, or from an
 * immediate. These have 12 bytes at most. Return: false, with nothing done, for anything else.
 */
static bool take_plain(const u8 *bytes, struct x86_insn *insn)
{
	struct x86_decoder d = { .at = bytes, .width = 4 };
	u8 opcode = *d.at++, modrm;

	if ((opcode & 0xf0) == X86_PREFIX_REX) {
		x86_set_rex(&d, opcode);
		opcode = *d.at++;
	}
	modrm = *d.at++;
	if (modrm >= 0xc0)
		return false;
	if (opcode == 0x89) {
		insn->op = X86_OP_STORE;
		insn->is_write = true;
	} else if (opcode == 0x8b) {
		insn->op = X86_OP_LOAD;
		insn->reg_is_dest = true;
	} else if (opcode == 0xc7 && (modrm & 0x38) == 0) {
		insn->op = X86_OP_STORE_IMM;
		insn->is_write = true;
	} else {
		return false;
	}
	insn->has_modrm = true;
	insn->is_memory = true;
	insn->reg = (modrm >> 3 & 7) | d.r;
	insn->size = d.width;
	insn->reg_size = d.width;
	take_address(&d, insn, modrm);
	if (insn->op == X86_OP_STORE_IMM) {
		insn->reg = X86_REG_NONE;
		insn->has_imm = true;
		insn->imm = load_signed(d.at, 4);
		d.at += 4;
	}
	insn->len = (u8)(d.at - bytes);
	return true;
}

int x86_decode(const u8 *bytes, unsigned int len, enum x86_mode mode, struct x86_insn *out)
{
	*out = (struct x86_insn){ .mode = (u8)mode, .address_size = 8, .segment = X86_DS, .scale = 1,
				  .reg = X86_REG_NONE, .base = X86_REG_NONE, .index = X86_REG_NONE };
	if (mode == X86_MODE_64 && len >= X86_INSN_MAX && take_plain(bytes, out))
		return 0;
	return decode_any(bytes, len, out);
}

/* "BT - Bit Test": the bit number in a register is signed and reaches beyond the operand, in steps of its size. */
static u64 bit_string_offset(const struct x86_insn *insn, const u64 regs[X86_NR_REGS])
{
	u64 bit = load_signed((const u8 *)&regs[insn->reg], insn->size);

	return (u64)((s64)bit >> 3) & ~(u64)(insn->size - 1);
}

u64 x86_insn_address(const struct x86_insn *insn, const u64 regs[X86_NR_REGS], u64 rip, u64 seg_base)
{
	u64 address = insn->disp;

	if (insn->base != X86_REG_NONE)
		address += regs[insn->base];
	if (insn->index != X86_REG_NONE)
		address += regs[insn->index] * insn->scale;
	if (insn->rip_relative)
		address += rip + insn->len;
	if (insn->op >= X86_OP_BT && insn->op <= X86_OP_BTC && !insn->has_imm)
		address += bit_string_offset(insn, regs);
	address &= ~0ULL >> (64 - 8 * insn->address_size);
	address += seg_base;
	return insn->mode == X86_MODE_64 ? address : (u32)address;
}
