// SPDX-License-Identifier: GPL-2.0-only
/* sources: tests/unit/psc_with_sim.c tests/unit/psc_sim.c hvcore/psc_native.c hvcore/owner.c hvcore/span.c */
/* sources: tests/unit/fake_alloc.c */
/* Page-state changes beside a back end that keeps its own account and can misbehave: C4, C5, C6. */
#include "psc_sim.h"
#include "psc_unit.h"

static void c7_sim_agrees_with_native(void **state)
{
	struct fixture *f = *state;

	use_sim(f);
	assert_int_equal(change(f, HV, 500, 3000, PRIVATE), 0);
	assert_true(holds(f, HV, 500, 3000));
	assert_true(all(f, 500, 3000, 1, 1) && all(f, 0, 500, 0, 0) && all(f, 3500, 1000, 0, 0));
	assert_int_equal(change(f, HV, 1000, 1000, SHARED), 0);
	assert_true(all(f, 1000, 1000, 0, 0) && all(f, 2000, 1500, 1, 1));
	assert_true(holds(f, HV_OWNER_ROOT, 1000, 1000));
	remember(f);
	assert_int_equal(change(f, CELL, 400, 101, PRIVATE), -EBUSY);
	assert_unchanged(f);
	assert_int_equal(f->sim.m.lost, 0);
}

static void c4_resumes(void **state)
{
	struct fixture *f = *state;

	use_sim(f);
	f->sim.step = 7;
	assert_int_equal(change(f, HV, 1, 300, PRIVATE), 0);
	assert_int_equal(f->sim.calls, 37 + 7);	/* 253 and 47 entries */
	assert_int_equal(f->sim.unread, 0);
	assert_true(all(f, 1, 300, 1, 1));
	f->sim.step = 1;
	assert_int_equal(change(f, HV, 1, 300, SHARED), 0);
	assert_true(all(f, 0, 400, 0, 0));
}

static void c4_no_progress_twice_is_an_error(void **state)
{
	struct fixture *f = *state;

	use_sim(f);
	f->sim.step = 10;
	/* once in a row is tolerated, however often */
	f->sim.idle_from = 1;
	f->sim.idle_calls = 1;
	assert_int_equal(change(f, HV, 1, 100, PRIVATE), 0);
	remember(f);
	f->sim.idle_from = f->sim.calls + 2;
	f->sim.idle_calls = 2;
	assert_int_equal(change(f, HV, 200, 100, PRIVATE), -EIO);
	assert_unchanged(f);
	f->sim.idle_from = f->sim.calls + 2;
	assert_int_equal(change(f, HV, 1, 100, SHARED), -EIO);
	assert_unchanged(f);
}

static void c4_results(void **state)
{
	static const struct { u64 result; int err; } refusal[] = {
		{ 1, -EIO }, { EBUSY, -EBUSY }, { ENOMEM, -ENOMEM }, { EINVAL, -EINVAL }, { 1ULL << 32, -EIO },
		{ (u64)-EBUSY, -EIO },
	};
	struct fixture *f = *state;
	unsigned int i, op;
	u64 page;

	use_sim(f);
	assert_int_equal(change(f, HV, 10000, 1200, PRIVATE), 0);
	for (i = 0; i < HV_ARRAY_SIZE(refusal); i++) {
		for (op = PRIVATE; op <= SHARED; op++) {
			page = op == PRIVATE ? 1 : 10000;
			remember(f);
			f->sim.refuse_result = refusal[i].result;
			f->sim.refuse_entry = f->sim.entries;
			assert_int_equal(change(f, HV, page, 1100, op), refusal[i].err);
			assert_unchanged(f);
			/* in the third list */
			f->sim.refuse_entry = f->sim.entries + 550;
			assert_int_equal(change(f, HV, page, 1100, op), refusal[i].err);
			assert_unchanged(f);
		}
	}
	assert_int_equal(f->sim.m.lost, 0);
	/* no result at all, although the work was done */
	f->sim.tamper = SIM_NO_RESULT;
	f->sim.tamper_call = f->sim.calls;
	assert_int_equal(change(f, HV, 1, 100, PRIVATE), -EIO);
	assert_unchanged(f);
	f->sim.tamper_call = f->sim.calls;
	assert_int_equal(change(f, HV, 10000, 100, SHARED), -EIO);
	assert_unchanged(f);
}

