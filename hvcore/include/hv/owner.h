/* SPDX-License-Identifier: GPL-2.0-only */
/* Who owns which frame: exactly one owner for each, root unless something else is noted. */
#ifndef HV_OWNER_H
#define HV_OWNER_H

#include <hv/lock.h>
#include <hv/pool.h>
#include <hv/span.h>
#include <hv/types.h>

/*
 * An owner is a number. Cells have that of their id, and the root cell has 0. The frames of a set are shared by those
 * that hold a grant for it. Device frames are registers that the hypervisor drives itself.
 */
#define HV_OWNER_ROOT 0
#define HV_OWNER_MAX_CELL 0xdfff
#define HV_OWNER_FIRST_SET 0xe000
#define HV_OWNER_LAST_SET 0xe0ff
#define HV_OWNER_HYPERVISOR 0xfff0
#define HV_OWNER_DEVICE 0xfff1
#define HV_OWNER_NONE 0xffff	/* what is not memory of this machine has no owner */

static inline bool hv_owner_is_cell(u16 owner)
{
	return owner <= HV_OWNER_MAX_CELL;
}

static inline bool hv_owner_is_set(u16 owner)
{
	return owner >= HV_OWNER_FIRST_SET && owner <= HV_OWNER_LAST_SET;
}

static inline bool hv_owner_is_valid(u16 owner)
{
	return hv_owner_is_cell(owner) || hv_owner_is_set(owner) || owner == HV_OWNER_HYPERVISOR ||
	       owner == HV_OWNER_DEVICE;
}

/** hv_owner_cell() - the owner that cell @id is; the root cell is 0. HV_OWNER_NONE if there can be no such cell. */
static inline u16 hv_owner_cell(u32 id)
{
	return id <= HV_OWNER_MAX_CELL ? (u16)id : HV_OWNER_NONE;
}

/** hv_owner_set() - the owner that shared set @nr is, or HV_OWNER_NONE */
static inline u16 hv_owner_set(u32 nr)
{
	return nr <= HV_OWNER_LAST_SET - HV_OWNER_FIRST_SET ? (u16)(HV_OWNER_FIRST_SET + nr) : HV_OWNER_NONE;
}

/* What a mapping, or a grant, allows. */
#define HV_RIGHT_READ 0x1
#define HV_RIGHT_WRITE 0x2
#define HV_RIGHT_EXEC 0x4
#define HV_RIGHT_DMA 0x8
#define HV_RIGHTS (HV_RIGHT_READ | HV_RIGHT_WRITE | HV_RIGHT_EXEC | HV_RIGHT_DMA)
#define HV_RIGHT_ROOTSHARED 0x80	/* a cell maps memory that stays root's, and its configuration says so */

struct hv_owner_grant {
	u16 set;
	u16 who;
	u32 rights;
};

#define HV_OWNER_MAX_GRANTS 128
#define HV_OWNER_BUILTIN 4

/*
 * What it costs: nothing for root's memory, HV_OWNER_PIECE_BYTES per run of frames of one other owner, at most
 * @max_pieces of them. If every other frame were somebody else's, that would be 0.8 % of memory.
 *
 * Lock: no function here takes it. Who asks and then acts on the answer (maps, touches, gives away) holds it from the
 * asking to the end of the act. It is taken in front of the map's lock of a cell and of the pool's.
 */
struct hv_owner_map {
	struct hv_lock lock;
	u32 batches;			/* hv_owner_begin() without hv_owner_end() */
	struct hv_span_tree pieces;	/* never touching one of the same owner; tag: the owner, never root */
	u64 limit;
	u64 max_pieces;
	struct hv_pool *pool;
	struct hv_span *spare;		/* nodes not in use, linked through child[0] */
	u64 nr_spare;
	u64 nr_taken;			/* nodes from the pool, spare or not */
	u32 nr_grants;
	struct hv_owner_grant grants[HV_OWNER_MAX_GRANTS];
	struct hv_span builtin[HV_OWNER_BUILTIN];	/* so that the pool's own frames can have an owner first */
};

#define HV_OWNER_PIECE_BYTES 64	/* what hv_alloc() takes for a struct hv_span */

