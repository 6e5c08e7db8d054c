// SPDX-License-Identifier: GPL-2.0-only
/* sources: arch/x86/decode.c arch/x86/decode_tables.c tests/unit/zydis_expect.c */
/* libs: Zydis */
/* The decoder against an independent one, on all opcodes with all ModRM bytes and on random instructions. */
#include "zydis_expect.h"

#define SEED 0x68762d6465636f64ULL
#define RANDOM_INSNS 2200000

enum map { MAP_ONE_BYTE, MAP_TWO_BYTE, MAP_THREE_BYTE, MAP_VEX, NR_MAPS };

struct subject {
	enum x86_mode mode;
	ZydisDecoder zydis;
	u64 state;		/* of the random numbers */
	u64 total, both, refused, offered;
	u64 lenient[NR_MAPS][32];	/* by opcode map and Zydis's reason */
};

static u64 low(u64 value, unsigned int bytes)
{
	return value & (~0ULL >> (64 - 8 * bytes));
}

#define SAME(field) if (e->field != g->field) return #field

static const char *compare_memory(const struct x86_insn *e, const struct x86_insn *g)
{
	SAME(size);
	SAME(is_memory);
	SAME(segment);
	SAME(base);
	SAME(index);
	if (e->index != X86_REG_NONE)
		SAME(scale);
	SAME(rip_relative);
	SAME(address_size);
	SAME(is_write);
	if (low(e->disp, e->address_size) != low(g->disp, e->address_size))
		return "disp";
	return NULL;
}

/* Return: the first field that is not as expected */
static const char *compare(const struct x86_insn *e, const struct x86_insn *g)
{
	unsigned int bytes;
	const char *bad;

	SAME(len);
	SAME(op);
	SAME(has_modrm);
	SAME(lock);
	SAME(rep);
	SAME(repne);
	if (e->op == X86_OP_OTHER)
		return NULL;
	SAME(reg);
	if (e->op >= X86_OP_FROM_CR) {
		SAME(base);
		SAME(size);
		SAME(reg_is_dest);
		return NULL;
	}
	bad = compare_memory(e, g);
	if (bad)
		return bad;
	SAME(has_imm);
	SAME(high_byte);
	if (e->reg != X86_REG_NONE)
		SAME(reg_size);
	if (e->op != X86_OP_XCHG && e->op != X86_OP_TEST && !is_string(e->op))
		SAME(reg_is_dest);
	/* Bit numbers have no sign: the record promises them modulo the operand's bits only. */
	bytes = e->op >= X86_OP_BT && e->op <= X86_OP_BTC ? 1 : e->size;
	if (e->has_imm && low(e->imm, bytes) != low(g->imm, bytes))
		return "imm";
	return NULL;
}

static void give_register(ZydisRegisterContext *context, unsigned int i, u64 value)
{
	context->values[ZYDIS_REGISTER_RAX + i] = value;
	context->values[ZYDIS_REGISTER_EAX + i] = (u32)value;
	context->values[ZYDIS_REGISTER_AX + i] = (u16)value;
}

/* The address that Zydis computes knows no segment bases and no bit strings. */
static bool same_address(struct subject *s, const struct expected *x, const ZydisDecodedInstruction *z,
			 const struct x86_insn *g)
{
	static ZydisRegisterContext context;
	u64 regs[X86_NR_REGS], rip = unit_random(&s->state) >> 17, ours;
	ZyanU64 theirs = 0;
	bool is_bit = g->op >= X86_OP_BT && g->op <= X86_OP_BTC && !g->has_imm;
	unsigned int i;

	for (i = 0; i < X86_NR_REGS; i++) {
		regs[i] = unit_random(&s->state);
		if (s->mode != X86_MODE_64)
			regs[i] = (u32)regs[i];
		if (is_bit && i == g->reg)
			return true;
		give_register(&context, i, regs[i]);
	}
	ours = x86_insn_address(g, regs, rip, 0);
	if (!ZYAN_SUCCESS(ZydisCalcAbsoluteAddressEx(z, x->memory, rip, &context, &theirs)))
		return false;
	return ours == low(theirs, g->address_size);
}

static void complain(const struct subject *s, const u8 *bytes, const char *what, const struct x86_insn *e,
		     const struct x86_insn *g)
{
	unsigned int i;

	fprintf(stderr, "# %u-bit", 16u << s->mode);
	for (i = 0; i < X86_INSN_MAX; i++)
		fprintf(stderr, " %02x", bytes[i]);
	fprintf(stderr, ": %s (expected | got)\n", what);
	for (i = 0; i < 2; i++, e = g)
		fprintf(stderr,
			"#   len %u op %u size %u/%u reg %u high %u dest %u base %u index %u*%u disp %llx seg %u"
			" imm %u %llx write %u addr %u modrm %u lock %u rep %u repne %u\n",
			e->len, e->op, e->size, e->reg_size, e->reg, e->high_byte, e->reg_is_dest, e->base, e->index,
			e->scale, e->disp, e->segment, e->has_imm, e->imm, e->is_write, e->address_size, e->has_modrm,
			e->lock, e->rep, e->repne);
	fail();
}

