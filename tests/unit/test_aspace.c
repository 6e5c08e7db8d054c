// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/pt.c hvcore/pt_map.c hvcore/pt_change.c hvcore/pt_table.c arch/x86/ptfmt.c arch/x86/svm/nptfmt.c */
/* sources: arch/x86/vmx/eptfmt.c tests/unit/fake_pool.c tests/unit/fake_arch.c hvcore/region.c */
/* sources: hvcore/region_release.c hvcore/mset.c hvcore/mset_clone.c hvcore/mset_check.c hvcore/span.c */
/* sources: hvcore/owner.c hvcore/aspace.c hvcore/aspace_access.c hvcore/aspace_config.c hvcore/cellconf.c */
/* sources: hvcore/cellconf_region.c hvcore/cellconf_io.c hvcore/cellconf_x86.c hvcore/cellconf_devices.c */
/* sources: tests/unit/fake_log.c hvcore/region_deferred.c */
/* The address space of a cell, item by item. */
#include <pthread.h>

#include <hv/aspace.h>
#include <hv/cellconf.h>
#include <hv/exit.h>
#include "fake_log.h"
#include "mset_unit.h"

static struct hv_pool pool, frames, secure;
static struct hv_owner_map owners;
static struct hv_aspace as;
static u64 used_before;

static hv_gpa_t gpa(u64 raw)
{
	return hv_gpa(raw);
}

static void own(const struct hv_pool *p)
{
	assert_int_equal(hv_owner_change(&owners, p->start, p->frames * K4, HV_OWNER_ROOT, HV_OWNER_HYPERVISOR), 0);
}

/* Without the owner map's nodes: which of those it has built in are in use is a matter of chance. */
static u64 used(void)
{
	return fake_pool_used() - owners.nr_taken;
}

static struct hv_aspace_config config(void)
{
	return (struct hv_aspace_config){ .base = M2, .size = 16 * G1, .format = &vmx_ept_format, .pool = &pool,
					  .frames = &frames, .secure = &secure, .owners = &owners, .owner = CELL };
}

