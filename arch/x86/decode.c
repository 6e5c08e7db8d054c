// SPDX-License-Identifier: GPL-2.0-only
/*
 * The instruction decoder: the length of any instruction, and the meaning of those that devices are driven with.
 *
 * It works on a copy with zeros behind it, and looks only at the end whether that went too far. A plain MOV, which is
 * what exits most, meets neither a special entry nor a rare one.
 */
#include "decode_tables.h"

/* No instruction needs more than 9 bytes behind the byte that is not a prefix, and that is within the first 16. */
#define COPY_SIZE 32

/* Little-endian, @n of 0, 1, 2, 4, 8. Spelt as copies of a constant size, which compile to single moves. */
static u64 load_signed(const u8 *from, unsigned int n)
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

/*
 * "Instruction Prefixes": of one group the last counts. A REX that is not the last prefix is ignored: "REX Prefixes".
 * "Segment Overrides in 64-Bit Mode" (APM vol. 1): those of ES, CS, SS, DS are ignored, so FS and GS survive them.
 */
static u32 add_prefix(u32 prefixes, u8 byte, bool is_long)
{
	prefixes &= X86_PREFIX_LEGACY;
	switch (byte) {
	case 0x66:
		return prefixes | X86_PREFIX_SIZE;
	case 0x67:
		return prefixes | X86_PREFIX_ADDRESS;
	case 0xf0:
		return prefixes | X86_PREFIX_LOCK;
	case 0xf2:
		return (prefixes & ~X86_PREFIX_REP) | X86_PREFIX_REPNE;
	case 0xf3:
		return (prefixes & ~X86_PREFIX_REPNE) | X86_PREFIX_REP;
	case 0x64:
	case 0x65:
		return (prefixes & 0xffff) | X86_PREFIX_SEGMENT | (u32)(X86_FS + (byte & 1)) << 16;
	}
	if (is_long)
		return prefixes;
	return (prefixes & 0xffff) | X86_PREFIX_SEGMENT | (u32)(X86_ES + (byte >> 3 & 3)) << 16;
}

/* Return: the entry of the first byte that is no prefix. The zeros behind the copy are none, so there is one. */
static u32 take_prefixes(struct x86_decoder *d, bool is_long)
{
	u32 entry;
	u8 byte;

	for (;;) {
		byte = *d->at++;
		if (is_long && (byte & 0xf0) == X86_PREFIX_REX) {
			d->prefixes = (d->prefixes & X86_PREFIX_LEGACY) | byte;
			continue;
		}
		entry = x86_one_byte[byte];
		if (x86_entry_op(entry) != X86_SPECIAL_PREFIX)
			return entry;
		d->prefixes = add_prefix(d->prefixes, byte, is_long);
	}
}

/* "Operand Size and Address Size in 64-Bit Mode", "Operand-Size and Address-Size Attributes" */
static void set_sizes(struct x86_decoder *d, struct x86_insn *insn)
{
	bool narrow = insn->mode == X86_MODE_16, is_long = insn->mode == X86_MODE_64;

	if (d->prefixes & X86_PREFIX_W)
		d->width = 8;
	else if (narrow != !!(d->prefixes & X86_PREFIX_SIZE))
		d->width = 2;
	if (narrow != !!(d->prefixes & X86_PREFIX_ADDRESS))
		insn->address_size = is_long ? 4 : 2;
	else
		insn->address_size = is_long ? 8 : 4;
}

/* "16-Bit Addressing Forms with the ModR/M Byte". Return: bytes of displacement */
static unsigned int take_address16(struct x86_insn *insn, u8 modrm)
{
	static const u8 bases[8] = { X86_RBX, X86_RBX, X86_RBP, X86_RBP, X86_RSI, X86_RDI, X86_RBP, X86_RBX };
	unsigned int mod = modrm >> 6, rm = modrm & 7;

	if (mod == 0 && rm == 6)
		return 2;
	insn->base = bases[rm];
	if (rm < 4)
		insn->index = rm & 1 ? X86_RDI : X86_RSI;
	if (insn->base == X86_RBP)
		insn->segment = X86_SS;
	return mod;
}

