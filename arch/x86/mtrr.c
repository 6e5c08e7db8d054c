// SPDX-License-Identifier: GPL-2.0-only
/* Memory types as the MTRRs give them: Intel SDM vol. 3, "Memory Type Range Registers (MTRRs)". */
#include <hv/arch.h>
#include <hv/bits.h>
#include <x86/cpuid.h>
#include <x86/insn.h>
#include <x86/msr.h>
#include <x86/mtrr.h>
#include <x86/regs.h>

#define FIXED_END 0x100000ULL

/* Fixed ranges: eight fields of one size per register, in ascending order. */
static const struct {
	u32 first, count;
	u64 start, size;
} fixed[] = {
	{ X86_MSR_MTRR_FIX64K, 1, 0x00000, 0x10000 },
	{ X86_MSR_MTRR_FIX16K, 2, 0x80000, 0x4000 },
	{ X86_MSR_MTRR_FIX4K, 8, 0xc0000, 0x1000 },
};

void x86_mtrr_read(struct x86_mtrrs *m)
{
	u64 cap = x86_rdmsr(X86_MSR_MTRRCAP);
	unsigned int i, at = 0;
	u32 reg;

	*m = (struct x86_mtrrs){ .def_type = x86_rdmsr(X86_MSR_MTRR_DEF_TYPE) };
	m->address_mask = HV_MASK((x86_cpuid(X86_LEAF_ADDRESS_SIZES, 0).eax & 0xff) - 1, 12);
	m->nr_variable = (u32)HV_GET(X86_MTRRCAP_VCNT, cap);
	if (m->nr_variable > X86_MTRR_MAX)
		m->nr_variable = X86_MTRR_MAX;
	for (i = 0; i < m->nr_variable; i++) {
		m->base[i] = x86_rdmsr(X86_MSR_MTRR_PHYSBASE0 + 2 * i);
		m->mask[i] = x86_rdmsr(X86_MSR_MTRR_PHYSMASK0 + 2 * i);
	}
	if (!(cap & X86_MTRRCAP_FIX)) {
		m->def_type &= ~X86_MTRR_DEF_TYPE_FIXED;
		return;
	}
	for (i = 0; i < HV_ARRAY_SIZE(fixed); i++)
		for (reg = 0; reg < fixed[i].count; reg++)
			m->fixed[at++] = x86_rdmsr(fixed[i].first + reg);
}

static u64 fixed_type(const struct x86_mtrrs *m, u64 address, u64 *end)
{
	unsigned int i = 0, reg = 0;
	u64 field;

	while (i + 1 < HV_ARRAY_SIZE(fixed) && address >= fixed[i + 1].start)
		reg += fixed[i++].count;
	field = (address - fixed[i].start) / fixed[i].size;
	*end = fixed[i].start + (field + 1) * fixed[i].size;
	return (m->fixed[reg + field / 8] >> (field % 8 * 8)) & 0xff;
}

/* "MTRR Precedences": UC wins, WT wins over WB, any other overlap is undefined and taken as UC. */
static u64 combine(u64 a, u64 b)
{
	if (a == b)
		return a;
	if ((a == X86_TYPE_WT && b == X86_TYPE_WB) || (a == X86_TYPE_WB && b == X86_TYPE_WT))
		return X86_TYPE_WT;
	return X86_TYPE_UC;
}

/* Variable ranges are naturally aligned powers of two in practice: the next border is one of theirs. */
static u64 variable_type(const struct x86_mtrrs *m, u64 address, u64 *end)
{
	u64 type = ~0ULL, start, size, t;
	u32 i;

	for (i = 0; i < m->nr_variable; i++) {
		if (!(m->mask[i] & X86_MTRR_MASK_VALID))
			continue;
		start = m->base[i] & m->address_mask;
		size = (m->mask[i] & m->address_mask) & -(m->mask[i] & m->address_mask);
		if (address < start && start < *end)
			*end = start;
		if (((address ^ start) & m->mask[i] & m->address_mask))
			continue;
		if (HV_ALIGN_DOWN(address, size) + size < *end)
			*end = HV_ALIGN_DOWN(address, size) + size;
		t = m->base[i] & 0xff;
		type = type == ~0ULL ? t : combine(type, t);
	}
	return type == ~0ULL ? HV_GET(X86_MTRR_DEF_TYPE_TYPE, m->def_type) : type;
}

u64 x86_mtrr_type(const struct x86_mtrrs *m, u64 address, u64 *end)
{
	u64 stop = *end, type;

	if (!(m->def_type & X86_MTRR_DEF_TYPE_ENABLE))
		return X86_TYPE_UC;
	if (address < FIXED_END && (m->def_type & X86_MTRR_DEF_TYPE_FIXED))
		type = fixed_type(m, address, &stop);
	else
		type = variable_type(m, address, &stop);
	if (stop < *end)
		*end = stop;
	return type;
}

u64 hv_arch_memory_type(u64 start, u64 *end)
{
	static struct x86_mtrrs mtrrs;
	u64 limit = *end, at, next, type, t;

	if (!mtrrs.address_mask)
		x86_mtrr_read(&mtrrs);
	next = limit;
	type = x86_mtrr_type(&mtrrs, start, &next);
	for (at = next; at < limit; at = next) {
		next = limit;
		t = x86_mtrr_type(&mtrrs, at, &next);
		if (t != type)
			break;
	}
	*end = at;
	return type;
}
