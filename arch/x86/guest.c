// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looking into the guest's memory. The hypervisor maps none of it: a walk opens one frame at a time, and only frames
 * that are the cell's own RAM, so tables that point to devices, to us or into the void end the walk.
 */
#include <hv/arch.h>
#include <hv/bits.h>
#include <hv/compiler.h>
#include <hv/hv.h>
#include <hv/memory.h>
#include <hv/string.h>
#include <x86/decode.h>
#include <x86/guest.h>
#include <x86/host.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

static HV_COLD const u8 *look_anew(struct x86_cpu *cpu, unsigned int window, u64 gpa)
{
	u64 frame = gpa & X86_PTE_ADDRESS, hpa;
	const u8 *at;

	if (!hv_guest_frame(cpu->core.cell, frame, HV_PT_READ, &hpa))
		return NULL;
	at = x86_window_open(cpu, window, frame, hpa);
	return at + (gpa & ~HV_PAGE_MASK);
}

static const u8 *look(struct x86_cpu *cpu, unsigned int window, u64 gpa)
{
	const u8 *at = x86_window_shows(cpu, window, gpa & X86_PTE_ADDRESS);

	return hv_likely(at) ? at + (gpa & ~HV_PAGE_MASK) : look_anew(cpu, window, gpa);
}

/* How many of @size bytes at @gpa lie in one frame? None if it has bits that an entry of a table cannot have. */
static u64 piece_of(u64 gpa, u64 size)
{
	u64 left = HV_PAGE_SIZE - (gpa & ~HV_PAGE_MASK);

	if (gpa & ~(X86_PTE_ADDRESS | ~HV_PAGE_MASK))
		return 0;
	return left < size ? left : size;
}

bool hv_arch_read_guest(struct hv_cpu *core, u64 gpa, void *to, u64 size)
{
	u64 done, piece;
	const u8 *from;

	for (done = 0; done < size; done += piece) {
		piece = piece_of(gpa + done, size - done);
		from = piece ? look(x86_cpu_of(core), X86_WINDOW_FETCH, gpa + done) : NULL;
		if (!from)
			return false;
		memcpy((u8 *)to + done, from, piece);
	}
	return true;
}

bool hv_arch_write_guest(struct hv_cpu *core, u64 gpa, const void *from, u64 size)
{
	struct x86_cpu *cpu = x86_cpu_of(core);
	u64 done, piece, hpa;
	u8 *to;

	for (done = 0; done < size; done += piece) {
		piece = piece_of(gpa + done, size - done);
		if (!piece || !hv_guest_frame(core->cell, (gpa + done) & HV_PAGE_MASK, HV_PT_WRITE, &hpa))
			return false;
		to = x86_window_write(cpu, hpa);
		memcpy(to + ((gpa + done) & ~HV_PAGE_MASK), (const u8 *)from + done, piece);
		x86_window_write_end(cpu);
	}
	return true;
}

/* @gpa is aligned to the entry. Return: 0 if there is none, or it is not present. */
static u64 read_wide(struct x86_cpu *cpu, unsigned int level, u64 gpa)
{
	const u64 *entry = (const u64 *)look(cpu, X86_WINDOW_WALK + level - 1, gpa);
	u64 value = entry ? *(const volatile u64 *)entry : 0;

	return value & X86_PTE_P ? value : 0;
}

static u64 read_narrow(struct x86_cpu *cpu, unsigned int level, u64 gpa)
{
	const u32 *entry = (const u32 *)look(cpu, X86_WINDOW_WALK + level - 1, gpa);
	u32 value = entry ? *(const volatile u32 *)entry : 0;

	return value & X86_PTE_P ? value : 0;
}

/* "4-Level Paging and 5-Level Paging", "PAE Paging": tables of 512 wide entries, but for PAE's four at the top. */
static bool walk_wide(struct x86_cpu *cpu, u64 linear, unsigned int levels, u64 *gpa)
{
	u64 table = x86_vcpu_get(cpu, X86_FIELD_CR3) & (levels == 3 ? HV_MASK(31, 5) : X86_PTE_ADDRESS);
	unsigned int level, shift = HV_PAGE_SHIFT + 9 * levels;
	u64 entry = 0, inside;

	for (level = levels; level; level--) {
		shift -= 9;
		entry = read_wide(cpu, level, table + ((linear >> shift) & 511) * 8);
		if (!entry)
			return false;
		if (level > 1 && level < 4 && (entry & X86_PTE_PS))
			break;
		table = entry & X86_PTE_ADDRESS;
	}
	inside = (1ULL << shift) - 1;
	*gpa = (entry & X86_PTE_ADDRESS & ~inside) | (linear & inside);
	return true;
}