static int setup(void **state)
{
	struct hv_aspace_config c = config();

	(void)state;
	fake_tlb_reset();
	fake_log_lines = 0;
	fake_types = (struct fake_types){ 0, HV_TYPE_WB, HV_TYPE_WB };
	fake_pool_init(&pool, 256);
	fake_pool_init(&frames, 256);
	fake_pool_init(&secure, 64);
	fake_pool_expect_scrubbed(&frames);
	fake_pool_expect_scrubbed(&secure);
	assert_int_equal(hv_owner_init(&owners, MEMORY_END, 4096), 0);
	hv_owner_set_pool(&owners, &pool);
	own(&frames);
	own(&secure);
	used_before = used();
	assert_int_equal(hv_aspace_new_empty(&as, &c), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(hv_mset_check(&as.set), 0);
	assert_int_equal(hv_aspace_destroy(&as), 0);
	assert_int_equal(used(), used_before);
	hv_owner_fini(&owners);
	assert_int_equal(fake_pool_used(), 0);
	fake_pool_fini(&pool);
	fake_pool_fini(&frames);
	fake_pool_fini(&secure);
	return 0;
}

static void new_empty(void **state)
{
	struct hv_aspace_config c = config();
	struct hv_aspace other;

	(void)state;
	assert_int_equal(used(), used_before + 1);
	assert_int_equal(hv_gpa_raw(hv_aspace_base(&as)), M2);
	assert_int_equal(hv_gpa_raw(hv_aspace_end(&as)), 16 * G1 + M2);
	assert_int_equal(hv_aspace_size(&as), 16 * G1);
	assert_true(hv_pool_pointer(&pool, hv_aspace_root(&as)) == (void *)as.set.pt.root);
	assert_true(hv_aspace_contains_range(&as, gpa(M2), 16 * G1));
	assert_false(hv_aspace_contains_range(&as, gpa(M2), 16 * G1 + 1));
	assert_false(hv_aspace_contains_range(&as, gpa(M2 - 1), 2));
	assert_false(hv_aspace_contains_range(&as, gpa(M2), 0));
	assert_false(hv_aspace_contains_range(&as, gpa(~0ULL), 2));
	assert_false(hv_aspace_contains_range(&as, gpa(2 * M2), ~0ULL));
	c.size = 512 * 512 * G1;
	assert_int_equal(hv_aspace_new_empty(&other, &c), -EINVAL);
	c.size = M2;
	fake_pool_left = 0;
	assert_int_equal(hv_aspace_new_empty(&other, &c), -ENOMEM);
	fake_pool_left = FAKE_POOL_PLENTY;
}

static void out_of_range(void **state)
{
	const struct hv_pt_object object = { 0, K4 };

	(void)state;
	assert_int_equal(hv_aspace_map_linear(&as, gpa(M2 - K4), hv_hpa(0), 2 * K4, RW), -EINVAL);
	assert_int_equal(hv_aspace_map_linear(&as, gpa(16 * G1 + M2), hv_hpa(0), K4, RW), -EINVAL);
	assert_int_equal(hv_aspace_map_linear(&as, gpa(G1), hv_hpa(0), 0, RW), -EINVAL);
	assert_int_equal(hv_aspace_map_alloc(&as, gpa(0), K4, RW, 0), -EINVAL);
	assert_int_equal(hv_aspace_map_alloc(&as, gpa(G1), K4, RW, 4), -EINVAL);
	assert_int_equal(hv_aspace_map_empty(&as, gpa(0), K4, HV_MEM_READ, &object), -EINVAL);
	assert_int_equal(hv_aspace_map_identical(&as, gpa(0), hv_hpa(0), K4, RW, true), -EINVAL);
	assert_int_equal(hv_aspace_map_identical(&as, gpa(G1 + 1), hv_hpa(G1), K4, RW, true), -EINVAL);
	assert_int_equal(hv_aspace_map_identical(&as, gpa(G1), hv_hpa(G1 + 1), K4, RW, true), -EINVAL);
	assert_int_equal(hv_aspace_map_identical(&as, gpa(G1), hv_hpa(-K4), 2 * K4, RW, true), -EINVAL);
	assert_int_equal(hv_aspace_unmap(&as, gpa(0), K4), -EINVAL);
	assert_int_equal(hv_aspace_unmap(&as, gpa(G1), K4), -ENOENT);
	assert_int_equal(hv_aspace_protect(&as, gpa(0), K4, RW), -EINVAL);
	assert_int_equal(hv_aspace_handle_fault(&as, gpa(0), HV_ACCESS_READ), -EINVAL);
	assert_int_equal(hv_aspace_copy_to(&as, gpa(0), "", 1), -EINVAL);
	assert_int_equal(as.set.regions.count, 0);
}

static void map_and_unmap(void **state)
{
	const struct hv_pt_object object = { 3 * M2, M2 };
	hv_hpa_t hpa;

	(void)state;
	assert_int_equal(hv_owner_change(&owners, hv_hpa(4 * G1), G1, HV_OWNER_ROOT, CELL), 0);
	assert_int_equal(hv_aspace_map_linear(&as, gpa(G1), hv_hpa(4 * G1), G1, HV_MEM_RWX), 0);
	assert_int_equal(hv_aspace_translate(&as, gpa(G1 + 5), &hpa), 0);
	assert_int_equal(hv_hpa_raw(hpa), 4 * G1 + 5);
	assert_int_equal(hv_aspace_unmap(&as, gpa(G1 + M2), K4), 0);
	assert_int_equal(hv_aspace_translate(&as, gpa(G1 + M2), &hpa), -ENOENT);
	assert_int_equal(hv_aspace_translate(&as, gpa(G1 + M2 + K4), &hpa), 0);
	assert_int_equal(hv_aspace_protect(&as, gpa(G1), M2, HV_MEM_READ), 0);
	assert_int_equal(hv_aspace_handle_fault(&as, gpa(G1), HV_ACCESS_WRITE), -EPERM);
	assert_int_equal(hv_aspace_map_empty(&as, gpa(4 * G1), M2, HV_MEM_READ, &object), 0);
	assert_int_equal(hv_aspace_translate(&as, gpa(4 * G1 + 7), &hpa), 0);
	assert_int_equal(hv_hpa_raw(hpa), 3 * M2 + 7);
	assert_int_equal(hv_aspace_clear(&as), 0);
	assert_int_equal(as.set.pt.tables, 1);
}

static void fault(void **state)
{
	(void)state;
	assert_int_equal(hv_aspace_map_alloc(&as, gpa(G1), M2, RW, 0), 0);
	assert_int_equal(hv_aspace_handle_fault(&as, gpa(G1 + 5), HV_ACCESS_WRITE), 0);
	assert_int_equal(as.set.frames, 1);
	/* the other CPU, later */
	assert_int_equal(hv_aspace_handle_fault(&as, gpa(G1 + 7), HV_ACCESS_READ), 0);
	assert_int_equal(as.set.frames, 1);
	assert_int_equal(hv_aspace_handle_fault(&as, gpa(G1 + 5), HV_ACCESS_EXEC), -EPERM);
	assert_int_equal(hv_aspace_handle_fault(&as, gpa(G1 + K4), HV_ACCESS_EXEC), -EPERM);
	assert_int_equal(hv_aspace_handle_fault(&as, gpa(G1 + M2), HV_ACCESS_READ), -ENOENT);
	/* a frame would change its owner, and that is not what the space's lock is for */
	assert_int_equal(hv_aspace_wake(&as, gpa(G1 + K4), HV_ACCESS_READ), -EPERM);
	assert_int_equal(hv_aspace_wake(&as, gpa(G1 + M2), HV_ACCESS_READ), -ENOENT);
	assert_int_equal(hv_aspace_wake(&as, gpa(0), HV_ACCESS_READ), -EINVAL);
	fake_pool_left = 0;
	assert_int_equal(hv_aspace_handle_fault(&as, gpa(G1 + K4), HV_ACCESS_READ), -ENOMEM);
	fake_pool_left = FAKE_POOL_PLENTY;
	assert_int_equal(as.set.frames, 1);
}

static void *fault_all(void *unused)
{
	u64 i;

	for (i = 0; i < 200; i++)
		if (hv_aspace_handle_fault(&as, gpa(G1 + i * K4), HV_ACCESS_WRITE))
			return &as;
	return unused;
}

static void faults_at_once(void **state)
{
	pthread_t cpu[4];
	void *result;
	unsigned int i;

	(void)state;
	assert_int_equal(hv_aspace_map_alloc(&as, gpa(G1), M2, RW, 0), 0);
	hv_aspace_set_live(&as, true);
	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&cpu[i], NULL, fault_all, NULL), 0);
	for (i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(cpu[i], &result), 0);
		assert_null(result);
	}
	assert_int_equal(as.set.frames, 200);
	assert_int_equal(frames.free, 56);
	hv_aspace_set_live(&as, false);
}