/* "32-Bit Addressing Forms with the SIB Byte". Return: the base, without REX.B */
static unsigned int take_sib(struct x86_decoder *d, struct x86_insn *insn)
{
	u8 sib = *d->at++, index = (u8)((sib >> 3 & 7) | (d->prefixes & X86_PREFIX_X) << 2);

	if (index != X86_RSP)
		insn->index = index;
	insn->scale = (u8)(1 << (sib >> 6));
	return sib & 7;
}

/* "32-Bit Addressing Forms with the ModR/M Byte", "RIP-Relative Addressing". Return: bytes of displacement */
static unsigned int take_address(struct x86_decoder *d, struct x86_insn *insn, u8 modrm)
{
	unsigned int base = modrm & 7, mod = modrm >> 6;

	if (base == X86_RSP)
		base = take_sib(d, insn);
	if (mod == 0 && base == X86_RBP) {
		insn->rip_relative = (modrm & 7) == X86_RBP && insn->mode == X86_MODE_64;
		return 4;
	}
	base |= (d->prefixes & X86_PREFIX_B) << 3;
	insn->base = (u8)base;
	if (base == X86_RSP || base == X86_RBP)
		insn->segment = X86_SS;
	return mod + (mod & 2);
}

static void take_modrm(struct x86_decoder *d, struct x86_insn *insn)
{
	u8 modrm = *d->at++;
	unsigned int n;

	insn->has_modrm = true;
	insn->reg = (u8)((modrm >> 3 & 7) | (d->prefixes & X86_PREFIX_R) << 1);
	if (modrm >= 0xc0) {
		insn->base = (u8)((modrm & 7) | (d->prefixes & X86_PREFIX_B) << 3);
		return;
	}
	insn->is_memory = true;
	n = insn->address_size == 2 ? take_address16(insn, modrm) : take_address(d, insn, modrm);
	insn->disp = load_signed(d->at, n);
	d->at += n;
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
	u32 entry = take_prefixes(d, is_long);

	if (d->prefixes || !is_long)
		set_sizes(d, insn);
	if (x86_entry_op(entry) >= X86_SPECIAL_PREFIX) {
		struct x86_decoder special = *d;	/* spares the plain ones from keeping it in memory */

		entry = x86_decode_special(&special, insn, entry);
		*d = special;
	}
	if (entry & X86_ENTRY_MODRM)
		take_modrm(d, insn);
	if (entry & X86_ENTRY_RARE) {
		if ((entry & X86_ENTRY_INVALID) || ((entry & X86_ENTRY_NOT64) && is_long))
			return false;
		take_immediate(d, insn, entry);
		if (entry & X86_ENTRY_STRING)
			set_string(d, insn, x86_entry_op(entry));
	}
	if (insn->is_memory && x86_entry_op(entry) != X86_OP_OTHER)
		set_operation(d, insn, entry);
	if (d->prefixes & X86_PREFIX_LEGACY)
		return apply_prefixes(d, insn, entry);
	return true;
}

int x86_decode(const u8 *bytes, unsigned int len, enum x86_mode mode, struct x86_insn *out)
{
	u8 copy[COPY_SIZE];
	struct x86_decoder d = { .at = copy, .width = 4 };
	unsigned int used;
	bool is_valid;

	copy_bytes(copy, bytes, len);
	*out = (struct x86_insn){ .mode = (u8)mode, .address_size = 8, .segment = X86_DS, .scale = 1,
				  .reg = X86_REG_NONE, .base = X86_REG_NONE, .index = X86_REG_NONE };
	is_valid = take_insn(&d, out);
	used = (unsigned int)(d.at - copy);
	if (used > len && len < X86_INSN_MAX)
		return -E2BIG;
	if (!is_valid || used > X86_INSN_MAX)
		return -EINVAL;
	out->len = (u8)used;
	return 0;
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
