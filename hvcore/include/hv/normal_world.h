/* SPDX-License-Identifier: GPL-2.0-only */
/* What the hypervisor may touch on behalf of root: root's RAM, as long as it is root's. */
#ifndef HV_NORMAL_WORLD_H
#define HV_NORMAL_WORLD_H

#include <hv/err.h>
#include <hv/owner.h>
#include <hv/pool.h>
#include <hv/span.h>
#include <hv/types.h>

/*
 * Holds root's RAM regions, of which parts may be given away meanwhile: the owner map knows which. Root's
 * guest-physical and host-physical addresses are the same.
 *
 * Lock: who calls holds owners->lock, for is_valid until the access is done.
 */
struct hv_normal_world {
	struct hv_span_tree regions;
	struct hv_pool *pool;
	const struct hv_owner_map *owners;
};

struct hv_normal_piece {
	u64 start, size;
};

void hv_normal_world_init(struct hv_normal_world *world, struct hv_pool *pool, const struct hv_owner_map *owners);

/** hv_normal_world_fini() - remove all, give memory back to the pool */
void hv_normal_world_fini(struct hv_normal_world *world);

/**
 * hv_normal_world_insert() - add a region
 *
 * Return: 0; -EINVAL if it is empty, unaligned or beyond the owner map's limit; -EEXIST if a part is there already;
 * -ENOMEM.
 */
int __must_check hv_normal_world_insert(struct hv_normal_world *world, hv_gpa_t start, u64 size);

/** hv_normal_world_remove() - remove the region that is exactly this, otherwise -ENOENT */
int __must_check hv_normal_world_remove(struct hv_normal_world *world, hv_gpa_t start, u64 size);

/** hv_normal_world_contains() - does the byte at @point lie in a region? */
bool hv_normal_world_contains(const struct hv_normal_world *world, hv_gpa_t point);

/** hv_normal_world_contains_range() - does all of it, in regions that touch? False for an empty or overlong range. */
bool hv_normal_world_contains_range(const struct hv_normal_world *world, hv_gpa_t start, u64 size);

/**
 * hv_normal_world_overlaps() - what regions have in common with [start, start + size), in ascending order
 * @list: the first @max pieces, each clipped to the range
 *
 * Return: how many there are, which may be more than @max.
 */
u64 hv_normal_world_overlaps(const struct hv_normal_world *world, hv_gpa_t start, u64 size,
			     struct hv_normal_piece *list, u64 max);

/**
 * hv_is_valid_normal_world_gpaddr() - may the hypervisor access all of [gpa, gpa + len) because root asks for it?
 *
 * Every pointer from root passes this test, with the length of the whole access: it is in root's RAM, and every frame
 * of it is root's and nobody else's. False if @len is 0 or the range wraps around.
 */
bool hv_is_valid_normal_world_gpaddr(const struct hv_normal_world *world, hv_gpa_t gpa, u64 len);

#endif