/* "32-Bit Paging", with 4M pages and PSE-36's four extra address bits. */
static bool walk_narrow(struct x86_cpu *cpu, u64 linear, u64 *gpa)
{
	u64 table = x86_vcpu_get(cpu, X86_FIELD_CR3) & HV_MASK(31, 12), entry;

	entry = read_narrow(cpu, 2, table + (linear >> 22) * 4);
	if (!entry)
		return false;
	if (entry & X86_PTE_PS) {
		*gpa = (entry & HV_MASK(31, 22)) | HV_GET(HV_MASK(20, 13), entry) << 32 | (linear & HV_MASK(21, 0));
		return true;
	}
	entry = read_narrow(cpu, 1, (entry & HV_MASK(31, 12)) + (linear >> 12 & 0x3ff) * 4);
	if (!entry)
		return false;
	*gpa = (entry & HV_MASK(31, 12)) | (linear & HV_MASK(11, 0));
	return true;
}

bool x86_guest_translate(struct x86_cpu *cpu, u64 linear, u64 *gpa)
{
	u64 cr4 = x86_vcpu_get(cpu, X86_FIELD_CR4_HELD);

	if (x86_vcpu_get(cpu, X86_FIELD_EFER) & X86_EFER_LMA)
		return walk_wide(cpu, linear, cr4 & X86_CR4_LA57 ? 5 : 4, gpa);
	linear = (u32)linear;
	if (!(x86_vcpu_get(cpu, X86_FIELD_CR0) & X86_CR0_PG)) {
		*gpa = linear;
		return true;
	}
	return cr4 & X86_CR4_PAE ? walk_wide(cpu, linear, 3, gpa) : walk_narrow(cpu, linear, gpa);
}

static enum x86_mode code_mode(struct x86_cpu *cpu)
{
	u64 attributes = x86_vcpu_get(cpu, X86_FIELD_CS_ATTR);

	if ((attributes & X86_ATTR_L) && (x86_vcpu_get(cpu, X86_FIELD_EFER) & X86_EFER_LMA))
		return X86_MODE_64;
	return attributes & X86_ATTR_D ? X86_MODE_32 : X86_MODE_16;
}

static bool is_64bit(struct x86_cpu *cpu)
{
	return (x86_vcpu_get(cpu, X86_FIELD_CS_ATTR) & X86_ATTR_L) &&
	       (x86_vcpu_get(cpu, X86_FIELD_EFER) & X86_EFER_LMA);
}

/* Code that is not 64-bit does not see the upper halves, and does not know what it left there. */
static u64 seen_in(struct x86_cpu *cpu, unsigned int reg)
{
	u64 value = x86_regs_of(cpu)->r[reg];

	return is_64bit(cpu) ? value : (u32)value;
}

u64 hv_arch_hypercall_nr(struct hv_cpu *core)
{
	return seen_in(x86_cpu_of(core), X86_RAX);
}

u64 hv_arch_hypercall_arg(struct hv_cpu *core, unsigned int i)
{
	static const u8 args[] = { X86_RDI, X86_RSI, X86_RDX };

	return seen_in(x86_cpu_of(core), args[i]);
}

/* One copy of the bytes: what another CPU writes there meanwhile does not matter. Return: how many could be read. */
static unsigned int fetch(struct x86_cpu *cpu, u64 linear, u8 bytes[X86_INSN_MAX])
{
	unsigned int have = 0, piece;
	const u8 *from;
	u64 gpa;

	while (have < X86_INSN_MAX) {
		if (!x86_guest_translate(cpu, linear + have, &gpa))
			break;
		from = look(cpu, X86_WINDOW_FETCH, gpa);
		if (!from)
			break;
		piece = (unsigned int)(HV_PAGE_SIZE - (gpa & ~HV_PAGE_MASK));
		if (!have && piece >= X86_INSN_MAX) {
			/* Two moves that overlap. */
			__builtin_memcpy(bytes, from, 8);
			__builtin_memcpy(bytes + X86_INSN_MAX - 8, from + X86_INSN_MAX - 8, 8);
			return X86_INSN_MAX;
		}
		piece = piece < X86_INSN_MAX - have ? piece : X86_INSN_MAX - have;
		memcpy(bytes + have, from, piece);
		have += piece;
	}
	return have;
}

