// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/pt.c hvcore/pt_map.c hvcore/pt_change.c hvcore/pt_table.c arch/x86/ptfmt.c arch/x86/svm/nptfmt.c */
/* sources: arch/x86/vmx/eptfmt.c tests/unit/fake_pool.c tests/unit/fake_arch.c hvcore/region.c */
/* sources: hvcore/region_release.c hvcore/mset.c hvcore/mset_check.c hvcore/span.c hvcore/owner.c */
/* sources: hvcore/region_deferred.c */
/* Memory encryption in tables: the hypervisor's own mappings have the bit where they ask for it, a guest's never. */
#include "mset_unit.h"

#define BIT47 (1ULL << 47)
#define ENCRYPTED (PT_RW | HV_PT_ENCRYPTED)

static struct hv_pool pool;
static struct hv_pt pt;
static struct hv_pt_format format;

static int setup(void **state)
{
	(void)state;
	fake_pool_init(&pool, 4096);
	fake_tlb_reset();
	format = x86_host_format;
	format.leaf_levels = 3;
	format.encrypt = BIT47;
	return hv_pt_init(&pt, &format, &pool);
}

static int teardown(void **state)
{
	(void)state;
	hv_pt_fini(&pt);
	assert_int_equal(fake_pool_used(), 0);
	fake_pool_fini(&pool);
	return 0;
}

/* Entries in use below @table: leaves and tables that have the bit, and those that do not. */
struct count {
	u64 leaves[2], tables[2];
};

static void count(const struct hv_pt *tables, const u64 *table, unsigned int level, struct count *found)
{
	const struct hv_pt_format *f = &tables->format;
	unsigned int i;

	for (i = 0; i < 512; i++) {
		bool has = table[i] & BIT47;

		if (!(table[i] & f->present))
			continue;
		if (level == 1 || (table[i] & f->kind) == f->large) {
			found->leaves[has]++;
			continue;
		}
		found->tables[has]++;
		count(tables, hv_pool_pointer(tables->pool, hv_hpa(table[i] & f->address)), level - 1, found);
	}
}

static struct count count_all(const struct hv_pt *tables)
{
	struct count found = { { 0 }, { 0 } };

	count(tables, tables->root, tables->format.levels, &found);
	return found;
}

static void own_mappings_have_the_bit(void **state)
{
	struct hv_pt_mapping mapping;
	struct count found;

	(void)state;
	assert_int_equal(hv_pt_map(&pt, 0, G1, 3 * K4, ENCRYPTED), 0);
	assert_int_equal(hv_pt_map(&pt, M2, M2, K4, PT_RW), 0);
	found = count_all(&pt);
	assert_int_equal(found.leaves[true], 3);
	assert_int_equal(found.leaves[false], 1);
	/* where tables are is a matter of the pool, not of what they map */
	assert_int_equal(found.tables[true], 0);
	assert_int_equal(found.tables[false], pt.tables - 1);
	/* it is said, and is no part of the address */
	assert_int_equal(hv_pt_query(&pt, K4, &mapping), 0);
	assert_int_equal(mapping.address, G1 + K4);
	assert_int_equal(mapping.flags, ENCRYPTED);
	assert_int_equal(hv_pt_query(&pt, M2, &mapping), 0);
	assert_int_equal(mapping.flags, PT_RW);
}

static void tables_have_the_bit_if_the_format_says_so(void **state)
{
	struct hv_pt other;

	(void)state;
	format.table |= BIT47;
	assert_int_equal(hv_pt_init(&other, &format, &pool), 0);
	assert_int_equal(hv_pt_map(&other, 0, G1, M2 + K4, PT_RW), 0);
	assert_int_equal(count_all(&other).tables[true], 3);
	assert_int_equal(count_all(&other).leaves[true], 0);
	assert_int_equal(hv_pt_unmap(&other, K4, K4), 0);
	assert_int_equal(count_all(&other).tables[false], 0);
	assert_int_equal(hv_pt_unmap(&other, 0, M2 + K4), 0);
	assert_int_equal(other.tables, 1);
	hv_pt_fini(&other);
}

