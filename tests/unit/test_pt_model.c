// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/pt.c hvcore/pt_map.c hvcore/pt_change.c hvcore/pt_table.c arch/x86/ptfmt.c arch/x86/svm/nptfmt.c */
/* sources: arch/x86/vmx/eptfmt.c tests/unit/fake_pool.c tests/unit/fake_arch.c */
/*
 * The walker against a naive model, an array of pages: random changes, short memory, hardware that caches. As leaves
 * are always as large as can be, the model knows each one's size, too.
 */
#include "pt_unit.h"

#define UNITS 1536
#define OPERATIONS 110000	/* for each of two page sizes and five formats */

struct unit {
	bool mapped;
	u64 to, flags;
};

struct model {
	struct hv_pool pool;
	struct hv_pt pt;
	u64 base, size;		/* of a unit */
	struct unit unit[UNITS];
	u64 random;
};

static u64 seen(const struct hv_pt_format *f, u64 flags)
{
	if (!f->exec && !f->no_exec)
		flags |= HV_PT_EXEC;
	return flags & ~(HV_PT_TYPE_MASK & ~HV_PT_TYPE(f->type >> f->type_shift));
}

static u64 below(struct model *m, u64 limit)
{
	return unit_random(&m->random) % limit;
}

static bool is_one_leaf(const struct model *m, u64 block)
{
	const struct unit *first = &m->unit[block];
	unsigned int i;

	if (!first->mapped || first->to % (512 * m->size) || (first->flags & HV_PT_NO_HUGE))
		return false;
	for (i = 1; i < 512; i++)
		if (!first[i].mapped || first[i].to != first->to + i * m->size || first[i].flags != first->flags)
			return false;
	return true;
}

/* The windows begin at multiples of 512 units. */
static bool is_right(struct model *m, u64 i, bool large)
{
	const struct unit *unit = &m->unit[i];
	struct hv_pt_mapping mapping;
	u64 inside = below(m, m->size);
	int err;

	err = hv_pt_query(&m->pt, m->base + i * m->size + inside, &mapping);
	if (!unit->mapped)
		return err == -ENOENT;
	return !err && mapping.address == unit->to + inside && mapping.flags == seen(&m->pt.format, unit->flags) &&
	       mapping.size == (large ? 512 * m->size : m->size);
}

static void check_all(struct model *m)
{
	u64 i, block, leaves = 0, large_leaves = 0;
	unsigned int level = m->size == K4 ? 1 : 2;
	struct pt_state state;

	for (block = 0; block < UNITS; block += 512) {
		bool large = is_one_leaf(m, block);

		large_leaves += large;
		for (i = block; i < block + 512; i++) {
			assert_true(is_right(m, i, large));
			leaves += m->unit[i].mapped && !large;
		}
	}
	state = pt_unit_state(&m->pt);
	assert_int_equal(state.leaves[level - 1], leaves);
	assert_int_equal(state.leaves[level], large_leaves);
	assert_int_equal(state.pool_used, state.tables);
}

struct op {
	u64 first, count, to, flags;
};

static u64 some_flags(struct model *m)
{
	static const u64 flags[] = { HV_PT_RWX | HV_PT_TYPE(6), PT_RW | HV_PT_TYPE(6), HV_PT_READ };

	return flags[below(m, 16) ? below(m, 2) : 2];
}

static struct op some_op(struct model *m)
{
	struct op op = { .first = below(m, UNITS), .count = 1 + below(m, 1 << below(m, 5)) };
	u64 shift = below(m, 8) ? 0 : 1 + below(m, 3);

	if (!below(m, 64)) {
		op.first = op.first / 512 * 512;
		op.count = below(m, 2) ? 512 : UNITS;
	}
	if (op.count > UNITS - op.first)
		op.count = UNITS - op.first;
	/* usually where a merge is possible */
	op.to = (op.first + (shift == 1 ? 1 : shift * 512)) * m->size;
	op.flags = some_flags(m);
	return op;
}

static bool any_mapped(const struct model *m, const struct op *op)
{
	u64 i;

	for (i = op->first; i < op->first + op->count; i++)
		if (m->unit[i].mapped)
			return true;
	return false;
}

static bool is_short(struct model *m, int err, int wanted, bool limited)
{
	if (limited && err == -ENOMEM)
		return true;
	if (err != wanted)
		fail_msg("%d instead of %d, random state 0x%llx", err, wanted, m->random);
	return false;
}

