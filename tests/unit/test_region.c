// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/pt.c hvcore/pt_map.c hvcore/pt_change.c hvcore/pt_table.c arch/x86/ptfmt.c arch/x86/svm/nptfmt.c */
/* sources: arch/x86/vmx/eptfmt.c tests/unit/fake_pool.c tests/unit/fake_arch.c hvcore/region.c */
/* sources: hvcore/region_release.c hvcore/mset.c hvcore/mset_clone.c hvcore/mset_check.c hvcore/span.c */
/* sources: hvcore/owner.c hvcore/region_deferred.c */
/* How each kind of region is mapped, and what is refused. */
#include "mset_unit.h"

static struct mset_fixture f;

static int setup(void **state)
{
	(void)state;
	mset_unit_init(&f, &vmx_ept_format, 2048);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mset_unit_fini(&f);
	return 0;
}

static struct hv_pt_mapping at(u64 address)
{
	struct hv_pt_mapping mapping;

	assert_int_equal(hv_pt_query(&f.set.pt, address, &mapping), 0);
	return mapping;
}

static bool is_mapped(u64 address)
{
	struct hv_pt_mapping mapping;

	return !hv_pt_query(&f.set.pt, address, &mapping);
}

static int insert(struct hv_region region)
{
	return hv_mset_insert(&f.set, &region);
}

static void offset(void **state)
{
	(void)state;
	assert_int_equal(insert(mset_unit_offset(G1, G1, 5 * G1, HV_MEM_RWX)), 0);
	assert_int_equal(at(G1 + 0x1234567).address, 5 * G1 + 0x1234567);
	assert_int_equal(at(G1).size, G1);
	assert_int_equal(at(G1).flags, HV_PT_RWX | HV_PT_TYPE(HV_TYPE_WB));
	assert_int_equal(insert(mset_unit_offset(3 * G1, G1, 5 * G1, HV_MEM_READ | HV_MEM_NO_HUGE)), 0);
	assert_int_equal(at(3 * G1).size, K4);
	assert_int_equal(f.set.pt.leaves[0], G1 / K4);
	assert_int_equal(hv_mset_check(&f.set), 0);
}

static void types(void **state)
{
	(void)state;
	fake_types = (struct fake_types){ 4 * G1 + M2 + K4, HV_TYPE_WB, HV_TYPE_UC };
	assert_int_equal(insert(mset_unit_offset(0, 2 * M2, 4 * G1, RW)), 0);
	assert_int_equal(at(0).flags, PT_RW | HV_PT_TYPE(HV_TYPE_WB));
	assert_int_equal(at(0).size, M2);
	assert_int_equal(at(M2).flags, PT_RW | HV_PT_TYPE(HV_TYPE_WB));
	assert_int_equal(at(M2 + K4).flags, PT_RW | HV_PT_TYPE(HV_TYPE_UC));
	assert_int_equal(at(M2 + K4).size, K4);
	fake_types.above = HV_TYPE_WB;
	assert_int_equal(insert(mset_unit_offset(G1, M2, 4 * G1, RW | HV_MEM_DEVICE)), 0);
	assert_int_equal(at(G1).flags, PT_RW | HV_PT_TYPE(HV_TYPE_UC));
	assert_int_equal(insert(mset_unit_offset(2 * G1, M2, 4 * G1, RW | HV_MEM_IO)), 0);
	assert_int_equal(at(2 * G1).flags, PT_RW | HV_PT_TYPE(HV_TYPE_UC));
	/* rights change, types do not */
	assert_int_equal(hv_mset_protect(&f.set, K4, 2 * M2 - 2 * K4, HV_MEM_READ), 0);
	assert_int_equal(at(M2 + K4).flags, HV_PT_READ | HV_PT_TYPE(HV_TYPE_UC));
	assert_int_equal(at(M2).flags, HV_PT_READ | HV_PT_TYPE(HV_TYPE_WB));
	assert_int_equal(at(0).flags, PT_RW | HV_PT_TYPE(HV_TYPE_WB));
}

