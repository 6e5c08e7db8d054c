// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/normal_world.c hvcore/owner.c hvcore/span.c tests/unit/fake_alloc.c */
/* D3: what the hypervisor may touch on behalf of root. */
#include "owner_unit.h"
#include <hv/normal_world.h>

#define LIMIT (1ULL << 40)
#define GPA(page) hv_gpa((page) * PAGE)

static struct hv_pool *const pool = (struct hv_pool *)64;	/* fake_alloc.c does not look at it */

static void start(struct hv_normal_world *world, struct hv_owner_map *owners)
{
	fake_live = 0;
	fake_fail_after = FAKE_NEVER;
	assert_int_equal(hv_owner_init(owners, LIMIT, 1000), 0);
	hv_owner_set_pool(owners, pool);
	hv_normal_world_init(world, pool, owners);
}

static void stop(struct hv_normal_world *world, struct hv_owner_map *owners)
{
	assert_int_equal(hv_span_check(&world->regions), 0);
	hv_normal_world_fini(world);
	hv_owner_fini(owners);
	assert_int_equal(fake_live, 0);
}

static void insert_refuses_overlap(void **state)
{
	struct hv_normal_world world;
	struct hv_owner_map owners;

	(void)state;
	start(&world, &owners);
	assert_int_equal(hv_normal_world_insert(&world, GPA(10), 10 * PAGE), 0);
	assert_int_equal(hv_normal_world_insert(&world, GPA(10), 10 * PAGE), -EEXIST);
	assert_int_equal(hv_normal_world_insert(&world, GPA(19), 2 * PAGE), -EEXIST);
	assert_int_equal(hv_normal_world_insert(&world, GPA(9), 2 * PAGE), -EEXIST);
	assert_int_equal(hv_normal_world_insert(&world, GPA(0), LIMIT), -EEXIST);
	assert_int_equal(hv_normal_world_insert(&world, GPA(20), PAGE), 0);
	assert_int_equal(hv_normal_world_insert(&world, GPA(30), 0), -EINVAL);
	assert_int_equal(hv_normal_world_insert(&world, GPA(30), 1), -EINVAL);
	assert_int_equal(hv_normal_world_insert(&world, hv_gpa(30 * PAGE + 8), PAGE), -EINVAL);
	assert_int_equal(hv_normal_world_insert(&world, hv_gpa(LIMIT), PAGE), -EINVAL);
	assert_int_equal(hv_normal_world_insert(&world, GPA(30), LIMIT), -EINVAL);
	assert_int_equal(hv_normal_world_insert(&world, hv_gpa(-PAGE), PAGE), -EINVAL);
	assert_int_equal(hv_normal_world_insert(&world, GPA(30), -PAGE), -EINVAL);
	fake_fail_after = 0;
	assert_int_equal(hv_normal_world_insert(&world, GPA(30), PAGE), -ENOMEM);
	assert_int_equal(world.regions.count, 2);
	assert_int_equal(fake_live, 2);
	/* a tree that is full: as if it had failed */
	world.regions.count = HV_SPAN_MAX_COUNT;
	assert_int_equal(hv_normal_world_insert(&world, GPA(30), PAGE), -ENOMEM);
	assert_int_equal(fake_live, 2);
	world.regions.count = 2;
	stop(&world, &owners);
}

static void remove_is_exact(void **state)
{
	struct hv_normal_world world;
	struct hv_owner_map owners;

	(void)state;
	start(&world, &owners);
	assert_int_equal(hv_normal_world_insert(&world, GPA(10), 10 * PAGE), 0);
	assert_int_equal(hv_normal_world_remove(&world, GPA(10), 9 * PAGE), -ENOENT);
	assert_int_equal(hv_normal_world_remove(&world, GPA(11), 9 * PAGE), -ENOENT);
	assert_int_equal(hv_normal_world_remove(&world, GPA(0), 10 * PAGE), -ENOENT);
	assert_true(hv_normal_world_contains(&world, GPA(10)));
	assert_int_equal(hv_normal_world_remove(&world, GPA(10), 10 * PAGE), 0);
	assert_int_equal(hv_normal_world_remove(&world, GPA(10), 10 * PAGE), -ENOENT);
	assert_false(hv_normal_world_contains(&world, GPA(10)));
	stop(&world, &owners);
}

static void contains(void **state)
{
	struct hv_normal_world world;
	struct hv_owner_map owners;

	(void)state;
	start(&world, &owners);
	assert_int_equal(hv_normal_world_insert(&world, GPA(10), 10 * PAGE), 0);
	assert_int_equal(hv_normal_world_insert(&world, GPA(20), 10 * PAGE), 0);
	assert_int_equal(hv_normal_world_insert(&world, GPA(40), 10 * PAGE), 0);
	assert_false(hv_normal_world_contains(&world, hv_gpa(10 * PAGE - 1)));
	assert_true(hv_normal_world_contains(&world, GPA(10)));
	assert_true(hv_normal_world_contains(&world, hv_gpa(30 * PAGE - 1)));
	assert_false(hv_normal_world_contains(&world, GPA(30)));
	assert_false(hv_normal_world_contains(&world, hv_gpa(~0ULL)));
	assert_true(hv_normal_world_contains_range(&world, GPA(10), 20 * PAGE));
	assert_false(hv_normal_world_contains_range(&world, GPA(10), 20 * PAGE + 1));
	assert_false(hv_normal_world_contains_range(&world, GPA(25), 20 * PAGE));
	stop(&world, &owners);
}