static void map(struct model *m, const struct op *op, bool limited)
{
	bool same = !below(m, 16), alone = m->size == K4 && !below(m, 64);
	const struct hv_pt_object object = { op->to, m->size };
	u64 from = m->base + op->first * m->size, size = op->count * m->size, i;
	u64 flags = op->flags | (alone ? HV_PT_NO_HUGE : 0);
	int err;

	if (same)
		err = hv_pt_map_object(&m->pt, from, &object, size, flags);
	else
		err = hv_pt_map(&m->pt, from, op->to, size, flags);
	if (is_short(m, err, any_mapped(m, op) ? -EEXIST : 0, limited) || err)
		return;
	for (i = 0; i < op->count; i++)
		m->unit[op->first + i] = (struct unit){ true, op->to + (same ? 0 : i * m->size), flags };
}

static void unmap(struct model *m, const struct op *op, bool limited)
{
	u64 from = m->base + op->first * m->size, end = from + op->count * m->size, i, pages = 0;
	bool collect = below(m, 2);
	struct hv_pt_mapping mapping;
	int err;

	if (collect)
		err = hv_pt_revoke(&m->pt, from, end - from);
	else
		err = hv_pt_unmap(&m->pt, from, end - from);
	if (is_short(m, err, 0, limited))
		return;
	if (collect) {
		hv_pt_flush(&m->pt);
		while (!hv_pt_collect(&m->pt, &from, end, &mapping))
			pages += mapping.size / m->size;
	}
	for (i = op->first; i < op->first + op->count; i++) {
		pages -= collect && m->unit[i].mapped;
		m->unit[i].mapped = false;
	}
	assert_int_equal(pages, 0);
}

static void protect(struct model *m, const struct op *op, bool limited)
{
	u64 from = m->base + op->first * m->size, i;
	int err;

	err = hv_pt_protect(&m->pt, from, op->count * m->size, op->flags);
	if (is_short(m, err, any_mapped(m, op) ? 0 : -ENOENT, limited))
		return;
	for (i = op->first; i < op->first + op->count; i++)
		m->unit[i].flags = op->flags | (m->unit[i].flags & HV_PT_NO_HUGE);
}

/* After every operation: its ends, and their neighbours. */
static void check_some(struct model *m, const struct op *op)
{
	const u64 places[] = { op->first, op->first + op->count - 1, op->first ? op->first - 1 : 0,
			       (op->first + op->count) % UNITS };
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(places); i++)
		assert_true(is_right(m, places[i], false) || is_right(m, places[i], true));
}

static void run(struct model *m, unsigned int operations)
{
	unsigned int i;

	for (i = 0; i < operations; i++) {
		struct op op = some_op(m);
		bool limited = !below(m, 8);

		if (m->pt.live)
			fake_tlb_touch(&m->pt, m->base + below(m, UNITS) * m->size);
		fake_pool_left = limited ? below(m, 3) : FAKE_POOL_PLENTY;
		switch (below(m, 8)) {
		case 0 ... 3:
			map(m, &op, limited);
			break;
		case 4 ... 5:
			unmap(m, &op, limited);
			break;
		default:
			protect(m, &op, limited);
		}
		fake_pool_left = FAKE_POOL_PLENTY;
		hv_pt_flush(&m->pt);
		if (m->pt.live)
			fake_tlb_check(&m->pt);
		check_some(m, &op);
		if (i % 1024 == 0)
			check_all(m);
	}
	check_all(m);
}

static void e1_random(void **state)
{
	static struct model m;
	unsigned int f, large;

	(void)state;
	m.random = unit_seed();
	fake_pool_init(&m.pool, 64);
	for (f = 0; f < NR_FORMATS; f++) {
		for (large = 0; large < 2; large++) {
			struct hv_pt_format format = *pt_unit_format(f);

			format.leaf_levels = 3;
			memset(m.unit, 0, sizeof(m.unit));
			m.size = large ? M2 : K4;
			m.base = large ? 509 * G1 % (1ULL << 46) : 64 * G1 - 2 * M2;
			assert_int_equal(hv_pt_init(&m.pt, &format, &m.pool), 0);
			m.pt.live = f % 2;
			run(&m, OPERATIONS);
			fake_tlb_reset();
			hv_pt_fini(&m.pt);
			assert_int_equal(fake_pool_used(), 0);
		}
	}
	fake_pool_fini(&m.pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "E1 E4 E5 a million random changes against an array of pages", e1_random, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