static void empty(void **state)
{
	(void)state;
	assert_int_equal(insert(mset_unit_empty(&f, M2 - K4, M2 + K4, K4)), 0);
	assert_int_equal(at(2 * M2 - 1).address, hv_hpa_raw(f.frames.start) + G1 + K4 - 1);
	assert_int_equal(f.set.pt.leaves[0], 513);
	assert_int_equal(insert(mset_unit_empty(&f, G1 - K4, M2 + K4, M2)), 0);
	assert_int_equal(at(G1).size, M2);
	assert_int_equal(hv_mset_check(&f.set), 0);
	/* once a large leaf is split, its pages are those of the object */
	assert_int_equal(hv_mset_delete(&f.set, G1 + K4, K4), 0);
	assert_int_equal(hv_mset_check(&f.set), 0);
	assert_int_equal(hv_mset_protect(&f.set, G1, K4, RW), -EINVAL);
}

static void populated(void **state)
{
	u64 i, page;

	(void)state;
	assert_int_equal(insert(mset_unit_alloc(&f, M2, M2 + 3 * K4, HV_MAP_ALLOC)), 0);
	assert_int_equal(f.set.frames, 515);
	for (i = 0; i < 515; i++) {
		u8 *frame;

		page = at(M2 + i * K4).address;
		assert_true(fake_pool_has(&f.frames, page));
		assert_true(hv_owner_holds(&f.owners, CELL, hv_hpa(page), K4));
		frame = hv_pool_pointer(&f.frames, hv_hpa(page));
		assert_true(frame[0] == 0 && !memcmp(frame, frame + 1, K4 - 1));
	}
	assert_int_equal(hv_mset_delete(&f.set, M2, M2 + 3 * K4), 0);
	assert_int_equal(f.set.frames, 0);
	assert_int_equal(f.frames.free, 2048);
	assert_true(hv_owner_holds(&f.owners, HV_OWNER_HYPERVISOR, f.frames.start, 2048 * K4));
}

static void lazy(void **state)
{
	(void)state;
	assert_int_equal(insert(mset_unit_alloc(&f, M2, M2, HV_MAP_LAZY)), 0);
	assert_int_equal(f.set.frames, 0);
	assert_false(is_mapped(M2));
	assert_int_equal(hv_mset_touch(&f.set, M2 + 0x1234, HV_MEM_WRITE), 0);
	assert_true(is_mapped(M2 + 0x1fff));
	assert_false(is_mapped(M2 + 0x2000));
	assert_int_equal(f.set.frames, 1);
	assert_int_equal(hv_mset_touch(&f.set, M2 + 0x1000, HV_MEM_READ), 0);
	assert_int_equal(f.set.frames, 1);
	assert_int_equal(hv_mset_touch(&f.set, M2, HV_MEM_EXECUTE), -EPERM);
	assert_int_equal(hv_mset_touch(&f.set, 2 * M2, HV_MEM_READ), -ENOENT);
	assert_int_equal(hv_mset_check(&f.set), 0);
}

static void refused(void **state)
{
	struct mset_state before = mset_unit_state(&f), after;
	struct hv_region bad[] = {
		mset_unit_offset(K4, 0, 4 * G1, RW),
		mset_unit_offset(K4 + 1, K4, 4 * G1, RW),
		mset_unit_offset(K4, K4 + 1, 4 * G1, RW),
		mset_unit_offset(K4, K4, 4 * G1 + 1, RW),
		mset_unit_offset(K4, K4, 1ULL << 52, RW),
		mset_unit_offset(~0ULL - K4 + 1, K4, 4 * G1, RW),
		mset_unit_offset(512 * 512 * G1 - K4, 2 * K4, 4 * G1, RW),
		mset_unit_offset(K4, K4, 4 * G1, 0),
		mset_unit_offset(K4, K4, 4 * G1, HV_MEM_WRITE),
		mset_unit_offset(K4, K4, 4 * G1, RW | 1 << 20),
		mset_unit_alloc(&f, 0, K4, HV_MAP_DEFERRED + 1),
		mset_unit_alloc(&f, 0, K4, HV_MAP_ALLOC),
		mset_unit_alloc(&f, 0, K4, HV_MAP_LAZY),
		mset_unit_empty(&f, 0, K4, 0),
		mset_unit_empty(&f, 0, K4, K4 + 1),
		mset_unit_empty(&f, 0, K4, K4),
	};
	unsigned int i;

	(void)state;
	bad[11].frames = NULL;
	bad[12].flags |= HV_MEM_DEVICE;
	bad[15].flags |= HV_MEM_WRITE;
	for (i = 0; i < HV_ARRAY_SIZE(bad); i++) {
		if (insert(bad[i]) != -EINVAL)
			fail_msg("case %u", i);
		after = mset_unit_state(&f);
		assert_true(mset_unit_same(&before, &after));
	}
}