static void limit(void **state)
{
	hv_hpa_t hpa;
	u64 bytes;

	(void)state;
	assert_int_equal(hv_owner_change(&owners, hv_hpa(4 * G1), 4 * G1, HV_OWNER_ROOT, CELL), 0);
	assert_int_equal(hv_aspace_map_linear(&as, gpa(G1 + K4), hv_hpa(5 * G1 + K4), G1, RW), 0);
	assert_int_equal(hv_aspace_map_linear(&as, gpa(2 * G1 + K4), hv_hpa(4 * G1), K4, RW), 0);
	assert_int_equal(hv_aspace_translate_and_get_limit(&as, gpa(G1 + K4 + 5), &hpa, &bytes), 0);
	assert_int_equal(hv_hpa_raw(hpa), 5 * G1 + K4 + 5);
	assert_int_equal(bytes, G1 - 5);
	assert_int_equal(hv_aspace_translate_and_get_limit(&as, gpa(2 * G1 + 2 * K4 - 1), &hpa, &bytes), 0);
	assert_int_equal(bytes, 1);
	assert_int_equal(hv_aspace_translate_and_get_limit(&as, gpa(G1), &hpa, &bytes), -ENOENT);
	assert_int_equal(hv_aspace_translate_and_get_limit(&as, gpa(~0ULL), &hpa, &bytes), -ENOENT);
}

