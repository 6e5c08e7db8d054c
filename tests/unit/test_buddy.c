// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/buddy.c hvcore/buddy_check.c tests/unit/pool_unit.c tests/unit/fake_relax.c */
/*
 * The buddy allocator, linked without the slab allocator: it cannot call back (B7). The random test is
 * test_buddy_model.c.
 */
#include "pool_unit.h"

static u64 frame_of(const struct hv_buddy *b, const void *block)
{
	return (u64)((const u8 *)block - b->start_virt) / HV_PAGE_SIZE;
}

static u64 free_in_lists(const struct hv_buddy *b)
{
	u64 sum = 0;
	u32 order;

	for (order = 0; order < HV_MAX_ORDER; order++)
		sum += b->free_pages[order] << order;
	return sum;
}

static void b1_two_megabytes(void **state)
{
	struct fake_range range;
	struct hv_buddy b;
	void *block;

	(void)state;
	range = fake_buddy(&b, 1500, 77);
	block = hv_buddy_alloc(&b, 9);
	assert_non_null(block);
	assert_true(HV_IS_ALIGNED(hv_hpa_raw(b.start_phys) + frame_of(&b, block) * HV_PAGE_SIZE, HV_SIZE_2M));
	memset(block, 1, HV_SIZE_2M);
	assert_int_equal(hv_buddy_free(&b, block, 9), 0);
	fake_range_free(&range);
}

static void b2_round_trip(void **state)
{
	static const u64 numbers[] = { 0, 1, 2, 511, 0x5555555, 0xaaaaaaa, HV_META_MAX_FRAMES - 1 };
	struct hv_meta meta, back;
	unsigned int i, j;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(numbers); i++) {
		for (j = 0; j < HV_ARRAY_SIZE(numbers); j++) {
			meta = (struct hv_meta){ HV_META_FREE, (i + j) % HV_MAX_ORDER, numbers[i], numbers[j], NULL };
			back = hv_meta_decode(hv_meta_encode(&meta));
			assert_memory_equal(&meta, &back, sizeof(meta));
		}
	}
	for (i = 0; i < HV_MAX_ORDER; i++) {
		for (j = HV_META_ALLOCATED; j <= HV_META_COMPOUND; j += HV_META_COMPOUND - HV_META_ALLOCATED) {
			meta = (struct hv_meta){ .kind = j, .order = i };
			back = hv_meta_decode(hv_meta_encode(&meta));
			assert_memory_equal(&meta, &back, sizeof(meta));
		}
	}
	meta = (struct hv_meta){ .kind = HV_META_SLAB, .slab = (void *)0xffffff7fdeadbee0 };
	back = hv_meta_decode(hv_meta_encode(&meta));
	assert_memory_equal(&meta, &back, sizeof(meta));
	meta = (struct hv_meta){ .kind = HV_META_RESERVED };
	back = hv_meta_decode(hv_meta_encode(&meta));
	assert_memory_equal(&meta, &back, sizeof(meta));
}

static void b2_nonsense_is_reserved(void **state)
{
	struct hv_meta meta = { .kind = (enum hv_meta_kind)7, .order = 3 };
	u64 kind;

	(void)state;
	assert_int_equal(hv_meta_encode(&meta), HV_META_RESERVED);
	for (kind = HV_META_COMPOUND + 1; kind < 8; kind++) {
		meta = hv_meta_decode(~HV_META_KIND | kind);
		assert_int_equal(meta.kind, HV_META_RESERVED);
		assert_int_equal(meta.order, 0);
	}
	assert_int_equal(hv_meta_decode(0).kind, HV_META_RESERVED);
}

