// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/pt.c hvcore/pt_map.c hvcore/pt_change.c hvcore/pt_table.c arch/x86/ptfmt.c arch/x86/svm/nptfmt.c */
/* sources: arch/x86/vmx/eptfmt.c tests/unit/fake_pool.c tests/unit/fake_arch.c */
/* The walker with operations from arbitrary bytes: what fails changes nothing, what is unmapped is gone. */
#include <stdint.h>

#include "pt_unit.h"

#define REQUIRE(condition) do { if (!(condition)) abort(); } while (0)
#define MAX_SIZE (8 * M2)	/* in 4 KiB leaves; more would only be slow */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *data;
	size_t left;
};

static u64 take(struct input *in, unsigned int bytes)
{
	u64 word = 0;

	while (bytes-- && in->left) {
		word = word << 8 | *in->data++;
		in->left--;
	}
	return word;
}

/* Anything; more often what lies near the boundary of a leaf. */
static u64 take_address(struct input *in)
{
	u64 kind = take(in, 1), at = take(in, 2);

	switch (kind % 8) {
	case 0:
		return at << 48 | take(in, 6);
	case 1:
		return at * G1 % (4 * G1);
	case 2:
		return at * M2 % (2 * G1);
	default:
		return G1 - M2 + at % 2048 * K4;
	}
}

static u64 take_size(struct input *in)
{
	u64 size = take_address(in);

	return size > MAX_SIZE && size < 1ULL << 56 ? size % MAX_SIZE & HV_PAGE_MASK : size;
}

static bool any_in(const struct hv_pt *pt, u64 from, u64 size)
{
	struct hv_pt_mapping mapping;
	u64 at = from;

	return hv_pt_covers(pt, from, size) && !hv_pt_next(pt, &at, from + size, &mapping);
}

static void check_mapped(const struct hv_pt *pt, u64 from, u64 to, u64 size, u64 flags)
{
	struct hv_pt_mapping mapping;
	u64 at, end = from + size;

	for (at = from; at < end; at = hv_pt_leaf_end(&mapping, at, end)) {
		REQUIRE(!hv_pt_query(pt, at, &mapping));
		REQUIRE(mapping.address == to + (at - from));
		REQUIRE(!(flags & PT_RW & ~mapping.flags));
	}
}

static int change(struct hv_pt *pt, struct input *in)
{
	u64 kind = take(in, 1), from = take_address(in), size = take_size(in), to, flags, at = from;
	struct hv_pt_mapping mapping;
	int err;

	switch (kind % 5) {
	case 0:
		to = take(in, 1) % 4 ? from : take_address(in);
		flags = take(in, 1);
		err = hv_pt_map(pt, from, to, size, flags & ~(u64)HV_PT_UNMERGED);
		if (!err)
			check_mapped(pt, from, to, size, flags);
		return err;
	case 1:
		err = hv_pt_unmap(pt, from, size);
		break;
	case 2:
		err = hv_pt_revoke(pt, from, size);
		while (!err && !hv_pt_collect(pt, &at, from + size, &mapping))
			REQUIRE(mapping.size);
		break;
	case 3:
		return hv_pt_protect(pt, from, size, take(in, 1));
	default:
		return hv_pt_map_object(pt, from, &(struct hv_pt_object){ take_address(in), take_address(in) }, size,
					take(in, 1) & ~HV_PT_UNMERGED);
	}
	REQUIRE(err || !any_in(pt, from, size));
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct hv_pt_format format = *pt_unit_format((unsigned int)take(&in, 1) % NR_FORMATS);
	struct pt_state before, after;
	static struct hv_pool pool;
	struct hv_pt pt;
	int err;

	format.leaf_levels = 3;
	if (!pool.base)
		fake_pool_init(&pool, 64);
	REQUIRE(!hv_pt_init(&pt, &format, &pool));
	before = pt_unit_state(&pt);
	while (in.left) {
		u64 left = take(&in, 1);

		fake_pool_left = left < 8 ? left : FAKE_POOL_PLENTY;
		err = change(&pt, &in);
		fake_pool_left = FAKE_POOL_PLENTY;
		after = pt_unit_state(&pt);
		REQUIRE(!err || err == -EINVAL || err == -EEXIST || err == -ENOENT || err == -ENOMEM);
		REQUIRE(!err || pt_unit_same(&before, &after));
		before = after;
	}
	hv_pt_fini(&pt);
	REQUIRE(!fake_pool_used());
	return 0;
}