static void chunks(void **state)
{
	struct hv_chunk chunk;

	(void)state;
	assert_int_equal(hv_owner_change(&owners, hv_hpa(4 * G1), G1, HV_OWNER_ROOT, CELL), 0);
	assert_int_equal(hv_aspace_map_linear(&as, gpa(G1), hv_hpa(4 * G1), 2 * K4, RW), 0);
	assert_int_equal(hv_aspace_map_linear(&as, gpa(G1 + 2 * K4), hv_hpa(4 * G1 + M2), K4, HV_MEM_READ), 0);
	hv_aspace_lock(&as);
	chunk = hv_chunk_first(gpa(G1 + 5), 2 * K4 + 10, HV_MEM_READ);
	assert_true(hv_chunk_next(&as, &chunk));
	assert_int_equal(hv_hpa_raw(chunk.hpa), 4 * G1 + 5);
	assert_int_equal(chunk.size, 2 * K4 - 5);
	assert_true(hv_chunk_next(&as, &chunk));
	assert_int_equal(hv_hpa_raw(chunk.hpa), 4 * G1 + M2);
	assert_int_equal(chunk.size, 15);
	assert_false(hv_chunk_next(&as, &chunk));
	assert_int_equal(chunk.err, 0);
	chunk = hv_chunk_first(gpa(G1 + 2 * K4 - 1), 2, RW);
	assert_true(hv_chunk_next(&as, &chunk));
	assert_false(hv_chunk_next(&as, &chunk));
	assert_int_equal(chunk.err, -EPERM);
	chunk = hv_chunk_first(gpa(G1 + 3 * K4 - 1), 2, HV_MEM_READ);
	assert_true(hv_chunk_next(&as, &chunk));
	assert_false(hv_chunk_next(&as, &chunk));
	assert_int_equal(chunk.err, -ENOENT);
	chunk = hv_chunk_first(gpa(0), 2, HV_MEM_READ);
	assert_false(hv_chunk_next(&as, &chunk));
	assert_int_equal(chunk.err, -EINVAL);
	chunk = hv_chunk_first(gpa(~0ULL), 2, HV_MEM_READ);
	assert_false(hv_chunk_next(&as, &chunk));
	assert_int_equal(chunk.err, -EINVAL);
	hv_aspace_unlock(&as);
}

static void copy(void **state)
{
	u8 out[3 * 4096], in[3 * 4096];
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(out); i++)
		out[i] = (u8)(i * 7);
	assert_int_equal(hv_aspace_map_alloc(&as, gpa(G1), 2 * K4, RW, HV_ALLOC_POPULATE), 0);
	assert_int_equal(hv_aspace_map_alloc(&as, gpa(G1 + 2 * K4), 2 * K4, RW, 0), 0);
	/* from the middle of one page, over three, into another region that is lazy */
	assert_int_equal(hv_aspace_copy_to(&as, gpa(G1 + 100), out, sizeof(out)), 0);
	assert_int_equal(as.set.frames, 4);
	assert_int_equal(hv_aspace_copy_from(&as, in, gpa(G1 + 100), sizeof(in)), 0);
	assert_memory_equal(in, out, sizeof(in));
	assert_int_equal(hv_aspace_copy_from(&as, in, gpa(G1 + 99), 2), 0);
	assert_true(in[0] == 0 && in[1] == out[0]);
	/* nothing, if not all */
	memset(in, 0xaa, sizeof(in));
	assert_int_equal(hv_aspace_copy_from(&as, in, gpa(G1 + 4 * K4 - 2), 3), -ENOENT);
	assert_int_equal(in[0], 0xaa);
	assert_int_equal(hv_aspace_copy_to(&as, gpa(G1 + 4 * K4 - 2), out + 1, 3), -ENOENT);
	assert_int_equal(hv_aspace_protect(&as, gpa(G1 + 3 * K4), K4, HV_MEM_READ), 0);
	assert_int_equal(hv_aspace_copy_to(&as, gpa(G1 + 3 * K4 - 2), out + 1, 3), -EPERM);
	assert_int_equal(hv_aspace_copy_from(&as, in, gpa(G1 + 3 * K4 - 2), 2), 0);
	assert_memory_equal(in, out + 3 * K4 - 102, 2);
	/* a lazy page is not taken for what cannot be done */
	assert_int_equal(hv_aspace_map_alloc(&as, gpa(2 * G1), 2 * K4, RW, 0), 0);
	assert_int_equal(hv_aspace_copy_to(&as, gpa(2 * G1), out, 2 * K4 + 1), -ENOENT);
	assert_int_equal(as.set.frames, 4);
	fake_pool_left = 0;
	assert_int_equal(hv_aspace_copy_to(&as, gpa(2 * G1), out, 1), -ENOMEM);
	fake_pool_left = FAKE_POOL_PLENTY;
	assert_int_equal(hv_owner_change(&owners, hv_hpa(4 * G1), G1, HV_OWNER_ROOT, CELL), 0);
	assert_int_equal(hv_aspace_map_linear(&as, gpa(3 * G1), hv_hpa(4 * G1), K4, RW), 0);
	assert_int_equal(hv_aspace_copy_from(&as, in, gpa(3 * G1), 1), -EPERM);
}

