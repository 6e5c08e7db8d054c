// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/pt.c hvcore/pt_map.c hvcore/pt_change.c hvcore/pt_table.c arch/x86/ptfmt.c arch/x86/svm/nptfmt.c */
/* sources: arch/x86/vmx/eptfmt.c tests/unit/fake_pool.c tests/unit/fake_arch.c hvcore/region.c */
/* sources: hvcore/region_release.c hvcore/mset.c hvcore/mset_clone.c hvcore/mset_check.c hvcore/span.c */
/* sources: hvcore/owner.c hvcore/region_deferred.c */
/* Memory sets against a naive model, an array of pages: random changes, short memory, hardware that caches. */
#include "mset_unit.h"

#define PAGES 1536
#define BASE (2 * G1 - M2)
#define OPERATIONS 500000	/* twice, with and without hardware that caches */
#define NONE 0xff

struct page {
	u8 mapper;	/* enum hv_mapper, or NONE */
	bool is_there;
	u32 flags;
	u64 to;		/* OFFSET, DEFERRED, EMPTY */
};

static struct mset_fixture f;
static struct page pages[PAGES];
static u64 random_state;

static u64 below(u64 limit)
{
	return unit_random(&random_state) % limit;
}

struct op {
	u64 first, count;
};

static u64 start_of(const struct op *op)
{
	return BASE + op->first * K4;
}

static bool any(const struct op *op)
{
	u64 i;

	for (i = op->first; i < op->first + op->count; i++)
		if (pages[i].mapper != NONE)
			return true;
	return false;
}

static bool all(const struct op *op)
{
	u64 i;

	for (i = op->first; i < op->first + op->count; i++)
		if (pages[i].mapper == NONE)
			return false;
	return true;
}

/* True if it succeeded. */
static bool came_true(int err, int wanted, bool limited)
{
	if (limited && err == -ENOMEM)
		return false;
	if (err != wanted)
		fail_msg("%d instead of %d, random state 0x%llx", err, wanted, random_state);
	return !err;
}

/* Pieces of what is deferred are there before somebody touches them, or come with their neighbours. */
static bool waits(u32 mapper)
{
	return mapper == HV_MAP_LAZY || mapper == HV_MAP_DEFERRED;
}

/* What is zeroed is in use nowhere. */
static void check_scrub(u64 start, u64 size)
{
	struct hv_pt_mapping mapping;
	u64 i;

	for (i = 0; i < PAGES; i++)
		if (pages[i].mapper == HV_MAP_DEFERRED && pages[i].to >= start && pages[i].to < start + size)
			assert_int_equal(hv_pt_query(&f.set.pt, BASE + i * K4, &mapping), -ENOENT);
}

static void insert(const struct op *op, bool limited)
{
	u64 start = start_of(op), size = op->count * K4, i, to = 4 * G1 + op->first * K4;
	struct hv_region region;
	u32 mapper = (u32)below(5);

	switch (mapper) {
	case HV_MAP_OFFSET:
		region = mset_unit_offset(start, size, below(4) ? to : to + K4, below(8) ? RW : HV_MEM_RWX);
		break;
	case HV_MAP_DEFERRED:
		region = mset_unit_deferred(start, size, to);
		break;
	case HV_MAP_EMPTY:
		region = mset_unit_empty(&f, start, size, K4);
		break;
	default:
		region = mset_unit_alloc(&f, start, size, mapper);
	}
	if (!below(16))
		region.flags |= HV_MEM_NO_HUGE;
	if (!came_true(hv_mset_insert(&f.set, &region), any(op) ? -EEXIST : 0, limited))
		return;
	for (i = 0; i < op->count; i++)
		pages[op->first + i] = (struct page){ (u8)mapper, !waits(mapper), region.flags,
						      hv_region_is_linear(&region) ? region.to + i * K4 : region.to };
}

static void delete(const struct op *op, bool limited)
{
	u64 i;

	if (came_true(hv_mset_delete(&f.set, start_of(op), op->count * K4), any(op) ? 0 : -ENOENT, limited))
		for (i = op->first; i < op->first + op->count; i++)
			pages[i].mapper = NONE;
}

static void protect(const struct op *op, bool limited)
{
	u32 rights = below(2) ? HV_MEM_READ : RW;
	int wanted = all(op) ? 0 : -ENOENT;
	u64 i;

	/* Whatever comes first from below decides. */
	for (i = op->first; (rights & HV_MEM_WRITE) && i < op->first + op->count && pages[i].mapper != NONE; i++) {
		if (pages[i].mapper == HV_MAP_EMPTY) {
			wanted = -EINVAL;
			break;
		}
	}
	if (came_true(hv_mset_protect(&f.set, start_of(op), op->count * K4, rights), wanted, limited))
		for (i = op->first; i < op->first + op->count; i++)
			pages[i].flags = (pages[i].flags & ~(u32)HV_MEM_RWX) | rights;
}

