// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prefixes and opcodes of the decoder: Intel SDM vol. 2, "Instruction Format", "Opcode Map"; AMD APM vol. 3,
 * "Instruction
 * Encoding", "Opcode and Operand Encodings".
 */
#include "decode_tables.h"

#define __ X86_ENTRY_INVALID
#define NO X86_IMM_NONE
#define IB X86_IMM_BYTE
#define IW X86_IMM_WORD
#define IZ X86_IMM_Z
#define IV X86_IMM_V
#define JZ X86_IMM_BRANCH
#define AP (X86_IMM_FAR | X86_ENTRY_NOT64)
#define X6 (NO | X86_ENTRY_NOT64)
#define IX (IB | X86_ENTRY_NOT64)
#define MO (NO | X86_ENTRY_MODRM)
#define MB (IB | X86_ENTRY_MODRM)
#define MZ (IZ | X86_ENTRY_MODRM)

/* Operations on memory; the prefix B_ makes it one byte. */
#define B_ X86_ENTRY_BYTE |
#define OP(op) X86_ENTRY_OP(X86_OP_##op)
#define RD(op) (MO | OP(op))							/* m is read, reg comes second */
#define LD(op) (MO | OP(op) | X86_ENTRY_DEST)					/* m is read into reg */
#define ST(op) (MO | OP(op) | X86_ENTRY_WRITE)
#define RW(op) (MO | OP(op) | X86_ENTRY_WRITE | X86_ENTRY_LOCK)
#define EX(op) (LD(op) | X86_ENTRY_EXTEND)
#define STR(op) (NO | OP(op) | X86_ENTRY_STRING)
#define WR X86_ENTRY_WRITE |
#define TO X86_ENTRY_DEST |
#define OB(op) (X86_IMM_MOFFS | OP(op))
#define ALU(op, write, x6, x7) B_ write(op), write(op), B_ LD(op), LD(op), IB, IZ, x6, x7

#define S(special) (NO | X86_ENTRY_OP(X86_SPECIAL_##special))
#define PRE S(PREFIX)
#define G(row) (NO | X86_ENTRY_OP(X86_SPECIAL_GROUP + GROUP_##row))

/* Named after what they hold, since the manuals' numbers span several opcodes. */
enum {
	GROUP_80, GROUP_81, GROUP_82, GROUP_83, GROUP_C6, GROUP_C7, GROUP_F6, GROUP_F7, GROUP_FE, GROUP_FF, GROUP_BA,
	GROUP_0FC7
};

static const u32 one_byte[256] = {
/* 00 */ ALU(ADD, RW, X6, X6), ALU(OR, RW, X6, S(ESCAPE)),
/* 10 */ ALU(ADC, RW, X6, X6), ALU(SBB, RW, X6, X6),
/* 20 */ ALU(AND, RW, PRE, X6), ALU(SUB, RW, PRE, X6),
/* 30 */ ALU(XOR, RW, PRE, X6), ALU(CMP, RD, PRE, X6),
/* 40 */ X6, X6, X6, X6, X6, X6, X6, X6, X6, X6, X6, X6, X6, X6, X6, X6,	/* REX in 64-bit mode */
/* 50 */ NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
/* 60 */ X6, X6, S(VEX), S(63), PRE, PRE, PRE, PRE, IZ, MZ, IB, MB, B_ S(INS), S(INS), B_ S(OUTS), S(OUTS),
/* 70 */ IB, IB, IB, IB, IB, IB, IB, IB, IB, IB, IB, IB, IB, IB, IB, IB,
/* 80 */ G(80), G(81), G(82), G(83), B_ RD(TEST), RD(TEST), B_ RW(XCHG), RW(XCHG),
/* 88 */ B_ ST(STORE), ST(STORE), B_ LD(LOAD), LD(LOAD), MO, MO, MO, S(XOP),
/* 90 */ NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, AP, NO, NO, NO, NO, NO,
/* a0 */ TO B_ OB(LOAD), TO OB(LOAD), WR B_ OB(STORE), WR OB(STORE), WR B_ STR(MOVS), WR STR(MOVS), NO, NO,
/* a8 */ IB, IZ, WR B_ STR(STOS), WR STR(STOS), TO B_ STR(LODS), TO STR(LODS), NO, NO,
/* b0 */ IB, IB, IB, IB, IB, IB, IB, IB, IV, IV, IV, IV, IV, IV, IV, IV,
/* c0 */ MB, MB, IW, NO, S(VEX), S(VEX), G(C6), G(C7), X86_IMM_ENTER, NO, IW, NO, NO, IB, X6, NO,
/* d0 */ MO, MO, MO, MO, IX, IX, X6, NO, MO, MO, MO, MO, MO, MO, MO, MO,
/* e0 */ IB, IB, IB, IB, IB, IB, IB, IB, JZ, JZ, AP, IB, NO, NO, NO, NO,
/* f0 */ PRE, NO, PRE, PRE, NO, NO, G(F6), G(F7), NO, NO, NO, NO, NO, NO, G(FE), G(FF),
};

