// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/buddy.c hvcore/buddy_check.c tests/unit/pool_unit.c tests/unit/fake_relax.c */
/* The buddy allocator against a list of flags, by random operations. HV_SEED=n repeats a run. */
#include "pool_unit.h"

#define FRAMES 1900
#define OPERATIONS 1200000
#define CHECK_EVERY 8192

struct block {
	u8 *at;
	u32 order;
};

struct model {
	struct hv_buddy buddy;
	u64 random;
	bool is_free[FRAMES];
	struct block blocks[FRAMES];
	u64 nr_blocks, free;
	u64 served, refused;
};

static u64 frame_of(const struct model *m, const u8 *at)
{
	return (u64)(at - m->buddy.start_virt) / HV_PAGE_SIZE;
}

/* Both ends of a block in use hold its address until it is freed. */
static u64 *first_word(const struct block *block)
{
	return (u64 *)block->at;
}

static u64 *last_word(const struct block *block)
{
	return (u64 *)(block->at + (HV_PAGE_SIZE << block->order)) - 1;
}

static void mark(struct model *m, u64 frame, u32 order, bool is_free)
{
	u64 i;

	for (i = 0; i < 1ULL << order; i++) {
		assert_int_equal(m->is_free[frame + i], !is_free);
		m->is_free[frame + i] = is_free;
	}
	m->free += is_free ? 1ULL << order : -(1ULL << order);
}

static bool could_serve(const struct model *m, u32 order)
{
	u32 larger;

	for (larger = order; larger < HV_MAX_ORDER; larger++)
		if (naive_free_blocks(&m->buddy, m->is_free, larger))
			return true;
	return false;
}

static void alloc(struct model *m)
{
	/* Mostly small ones: each order half as often as the one below it. */
	u32 order = (u32)__builtin_ctzll(unit_random(&m->random) | HV_BIT(HV_MAX_ORDER));
	u8 *at = hv_buddy_alloc(&m->buddy, order);

	if (!at) {
		/* The naive answer is slow: ask for it now and then. */
		if (order >= HV_MAX_ORDER || m->refused++ % 64 == 0)
			assert_true(order >= HV_MAX_ORDER || !could_serve(m, order));
		return;
	}
	m->served++;
	assert_true(HV_IS_ALIGNED(hv_hpa_raw(m->buddy.start_phys) + (u64)(at - m->buddy.start_virt),
				  HV_PAGE_SIZE << order));
	assert_true(frame_of(m, at) + (1ULL << order) <= FRAMES);
	mark(m, frame_of(m, at), order, false);
	m->blocks[m->nr_blocks++] = (struct block){ at, order };
	*first_word(&m->blocks[m->nr_blocks - 1]) = (u64)at;
	*last_word(&m->blocks[m->nr_blocks - 1]) = (u64)at;
}

static void release(struct model *m)
{
	u64 i = unit_random(&m->random) % m->nr_blocks;
	struct block block = m->blocks[i];

	assert_true(*first_word(&block) == (u64)block.at && *last_word(&block) == (u64)block.at);
	assert_int_equal(hv_buddy_free(&m->buddy, block.at, block.order), 0);
	mark(m, frame_of(m, block.at), block.order, true);
	m->blocks[i] = m->blocks[--m->nr_blocks];
}

/* Any address with any order; what happens to be right is left alone. */
static void release_wrongly(struct model *m)
{
	u64 frame = unit_random(&m->random) % (FRAMES + 2), i;
	u8 *at = m->buddy.start_virt + frame * HV_PAGE_SIZE - HV_PAGE_SIZE;
	u32 order = unit_random(&m->random) % (HV_MAX_ORDER + 1);
	int err;

	for (i = 0; i < m->nr_blocks; i++)
		if (m->blocks[i].at == at && m->blocks[i].order == order)
			return;
	err = hv_buddy_free(&m->buddy, at, order);
	assert_true(err == -EINVAL || err == -EBUSY);
}

static void check(struct model *m)
{
	u32 order;

	assert_int_equal(hv_buddy_check(&m->buddy), 0);
	for (order = 0; order < HV_MAX_ORDER; order++)
		assert_int_equal(m->buddy.free_pages[order], naive_free_blocks(&m->buddy, m->is_free, order));
}

static void run(struct model *m)
{
	u64 i, dice, wanted = FRAMES / 2;

	for (i = 0; i < OPERATIONS; i++) {
		if (i % CHECK_EVERY == 0) {
			check(m);
			wanted = unit_random(&m->random) % FRAMES;	/* from now on, about so many free frames */
		}
		dice = unit_random(&m->random) % 100;
		if (dice < 2)
			release_wrongly(m);
		else if (!m->nr_blocks || dice < (m->free > wanted ? 65 : 35))
			alloc(m);
		else
			release(m);
		assert_int_equal(m->buddy.free, m->free);
	}
	while (m->nr_blocks)
		release(m);
	check(m);
	assert_int_equal(m->buddy.free, FRAMES - m->buddy.meta_pages);
}

static void model(void **state)
{
	struct model *m = calloc(1, sizeof(*m));
	struct fake_range range;

	(void)state;
	m->random = unit_seed(0x6275646479);
	range = fake_buddy(&m->buddy, FRAMES, unit_random(&m->random) % 3000);
	memset(m->is_free + m->buddy.meta_pages, true, FRAMES - m->buddy.meta_pages);
	m->free = FRAMES - m->buddy.meta_pages;
	run(m);
	printf("# note: %llu blocks served, %llu requests refused\n", m->served, m->refused);
	fake_range_free(&range);
	free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("B3 B4 B5 a million random operations agree with a naive model", model),
	};

	return cmocka_run_group_tests_name("buddy_model", tests, NULL, NULL);
}