static void identical(void **state)
{
	hv_hpa_t hpa;

	(void)state;
	assert_int_equal(hv_aspace_map_identical(&as, gpa(G1), hv_hpa(G1), M2, RW, false), 0);
	assert_int_equal(hv_aspace_translate(&as, gpa(G1 + 5), &hpa), 0);
	assert_int_equal(hv_hpa_raw(hpa), G1 + 5);
	assert_true(hv_owner_holds(&owners, CELL, hv_hpa(G1), M2));
	assert_int_equal(hv_aspace_map_identical(&as, gpa(G1 + K4), hv_hpa(G1 + K4), K4, RW, true), -EEXIST);
	/* it stays the cell's, and can come back */
	assert_int_equal(hv_aspace_unmap(&as, gpa(G1), M2), 0);
	assert_true(hv_owner_holds(&owners, CELL, hv_hpa(G1), M2));
	assert_int_equal(hv_aspace_map_identical(&as, gpa(G1), hv_hpa(G1), K4, RW, false), 0);
	assert_int_equal(fake_log_lines, 0);
	/* what is shared with root stays root's */
	assert_int_equal(hv_aspace_map_identical(&as, gpa(2 * G1), hv_hpa(2 * G1), M2, RW | HV_MEM_ROOTSHARED, false),
			 0);
	assert_true(hv_owner_holds(&owners, HV_OWNER_ROOT, hv_hpa(2 * G1), M2));
}

static void identical_elsewhere(void **state)
{
	const struct hv_pt_object object = { 8 * G1, K4 };
	hv_hpa_t hpa;

	(void)state;
	assert_int_equal(hv_aspace_map_identical(&as, gpa(G1), hv_hpa(5 * G1), M2, RW, false), 0);
	assert_int_equal(hv_aspace_translate(&as, gpa(G1 + 5), &hpa), 0);
	assert_int_equal(hv_hpa_raw(hpa), 5 * G1 + 5);
	assert_true(hv_owner_holds(&owners, CELL, hv_hpa(5 * G1), M2));
	assert_true(hv_owner_holds(&owners, HV_OWNER_ROOT, hv_hpa(G1), M2));
	/* what lies at its address is free for others; its own frames are not, wherever, shared or not */
	assert_int_equal(hv_aspace_map_identical(&as, gpa(2 * G1), hv_hpa(G1), M2, RW, false), 0);
	assert_int_equal(hv_aspace_map_identical(&as, gpa(3 * G1), hv_hpa(5 * G1 + M2 - K4), M2, RW, true), -EEXIST);
	assert_int_equal(hv_aspace_map_identical(&as, gpa(3 * G1), hv_hpa(5 * G1 - K4), 2 * K4,
						 RW | HV_MEM_ROOTSHARED, false), -EEXIST);
	assert_int_equal(hv_aspace_map_identical(&as, gpa(3 * G1), hv_hpa(5 * G1 + M2), K4, RW, false), 0);
	assert_int_equal(hv_aspace_map_identical(&as, gpa(4 * G1), hv_hpa(5 * G1 - K4), K4, RW, false), 0);
	/* unmapped, they can be mapped again, at another address as well */
	assert_int_equal(hv_aspace_unmap(&as, gpa(G1), M2), 0);
	assert_int_equal(hv_aspace_map_identical(&as, gpa(6 * G1), hv_hpa(5 * G1), M2, RW, false), 0);
	/* nor is a frame that an alloc region has or could take */
	assert_int_equal(hv_aspace_map_alloc(&as, gpa(7 * G1), K4, RW, HV_ALLOC_POPULATE), 0);
	assert_int_equal(hv_aspace_translate(&as, gpa(7 * G1), &hpa), 0);
	assert_true(hv_owner_holds(&owners, CELL, hpa, K4));
	assert_int_equal(hv_aspace_map_identical(&as, gpa(8 * G1), hpa, K4, RW, true), -EEXIST);
	/* an object that stands for many pages is none of the cell's frames */
	assert_int_equal(hv_aspace_map_empty(&as, gpa(9 * G1), M2, HV_MEM_READ, &object), 0);
	assert_int_equal(hv_aspace_map_identical(&as, gpa(10 * G1), hv_hpa(8 * G1), K4, RW, false), 0);
}