static void b2_metadata_is_reserved(void **state)
{
	static const u64 sizes[] = { 2, 3, 511, 512, 513, 514, 1024, 1025, 1030 };
	struct fake_range range;
	struct buddy_copy copy;
	struct hv_meta meta;
	struct hv_buddy b;
	unsigned int i;
	u64 frame;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(sizes); i++) {
		range = fake_buddy(&b, sizes[i], i);
		assert_ptr_equal(b.meta, range.memory);
		assert_int_equal(b.meta_pages, (sizes[i] * 8 + HV_PAGE_SIZE - 1) / HV_PAGE_SIZE);
		copy = buddy_copy(&b);
		for (frame = 0; frame < b.meta_pages; frame++) {
			assert_int_equal(hv_buddy_query(&b, range.memory + frame * HV_PAGE_SIZE, &meta), 0);
			assert_int_equal(meta.kind, HV_META_RESERVED);
			assert_int_equal(hv_buddy_free(&b, range.memory + frame * HV_PAGE_SIZE, 0), -EBUSY);
		}
		assert_true(buddy_is_as_before(&b, &copy));
		fake_range_free(&range);
	}
}

static void b3_conservation(void **state)
{
	static const u64 skews[] = { 0, 1, 2, 511, 512, 1000, 1023, 1024, 4097 };
	bool is_free[1200];
	struct fake_range range;
	struct hv_buddy b;
	u64 frames, i;
	u32 order;

	(void)state;
	for (frames = 2; frames < HV_ARRAY_SIZE(is_free); frames += 1 + frames / 16) {
		for (i = 0; i < HV_ARRAY_SIZE(skews); i++) {
			range = fake_buddy(&b, frames, skews[i]);
			assert_int_equal(free_in_lists(&b), frames - b.meta_pages);
			assert_int_equal(b.free, frames - b.meta_pages);
			memset(is_free, true, sizeof(is_free));
			memset(is_free, false, b.meta_pages);
			for (order = 0; order < HV_MAX_ORDER; order++)
				assert_int_equal(b.free_pages[order], naive_free_blocks(&b, is_free, order));
			fake_range_free(&range);
		}
	}
}

static void refuses(void *memory, u64 start, u64 frames)
{
	struct hv_buddy b;

	memset(&b, 0x5a, sizeof(b));
	assert_int_equal(hv_buddy_init(&b, memory, hv_hpa(start), frames), -EINVAL);
	assert_null(hv_buddy_alloc(&b, 0));
	assert_int_equal(hv_buddy_free(&b, memory, 0), -EINVAL);
	assert_int_equal(hv_buddy_check(&b), 0);
}

static void b3_refusals(void **state)
{
	struct fake_range range = fake_range(4, 0);

	(void)state;
	refuses(range.memory, FAKE_START, 0);
	refuses(range.memory, FAKE_START, 1);
	refuses(range.memory + 8, FAKE_START, 4);
	refuses(range.memory, FAKE_START + 0x10, 4);
	refuses(range.memory, HV_BIT(HV_PHYSICAL_BITS), 4);
	refuses(range.memory, FAKE_START, HV_META_MAX_FRAMES + 1);
	refuses(range.memory, FAKE_START, ~0ULL);
	fake_range_free(&range);
}

static void b4_natural_alignment(void **state)
{
	static const u64 skews[] = { 0, 1, 3, 500, 1023 };
	struct fake_range range;
	struct hv_buddy b;
	u8 *block;
	u64 i, at;
	u32 order;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(skews); i++) {
		range = fake_buddy(&b, 4100, skews[i]);
		for (order = HV_MAX_ORDER; order--;) {
			while ((block = hv_buddy_alloc(&b, order))) {
				at = frame_of(&b, block) * HV_PAGE_SIZE;
				assert_true(HV_IS_ALIGNED(hv_hpa_raw(b.start_phys) + at, HV_PAGE_SIZE << order));
				assert_true(at + (HV_PAGE_SIZE << order) <= range.frames * HV_PAGE_SIZE);
			}
			assert_int_equal(hv_buddy_check(&b), 0);
		}
		assert_int_equal(b.free, 0);
		fake_range_free(&range);
	}
}

/* 16 frames behind one with metadata, so that the blocks are 1, 2, 4, 8 and 1. */
static struct fake_range seventeen(struct hv_buddy *b)
{
	struct fake_range range = fake_buddy(b, 17, 0);