static inline unsigned int fetch_at_rip(struct x86_cpu *cpu, enum x86_mode mode, u8 bytes[X86_INSN_MAX])
{
	u64 linear = x86_vcpu_get(cpu, X86_FIELD_RIP);

	if (mode != X86_MODE_64)
		linear = (u32)(linear + x86_vcpu_get(cpu, X86_FIELD_CS_BASE));
	return fetch(cpu, linear, bytes);
}

unsigned int x86_guest_code(struct x86_cpu *cpu, u8 *bytes)
{
	return fetch_at_rip(cpu, code_mode(cpu), bytes);
}

static bool read_insn(struct x86_cpu *cpu, struct x86_insn *insn)
{
	enum x86_mode mode = code_mode(cpu);
	u8 bytes[X86_INSN_MAX];

	return !x86_decode(bytes, fetch_at_rip(cpu, mode, bytes), mode, insn);
}

static u64 get_register(struct x86_cpu *cpu, unsigned int reg)
{
	return reg == X86_RSP ? x86_vcpu_get(cpu, X86_FIELD_RSP) : x86_regs_of(cpu)->r[reg];
}

bool x86_guest_store(struct x86_cpu *cpu, struct x86_store *store)
{
	struct x86_insn insn;

	if (!read_insn(cpu, &insn))
		return false;
	store->size = insn.size;
	store->insn_len = insn.len;
	if (insn.op == X86_OP_STORE_IMM) {
		store->value = insn.imm;
		return true;
	}
	store->value = get_register(cpu, insn.reg & (X86_NR_REGS - 1));
	return insn.op == X86_OP_STORE && !insn.high_byte;
}

static void add_to_register(struct x86_cpu *cpu, const struct x86_insn *insn, enum x86_reg reg, u64 amount)
{
	u64 *r = &x86_regs_of(cpu)->r[reg];

	if (insn->address_size == 8)
		*r += amount;
	else if (insn->address_size == 4)
		*r = (u32)(*r + amount);
	else
		*r = (*r & ~0xffffULL) | (u16)(*r + amount);
}

static u64 count_register(struct x86_cpu *cpu, const struct x86_insn *insn)
{
	u64 count = x86_regs_of(cpu)->r[X86_RCX];

	return insn->address_size == 8 ? count : insn->address_size == 4 ? (u32)count : (u16)count;
}

/*
 * A string instruction moves on as far as the page reaches, so that a guest that clears memory which is not there
 * costs one exit per page. Return: the instruction is finished.
 */
static bool skip_string(struct x86_cpu *cpu, const struct x86_insn *insn, u64 gpa)
{
	bool down = x86_vcpu_get(cpu, X86_FIELD_RFLAGS) & X86_RFLAGS_DF;
	u64 left = insn->rep ? count_register(cpu, insn) : 1;
	u64 n = (HV_PAGE_SIZE - (gpa & ~HV_PAGE_MASK)) / insn->size;

	if (down || !n)
		n = 1;
	n = n < left ? n : left;
	add_to_register(cpu, insn, X86_RDI, down ? -(n * insn->size) : n * insn->size);
	if (insn->op == X86_OP_MOVS)
		add_to_register(cpu, insn, X86_RSI, down ? -(n * insn->size) : n * insn->size);
	if (insn->rep)
		add_to_register(cpu, insn, X86_RCX, -n);
	return n == left;
}

bool hv_arch_skip_write(struct hv_cpu *core, struct hv_exit *exit)
{
	struct x86_cpu *cpu = x86_cpu_of(core);
	struct x86_insn insn;

	if (!read_insn(cpu, &insn))
		return false;
	if ((insn.op == X86_OP_STOS || insn.op == X86_OP_MOVS) && !skip_string(cpu, &insn, exit->gpa))
		return true;
	x86_vcpu_advance(cpu, insn.len);
	return true;
}