static const u32 two_byte[256] = {
/* 00 */ MO, MO, MO, MO, __, NO, NO, NO, NO, NO, __, NO, __, MO, NO, MB,	/* 0f is 3DNow: its opcode comes last */
/* 10 */ MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO,
/* 20 */ S(CONTROL), S(CONTROL), S(CONTROL), S(CONTROL), __, __, __, __, MO, MO, MO, MO, MO, MO, MO, MO,
/* 30 */ NO, NO, NO, NO, NO, NO, __, NO, S(ESCAPE_38), __, S(ESCAPE_3A), __, __, __, __, __,
/* 40 */ MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO,
/* 50 */ MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO,
/* 60 */ MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO,
/* 70 */ MB, MB, MB, MB, MO, MO, MO, NO, S(78), MO, __, __, MO, MO, MO, MO,
/* 80 */ JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ, JZ,
/* 90 */ MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO,
/* a0 */ NO, NO, NO, RD(BT), MB, MO, MO, MO, NO, NO, NO, RW(BTS), MB, MO, MO, MO,
/* b0 */ B_ RW(CMPXCHG), RW(CMPXCHG), MO, RW(BTR), MO, MO, B_ EX(LOAD_ZX), EX(LOAD_ZX),
/* b8 */ MO, MO, G(BA), RW(BTC), MO, MO, B_ EX(LOAD_SX), EX(LOAD_SX),
/* c0 */ B_ RW(XADD), RW(XADD), MB, S(MOVNTI), MB, MB, MB, G(0FC7), NO, NO, NO, NO, NO, NO, NO, NO,
/* d0 */ MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO,
/* e0 */ MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO,
/* f0 */ MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO, MO,
};

/* "Opcode Extensions for One- and Two-byte Opcodes". An immediate takes the place of NO. */
#define NR(entry) ((entry) | X86_ENTRY_NOREG)
#define WITH(imm, entry) (((entry) & ~X86_ENTRY_IMM) | (imm) | X86_ENTRY_NOREG)
#define ALU_IMM(b, imm) \
	{ b WITH(imm, RW(ADD)), b WITH(imm, RW(OR)), b WITH(imm, RW(ADC)), b WITH(imm, RW(SBB)), \
	  b WITH(imm, RW(AND)), b WITH(imm, RW(SUB)), b WITH(imm, RW(XOR)), b WITH(imm, RD(CMP)) }
#define UNARY(b, imm) \
	{ b WITH(imm, RD(TEST)), b WITH(imm, RD(TEST)), b NR(RW(NOT)), b NR(RW(NEG)), MO, MO, MO, MO }

