// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/owner.c hvcore/span.c tests/unit/fake_alloc.c */
/* D2: what may be mapped, by whom. */
#include "owner_map_unit.h"

static bool may(const struct hv_owner_map *map, u16 who, u64 page, u64 pages, u32 flags)
{
	return hv_owner_may_map(map, who, hv_hpa(page * PAGE), pages * PAGE, flags);
}

static void d2_own_frames_may_be_mapped(void **state)
{
	struct hv_owner_map map;

	(void)state;
	start(&map);
	change(&map, 10, 10, ROOT, A);
	change(&map, 20, 10, ROOT, HV);
	assert_true(may(&map, A, 10, 10, HV_RIGHTS));
	assert_true(may(&map, A, 15, 1, HV_RIGHT_READ));
	assert_true(may(&map, ROOT, 0, 10, HV_RIGHTS));
	assert_true(may(&map, HV, 20, 10, RW));
	stop(&map);
}

static void d2_no_map_of_a_foreign_frame(void **state)
{
	struct hv_owner_map map;

	(void)state;
	start(&map);
	change(&map, 10, 10, ROOT, A);
	change(&map, 20, 10, ROOT, B);
	assert_false(may(&map, B, 10, 1, HV_RIGHT_READ));
	assert_false(may(&map, ROOT, 10, 1, HV_RIGHT_READ));
	assert_false(may(&map, HV, 10, 1, HV_RIGHT_READ));
	/* one frame too many, at either end */
	assert_false(may(&map, A, 10, 11, HV_RIGHT_READ));
	assert_false(may(&map, A, 9, 11, HV_RIGHT_READ));
	assert_false(may(&map, ROOT, 0, 11, HV_RIGHT_READ));
	assert_false(may(&map, A, 15, 10, HV_RIGHT_READ | HV_RIGHT_ROOTSHARED));
	assert_false(may(&map, ROOT, 10, 1, HV_RIGHT_READ | HV_RIGHT_ROOTSHARED));
	stop(&map);
}

static void d2_hypervisor_memory_never(void **state)
{
	struct hv_owner_map map;

	(void)state;
	start(&map);
	change(&map, 10, 10, ROOT, HV);
	assert_false(may(&map, ROOT, 10, 1, HV_RIGHT_READ));
	assert_false(may(&map, A, 10, 1, HV_RIGHT_READ));
	assert_false(may(&map, A, 19, 2, HV_RIGHT_READ | HV_RIGHT_ROOTSHARED));
	assert_int_equal(hv_owner_grant(&map, HV, A, RW), -EINVAL);
	stop(&map);
}

static void d2_root_frames_only_as_rootshared(void **state)
{
	struct hv_owner_map map;

	(void)state;
	start(&map);
	assert_false(may(&map, A, 10, 1, HV_RIGHT_READ));
	assert_true(may(&map, A, 10, 1, HV_RIGHT_READ | HV_RIGHT_ROOTSHARED));
	assert_false(may(&map, HV, 10, 1, HV_RIGHT_READ | HV_RIGHT_ROOTSHARED));
	assert_true(may(&map, ROOT, 10, 1, HV_RIGHT_READ | HV_RIGHT_ROOTSHARED));
	stop(&map);
}

static void d2_device_frames_only_for_the_hypervisor(void **state)
{
	struct hv_owner_map map;

	(void)state;
	start(&map);
	change(&map, 10, 1, ROOT, DEVICE);
	assert_false(may(&map, ROOT, 10, 1, HV_RIGHT_READ));
	assert_false(may(&map, A, 10, 1, HV_RIGHT_READ | HV_RIGHT_ROOTSHARED));
	assert_true(may(&map, HV, 10, 1, RW));
	assert_false(may(&map, DEVICE, 10, 1, RW));
	stop(&map);
}

