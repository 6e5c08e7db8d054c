/* SPDX-License-Identifier: GPL-2.0-only */
/* The instruction decoder: bytes and mode in, record out. Reads nothing but its arguments, keeps nothing. */
#ifndef X86_DECODE_H
#define X86_DECODE_H

#include <hv/err.h>
#include <hv/types.h>
#include <x86/frame.h>
#include <x86/state.h>

#define X86_INSN_MAX 15
#define X86_REG_NONE 0xff

/* Of the code segment: CS.L with EFER.LMA, else CS.D. */
enum x86_mode { X86_MODE_16, X86_MODE_32, X86_MODE_64 };

/*
 * What an instruction does with its memory operand m (@size bytes). The other operand o is the immediate if @has_imm,
 * else register @reg. Where both directions exist, @reg_is_dest tells "reg = reg op m" from "m = m op o".
 */
enum x86_op {
	X86_OP_OTHER,		/* length, prefixes and has_modrm are known, nothing else is offered */
	X86_OP_LOAD,		/* reg = m; as always, a 4-byte result clears the upper half of a 64-bit register */
	X86_OP_LOAD_ZX,		/* reg = m zero-extended to @reg_size bytes */
	X86_OP_LOAD_SX,		/* reg = m sign-extended to @reg_size bytes */
	X86_OP_LOAD_BE,		/* reg = m with its bytes reversed (MOVBE) */
	X86_OP_STORE,		/* m = reg */
	X86_OP_STORE_IMM,	/* m = imm */
	X86_OP_STORE_BE,	/* m = reg with its bytes reversed (MOVBE) */
	X86_OP_ADD,		/* the eight in the order in which instructions number them, flags as the manuals say */
	X86_OP_OR,
	X86_OP_ADC,
	X86_OP_SBB,
	X86_OP_AND,
	X86_OP_SUB,
	X86_OP_XOR,
	X86_OP_CMP,		/* writes nothing, but @reg_is_dest tells which operand comes first */
	X86_OP_TEST,		/* writes nothing */
	X86_OP_XCHG,		/* m and reg swapped, atomic with or without LOCK */
	X86_OP_INC,		/* these four have no other operand */
	X86_OP_DEC,
	X86_OP_NOT,
	X86_OP_NEG,
	X86_OP_BT,		/* bit o modulo 8 * @size of m; a register's higher bits move the address, as below */
	X86_OP_BTS,
	X86_OP_BTR,
	X86_OP_BTC,
	X86_OP_XADD,		/* reg, m = m, m + reg */
	X86_OP_CMPXCHG,		/* m == rAX ? m = reg : rAX = m */
	X86_OP_MOVS,		/* ES:rDI = m, m at rSI; is_write stands for ES:rDI, which takes no override */
	X86_OP_STOS,		/* m = rAX, m at ES:rDI */
	X86_OP_LODS,		/* rAX = m, m at rSI */
	X86_OP_INS,		/* m = port DX, m at ES:rDI */
	X86_OP_OUTS,		/* port DX = m, m at rSI */
	X86_OP_FROM_CR,		/* register @base = control register @reg; no memory in these four */
	X86_OP_TO_CR,		/* control register @reg = register @base */
	X86_OP_FROM_DR,
	X86_OP_TO_DR,
	X86_NR_OPS
};

struct x86_insn {
	u64 imm;		/* sign-extended to 64 bits */
	u64 disp;		/* sign-extended to 64 bits; of a MOV moffs the whole address */
	u8 op;			/* enum x86_op */
	u8 len;
	u8 mode;		/* enum x86_mode */
	u8 size;		/* of the memory operand: 1, 2, 4 or 8 bytes; of one element where @rep */
	u8 reg_size;		/* of the register operand; differs from @size in LOAD_ZX and LOAD_SX only */
	u8 address_size;	/* 2, 4 or 8; also of rCX, rSI and rDI in string instructions */
	u8 segment;		/* enum x86_segment_name, in effect; in 64-bit mode all but FS and GS have base 0 */
	u8 reg;			/* X86_REG_NONE if there is none */
	u8 base; /* of the memory operand, X86_REG_NONE if it has none; without memory: ModRM's register */
	u8 index;		/* X86_REG_NONE if it has none */
	u8 scale;		/* 1, 2, 4 or 8 */
	bool high_byte;		/* @reg 0..3 stands for AH, CH, DH, BH */
	bool reg_is_dest;
	bool has_imm;
	bool has_modrm;
	bool is_memory;
	bool is_write;		/* writes m, or may */
	bool rip_relative;
	bool lock;
	bool rep;		/* the last of F3 and F2 was F3; MOVS to OUTS: repeat rCX times */
	bool repne;		/* ... was F2; never set where MOVS to OUTS are offered */
	u8 rsvd0, rsvd1, rsvd2;		/* 0: records can be compared as bytes */
};

/**
 * x86_decode() - take the instruction apart that starts at @bytes
 * @len: bytes there are; none beyond is looked at, nor beyond X86_INSN_MAX
 * @out: unspecified if this fails
 *
 * Exactly the valid encodings of the offered operations yield these; beyond them, some encodings that are reserved
 * today pass as X86_OP_OTHER. Follows Intel where vendors differ in length (66 before a near branch, 64-bit mode).
 *
 * Return: 0; -EINVAL if this is no instruction (invalid opcode, LOCK where it may not be, longer than 15 bytes);
 * -E2BIG if it goes on beyond @len.
 */
int __must_check x86_decode(const u8 *bytes, unsigned int len, enum x86_mode mode, struct x86_insn *out);

/**
 * x86_insn_address() - linear address of the memory operand
 * @regs: indexed by enum x86_reg, RSP included
 * @rip: of the instruction itself
 * @seg_base: of @insn->segment; 0 in 64-bit mode unless that is FS or GS
 *
 * Limits, canonical form and access rights are not looked at: the CPU did that before it exited.
 */
u64 x86_insn_address(const struct x86_insn *insn, const u64 regs[X86_NR_REGS], u64 rip, u64 seg_base);

#endif