static const u32 groups[][8] = {
	[GROUP_80] = ALU_IMM(B_, IB),
	[GROUP_81] = ALU_IMM(, IZ),
	[GROUP_82] = ALU_IMM(X86_ENTRY_NOT64 | B_, IB),
	[GROUP_83] = ALU_IMM(, IB),
	[GROUP_C6] = { B_ WITH(IB, ST(STORE_IMM)), __, __, __, __, __, __, MB },		/* XABORT */
	[GROUP_C7] = { WITH(IZ, ST(STORE_IMM)), __, __, __, __, __, __, MZ },		/* XBEGIN */
	[GROUP_F6] = UNARY(B_, IB),
	[GROUP_F7] = UNARY(, IZ),
	[GROUP_FE] = { B_ NR(RW(INC)), B_ NR(RW(DEC)), __, __, __, __, __, __ },
	[GROUP_FF] = { NR(RW(INC)), NR(RW(DEC)), MO, MO, MO, MO, MO, __ },
	[GROUP_BA] = { __, __, __, __, WITH(IB, RD(BT)), WITH(IB, RW(BTS)), WITH(IB, RW(BTR)), WITH(IB, RW(BTC)) },
	[GROUP_0FC7] = { MO, MO | X86_ENTRY_LOCK, MO, MO, MO, MO, MO, MO },			/* CMPXCHG8B */
};

/*
 * "The VEX Prefix", "EVEX Encoding", "XOP Prefix": payload, then an opcode in the map that the payload names. None of
 * these are offered, so that only the length counts.
 */
static u32 vex_entry(struct x86_decoder *d)
{
	const u8 *payload = d->at;
	unsigned int map = payload[0] & 0x1f, maps = 0x0e, opcode;

	switch (payload[-1]) {
	case 0xc4:
		d->at += 3;
		break;
	case 0xc5:
		map = 1;
		d->at += 2;
		break;
	case 0x62:
		map &= 0xf;
		maps = 0x6e;
		d->at += 4;
		break;
	default:
		maps = 0x700;
		d->at += 3;
	}
	opcode = d->at[-1];
	if (d->prefixes & (0xff | X86_PREFIX_SIZE | X86_PREFIX_REP | X86_PREFIX_REPNE))
		return __;
	if (!(maps >> map & 1))
		return __;
	if (map == 1 && opcode == 0x77)		/* VZEROUPPER, VZEROALL */
		return NO;
	if (map == 1)
		return (two_byte[opcode] & X86_ENTRY_IMM) == IB ? MB : MO;
	if (map == 3 || map == 8)
		return MB;
	return map == 10 ? X86_IMM_DWORD | MO : MO;
}

/* After 0F 38 */
static u32 map38_entry(struct x86_decoder *d)
{
	u8 opcode = *d->at++;

	if (d->prefixes & (X86_PREFIX_REP | X86_PREFIX_REPNE))
		return MO;		/* CRC32 and others */
	if (opcode == 0xf0)
		return LD(LOAD_BE);
	return opcode == 0xf1 ? ST(STORE_BE) : MO;
}

/*
 * "MOV - Move to/from Control Registers", "... Debug Registers": ModRM.mod is ignored, the size is the mode's. There
 * are CR0, 2, 3, 4 and 8, and DR0 to 7, of which 4 and 5 are the CPU's to judge (CR4.DE). AMD's LOCK MOV CR0, another
 * name for CR8, is refused like any other LOCK.
 */
static u32 control_entry(struct x86_decoder *d, struct x86_insn *insn)
{
	static const u8 ops[4] = { X86_OP_FROM_CR, X86_OP_FROM_DR, X86_OP_TO_CR, X86_OP_TO_DR };
	u8 opcode = d->at[-1], modrm = *d->at++;

	insn->op = ops[opcode & 3];
	insn->has_modrm = true;
	insn->reg = (modrm >> 3 & 7) | d->r;
	insn->base = (modrm & 7) | d->b;
	insn->reg_is_dest = opcode & 2;
	insn->size = insn->reg_size = insn->mode == X86_MODE_64 ? 8 : 4;
	return (opcode & 1 ? 0xff : 0x11d) >> insn->reg & 1 ? NO : __;
}