static void d2_shared_set_by_its_rights(void **state)
{
	struct hv_owner_map map;

	(void)state;
	start(&map);
	change(&map, 10, 2, ROOT, SET);
	change(&map, 12, 2, ROOT, SET + 1);
	assert_false(may(&map, A, 10, 1, HV_RIGHT_READ));
	assert_int_equal(hv_owner_grant(&map, SET, A, RW), 0);
	assert_int_equal(hv_owner_grant(&map, SET, B, HV_RIGHT_READ), 0);
	assert_int_equal(hv_owner_grant(&map, SET, ROOT, HV_RIGHT_READ | HV_RIGHT_DMA), 0);
	assert_true(may(&map, A, 10, 2, RW));
	assert_false(may(&map, A, 10, 2, RW | HV_RIGHT_EXEC));
	assert_true(may(&map, B, 10, 2, HV_RIGHT_READ));
	assert_false(may(&map, B, 10, 2, HV_RIGHT_WRITE));
	assert_true(may(&map, ROOT, 10, 1, HV_RIGHT_READ | HV_RIGHT_DMA));
	assert_false(may(&map, A, 10, 3, RW));		/* into another set */
	assert_false(may(&map, 3, 10, 1, HV_RIGHT_READ));
	assert_false(may(&map, SET, 10, 1, HV_RIGHT_READ));
	/* own frames and a set's in one range */
	change(&map, 8, 2, ROOT, A);
	assert_true(may(&map, A, 8, 4, RW));
	assert_int_equal(hv_owner_revoke(&map, SET, A), 0);
	assert_int_equal(hv_owner_revoke(&map, SET, A), -ENOENT);
	assert_false(may(&map, A, 10, 1, HV_RIGHT_READ));
	assert_true(may(&map, B, 10, 1, HV_RIGHT_READ));
	stop(&map);
}

static void d2_grants_refuse(void **state)
{
	struct hv_owner_map map;
	u16 i;

	(void)state;
	start(&map);
	assert_int_equal(hv_owner_grant(&map, A, B, RW), -EINVAL);
	assert_int_equal(hv_owner_grant(&map, SET, DEVICE, RW), -EINVAL);
	assert_int_equal(hv_owner_grant(&map, SET, A, 0), -EINVAL);
	assert_int_equal(hv_owner_grant(&map, SET, A, HV_RIGHT_ROOTSHARED), -EINVAL);
	for (i = 0; i < HV_OWNER_MAX_GRANTS; i++)
		assert_int_equal(hv_owner_grant(&map, SET, i, RW), 0);
	assert_int_equal(hv_owner_grant(&map, SET, 5, RW), -EEXIST);
	assert_int_equal(hv_owner_grant(&map, SET, i, RW), -ENOMEM);
	stop(&map);
}

static void d2_no_map_of_what_is_malformed(void **state)
{
	struct hv_owner_map map;

	(void)state;
	start(&map);
	assert_false(may(&map, ROOT, 10, 0, RW));
	assert_false(may(&map, ROOT, LIMIT / PAGE - 1, 2, RW));
	assert_false(may(&map, ROOT, 1, -1, RW));
	assert_false(may(&map, ROOT, 10, 1, 0));
	assert_false(may(&map, ROOT, 10, 1, HV_RIGHT_ROOTSHARED));
	assert_false(may(&map, ROOT, 10, 1, RW | 0x40));
	assert_false(may(&map, HV_OWNER_NONE, 10, 1, RW));
	assert_false(hv_owner_may_map(&map, ROOT, hv_hpa(1), PAGE, RW));
	assert_false(hv_owner_may_map(&map, ROOT, hv_hpa(0), 1, RW));
	stop(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "D2 own frames may be mapped", d2_own_frames_may_be_mapped, NULL, NULL, NULL },
		{ "D2 no map of a foreign frame", d2_no_map_of_a_foreign_frame, NULL, NULL, NULL },
		{ "D2 hypervisor memory never", d2_hypervisor_memory_never, NULL, NULL, NULL },
		{ "D2 root's frames only as ROOTSHARED", d2_root_frames_only_as_rootshared, NULL, NULL, NULL },
		{ "D2 device frames only for the hypervisor", d2_device_frames_only_for_the_hypervisor, NULL, NULL,
		  NULL },
		{ "D2 a shared set by its rights", d2_shared_set_by_its_rights, NULL, NULL, NULL },
		{ "D2 grants refuse", d2_grants_refuse, NULL, NULL, NULL },
		{ "D2 no map of what is malformed", d2_no_map_of_what_is_malformed, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests_name("owner rights", tests, NULL, NULL);
}