/* A back end that lies about how far it came: no harm but to itself, and what it took away is known to be lost. */
static void c4_answers_are_not_trusted(void **state)
{
	struct fixture *f = *state;
	enum sim_tamper kind;

	for (kind = SIM_BACK; kind <= SIM_END; kind++) {
		use_sim(f);
		f->sim.step = 20;
		f->sim.tamper = kind;
		f->sim.tamper_call = 1;
		assert_int_equal(change(f, HV, 1, 100, PRIVATE), -EIO);
		assert_true(holds(f, HV_OWNER_ROOT, 0, 1000));
		assert_true(all(f, 1, 20, 0, 0) && all(f, 21, 20, 1, 0) && all(f, 41, 1000, 0, 0));
		assert_int_equal(f->sim.m.lost, 0);

		use_sim(f);
		assert_int_equal(change(f, HV, 1, 100, PRIVATE), 0);
		f->sim.step = 20;
		f->sim.tamper_call = f->sim.calls + 1;
		f->sim.tamper = kind;
		assert_int_equal(change(f, HV, 1, 100, SHARED), -EIO);
		assert_true(holds(f, HV, 1, 100));
		assert_true(all(f, 1, 20, 1, 1) && all(f, 21, 20, 0, 0) && all(f, 41, 60, 1, 1));
		assert_int_equal(f->sim.m.lost, 20);
	}
}

static void c5_shared_gives_up_first(void **state)
{
	struct fixture *f = *state;

	use_sim(f);
	assert_int_equal(change(f, HV, 1, 100, PRIVATE), 0);
	assert_string_equal(f->sim.log, "av");
	assert_int_equal(change(f, HV, 1, 100, SHARED), 0);
	assert_string_equal(f->sim.log, "avra");
	assert_int_equal(f->sim.misordered, 0);
	/* and so does undoing */
	f->sim.refuse_entry = f->sim.entries + 300;
	assert_int_equal(change(f, HV, 1, 400, PRIVATE), -EIO);
	assert_string_equal(f->sim.log, "avra" "v" "a" "ra");
	assert_int_equal(f->sim.misordered, 0);
}

static void c5_own_list_is_validated(void **state)
{
	struct fixture *f = *state;

	use_sim(f);
	f->sim.tamper = SIM_LIST;
	f->sim.tamper_call = 1;
	f->sim.step = 30;
	assert_int_equal(change(f, HV, 1, 100, PRIVATE), 0);
	assert_int_equal(f->sim.unread, 0);	/* each call got the list anew */
	assert_true(all(f, 1, 100, 1, 1) && all(f, 101, 1000, 0, 0));
	f->sim.tamper_call = f->sim.calls;
	assert_int_equal(change(f, HV, 1, 100, SHARED), 0);
	assert_true(all(f, 0, 1000, 0, 0));
}

static void c6_results_of_validation(void **state)
{
	static const struct { u32 code; int err; } result[] = {
		{ HV_PSC_VALID_BAD_INPUT, -EINVAL }, { HV_PSC_VALID_SIZE_MISMATCH, -EIO },	/* with 4 KiB */
		{ HV_PSC_VALID_CARRY, -EEXIST }, { 2, -EIO }, { HV_PSC_VALID_CARRY | 1, -EIO },
	};
	struct fixture *f = *state;
	unsigned int i, op;
	u64 k;

	use_sim(f);
	assert_int_equal(change(f, HV, 10001, 300, PRIVATE), 0);
	remember(f);
	for (i = 0; i < HV_ARRAY_SIZE(result); i++) {
		for (op = PRIVATE; op <= SHARED; op++) {
			for (k = 0; k < 300; k += 37) {
				f->sim.wrong_code = result[i].code;
				f->sim.wrong_validate = f->sim.validations + k;
				assert_int_equal(change(f, HV, op == PRIVATE ? 1 : 10001, 300, op), result[i].err);
				assert_unchanged(f);
			}
		}
	}
	assert_int_equal(f->sim.m.lost, 0);
	assert_int_equal(f->sim.m.carries, 2 * 9);
}

static void c6_validated_already(void **state)
{
	struct fixture *f = *state;

	use_sim(f);
	/* given up twice: somebody validated or gave up behind our back */
	assert_int_equal(change(f, HV, 1, 10, PRIVATE), 0);
	f->sim.valid[5] = 0;
	assert_int_equal(change(f, HV, 1, 10, SHARED), -EEXIST);
	assert_int_equal(f->sim.m.carries, 1);
	assert_true(holds(f, HV, 1, 10));
}