/**
 * hv_owner_init() - everything below @limit is root's
 * @map: is not to be moved afterwards
 * @limit: end of physical addresses, a multiple of the page size
 * @max_pieces: so many can be noted, lest fragmentation by the greedy eat the pool
 *
 * Without hv_owner_set_pool(), HV_OWNER_BUILTIN pieces can be noted. Return: 0 or -EINVAL.
 */
int __must_check hv_owner_init(struct hv_owner_map *map, u64 limit, u64 max_pieces);

/** hv_owner_set_pool() - where memory for pieces comes from; once, when the pool is ready */
void hv_owner_set_pool(struct hv_owner_map *map, struct hv_pool *pool);

/** hv_owner_fini() - forget all, give memory back to the pool */
void hv_owner_fini(struct hv_owner_map *map);

/**
 * hv_owner_of() - the owner of the frame at @hpa, by one search that is logarithmic in the number of pieces
 * @end: out, from @hpa to there all frames are of this owner
 *
 * Return: the owner, HV_OWNER_NONE beyond the limit (@end is @hpa then).
 */
u16 hv_owner_of(const struct hv_owner_map *map, hv_hpa_t hpa, hv_hpa_t *end);

/** hv_owner_holds() - does @owner own all of [start, start + size)? False, too, if the range is not one of frames. */
bool hv_owner_holds(const struct hv_owner_map *map, u16 owner, hv_hpa_t start, u64 size);

/**
 * hv_owner_find() - the lowest run of frames of @owner, not root, that ends above @from
 *
 * For giving back all of a cell: changing the owner of a whole run to root needs no memory. Return: 0, or -ENOENT.
 */
int __must_check hv_owner_find(const struct hv_owner_map *map, u16 owner, hv_hpa_t from, hv_hpa_t *start, u64 *size);

/**
 * hv_owner_change() - frames [start, start + size) of @from become @to's
 *
 * Return: 0; -EINVAL if the range is empty, unaligned or beyond the limit, if an owner is none or both are the same;
 * -EBUSY if a frame is not @from's; -ENOMEM. What fails changes nothing.
 */
int __must_check hv_owner_change(struct hv_owner_map *map, hv_hpa_t start, u64 size, u16 from, u16 to);

/**
 * hv_owner_begin() - from here to hv_owner_end(), memory that changes set free stays at hand; can be nested
 * @nodes: so many are at hand in addition, to begin with
 *
 * Changes can thus be undone one by one, the last one first, without asking the pool: that cannot fail. With two
 * nodes, any change of parts of one range between two owners cannot fail for want of memory, and undoing neither, as
 * long as what is changed remains one run. Return: 0 or -ENOMEM.
 */
int __must_check hv_owner_begin(struct hv_owner_map *map, u64 nodes);
void hv_owner_end(struct hv_owner_map *map);

/**
 * hv_owner_grant() - @who, a cell or root or the hypervisor, may map frames of @set with @rights
 *
 * Return: 0; -EINVAL if any of the three is none; -EEXIST if @who has a grant for @set; -ENOMEM if the table is full.
 */
int __must_check hv_owner_grant(struct hv_owner_map *map, u16 set, u16 who, u32 rights);

/** hv_owner_revoke() - -ENOENT if there was none. The caller has unmapped and flushed what was mapped under it. */
int __must_check hv_owner_revoke(struct hv_owner_map *map, u16 set, u16 who);

/**
 * hv_owner_may_map() - may @who, a cell or root or the hypervisor, map [start, start + size) with these rights?
 * @flags: one or more of HV_RIGHTS, and HV_RIGHT_ROOTSHARED
 *
 * Its own frames: yes. Those of a set: within its grant. Root's: a cell if it says ROOTSHARED. Device frames: the
 * hypervisor. All else, and what is malformed: no.
 */
bool hv_owner_may_map(const struct hv_owner_map *map, u16 who, hv_hpa_t start, u64 size, u32 flags);

/** hv_owner_bytes() - what the map occupies, itself included */
u64 hv_owner_bytes(const struct hv_owner_map *map);

/** hv_owner_check() - prove the map's invariants: 0, or -EIO */
int __must_check hv_owner_check(const struct hv_owner_map *map);

#endif