static bool is_prefix(enum x86_mode mode, u8 byte)
{
	if (mode == X86_MODE_64 && (byte & 0xf0) == 0x40)
		return true;
	return byte == 0xf0 || byte == 0xf2 || byte == 0xf3 || (byte >= 0x64 && byte <= 0x67) || (byte & 0xe7) == 0x26;
}

static enum map map_of(enum x86_mode mode, const u8 *bytes)
{
	while (is_prefix(mode, *bytes))
		bytes++;
	if (*bytes == 0x0f)
		return bytes[1] == 0x38 || bytes[1] == 0x3a ? MAP_THREE_BYTE : MAP_TWO_BYTE;
	return *bytes == 0xc4 || *bytes == 0xc5 || *bytes == 0x62 || *bytes == 0x8f ? MAP_VEX : MAP_ONE_BYTE;
}

/* The way for short buffers has to say the same; the first answer may have come from the short way. */
static bool same_exact(const struct subject *s, const u8 *bytes, const struct x86_insn *got)
{
	struct x86_insn again;

	return !x86_decode(bytes, got->len, s->mode, &again) && !memcmp(&again, got, sizeof(again));
}

static void compare_insn(struct subject *s, const u8 bytes[X86_INSN_MAX])
{
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT] = { 0 };
	struct expected x = { 0 };
	ZydisDecodedInstruction z;
	struct x86_insn got = { 0 };
	ZyanStatus status;
	const char *bad;
	int err;

	s->total++;
	err = x86_decode(bytes, X86_INSN_MAX, s->mode, &got);
	status = ZydisDecoderDecodeFull(&s->zydis, bytes, X86_INSN_MAX, &z, operands);
	/* Jumps that only Knights Corner had, a coprocessor without virtualization; every other CPU says #UD. */
	if (ZYAN_SUCCESS(status) && z.meta.isa_set == ZYDIS_ISA_SET_KNCJKBR)
		status = ZYDIS_STATUS_DECODING_ERROR;
	if (!ZYAN_SUCCESS(status)) {
		if (err) {
			s->refused++;
			return;
		}
		if (got.op != X86_OP_OTHER)
			complain(s, bytes, "offered, but Zydis refuses it", &x.insn, &got);
		s->lenient[map_of(s->mode, bytes)][ZYAN_STATUS_CODE(status) & 31]++;
		return;
	}
	s->both++;
	zydis_expect(&x, &z, operands);
	if (err)
		complain(s, bytes, "refused, but Zydis takes it", &x.insn, &got);
	bad = compare(&x.insn, &got);
	if (!bad && !same_exact(s, bytes, &got))
		bad = "another answer for a buffer of exact size";
	if (bad)
		complain(s, bytes, bad, &x.insn, &got);
	if (got.op == X86_OP_OTHER)
		return;
	s->offered++;
	if (got.is_memory && !same_address(s, &x, &z, &got))
		complain(s, bytes, "address", &x.insn, &got);
}

/* All opcodes of the four legacy maps with all ModRM bytes, behind these prefixes; what follows is random. */
static void compare_all(struct subject *s)
{
	static const char *const prefixes[] = { "",	"\x66", "\xf2", "\xf3",	    "\x67",    "\xf0",
						"\x64", "\x48", "\x44", "\x66\x4f", "\x26\x41" };
	static const char *const maps[] = { "", "\x0f", "\x0f\x38", "\x0f\x3a" };
	unsigned int prefix, map, opcode, modrm, i, at;
	u8 bytes[X86_INSN_MAX + 2];

	for (prefix = 0; prefix < HV_ARRAY_SIZE(prefixes); prefix++)
		for (map = 0; map < HV_ARRAY_SIZE(maps); map++)
			for (opcode = 0; opcode < 256; opcode++)
				for (modrm = 0; modrm < 256; modrm++) {
					at = (unsigned int)sprintf((char *)bytes, "%s%s", prefixes[prefix], maps[map]);
					bytes[at++] = (u8)opcode;
					bytes[at++] = (u8)modrm;
					for (i = at; i < X86_INSN_MAX; i++)
						bytes[i] = (u8)(unit_random(&s->state) >> 32);
					compare_insn(s, bytes);
				}
}