static void overlaps_are_clipped(void **state)
{
	struct hv_normal_world world;
	struct hv_owner_map owners;
	struct hv_normal_piece list[3];

	(void)state;
	start(&world, &owners);
	assert_int_equal(hv_normal_world_insert(&world, GPA(10), 10 * PAGE), 0);
	assert_int_equal(hv_normal_world_insert(&world, GPA(30), 10 * PAGE), 0);
	assert_int_equal(hv_normal_world_insert(&world, GPA(50), 10 * PAGE), 0);
	assert_int_equal(hv_normal_world_overlaps(&world, GPA(15), 40 * PAGE, list, 3), 3);
	assert_true(list[0].start == 15 * PAGE && list[0].size == 5 * PAGE);
	assert_true(list[1].start == 30 * PAGE && list[1].size == 10 * PAGE);
	assert_true(list[2].start == 50 * PAGE && list[2].size == 5 * PAGE);
	list[1].start = 7;
	assert_int_equal(hv_normal_world_overlaps(&world, GPA(0), ~0ULL, list, 1), 3);
	assert_true(list[0].start == 10 * PAGE && list[0].size == 10 * PAGE && list[1].start == 7);
	assert_int_equal(hv_normal_world_overlaps(&world, GPA(0), ~0ULL, NULL, 0), 3);
	assert_int_equal(hv_normal_world_overlaps(&world, GPA(12), 1, list, 3), 1);
	assert_true(list[0].start == 12 * PAGE && list[0].size == 1);
	assert_int_equal(hv_normal_world_overlaps(&world, GPA(20), 10 * PAGE, list, 3), 0);
	assert_int_equal(hv_normal_world_overlaps(&world, GPA(12), 0, list, 3), 0);
	/* beyond the last address: what there is of it counts */
	assert_int_equal(hv_normal_world_overlaps(&world, GPA(55), ~0ULL, list, 3), 1);
	assert_true(list[0].start == 55 * PAGE && list[0].size == 5 * PAGE);
	stop(&world, &owners);
}

static bool is_valid(const struct hv_normal_world *world, u64 gpa, u64 len)
{
	return hv_is_valid_normal_world_gpaddr(world, hv_gpa(gpa), len);
}

static void whole_access_is_tested(void **state)
{
	struct hv_normal_world world;
	struct hv_owner_map owners;

	(void)state;
	start(&world, &owners);
	assert_int_equal(hv_normal_world_insert(&world, GPA(10), 10 * PAGE), 0);
	assert_int_equal(hv_normal_world_insert(&world, hv_gpa(LIMIT - PAGE), PAGE), 0);
	assert_true(is_valid(&world, 10 * PAGE, 10 * PAGE));
	assert_true(is_valid(&world, 15 * PAGE + 5, 7));
	assert_true(is_valid(&world, 20 * PAGE - 1, 1));
	assert_false(is_valid(&world, 20 * PAGE - 1, 2));
	assert_false(is_valid(&world, 10 * PAGE - 1, 2));
	assert_false(is_valid(&world, 15 * PAGE, 0));
	assert_false(is_valid(&world, 15 * PAGE, ~0ULL));
	assert_false(is_valid(&world, 15 * PAGE, -(15 * PAGE)));
	assert_false(is_valid(&world, 15 * PAGE, -(15 * PAGE) + 1));
	assert_false(is_valid(&world, ~0ULL, 1));
	assert_false(is_valid(&world, ~0ULL, 2));
	assert_true(is_valid(&world, LIMIT - 1, 1));
	assert_false(is_valid(&world, LIMIT - 1, 2));
	stop(&world, &owners);
}

static void only_what_is_still_root_s(void **state)
{
	struct hv_normal_world world;
	struct hv_owner_map owners;

	(void)state;
	start(&world, &owners);
	assert_int_equal(hv_normal_world_insert(&world, GPA(10), 10 * PAGE), 0);
	assert_int_equal(hv_owner_change(&owners, hv_hpa(15 * PAGE), PAGE, HV_OWNER_ROOT, hv_owner_cell(3)), 0);
	assert_false(is_valid(&world, 15 * PAGE, 1));
	assert_true(is_valid(&world, 14 * PAGE + 1, PAGE - 1));
	assert_false(is_valid(&world, 14 * PAGE + 1, PAGE));
	assert_false(is_valid(&world, 16 * PAGE - 1, 2));
	assert_true(is_valid(&world, 16 * PAGE, 4 * PAGE));
	assert_false(is_valid(&world, 10 * PAGE, 10 * PAGE));
	assert_int_equal(hv_owner_change(&owners, hv_hpa(15 * PAGE), PAGE, hv_owner_cell(3), HV_OWNER_ROOT), 0);
	assert_true(is_valid(&world, 10 * PAGE, 10 * PAGE));
	stop(&world, &owners);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "D3 insert refuses overlap", insert_refuses_overlap, NULL, NULL, NULL },
		{ "D3 remove is exact", remove_is_exact, NULL, NULL, NULL },
		{ "D3 contains point and range", contains, NULL, NULL, NULL },
		{ "D3 overlaps are clipped", overlaps_are_clipped, NULL, NULL, NULL },
		{ "D3 the whole access is tested", whole_access_is_tested, NULL, NULL, NULL },
		{ "D3 only what is still root's", only_what_is_still_root_s, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("normal world", tests, NULL, NULL);
}