static void touch(const struct op *op, bool limited)
{
	struct page *page = &pages[op->first];
	u32 rights = below(2) ? HV_MEM_READ : HV_MEM_WRITE;
	int wanted = page->mapper == NONE ? -ENOENT : rights & ~page->flags ? -EPERM : 0;

	if (came_true(hv_mset_touch(&f.set, start_of(op) + below(K4), rights), wanted, limited))
		page->is_there = true;
}

/* A frame is marked once it was seen, so that one that comes back unscrubbed would show. */
static void check_frame(struct page *page, u64 hpa)
{
	u64 *frame;

	if (page->mapper != HV_MAP_ALLOC && page->mapper != HV_MAP_LAZY) {
		assert_int_equal(hpa, page->to);
		return;
	}
	assert_true(fake_pool_has(&f.frames, hpa));
	assert_true(hv_owner_holds(&f.owners, CELL, hv_hpa(hpa), K4));
	frame = hv_pool_pointer(&f.frames, hv_hpa(hpa));
	assert_true(frame[1] == 0 && (frame[0] == 0 || frame[0] == (u64)(page - pages) + 1));
	frame[0] = (u64)(page - pages) + 1;
}

static void check_page(u64 i)
{
	struct hv_pt_mapping mapping;
	struct page *page = &pages[i];
	int err;

	err = hv_pt_query(&f.set.pt, BASE + i * K4, &mapping);
	if (page->mapper == HV_MAP_DEFERRED && !page->is_there && err)
		return;
	if (page->mapper == NONE || (page->mapper != HV_MAP_DEFERRED && !page->is_there)) {
		assert_int_equal(err, -ENOENT);
		return;
	}
	assert_int_equal(err, 0);
	assert_int_equal(mapping.flags & HV_PT_RWX, page->flags & HV_MEM_RWX);
	check_frame(page, mapping.address);
}

static void check_all(void)
{
	u64 i, frames = 0;

	for (i = 0; i < PAGES; i++) {
		check_page(i);
		frames += pages[i].mapper != NONE && pages[i].is_there &&
			  (pages[i].mapper == HV_MAP_ALLOC || pages[i].mapper == HV_MAP_LAZY);
	}
	assert_int_equal(f.set.frames, frames);
	assert_int_equal(f.frames.free, f.frames.frames - frames);
	assert_int_equal(hv_mset_check(&f.set), 0);
	assert_int_equal(hv_owner_check(&f.owners), 0);
	(void)pt_unit_state(&f.set.pt);
}

static struct op some_op(void)
{
	struct op op = { below(PAGES), 1 + below(1 << below(6)) };

	if (!below(256))
		op = (struct op){ op.first / 512 * 512, 512 };
	if (op.count > PAGES - op.first)
		op.count = PAGES - op.first;
	return op;
}

static void change(const struct op *op, bool limited)
{
	switch (below(8)) {
	case 0 ... 1:
		insert(op, limited);
		break;
	case 2 ... 3:
		delete(op, limited);
		break;
	case 4:
		protect(op, limited);
		break;
	default:
		touch(op, limited);
	}
}

static void run(bool live)
{
	struct op op;
	unsigned int i;
	bool limited;

	for (i = 0; i < PAGES; i++)
		pages[i].mapper = NONE;
	f.set.pt.live = live;
	fake_on_scrub = check_scrub;
	for (i = 0; i < OPERATIONS; i++) {
		op = some_op();
		limited = !below(8);
		if (live)
			fake_tlb_touch(&f.set.pt, BASE + below(PAGES) * K4);
		fake_pool_left = limited ? below(8) : FAKE_POOL_PLENTY;
		change(&op, limited);
		fake_pool_left = FAKE_POOL_PLENTY;
		if (live)
			fake_tlb_check(&f.set.pt);
		check_page(op.first);
		check_page(op.first + op.count - 1);
		if (i % 8192 == 0)
			check_all();
	}
	check_all();
	f.set.pt.live = false;
	fake_tlb_reset();
}

static void e3_random(void **state)
{
	(void)state;
	random_state = unit_seed();
	mset_unit_init(&f, &vmx_ept_format, PAGES + 64);
	run(true);
	mset_unit_fini(&f);
	mset_unit_init(&f, &svm_npt_format, PAGES);
	run(false);
	mset_unit_fini(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "E3 E4 E5 B9 a million random changes against an array of pages", e3_random, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