	assert_int_equal(b->free_pages[0], 2);
	assert_int_equal(b->free_pages[1], 1);
	assert_int_equal(b->free_pages[2], 1);
	assert_int_equal(b->free_pages[3], 1);
	return range;
}

static void b4_splits_downwards(void **state)
{
	struct fake_range range;
	struct hv_buddy b;
	void *block[3];
	u32 order;

	(void)state;
	range = seventeen(&b);
	block[0] = hv_buddy_alloc(&b, 3);
	block[1] = hv_buddy_alloc(&b, 1);
	assert_int_equal(b.free_pages[2], 1); /* the smallest that fits was taken */
	block[2] = hv_buddy_alloc(&b, 1);
	assert_int_equal(b.free_pages[2], 0);
	assert_int_equal(b.free_pages[1], 1);
	assert_int_equal(frame_of(&b, block[2]), 4);
	assert_int_equal(hv_buddy_check(&b), 0);
	for (order = 3; order--;)
		assert_int_equal(hv_buddy_free(&b, block[order], order ? 1 : 3), 0);
	assert_int_equal(b.free, 16);
	fake_range_free(&range);
}

static void b4_merges_with_its_like_only(void **state)
{
	struct fake_range range;
	struct hv_buddy b;
	u8 *block, *half, *quarter;

	(void)state;
	range = seventeen(&b);
	block = hv_buddy_alloc(&b, 3);
	assert_int_equal(hv_buddy_free(&b, block, 3), 0);
	half = hv_buddy_alloc(&b, 2);				/* 4..7 */
	assert_ptr_equal(half, range.memory + 4 * HV_PAGE_SIZE);
	half = hv_buddy_alloc(&b, 2);				/* 8..11, out of 8..15 */
	assert_ptr_equal(half, block);
	quarter = hv_buddy_alloc(&b, 1);			/* 2..3 */
	quarter = hv_buddy_alloc(&b, 1);			/* 12..13, out of 12..15 */
	assert_ptr_equal(quarter, block + 4 * HV_PAGE_SIZE);
	/* Its buddy begins with a block in use, and 14..15 is free, but smaller. */
	assert_int_equal(hv_buddy_free(&b, half, 2), 0);
	assert_int_equal(b.free_pages[3], 0);
	assert_int_equal(b.free_pages[2], 1);
	assert_int_equal(hv_buddy_check(&b), 0);
	assert_int_equal(hv_buddy_free(&b, quarter, 1), 0);	/* now all of it is free, in two steps */
	assert_int_equal(b.free_pages[3], 1);
	assert_int_equal(b.free_pages[2], 0);
	assert_int_equal(b.free_pages[1], 0);
	assert_int_equal(hv_buddy_check(&b), 0);
	fake_range_free(&range);
}

static void b4_tails_are_rewritten(void **state)
{
	struct fake_range range;
	struct hv_meta meta;
	struct hv_buddy b;
	u8 *block;
	u32 i;

	(void)state;
	range = fake_buddy(&b, 3000, 0);
	for (i = 0; i < 2; i++) {
		block = hv_buddy_alloc(&b, HV_MAX_ORDER - 1 - i);
		for (u64 at = 1; at < 1ULL << (HV_MAX_ORDER - 1 - i); at++) {
			assert_int_equal(hv_buddy_query(&b, block + at * HV_PAGE_SIZE + at, &meta), 0);
			assert_int_equal(meta.kind, HV_META_COMPOUND);
			assert_int_equal(meta.order, HV_MAX_ORDER - 1 - i);
		}
		assert_int_equal(hv_buddy_free(&b, block, HV_MAX_ORDER - 1 - i), 0);
		assert_int_equal(hv_buddy_check(&b), 0);
	}
	fake_range_free(&range);
}