static void identical_busy(void **state)
{
	struct hv_owner_map *none = as.set.owners;

	(void)state;
	assert_int_equal(hv_owner_change(&owners, hv_hpa(G1), K4, HV_OWNER_ROOT, CELL + 1), 0);
	assert_int_equal(hv_aspace_map_identical(&as, gpa(G1), hv_hpa(G1), M2, RW, false), -EBUSY);
	assert_int_equal(hv_aspace_map_identical(&as, gpa(G1), hv_hpa(G1), M2, RW, true), -EBUSY);
	assert_true(hv_owner_holds(&owners, HV_OWNER_ROOT, hv_hpa(G1 + K4), M2 - K4));
	/* a shared set's, within the grant: not reserved, but allowed */
	assert_int_equal(hv_owner_change(&owners, hv_hpa(2 * G1), K4, HV_OWNER_ROOT, hv_owner_set(0)), 0);
	assert_int_equal(hv_owner_grant(&owners, hv_owner_set(0), CELL, HV_RIGHT_READ | HV_RIGHT_WRITE), 0);
	assert_int_equal(hv_aspace_map_identical(&as, gpa(2 * G1), hv_hpa(2 * G1), K4, RW, false), -EBUSY);
	assert_int_equal(fake_log_lines, 0);
	assert_int_equal(hv_aspace_map_identical(&as, gpa(2 * G1), hv_hpa(2 * G1), K4, RW, true), 0);
	assert_int_equal(fake_log_lines, 1);
	/* what fails later takes nothing from root */
	fake_pool_left = 3;
	assert_int_equal(hv_aspace_map_identical(&as, gpa(3 * G1), hv_hpa(3 * G1), M2 + K4, RW, false), -ENOMEM);
	fake_pool_left = FAKE_POOL_PLENTY;
	assert_true(hv_owner_holds(&owners, HV_OWNER_ROOT, hv_hpa(3 * G1), M2 + K4));
	as.set.owners = NULL;
	assert_int_equal(hv_aspace_map_identical(&as, gpa(4 * G1), hv_hpa(4 * G1), M2, RW, false), 0);
	assert_int_equal(hv_aspace_clear(&as), 0);
	as.set.owners = none;
}

static void alloc_modes(void **state)
{
	hv_hpa_t hpa;

	(void)state;
	assert_int_equal(hv_aspace_map_alloc(&as, gpa(G1), 3 * K4, RW, HV_ALLOC_POPULATE), 0);
	assert_int_equal(frames.free, 253);
	assert_int_equal(hv_aspace_map_alloc(&as, gpa(2 * G1), 3 * K4, RW, HV_ALLOC_POPULATE | HV_ALLOC_SECURE), 0);
	assert_int_equal(secure.free, 61);
	assert_int_equal(hv_aspace_translate(&as, gpa(2 * G1), &hpa), 0);
	assert_true(fake_pool_has(&secure, hv_hpa_raw(hpa)));
	assert_int_equal(hv_aspace_copy_to(&as, gpa(2 * G1 + 17), "x", 1), 0);
	assert_int_equal(hv_aspace_map_alloc(&as, gpa(3 * G1), M2, RW, HV_ALLOC_POPULATE | HV_ALLOC_SECURE), -ENOMEM);
	assert_int_equal(secure.free, 61);
	assert_int_equal(hv_aspace_unmap(&as, gpa(2 * G1), 3 * K4), 0);
	assert_int_equal(secure.free, 64);
	assert_true(hv_owner_holds(&owners, HV_OWNER_HYPERVISOR, secure.start, 64 * K4));
	as.secure = NULL;
	assert_int_equal(hv_aspace_map_alloc(&as, gpa(2 * G1), K4, RW, HV_ALLOC_SECURE), -ENODEV);
}

static struct hv_cellconf some_conf(void)
{
	return (struct hv_cellconf){
		.id = CELL,
		.name = "cell",
		.entry = G1,
		.entry_mode = HV_ENTRY_LONG64,
		.nr_vcpus = 1,
		.nr_regions = 6,
		.regions = {
			{ .gpa = G1, .size = 4 * K4, .flags = HV_MEM_RWX, .populate = 1 },
			{ .gpa = 0xfed00400, .phys = 0xfed00400, .size = 0x400, .flags = RW | HV_MEM_DEVICE,
			  .mode = HV_MODE_IDENTICAL },
			{ .gpa = 2 * G1, .phys = 6 * G1, .size = M2, .flags = RW, .mode = HV_MODE_IDENTICAL },
			{ .gpa = 0xfed01000, .phys = 0xfed01000, .size = 0x10, .flags = RW | HV_MEM_DEVICE,
			  .mode = HV_MODE_IDENTICAL },
			{ .gpa = 3 * G1, .size = 2 * K4, .flags = RW, .mode = HV_MODE_SECURE, .populate = 1 },
			{ .gpa = 5 * G1, .size = M2, .flags = RW },
		},
	};
}

