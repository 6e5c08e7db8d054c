/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the decoder's two files: what one word says of an opcode, and where decoding stands. */
#ifndef X86_DECODE_TABLES_H
#define X86_DECODE_TABLES_H

#include <x86/decode.h>

/*
 * Bits 0..3: what follows opcode, ModRM and displacement. The manuals' operand letters are Ib, Iw, Iz, Iv, Jz, Ap,
 * Ob.
 */
enum x86_decode_imm {
	X86_IMM_NONE,
	X86_IMM_BYTE,
	X86_IMM_WORD,
	X86_IMM_DWORD,
	X86_IMM_Z,		/* operand size, at most 4 bytes */
	X86_IMM_V,		/* operand size */
	X86_IMM_BRANCH,		/* as Z, but always 4 bytes in 64-bit mode */
	X86_IMM_FAR,		/* selector and offset */
	X86_IMM_ENTER,		/* a word and a byte */
	X86_IMM_MOFFS,		/* address size */
	X86_NR_IMM
};

#define X86_ENTRY_IMM 0xfu
#define X86_ENTRY_INVALID (1u << 4)
#define X86_ENTRY_NOT64 (1u << 5)	/* invalid in 64-bit mode */
#define X86_ENTRY_NOREG (1u << 6)	/* ModRM.reg extends the opcode */
#define X86_ENTRY_STRING (1u << 7)
#define X86_ENTRY_EXTEND (1u << 8)	/* an extending load, from a word unless it is BYTE or DWORD */
#define X86_ENTRY_MODRM (1u << 9)
#define X86_ENTRY_BYTE (1u << 10)	/* the memory operand has one byte, not the operand size */
#define X86_ENTRY_DWORD (1u << 11)	/* ... four */
#define X86_ENTRY_DEST (1u << 12)	/* the register is the destination */
#define X86_ENTRY_WRITE (1u << 13)	/* memory is written */
#define X86_ENTRY_LOCK (1u << 14)	/* LOCK is legal if the operand is memory */
#define X86_ENTRY_OP(op) ((u32)(op) << 16)

/* Bits 16..23: an enum x86_op, or one of these, which need a second look. */
enum x86_decode_special {
	X86_SPECIAL_PREFIX = X86_NR_OPS,
	X86_SPECIAL_ESCAPE,	/* 0F */
	X86_SPECIAL_ESCAPE_38,
	X86_SPECIAL_ESCAPE_3A,
	X86_SPECIAL_VEX,	/* C4, C5, 62: LES, LDS, BOUND, or VEX and EVEX */
	X86_SPECIAL_XOP,	/* 8F: POP or XOP */
	X86_SPECIAL_63,		/* ARPL, MOVSXD */
	X86_SPECIAL_78,		/* 0F 78: VMREAD, EXTRQ, INSERTQ */
	X86_SPECIAL_CONTROL,	/* 0F 20..23 */
	X86_SPECIAL_MOVNTI,
	X86_SPECIAL_INS,
	X86_SPECIAL_OUTS,
	X86_SPECIAL_GROUP,	/* this plus a row of the groups */
};

/* The prefixes seen. Bits 0..7 are the REX prefix as it is ("REX Prefixes"), 0 if there is none. */
#define X86_PREFIX_REX 0x40u
#define X86_PREFIX_W 8u
#define X86_PREFIX_R 4u
#define X86_PREFIX_X 2u
#define X86_PREFIX_B 1u
#define X86_PREFIX_SIZE (1u << 8)
#define X86_PREFIX_ADDRESS (1u << 9)
#define X86_PREFIX_LOCK (1u << 10)
#define X86_PREFIX_REPNE (1u << 12)
#define X86_PREFIX_REP (1u << 13)
#define X86_PREFIX_SEGMENT (1u << 14)	/* which one is in bits 16 and up */
#define X86_PREFIX_LEGACY (~0xffu)

struct x86_decoder {
	const u8 *at;		/* the next byte, of a copy with zeros behind it */
	u32 prefixes;
	u8 width;		/* the operand size */
	u8 r, x, b;		/* what REX adds to the numbers of registers: 0 or 8 */
};

static inline unsigned int x86_entry_op(u32 entry)
{
	return entry >> 16;
}

/* "REX Prefixes" */
static inline void x86_set_rex(struct x86_decoder *d, u32 rex)
{
	d->width = (u8)(4 + ((rex & X86_PREFIX_W) >> 1));	/* 4 or 8, without a branch */
	d->r = (u8)((rex & X86_PREFIX_R) << 1);
	d->x = (u8)((rex & X86_PREFIX_X) << 2);
	d->b = (u8)((rex & X86_PREFIX_B) << 3);
}

/*
 * Read prefixes and opcode. Return: the entry, never one that needs a second look; d->at is past all that was looked
 * at,
 * but for the ModRM byte of a valid entry.
 */
u32 x86_decode_opcode(struct x86_decoder *d, struct x86_insn *insn);

#endif