/* Random prefixes in random order, then one of: what devices are driven with, any map, VEX and its kin, noise. */
static void make_random(struct subject *s, u8 bytes[X86_INSN_MAX])
{
	static const u8 legacy[] = { 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65 };
	static const u8 devices[] = { 0x88, 0x89, 0x8a, 0x8b, 0xc6, 0xc7, 0xa0, 0xa1, 0xa2, 0xa3, 0x80,
				      0x81, 0x83, 0xf6, 0xf7, 0xfe, 0xff, 0x84, 0x85, 0x86, 0x87, 0xa4,
				      0xa5, 0xaa, 0xab, 0xac, 0xad, 0x6c, 0x6d, 0x6e, 0x6f, 0x63 };
	static const u8 extended[] = { 0xb6, 0xb7, 0xbe, 0xbf, 0xc3, 0xa3, 0xab, 0xb3,
				       0xbb, 0xba, 0xb0, 0xb1, 0xc0, 0xc1, 0x20, 0x22 };
	static const u8 vex[] = { 0xc4, 0xc5, 0x62, 0x8f };
	u64 r = unit_random(&s->state);
	unsigned int n = (r & 3) == 3 ? (r >> 2) % 12 : (r >> 2) & 1, at, i;

	for (i = 0; i < X86_INSN_MAX; i++)
		bytes[i] = (u8)(unit_random(&s->state) >> 40);
	for (at = 0; at < n; at++)
		bytes[at] = bytes[at] & 0x40 ? 0x40 | (bytes[at] & 0xf) : legacy[bytes[at] % sizeof(legacy)];
	if (s->mode == X86_MODE_64 && (r >> 8 & 3) == 0)
		bytes[at++] = 0x40 | (r >> 10 & 15);
	switch (r >> 16 & 7) {
	case 0:
	case 1:
	case 2:
		bytes[at] = devices[bytes[at] % sizeof(devices)];
		break;
	case 3:
		bytes[at++] = 0x0f;
		bytes[at] = extended[bytes[at] % sizeof(extended)];
		break;
	case 4:
		bytes[at++] = 0x0f;
		if (r >> 20 & 1)
			bytes[at] = r >> 21 & 1 ? 0x38 : 0x3a;
		if (r >> 22 & 1 && at + 1 < X86_INSN_MAX)
			bytes[at + 1] = (u8)(0xf0 | (r >> 23 & 1));
		break;
	case 5:
		bytes[at] = vex[r >> 20 & 3];
		if (at + 1 < X86_INSN_MAX && (r >> 22 & 1))
			bytes[at + 1] = (bytes[at + 1] & 0xe0) | (u8)((bytes[at] == 0x8f ? 8 : 1) + (r >> 23) % 3);
		break;
	}
}

/*
 * What we give a length for though Zydis refuses it. Nothing of it is offered, the CPU says #UD to all of it before it
 * touches memory, and a length that some CPU of the future needs is better than none.
 */
static void print_leniency(const struct subject *s)
{
	static const char *const maps[] = { "one-byte map", "0F map", "0F 38 and 0F 3A maps", "VEX, EVEX, XOP" };
	static const char *const reasons[32] = {
		[1] = "reserved opcode, extension, register form or mandatory prefix",
		[3] = "register that does not exist",
		[4] = "LOCK",
		[5] = "legacy prefix",
		[6] = "REX",
		[7] = "reserved map or opcode in it",
		[8] = "reserved EVEX field",
		[10] = "mask register",
	};
	unsigned int map, i;

	for (map = 0; map < NR_MAPS; map++)
		for (i = 0; i < 32; i++)
			if (s->lenient[map][i])
				printf("#   length only, refused by Zydis: %s: %s (%u): %llu\n", maps[map],
				       reasons[i] ? reasons[i] : "?", i, s->lenient[map][i]);
}

static void compare_mode(enum x86_mode mode, ZydisMachineMode machine, ZydisStackWidth stack)
{
	struct subject s = { .mode = mode, .state = SEED + mode };
	u8 bytes[X86_INSN_MAX];
	unsigned int i;

	assert_true(ZYAN_SUCCESS(ZydisDecoderInit(&s.zydis, machine, stack)));
	compare_all(&s);
	for (i = 0; i < RANDOM_INSNS; i++) {
		make_random(&s, bytes);
		compare_insn(&s, bytes);
	}
	printf("# note: %u-bit, seed %#llx: %llu compared, %llu equal, %llu of them offered, %llu refused by both\n",
	       16u << mode, SEED + mode, s.total, s.both, s.offered, s.refused);
	print_leniency(&s);
}

static void compare_16(void **state)
{
	(void)state;
	compare_mode(X86_MODE_16, ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16);
}

static void compare_32(void **state)
{
	(void)state;
	compare_mode(X86_MODE_32, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
}

static void compare_64(void **state)
{
	(void)state;
	compare_mode(X86_MODE_64, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compare_16),
		cmocka_unit_test(compare_32),
		cmocka_unit_test(compare_64),
	};

	return cmocka_run_group_tests_name("decode_zydis", tests, NULL, NULL);
}