static u32 group_entry(struct x86_decoder *d, unsigned int row)
{
	u32 entry = groups[row][*d->at >> 3 & 7];

	if (entry & X86_ENTRY_INVALID)
		d->at++;
	return entry;
}

/* INS and OUTS know no 8 bytes, MOVNTI no 2. */
static u32 string_port_entry(struct x86_decoder *d, u32 entry)
{
	d->width = d->width == 2 ? 2 : 4;
	if (x86_entry_op(entry) == X86_SPECIAL_OUTS)
		return (entry & X86_ENTRY_BYTE) | STR(OUTS);
	return (entry & X86_ENTRY_BYTE) | STR(INS) | X86_ENTRY_WRITE;
}

static u32 movnti_entry(struct x86_decoder *d)
{
	if (d->prefixes & (X86_PREFIX_SIZE | X86_PREFIX_REP | X86_PREFIX_REPNE))
		return __;
	d->width = d->width == 8 ? 8 : 4;
	return ST(STORE);
}

/* Read the rest of the opcode behind a special @entry. */
static u32 special_entry(struct x86_decoder *d, struct x86_insn *insn, u32 entry)
{
	bool is_long = insn->mode == X86_MODE_64;

	if (x86_entry_op(entry) == X86_SPECIAL_ESCAPE)
		entry = two_byte[*d->at++];
	if (x86_entry_op(entry) >= X86_SPECIAL_GROUP)
		return group_entry(d, x86_entry_op(entry) - X86_SPECIAL_GROUP);
	switch (x86_entry_op(entry)) {
	case X86_SPECIAL_ESCAPE_38:
		return map38_entry(d);
	case X86_SPECIAL_ESCAPE_3A:
		d->at++;
		return MB;
	/* elsewhere, LES, LDS and BOUND need a ModRM that names memory, which a VEX prefix never is */
	case X86_SPECIAL_VEX:
		return is_long || *d->at >= 0xc0 ? vex_entry(d) : MO;
	case X86_SPECIAL_XOP:	/* POP has 0 where XOP has a map above 7 */
		if (*d->at & 0x18)
			return vex_entry(d);
		return *d->at & 0x20 ? __ : MO;
	case X86_SPECIAL_63:
		return is_long && d->width != 2 ? EX(LOAD_SX) | X86_ENTRY_DWORD : MO;
	case X86_SPECIAL_78:	/* the latter two have two immediate bytes */
		return d->prefixes & (X86_PREFIX_SIZE | X86_PREFIX_REPNE) ? IW | MO : MO;
	case X86_SPECIAL_CONTROL:
		return control_entry(d, insn);
	case X86_SPECIAL_MOVNTI:
		return movnti_entry(d);
	case X86_SPECIAL_INS:
	case X86_SPECIAL_OUTS:
		return string_port_entry(d, entry);
	}
	return entry;
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
		entry = one_byte[byte];
		if (x86_entry_op(entry) != X86_SPECIAL_PREFIX)
			return entry;
		d->prefixes = add_prefix(d->prefixes, byte, is_long);
	}
}

/* "Operand Size and Address Size in 64-Bit Mode", "Operand-Size and Address-Size Attributes" */
static void set_sizes(struct x86_decoder *d, struct x86_insn *insn)
{
	bool narrow = insn->mode == X86_MODE_16, is_long = insn->mode == X86_MODE_64;

	x86_set_rex(d, d->prefixes);
	if (d->width == 4 && narrow != !!(d->prefixes & X86_PREFIX_SIZE))
		d->width = 2;
	if (narrow != !!(d->prefixes & X86_PREFIX_ADDRESS))
		insn->address_size = is_long ? 4 : 2;
	else
		insn->address_size = is_long ? 8 : 4;
}

u32 x86_decode_opcode(struct x86_decoder *d, struct x86_insn *insn)
{
	u32 entry = take_prefixes(d, insn->mode == X86_MODE_64);

	set_sizes(d, insn);
	return x86_entry_op(entry) >= X86_SPECIAL_PREFIX ? special_entry(d, insn, entry) : entry;
}