static void foreign(void **state)
{
	struct mset_state before = mset_unit_state(&f), after;

	(void)state;
	assert_int_equal(insert(mset_unit_offset(0, K4, 0, RW)), -EBUSY);
	assert_int_equal(insert(mset_unit_offset(0, 2 * K4, 4 * G1 - K4, RW)), -EBUSY);
	assert_int_equal(insert(mset_unit_offset(0, 2 * K4, 8 * G1 - K4, RW)), -EBUSY);
	assert_int_equal(insert(mset_unit_offset(0, K4, hv_hpa_raw(f.frames.start), HV_MEM_READ)), -EBUSY);
	after = mset_unit_state(&f);
	assert_true(mset_unit_same(&before, &after));
	/* root's, and the configuration says so */
	assert_int_equal(insert(mset_unit_offset(0, K4, 0, RW | HV_MEM_ROOTSHARED)), 0);
	/* a set's, within the grant */
	assert_int_equal(hv_owner_change(&f.owners, hv_hpa(G1), M2, HV_OWNER_ROOT, hv_owner_set(1)), 0);
	assert_int_equal(hv_owner_grant(&f.owners, hv_owner_set(1), CELL, HV_RIGHT_READ), 0);
	assert_int_equal(insert(mset_unit_offset(M2, M2, G1, RW)), -EBUSY);
	assert_int_equal(insert(mset_unit_offset(M2, M2, G1, HV_MEM_READ)), 0);
	assert_int_equal(hv_mset_protect(&f.set, M2 + K4, K4, RW), -EBUSY);
}

static void no_present(void **state)
{
	(void)state;
	assert_int_equal(insert(mset_unit_offset(0, M2, 4 * G1, RW | HV_MEM_NO_PRESENT)), 0);
	assert_false(is_mapped(0));
	assert_int_equal(hv_mset_touch(&f.set, 0, HV_MEM_READ), -EPERM);
	assert_int_equal(insert(mset_unit_offset(K4, K4, 4 * G1, RW)), -EEXIST);
	assert_int_equal(hv_mset_check(&f.set), 0);
	assert_int_equal(hv_mset_delete(&f.set, 0, K4), 0);
}

static struct {
	u64 start, size, bytes;
} scrubbed;

static void note_scrub(u64 start, u64 size)
{
	scrubbed.start = start;
	scrubbed.size = size;
	scrubbed.bytes += size;
}

/* Touching @address maps, and zeroes before, a piece of @size at @start. */
static void assert_piece(u64 address, u64 start, u64 size)
{
	struct hv_pt_mapping mapping;

	scrubbed.bytes = 0;
	assert_false(is_mapped(address));
	assert_int_equal(hv_mset_touch(&f.set, address, HV_MEM_WRITE), 0);
	mapping = at(start);
	assert_int_equal(mapping.size, size);
	assert_int_equal(scrubbed.start, mapping.address);
	assert_int_equal(scrubbed.size, size);
	assert_int_equal(scrubbed.bytes, size);
	assert_int_equal(hv_mset_touch(&f.set, address, HV_MEM_WRITE), 0);
	assert_int_equal(scrubbed.bytes, size);
}

