// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/slab.c hvcore/slab_check.c hvcore/buddy.c hvcore/buddy_check.c */
/* sources: tests/unit/pool_unit.c tests/unit/fake_relax.c */
/* The slab allocator against a plain list of items, by random operations. HV_SEED=n repeats a run. */
#include "pool_unit.h"

#define FRAMES 300
#define ITEMS 6000
#define OPERATIONS 1200000
#define CHECK_EVERY 4096

struct item {
	u8 *at;
	u16 size;		/* asked for */
	u8 stamp;		/* what it is filled with */
};

struct model {
	struct hv_buddy buddy;
	struct hv_slabs slabs;
	u64 random;
	struct item items[ITEMS];
	u64 nr_items;
	u64 taken[FRAMES][2];	/* which 32-byte pieces belong to items */
	u64 served, refused, trimmed;
};

/* Who gives two items the same bytes, or a frame's worth of somebody else's, is found here. */
static void mark(struct model *m, const u8 *at, u64 size, bool taken)
{
	u64 piece = (u64)(at - m->buddy.start_virt) / HV_SLAB_MIN, end = piece + size / HV_SLAB_MIN;

	for (; piece < end; piece++) {
		u64 *word = &m->taken[piece / 128][piece / 64 % 2];

		assert_int_equal(*word >> piece % 64 & 1, !taken);
		*word ^= HV_BIT(piece % 64);
	}
}

static void alloc(struct model *m)
{
	u64 random = unit_random(&m->random);	/* all sizes of items come equally often */
	u64 size = 1 + ((random >> 32) & (HV_SLAB_MAX - 1) >> random % 8);
	struct item item = { .size = (u16)size, .stamp = (u8)(random >> 16) };

	if (m->nr_items == ITEMS)
		return;
	item.at = hv_slab_alloc(&m->slabs, size);
	if (!item.at) {
		/* Nothing could have served it: no frame, no idle page to be had of it, no free item. */
		assert_true(m->buddy.free + m->slabs.idle < 2);
		assert_int_equal(m->slabs.sizes[__builtin_ctzll(hv_slab_item_size(size) / HV_SLAB_MIN)].free, 0);
		m->refused++;
		return;
	}
	m->served++;
	assert_true(HV_IS_ALIGNED((u64)item.at, hv_slab_item_size(size)));
	mark(m, item.at, hv_slab_item_size(size), true);
	item.at[0] = item.at[size - 1] = item.stamp;
	m->items[m->nr_items++] = item;
}

static void release(struct model *m)
{
	u64 i = unit_random(&m->random) % m->nr_items;
	struct item item = m->items[i];

	assert_true(item.at[0] == item.stamp && item.at[item.size - 1] == item.stamp);
	assert_int_equal(hv_slab_free(&m->slabs, item.at), 0);
	mark(m, item.at, hv_slab_item_size(item.size), false);
	m->items[i] = m->items[--m->nr_items];
}

/* Any address. Only the start of an item in use may be freed, and that is left alone. */
static void release_wrongly(struct model *m)
{
	u8 *at = m->buddy.start_virt + unit_random(&m->random) % (FRAMES * HV_PAGE_SIZE);
	u64 i;

	if (unit_random(&m->random) % 2)
		at = (u8 *)HV_ALIGN_DOWN((u64)at, HV_SLAB_MIN);
	for (i = 0; i < m->nr_items; i++)
		if (m->items[i].at == at)
			return;
	assert_int_equal(hv_slab_free(&m->slabs, at), -EINVAL);
}

static void check(struct model *m)
{
	u64 frame, pages = 0, i;

	assert_int_equal(hv_slab_check(&m->slabs), 0);
	assert_int_equal(hv_buddy_check(&m->buddy), 0);
	/* Idle or free is what no item lies in, but for pages of descriptors: those of the other pages need them. */
	for (frame = 0; frame < FRAMES; frame++)
		pages += m->taken[frame][0] || m->taken[frame][1];
	i = FRAMES - m->buddy.meta_pages - m->buddy.free - m->slabs.idle;
	assert_true(i >= pages + (pages + 62) / 63 && i <= pages + m->slabs.descriptors.pages);
}

static void run(struct model *m)
{
	u64 i, dice, wanted = ITEMS / 2;

	for (i = 0; i < OPERATIONS; i++) {
		if (i % CHECK_EVERY == 0) {
			check(m);
			wanted = unit_random(&m->random) % ITEMS;
		}
		dice = unit_random(&m->random) % 1000;
		if (dice < 2)
			release_wrongly(m);
		else if (dice < 4)
			m->trimmed += hv_slab_trim(&m->slabs);
		else if (!m->nr_items || dice < (m->nr_items < wanted ? 650 : 350))
			alloc(m);
		else
			release(m);
	}
	while (m->nr_items)
		release(m);
	check(m);
	assert_int_equal(m->buddy.free + m->slabs.idle, FRAMES - m->buddy.meta_pages);
	hv_slab_trim(&m->slabs);
	assert_int_equal(m->buddy.free, FRAMES - m->buddy.meta_pages);
	check(m);
}

static void model(void **state)
{
	struct model *m = calloc(1, sizeof(*m));
	struct fake_range range;

	(void)state;
	m->random = unit_seed(0x736c6162);
	range = fake_buddy(&m->buddy, FRAMES, unit_random(&m->random) % 3000);
	assert_int_equal(hv_slab_init(&m->slabs, &m->buddy), 0);
	run(m);
	printf("# note: %llu items served, %llu requests refused, %llu idle pages trimmed\n", m->served, m->refused,
	       m->trimmed);
	fake_range_free(&range);
	free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("B6 a million random operations agree with a naive model", model),
	};

	return cmocka_run_group_tests_name("slab_model", tests, NULL, NULL);
}