/* Everything that is not exactly a block in use, and what it is refused with. */
static void b5_refusals(void **state)
{
	struct fake_range range;
	struct buddy_copy copy;
	struct hv_buddy b;
	u8 *block, *gone;

	(void)state;
	range = fake_buddy(&b, 600, 5);
	block = hv_buddy_alloc(&b, 4);
	gone = hv_buddy_alloc(&b, 0);
	assert_int_equal(hv_buddy_free(&b, gone, 0), 0);
	copy = buddy_copy(&b);
	assert_int_equal(hv_buddy_free(&b, gone, 0), -EINVAL);			/* double free */
	assert_int_equal(hv_buddy_free(&b, range.memory, 0), -EBUSY);		/* Reserved */
	assert_int_equal(hv_buddy_free(&b, block + HV_PAGE_SIZE, 0), -EINVAL);	/* tail */
	assert_int_equal(hv_buddy_free(&b, block + HV_PAGE_SIZE, 4), -EINVAL);
	assert_int_equal(hv_buddy_free(&b, block, 3), -EINVAL);			/* wrong order */
	assert_int_equal(hv_buddy_free(&b, block, 5), -EINVAL);
	assert_int_equal(hv_buddy_free(&b, block, HV_MAX_ORDER), -EINVAL);
	assert_int_equal(hv_buddy_free(&b, block, ~0u), -EINVAL);
	assert_int_equal(hv_buddy_free(&b, block + 1, 4), -EINVAL);		/* unaligned */
	assert_int_equal(hv_buddy_free(&b, NULL, 0), -EINVAL);			/* outside */
	assert_int_equal(hv_buddy_free(&b, range.memory - HV_PAGE_SIZE, 0), -EINVAL);
	assert_int_equal(hv_buddy_free(&b, range.memory + 600 * HV_PAGE_SIZE, 0), -EINVAL);
	assert_int_equal(hv_buddy_free(&b, (void *)HV_PAGE_MASK, 0), -EINVAL);
	assert_int_equal(hv_buddy_query(&b, range.memory + 600 * HV_PAGE_SIZE, &(struct hv_meta){ 0 }), -EINVAL);
	assert_null(hv_buddy_alloc(&b, HV_MAX_ORDER));
	assert_null(hv_buddy_alloc(&b, ~0u));
	assert_true(buddy_is_as_before(&b, &copy));
	assert_int_equal(hv_buddy_free(&b, block, 4), 0);
	fake_range_free(&range);
}

static void b5_marks(void **state)
{
	struct hv_slab_page *descriptor = (void *)0x40;
	struct fake_range range;
	struct buddy_copy copy;
	struct hv_meta meta;
	struct hv_buddy b;
	u8 *page, *block;

	(void)state;
	range = fake_buddy(&b, 64, 0);
	page = hv_buddy_alloc(&b, 0);
	block = hv_buddy_alloc(&b, 1);
	assert_int_equal(hv_buddy_mark(&b, page, descriptor), 0);
	assert_int_equal(hv_buddy_check(&b), 0);
	copy = buddy_copy(&b);
	assert_int_equal(hv_buddy_mark(&b, page, descriptor), -EBUSY);
	assert_int_equal(hv_buddy_mark(&b, block, descriptor), -EINVAL);
	assert_int_equal(hv_buddy_mark(&b, block, NULL), -EINVAL);
	assert_int_equal(hv_buddy_mark(&b, range.memory, NULL), -EINVAL);
	assert_int_equal(hv_buddy_mark(&b, NULL, NULL), -EINVAL);
	assert_int_equal(hv_buddy_free(&b, page, 0), -EBUSY);
	assert_true(buddy_is_as_before(&b, &copy));
	assert_int_equal(hv_buddy_query(&b, page + 77, &meta), 0);
	assert_ptr_equal(meta.slab, descriptor);
	assert_int_equal(hv_buddy_mark(&b, page, NULL), 0);
	assert_int_equal(hv_buddy_free(&b, page, 0), 0);
	fake_range_free(&range);
}