static void changes_keep_the_bit(void **state)
{
	struct hv_pt_mapping mapping;
	u64 at = 0;

	(void)state;
	assert_int_equal(hv_pt_map(&pt, 0, G1, G1, ENCRYPTED), 0);
	assert_int_equal(count_all(&pt).leaves[true], 1);
	assert_int_equal(hv_pt_protect(&pt, M2 + K4, K4, HV_PT_READ), 0);
	assert_int_equal(count_all(&pt).leaves[true], 511 + 512);
	assert_int_equal(count_all(&pt).leaves[false], 0);
	assert_int_equal(hv_pt_protect(&pt, M2 + K4, K4, PT_RW), 0);
	assert_int_equal(count_all(&pt).leaves[true], 1);
	/* whether memory is encrypted is not a right that could be changed */
	assert_int_equal(hv_pt_protect(&pt, 0, G1, ENCRYPTED), -EINVAL);
	/* neighbours that differ in it never become one leaf */
	assert_int_equal(hv_pt_unmap(&pt, K4, K4), 0);
	assert_int_equal(hv_pt_map(&pt, K4, G1 + K4, K4, PT_RW), 0);
	assert_int_equal(count_all(&pt).leaves[false], 1);
	assert_int_equal(pt.leaves[0], 512);
	/* frames come back by their addresses */
	assert_int_equal(hv_pt_revoke(&pt, 0, K4), 0);
	assert_int_equal(hv_pt_collect(&pt, &at, G1, &mapping), 0);
	assert_int_equal(mapping.address, G1);
}

static void the_bit_is_no_address(void **state)
{
	struct hv_pt_object object = { BIT47, K4 };

	(void)state;
	assert_int_equal(hv_pt_map(&pt, 0, BIT47, K4, PT_RW), -EINVAL);
	assert_int_equal(hv_pt_map(&pt, 0, BIT47 - K4, 2 * K4, PT_RW), -EINVAL);
	assert_int_equal(hv_pt_map_object(&pt, 0, &object, K4, HV_PT_READ), -EINVAL);
	assert_int_equal(pt.tables, 1);
}

static void without_a_bit_nothing_changes(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < NR_FORMATS; i++) {
		struct hv_pt_mapping mapping;
		struct pt_state with;
		struct hv_pt other;

		assert_int_equal(pt_unit_format(i)->encrypt, 0);
		assert_int_equal(hv_pt_init(&other, pt_unit_format(i), &pool), 0);
		assert_int_equal(hv_pt_map(&other, 0, M2, 2 * M2, ENCRYPTED), 0);
		with = pt_unit_state(&other);
		assert_int_equal(hv_pt_query(&other, 0, &mapping), 0);
		assert_false(mapping.flags & HV_PT_ENCRYPTED);
		assert_int_equal(hv_pt_unmap(&other, 0, 2 * M2), 0);
		assert_int_equal(hv_pt_map(&other, 0, M2, 2 * M2, PT_RW), 0);
		assert_true(pt_unit_state(&other).hash == with.hash);
		hv_pt_fini(&other);
	}
}

/* Even if its format had a bit. */
static void guests_never_have_it(void **state)
{
	const u32 mappers[] = { HV_MAP_OFFSET, HV_MAP_EMPTY, HV_MAP_ALLOC, HV_MAP_LAZY };
	struct hv_pt_format guest = svm_npt_format;
	struct mset_fixture f;
	unsigned int i;

	(void)state;
	guest.encrypt = BIT47;
	mset_unit_init(&f, &guest, 2048);
	for (i = 0; i < HV_ARRAY_SIZE(mappers); i++) {
		struct hv_region region = {
			.span = { .start = i * G1, .size = 4 * K4 },
			.flags = HV_MEM_READ | HV_MEM_ENCRYPTED,
			.mapper = mappers[i],
			.to = 4 * G1,
			.object_size = K4,
			.frames = &f.frames,
		};

		assert_int_equal(hv_mset_insert(&f.set, &region), 0);
		assert_int_equal(hv_mset_touch(&f.set, i * G1, HV_MEM_READ), 0);
		assert_int_equal(hv_mset_protect(&f.set, i * G1, K4, HV_MEM_READ), 0);
	}
	assert_int_equal(count_all(&f.set.pt).leaves[true], 0);
	assert_int_equal(count_all(&f.set.pt).leaves[false], 4 + 4 + 4 + 1);
	mset_unit_fini(&f);
}

#define TEST(f, name) { name, f, setup, teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(own_mappings_have_the_bit, "G10 the hypervisor's own mappings have the encryption bit"),
		TEST(tables_have_the_bit_if_the_format_says_so, "G10 tables have it if the pool is encrypted"),
		TEST(changes_keep_the_bit, "G10 splitting, merging and new rights keep the bit"),
		TEST(the_bit_is_no_address, "G10 an address with the bit is refused"),
		TEST(without_a_bit_nothing_changes, "G10 without a bit the flag changes nothing"),
		{ "G10 a guest's tables never have the bit", guests_never_have_it, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