/* What needs a table is there from the start. */
static void deferred(void **state)
{
	u64 from = G1 - 2 * M2 - 2 * K4, to = 5 * G1 - 2 * K4;

	(void)state;
	scrubbed.bytes = 0;
	fake_on_scrub = note_scrub;
	assert_int_equal(insert(mset_unit_deferred(from, 5 * M2 + 4 * K4, to)), 0);
	assert_true(is_mapped(from) && is_mapped(G1) && is_mapped(G1 + 3 * M2));
	assert_int_equal(scrubbed.bytes, M2 + 2 * K4);
	assert_int_equal(hv_mset_check(&f.set), 0);
	assert_piece(from + K4 + 0x123, from + K4, K4);
	assert_piece(G1 - M2 - 1, G1 - 2 * M2, M2);
	assert_piece(G1 - 7, G1 - M2, M2);
	assert_piece(G1 + M2 + 0x12345, G1 + M2, M2);
	assert_piece(G1 + 3 * M2 + K4, G1 + 3 * M2 + K4, K4);
	assert_int_equal(at(G1 + M2 + 0x12345).address, 5 * G1 + 3 * M2 + 0x12345);
	assert_int_equal(hv_mset_touch(&f.set, G1 + 2 * M2, HV_MEM_EXECUTE), -EPERM);
	assert_int_equal(hv_mset_touch(&f.set, G1 + 4 * M2, HV_MEM_READ), -ENOENT);
	assert_false(is_mapped(G1 + 2 * M2));
	assert_int_equal(hv_mset_check(&f.set), 0);
	/* frames that lie differently in their 2 MiB are mapped page by page */
	assert_int_equal(insert(mset_unit_deferred(4 * G1, M2, 6 * G1 + K4)), 0);
	assert_piece(4 * G1 + K4, 4 * G1 + K4, K4);
	assert_int_equal(at(4 * G1 + K4).address, 6 * G1 + 2 * K4);
	/* what was split keeps its place */
	assert_int_equal(hv_mset_delete(&f.set, G1 + 2 * M2 + 8 * K4, K4), 0);
	assert_piece(G1 + 2 * M2 + 16 * K4, G1 + 2 * M2 + 16 * K4, K4);
	assert_int_equal(at(G1 + 2 * M2 + 16 * K4).address, 5 * G1 + 4 * M2 + 16 * K4);
	assert_int_equal(hv_mset_check(&f.set), 0);
	fake_on_scrub = NULL;
}

static void deferred_without_memory(void **state)
{
	u64 from = G1 - 2 * M2 - 2 * K4, size = 5 * M2 + 4 * K4, address, tables;

	(void)state;
	assert_int_equal(insert(mset_unit_deferred(from, size, 5 * G1 - 2 * K4)), 0);
	assert_int_equal(insert(mset_unit_deferred(4 * G1 - 3 * K4, 9 * K4, 6 * G1)), 0);
	tables = f.set.pt.tables;
	fake_pool_left = 0;
	for (address = from; address != from + size; address += K4)
		assert_int_equal(hv_mset_touch(&f.set, address, HV_MEM_READ), 0);
	for (address = 4 * G1 - 3 * K4; address != 4 * G1 + 6 * K4; address += K4)
		assert_int_equal(hv_mset_touch(&f.set, address, HV_MEM_READ), 0);
	fake_pool_left = FAKE_POOL_PLENTY;
	assert_int_equal(f.set.pt.tables, tables);
	assert_int_equal(hv_mset_check(&f.set), 0);
}

static void deferred_neighbours(void **state)
{
	(void)state;
	assert_int_equal(insert(mset_unit_deferred(G1, M2, 5 * G1)), 0);
	assert_int_equal(insert(mset_unit_deferred(G1 + M2, M2 / 2, 5 * G1 + M2)), 0);
	assert_int_equal(f.set.regions.count, 1);
	assert_int_equal(insert(mset_unit_deferred(G1 + M2 + M2 / 2, M2 / 2, 5 * G1 + M2 + M2 / 2)), 0);
	assert_int_equal(f.set.regions.count, 2);
	assert_int_equal(insert(mset_unit_offset(G1 + 2 * M2, M2, 5 * G1 + 2 * M2, RW)), 0);
	assert_int_equal(f.set.regions.count, 3);
	assert_int_equal(hv_mset_touch(&f.set, G1 + M2 + 5 * K4, HV_MEM_READ), 0);
	assert_int_equal(hv_mset_touch(&f.set, G1 + M2 + M2 / 2 + 5 * K4, HV_MEM_READ), 0);
	assert_int_equal(hv_mset_check(&f.set), 0);
}

#define TEST(f, name) { name, f, setup, teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(offset, "E2 E7 offset: largest leaves, unless NO_HUGE"),
		TEST(types, "E6 write-back RAM, uncached registers, split where MTRRs disagree"),
		TEST(empty, "E2 empty: every page to one object"),
		TEST(populated, "E2 alloc populated: zeroed, owned, given back"),
		TEST(lazy, "E2 alloc on first touch"),
		TEST(deferred, "E2 linear on first touch: in pieces of 2 MiB and pages, zeroed before they are mapped"),
		TEST(deferred_without_memory, "E2 E4 a touch needs no memory, nor takes a table away"),
		TEST(deferred_neighbours, "E2 E3 neighbours on first touch are one region only if their pieces stay"),
		TEST(refused, "E3 what makes no sense is refused, size 0 too"),
		TEST(foreign, "D2 no frame that the owner rules do not allow"),
		TEST(no_present, "A5 NO_PRESENT is recorded, and faults"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