static void b5_exhaustion(void **state)
{
	struct fake_range range;
	struct buddy_copy first, full;
	struct hv_buddy b;
	void *frame[1024];
	u64 i, count, state_of = 99, other;

	(void)state;
	range = fake_buddy(&b, 1000, 321);
	first = buddy_copy(&b);
	for (count = 0; (frame[count] = hv_buddy_alloc(&b, 0)); count++)
		;
	assert_int_equal(count, 1000 - b.meta_pages);
	full = buddy_copy(&b);
	assert_null(hv_buddy_alloc(&b, 0));
	assert_null(hv_buddy_alloc(&b, 9));
	assert_true(buddy_is_as_before(&b, &full));
	for (i = count; i--; frame[other] = frame[i]) {
		other = unit_random(&state_of) % (i + 1);
		assert_int_equal(hv_buddy_free(&b, frame[other], 0), 0);
	}
	assert_int_equal(hv_buddy_check(&b), 0);
	assert_memory_equal(b.free_pages, first.buddy.free_pages, sizeof(b.free_pages));
	assert_memory_equal(b.nr_pages, first.buddy.nr_pages, sizeof(b.nr_pages));
	assert_int_equal(b.free, first.buddy.free);
	free(first.meta);
	fake_range_free(&range);
}

static void assert_broken(struct hv_buddy *b, u64 *word, u64 value)
{
	u64 before = *word;

	*word = value;
	if (value != before && !hv_buddy_check(b))
		fail_msg("%llx instead of %llx was not seen", value, before);
	*word = before;
}

/* Whatever single bit changes in the metadata or the counters, the self-check sees it. */
static void b3_check_sees_everything(void **state)
{
	struct fake_range range;
	struct hv_buddy b;
	void *block;
	u64 frame;
	u32 i, bit;

	(void)state;
	range = fake_buddy(&b, 100, 3);
	for (i = 0; i < 9; i++)
		block = hv_buddy_alloc(&b, i % 3);
	assert_int_equal(hv_buddy_free(&b, block, 2), 0);
	for (bit = 0; bit < 64; bit++)
		for (frame = 0; frame < b.page_count; frame++)
			assert_broken(&b, &b.meta[frame], b.meta[frame] ^ HV_BIT(bit));
	for (i = 0; i < HV_MAX_ORDER; i++) {
		for (bit = 0; bit < 64; bit++) {
			assert_broken(&b, &b.nr_pages[i], b.nr_pages[i] ^ HV_BIT(bit));
			assert_broken(&b, &b.free_pages[i], b.free_pages[i] ^ HV_BIT(bit));
			assert_broken(&b, &b.next_page[i], b.next_page[i] ^ HV_BIT(bit));
		}
	}
	assert_broken(&b, &b.free, b.free + 1);
	assert_int_equal(hv_buddy_check(&b), 0);
	fake_range_free(&range);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("B1 a block of 2 MiB can be had", b1_two_megabytes),
		TEST("B2 metadata round-trips", b2_round_trip),
		TEST("B2 metadata that makes no sense is Reserved", b2_nonsense_is_reserved),
		TEST("B2 the frames that hold metadata are Reserved", b2_metadata_is_reserved),
		TEST("B3 after initialisation all frames but the metadata's are free", b3_conservation),
		TEST("B3 initialisation refuses what it cannot use", b3_refusals),
		TEST("B3 the self-check sees every changed bit", b3_check_sees_everything),
		TEST("B4 blocks are aligned to their size in physical memory", b4_natural_alignment),
		TEST("B4 the smallest block that fits is split downwards", b4_splits_downwards),
		TEST("B4 free blocks merge with a free buddy of their order only", b4_merges_with_its_like_only),
		TEST("B4 every tail of a merged block is rewritten", b4_tails_are_rewritten),
		TEST("B5 double free, Reserved, tail, wrong order, foreign: refused", b5_refusals),
		TEST("B5 a frame of the slab allocator cannot be freed", b5_marks),
		TEST("B5 exhaustion is an error, and freeing everything restores the counters", b5_exhaustion),
	};

	return cmocka_run_group_tests_name("buddy", tests, NULL, NULL);
}