static void configure(void **state)
{
	struct hv_cellconf conf = some_conf();
	struct hv_pt_mapping mapping;
	hv_hpa_t end;
	u64 left;
	int err = -ENOMEM;

	(void)state;
	for (left = 0; err; left++) {
		fake_pool_left = left;
		err = hv_aspace_configure(&as, &conf);
		fake_pool_left = FAKE_POOL_PLENTY;
		if (!err)
			break;
		assert_int_equal(err, -ENOMEM);
		assert_int_equal(as.set.regions.count, 0);
		assert_int_equal(used(), used_before + 1);
		assert_int_equal(hv_owner_of(&owners, hv_hpa(0), &end), HV_OWNER_ROOT);
		assert_int_equal(hv_hpa_raw(end), hv_hpa_raw(frames.start));
	}
	assert_true(left > 20);
	assert_int_equal(as.set.regions.count, 5);
	assert_int_equal(hv_pt_query(&as.set.pt, 0xfed01fff, &mapping), 0);
	assert_int_equal(mapping.address, 0xfed01fff);
	assert_int_equal(mapping.flags, PT_RW | HV_PT_TYPE(HV_TYPE_UC));
	assert_true(hv_owner_holds(&owners, CELL, hv_hpa(0xfed00000), 2 * K4));
	assert_int_equal(hv_pt_query(&as.set.pt, 2 * G1, &mapping), 0);
	assert_int_equal(mapping.address, 6 * G1);
	assert_true(hv_owner_holds(&owners, CELL, hv_hpa(6 * G1), M2));
	assert_true(hv_owner_holds(&owners, HV_OWNER_ROOT, hv_hpa(2 * G1), M2));
	assert_int_equal(hv_aspace_configure(&as, &conf), -EEXIST);
	assert_int_equal(hv_aspace_clear(&as), 0);
}

static void configure_refused(void **state)
{
	struct hv_cellconf conf = some_conf();

	(void)state;
	conf.id = 0;
	assert_int_equal(hv_aspace_configure(&as, &conf), -EINVAL);
	conf.id = CELL;
	conf.regions[5].gpa = 0;
	assert_int_equal(hv_aspace_configure(&as, &conf), -EINVAL);
	conf = some_conf();
	conf.regions[3].gpa = conf.regions[3].phys = 17 * G1;
	assert_int_equal(hv_aspace_configure(&as, &conf), -EINVAL);
	conf = some_conf();
	assert_int_equal(hv_owner_change(&owners, hv_hpa(0xfed01000), K4, HV_OWNER_ROOT, CELL + 1), 0);
	assert_int_equal(hv_aspace_configure(&as, &conf), -EBUSY);
	assert_true(hv_owner_holds(&owners, HV_OWNER_ROOT, hv_hpa(6 * G1), M2));
	as.secure = NULL;
	assert_int_equal(hv_aspace_configure(&as, &conf), -ENODEV);
	assert_int_equal(as.set.regions.count, 0);
}

#define TEST(f, name) { name, f, setup, teardown, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(new_empty, "F1 new_empty allocates only the root table"),
		TEST(out_of_range, "F1 out of range is refused"),
		TEST(map_and_unmap, "F2 F8 map, unmap a part, protect, clear"),
		TEST(fault, "F3 a fault is resolved only for a lazy page with sufficient rights"),
		TEST(faults_at_once, "F3 CPUs that fault at once: one frame each page, none leaked"),
		TEST(limit, "F4 translate_and_get_limit: what remains contiguous from there"),
		TEST(chunks, "F4 chunks across pages"),
		TEST(copy, "F4 copy across pages, all or nothing"),
		TEST(identical, "F5 identical: reserved, then mapped"),
		TEST(identical_elsewhere, "F5 identical at another address, but no frame twice"),
		TEST(identical_busy, "F5 identical: busy, or lenient"),
		TEST(alloc_modes, "F6 F6a alloc and secure"),
		TEST(configure, "F7 a configuration is mapped as a whole"),
		TEST(configure_refused, "F7 or not at all"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
