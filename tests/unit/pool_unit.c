// SPDX-License-Identifier: GPL-2.0-only
/* What the tests of the allocators share. */
#include "pool_unit.h"

struct fake_range fake_range(u64 frames, u64 skew)
{
	struct fake_range range = { .start = hv_hpa(FAKE_START + skew * HV_PAGE_SIZE), .frames = frames };
	void *memory;

	if (posix_memalign(&memory, HV_PAGE_SIZE, frames * HV_PAGE_SIZE))
		abort();
	range.memory = memset(memory, 0xa5, frames * HV_PAGE_SIZE);
	return range;
}

void fake_range_free(struct fake_range *range)
{
	free(range->memory);
}

struct fake_range fake_buddy(struct hv_buddy *buddy, u64 frames, u64 skew)
{
	struct fake_range range = fake_range(frames, skew);

	assert_int_equal(hv_buddy_init(buddy, range.memory, range.start, frames), 0);
	assert_int_equal(hv_buddy_check(buddy), 0);
	return range;
}

u64 unit_seed(u64 otherwise)
{
	const char *text = getenv("HV_SEED");
	u64 seed = text ? strtoull(text, NULL, 0) : otherwise;

	printf("# note: HV_SEED=%llu\n", seed);
	return seed ? seed : 1;
}

bool is_filled(const void *p, u8 byte, size_t len)
{
	const u8 *at = p;

	return !len || (*at == byte && !memcmp(at, at + 1, len - 1));
}

struct buddy_copy buddy_copy(const struct hv_buddy *buddy)
{
	struct buddy_copy copy = { .buddy = *buddy };

	copy.meta = unit_copy(buddy->meta, buddy->page_count * sizeof(u64));
	return copy;
}

bool buddy_is_as_before(const struct hv_buddy *buddy, struct buddy_copy *copy)
{
	bool same;

	copy->buddy.lock = buddy->lock;
	same = !memcmp(&copy->buddy, buddy, sizeof(*buddy)) &&
	       !memcmp(copy->meta, buddy->meta, buddy->page_count * sizeof(u64));
	free(copy->meta);
	return same;
}

static bool is_all_free(const bool *is_free, u64 frame, u64 size)
{
	while (size--)
		if (!is_free[frame++])
			return false;
	return true;
}

u64 naive_free_blocks(const struct hv_buddy *buddy, const bool *is_free, u32 order)
{
	u64 frame, size, count = 0, first = hv_hpa_raw(buddy->start_phys) >> HV_PAGE_SHIFT;
	u32 largest;

	for (frame = 0; frame < buddy->page_count; frame += size) {
		for (largest = HV_MAX_ORDER - 1; largest; largest--) {
			size = 1ULL << largest;
			if ((first + frame) % size == 0 && frame + size <= buddy->page_count &&
			    is_all_free(is_free, frame, size))
				break;
		}
		size = 1ULL << largest;
		count += largest == order && is_free[frame];
	}
	return count;
}