static void c6_falls_back_to_4k(void **state)
{
	struct fixture *f = *state;

	use_sim(f);
	f->sim.small = true;
	assert_int_equal(change(f, HV, 511, 1026, PRIVATE), 0);
	assert_int_equal(f->sim.m.fallbacks, 2);
	assert_int_equal(f->sim.validations, 1 + 513 + 513 + 1);
	assert_true(all(f, 511, 1026, 1, 1));
	assert_int_equal(change(f, HV, 511, 1026, SHARED), 0);
	assert_true(all(f, 0, 2048, 0, 0));
}

static void c6_fallback_stops_and_undoes(void **state)
{
	static const u32 codes[] = { HV_PSC_VALID_BAD_INPUT, HV_PSC_VALID_SIZE_MISMATCH, HV_PSC_VALID_CARRY };
	static const int errs[] = { -EINVAL, -EIO, -EEXIST };
	struct fixture *f = *state;
	unsigned int i, op;
	u64 k;

	use_sim(f);
	f->sim.small = true;
	assert_int_equal(change(f, HV, 10240, 1024, PRIVATE), 0);
	remember(f);
	for (i = 0; i < HV_ARRAY_SIZE(codes); i++) {
		for (op = PRIVATE; op <= SHARED; op++) {
			/* the k-th frame of the second entry */
			for (k = 0; k < 512; k += 73) {
				f->sim.wrong_code = codes[i];
				f->sim.wrong_validate = f->sim.validations + 513 + 1 + k;
				assert_int_equal(change(f, HV, op == PRIVATE ? 512 : 10240, 1024, op), errs[i]);
				assert_unchanged(f);
			}
		}
	}
	assert_int_equal(f->sim.m.lost, 0);
}

static void c6_undoing_can_fail(void **state)
{
	struct fixture *f = *state;

	use_sim(f);
	/* from the 20th on, nothing can be validated or given up */
	f->sim.wrong_validate = 20;
	f->sim.wrong_code = HV_PSC_VALID_BAD_INPUT;
	f->sim.wrong_on = true;
	assert_int_equal(change(f, HV, 1, 100, PRIVATE), -EINVAL);
	assert_int_equal(f->sim.m.lost, 20);

	use_sim(f);
	f->sim.small = f->sim.wrong_on = true;
	f->sim.wrong_validate = 20;
	f->sim.wrong_code = HV_PSC_VALID_BAD_INPUT;
	assert_int_equal(change(f, HV, 512, 512, PRIVATE), -EINVAL);
	assert_int_equal(f->sim.m.lost, 19);

	/* the back end is asked to undo and does not move any more */
	use_sim(f);
	f->sim.refuse_entry = 50;
	f->sim.idle_from = 1;
	f->sim.idle_calls = SIM_NEVER;
	assert_int_equal(change(f, HV, 1, 100, PRIVATE), -EIO);
	assert_int_equal(f->sim.m.lost, 50);

	/* likewise, for a whole list that had succeeded */
	use_sim(f);
	f->sim.refuse_entry = 253;
	f->sim.idle_from = 2;
	f->sim.idle_calls = SIM_NEVER;
	assert_int_equal(change(f, HV, 1, 300, PRIVATE), -EIO);
	assert_true(f->sim.m.lost >= 253);
	assert_int_equal(hv_owner_check(&f->owners), 0);
}

/* Not called here. */
int hv_pool_init(struct hv_pool *pool, void *base, hv_hpa_t start, u64 frames)
{
	fail_msg("hv_pool_init(%p, %p, 0x%llx, %llu)", (void *)pool, base, hv_hpa_raw(start), frames);
	return -EIO;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("C4 resumes", c4_resumes),
		TEST("C4 no progress twice is an error", c4_no_progress_twice_is_an_error),
		TEST("C4 results other than 0 and missing ones", c4_results),
		TEST("C4 answers are not trusted", c4_answers_are_not_trusted),
		TEST("C5 shared gives up first, private asks first", c5_shared_gives_up_first),
		TEST("C5 the own list is validated", c5_own_list_is_validated),
		TEST("C6 results of validation", c6_results_of_validation),
		TEST("C6 validated already", c6_validated_already),
		TEST("C6 falls back to 4 KiB", c6_falls_back_to_4k),
		TEST("C6 the fallback stops and undoes", c6_fallback_stops_and_undoes),
		TEST("C6 undoing can fail", c6_undoing_can_fail),
		TEST("C7 sim agrees with native", c7_sim_agrees_with_native),
	};

	return cmocka_run_group_tests_name("psc back ends", tests, NULL, NULL);
}
