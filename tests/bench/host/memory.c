// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations of the memory code, so many times, for whoever counts the instructions: memory OPERATION TIMES [SIZE].
 * "tables GIB" and "owners PIECES" print bytes instead.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hv/owner.h>
#include <hv/pool.h>
#include <hv/pt.h>
#include <svm/nptfmt.h>

#define POOL_FRAMES (1u << 16)
#define POOL_START 0x4000000000ULL
#define LIMIT (1ULL << 46)
#define MAX_PIECES 65536

static struct hv_pool pool;
static struct hv_pt pt;
static struct hv_owner_map owners;

static void need(int err)
{
	if (err) {
		fprintf(stderr, "memory: error %d\n", err);
		exit(1);
	}
}

static void setup(u8 leaf_levels)
{
	void *memory = aligned_alloc(HV_PAGE_SIZE, POOL_FRAMES * HV_PAGE_SIZE);
	struct hv_pt_format format = svm_npt_format;

	need(!memory);
	format.leaf_levels = leaf_levels;
	need(hv_pool_init(&pool, memory, hv_hpa(POOL_START), POOL_FRAMES));
	need(hv_pt_init(&pt, &format, &pool));
	need(hv_owner_init(&owners, LIMIT, MAX_PIECES));
	hv_owner_set_pool(&owners, &pool);
	/* a neighbour, so that tables stay */
	need(hv_pt_map(&pt, 0x200000, 0x5000, HV_PAGE_SIZE, HV_PT_RWX));
}

/* Every other 2M of memory from 4G on is a cell's. */
static void fragment(u64 pieces)
{
	u64 i, at = 4 * HV_SIZE_1G;

	for (i = 0; i < pieces; i++, at += 2 * HV_SIZE_2M)
		need(hv_owner_change(&owners, hv_hpa(at), HV_SIZE_2M, HV_OWNER_ROOT, 1));
}

static void buddy(void)
{
	void *block = hv_buddy_alloc(&pool.buddy, 0);

	need(!block || hv_buddy_free(&pool.buddy, block, 0));
}

static void slab(void)
{
	void *item = hv_alloc(&pool, 64);

	need(!item || hv_free(&pool, item));
}

static void map_4k(void)
{
	need(hv_pt_map(&pt, 0x202000, 0x7000, HV_PAGE_SIZE, HV_PT_RWX));
	need(hv_pt_unmap(&pt, 0x202000, HV_PAGE_SIZE));
}

static void map_1g(void)
{
	need(hv_pt_map(&pt, HV_SIZE_1G, HV_SIZE_1G, HV_SIZE_1G, HV_PT_RWX));
	need(hv_pt_unmap(&pt, HV_SIZE_1G, HV_SIZE_1G));
}

static void owner(void)
{
	need(hv_owner_change(&owners, hv_hpa(HV_SIZE_1G), HV_SIZE_2M, HV_OWNER_ROOT, 2));
	need(hv_owner_change(&owners, hv_hpa(HV_SIZE_1G), HV_SIZE_2M, 2, HV_OWNER_ROOT));
}

static void lookup(void)
{
	hv_hpa_t end;

	need(hv_owner_of(&owners, hv_hpa(5ULL << 30), &end) == HV_OWNER_NONE);
}

static void tables(u64 gib)
{
	u64 before = pt.tables;

	need(hv_pt_map(&pt, 4 * HV_SIZE_1G, 4 * HV_SIZE_1G, gib * HV_SIZE_1G, HV_PT_RWX));
	printf("%llu\n", (pt.tables - before) * HV_PAGE_SIZE);
}

static const struct {
	const char *name;
	void (*run)(void);
	u8 leaf_levels;
} operations[] = {
	{ "buddy", buddy, 3 }, { "slab", slab, 3 },   { "map_4k", map_4k, 3 }, { "map_1g", map_1g, 3 },
	{ "map_1g_by_2m", map_1g, 2 }, { "owner", owner, 3 }, { "lookup", lookup, 3 },
};

int main(int argc, char **argv)
{
	u64 times = argc > 2 ? strtoull(argv[2], NULL, 0) : 0, size = argc > 3 ? strtoull(argv[3], NULL, 0) : 0, n;
	unsigned int i;

	if (argc > 2 && !strcmp(argv[1], "tables")) {
		setup(2);
		tables(times);
		return 0;
	}
	if (argc > 2 && !strcmp(argv[1], "owners")) {
		setup(3);
		fragment(times);
		printf("%llu\n", hv_owner_bytes(&owners));
		return 0;
	}
	for (i = 0; i < HV_ARRAY_SIZE(operations); i++) {
		if (argc < 3 || strcmp(argv[1], operations[i].name))
			continue;
		setup(operations[i].leaf_levels);
		fragment(size);
		for (n = 0; n < times; n++)
			operations[i].run();
		return 0;
	}
	fprintf(stderr, "usage: memory OPERATION TIMES [SIZE]\n");
	return 2;
}
