// SPDX-License-Identifier: GPL-2.0-only
/* Who owns which frame: runs of frames that are not root's, as intervals that never touch one of the same owner. */
#include <hv/bits.h>
#include <hv/check.h>
#include <hv/owner.h>
#include <hv/string.h>

HV_STATIC_ASSERT(sizeof(struct hv_span) <= HV_OWNER_PIECE_BYTES);

static bool is_builtin(const struct hv_owner_map *map, const struct hv_span *node)
{
	return node >= map->builtin && node < map->builtin + HV_OWNER_BUILTIN;
}

static void put_node(struct hv_owner_map *map, struct hv_span *node)
{
	node->child[0] = map->spare;
	map->spare = node;
	map->nr_spare++;
}

/* Only after get_nodes() has promised it. */
static struct hv_span *take_node(struct hv_owner_map *map)
{
	struct hv_span *node = map->spare;

	map->spare = node->child[0];
	map->nr_spare--;
	return node;
}

static void free_node(struct hv_owner_map *map, struct hv_span *node)
{
	(void)hv_free(map->pool, node);	/* it is one of hv_alloc()'s: there is nothing to refuse */
	map->nr_taken--;
}

/* Give what is spare back to the pool, except in a batch. */
static void trim(struct hv_owner_map *map)
{
	struct hv_span *node, *next;

	if (map->batches)
		return;
	node = map->spare;
	map->spare = NULL;
	map->nr_spare = 0;
	for (; node; node = next) {
		next = node->child[0];
		if (is_builtin(map, node))
			put_node(map, node);
		else
			free_node(map, node);
	}
}

/* See that @count nodes are spare, and that so many pieces more may be noted. */
static int get_nodes(struct hv_owner_map *map, u64 count)
{
	struct hv_span *node;

	if (count && (map->pieces.count > map->max_pieces || count > map->max_pieces - map->pieces.count))
		return -ENOMEM;
	while (map->nr_spare < count) {
		node = map->pool ? hv_alloc(map->pool, sizeof(*node)) : NULL;
		if (!node) {
			trim(map);
			return -ENOMEM;
		}
		map->nr_taken++;
		put_node(map, node);
	}
	return 0;
}

int hv_owner_init(struct hv_owner_map *map, u64 limit, u64 max_pieces)
{
	unsigned int i;

	if (!limit || !HV_IS_ALIGNED(limit, HV_PAGE_SIZE) || !max_pieces || max_pieces > HV_SPAN_MAX_COUNT)
		return -EINVAL;
	memset(map, 0, sizeof(*map));
	map->limit = limit;
	map->max_pieces = max_pieces;
	for (i = 0; i < HV_OWNER_BUILTIN; i++)
		put_node(map, &map->builtin[i]);
	return 0;
}

void hv_owner_set_pool(struct hv_owner_map *map, struct hv_pool *pool)
{
	map->pool = pool;
}

void hv_owner_fini(struct hv_owner_map *map)
{
	struct hv_span *piece;

	while ((piece = hv_span_first(&map->pieces))) {
		(void)hv_span_remove(&map->pieces, piece);	/* it was found there */
		put_node(map, piece);
	}
	map->batches = 0;
	map->nr_grants = 0;
	trim(map);
}

static bool is_range(const struct hv_owner_map *map, u64 start, u64 size)
{
	return size && HV_IS_ALIGNED(start | size, HV_PAGE_SIZE) && size <= map->limit && start <= map->limit - size;
}

u16 hv_owner_of(const struct hv_owner_map *map, hv_hpa_t hpa, hv_hpa_t *end)
{
	u64 at = hv_hpa_raw(hpa);
	const struct hv_span *piece;

	*end = hpa;
	if (at >= map->limit)
		return HV_OWNER_NONE;
	piece = hv_span_from(&map->pieces, at);
	if (piece && piece->start <= at) {
		*end = hv_hpa(hv_span_end(piece));
		return (u16)piece->tag;
	}
	*end = hv_hpa(piece ? piece->start : map->limit);
	return HV_OWNER_ROOT;
}

bool hv_owner_holds(const struct hv_owner_map *map, u16 owner, hv_hpa_t start, u64 size)
{
	hv_hpa_t end;

	/* Runs of one owner are merged, so the first one has all or not. */
	return is_range(map, hv_hpa_raw(start), size) && hv_owner_of(map, start, &end) == owner &&
	       hv_hpa_raw(end) - hv_hpa_raw(start) >= size;
}

int hv_owner_find(const struct hv_owner_map *map, u16 owner, hv_hpa_t from, hv_hpa_t *start, u64 *size)
{
	const struct hv_span *piece = hv_span_from(&map->pieces, hv_hpa_raw(from));

	while (piece && piece->tag != owner)
		piece = hv_span_next(&map->pieces, piece);
	if (!piece)
		return -ENOENT;
	*start = hv_hpa(piece->start);
	*size = piece->size;
	return 0;
}

/* What a change meets: the piece it takes from, and pieces of the new owner that it touches. */
struct change {
	u64 start, end;
	u16 from, to;
	struct hv_span *old, *before, *after;
	bool left, right;	/* some of @old remains in front, behind */
};

static struct hv_span *piece_of(const struct hv_owner_map *map, u64 at, u16 owner)
{
	struct hv_span *piece = hv_span_at(&map->pieces, at);

	return piece && piece->tag == owner ? piece : NULL;
}

static void look_around(const struct hv_owner_map *map, struct change *c)
{
	c->old = piece_of(map, c->start, c->from);
	c->before = c->start ? piece_of(map, c->start - 1, c->to) : NULL;
	c->after = piece_of(map, c->end, c->to);
	c->left = c->old && c->old->start < c->start;
	c->right = c->old && hv_span_end(c->old) > c->end;
}

static u64 nodes_needed(const struct change *c)
{
	bool reused = c->old && !c->left && !c->right;
	u64 count = c->left && c->right;

	if (c->to != HV_OWNER_ROOT && !c->before && !c->after && !reused)
		count++;
	return count;
}

static void add_piece(struct hv_owner_map *map, u64 start, u64 end, u16 owner)
{
	struct hv_span *piece = take_node(map);

	*piece = (struct hv_span){ .start = start, .size = end - start, .tag = owner };
	(void)!hv_span_insert(&map->pieces, piece);	/* the place was cleared or known to be free */
}

static void drop_piece(struct hv_owner_map *map, struct hv_span *piece)
{
	(void)hv_span_remove(&map->pieces, piece);	/* it was found there */
	put_node(map, piece);
}

static void set_piece(struct hv_owner_map *map, struct hv_span *piece, u64 start, u64 end)
{
	(void)!hv_span_resize(&map->pieces, piece, start, end - start);	/* it grows into what is free, or shrinks */
}

static void take_from_old(struct hv_owner_map *map, const struct change *c)
{
	u64 end;

	if (!c->old)
		return;
	end = hv_span_end(c->old);
	if (c->left)
		set_piece(map, c->old, c->old->start, c->start);
	else if (c->right)
		set_piece(map, c->old, c->end, end);
	else
		drop_piece(map, c->old);
	if (c->left && c->right)
		add_piece(map, c->end, end, c->from);
}

static void give_to_new(struct hv_owner_map *map, const struct change *c)
{
	u64 end = c->after ? hv_span_end(c->after) : c->end;

	if (c->to == HV_OWNER_ROOT)
		return;
	if (c->before && c->after)
		drop_piece(map, c->after);
	if (c->before)
		set_piece(map, c->before, c->before->start, end);
	else if (c->after)
		set_piece(map, c->after, c->start, end);
	else
		add_piece(map, c->start, c->end, c->to);
}

int hv_owner_change(struct hv_owner_map *map, hv_hpa_t start, u64 size, u16 from, u16 to)
{
	struct change c = { .start = hv_hpa_raw(start), .from = from, .to = to };
	int err;

	if (!is_range(map, c.start, size) || !hv_owner_is_valid(from) || !hv_owner_is_valid(to) || from == to)
		return -EINVAL;
	if (!hv_owner_holds(map, from, start, size))
		return -EBUSY;
	c.end = c.start + size;
	look_around(map, &c);
	err = get_nodes(map, nodes_needed(&c));
	if (err)
		return err;
	take_from_old(map, &c);
	give_to_new(map, &c);
	trim(map);
	return 0;
}

int hv_owner_begin(struct hv_owner_map *map, u64 nodes)
{
	int err;

	err = get_nodes(map, nodes);
	if (!err)
		map->batches++;
	return err;
}

void hv_owner_end(struct hv_owner_map *map)
{
	map->batches--;
	trim(map);
}

static u32 find_grant(const struct hv_owner_map *map, u16 set, u16 who)
{
	u32 i;

	for (i = 0; i < map->nr_grants; i++)
		if (map->grants[i].set == set && map->grants[i].who == who)
			break;
	return i;
}

static bool can_map(u16 who)
{
	return hv_owner_is_cell(who) || who == HV_OWNER_HYPERVISOR;
}

int hv_owner_grant(struct hv_owner_map *map, u16 set, u16 who, u32 rights)
{
	if (!hv_owner_is_set(set) || !can_map(who) || !rights || (rights & ~HV_RIGHTS))
		return -EINVAL;
	if (find_grant(map, set, who) < map->nr_grants)
		return -EEXIST;
	if (map->nr_grants == HV_OWNER_MAX_GRANTS)
		return -ENOMEM;
	map->grants[map->nr_grants++] = (struct hv_owner_grant){ set, who, rights };
	return 0;
}

int hv_owner_revoke(struct hv_owner_map *map, u16 set, u16 who)
{
	u32 i = find_grant(map, set, who);

	if (i == map->nr_grants)
		return -ENOENT;
	map->grants[i] = map->grants[--map->nr_grants];
	return 0;
}

static bool is_allowed(const struct hv_owner_map *map, u16 who, u16 owner, u32 flags)
{
	u32 i;

	if (owner == who)
		return true;
	if (owner == HV_OWNER_ROOT)
		return hv_owner_is_cell(who) && (flags & HV_RIGHT_ROOTSHARED);
	if (owner == HV_OWNER_DEVICE)
		return who == HV_OWNER_HYPERVISOR;
	i = find_grant(map, owner, who);
	return i < map->nr_grants && !(flags & HV_RIGHTS & ~map->grants[i].rights);
}

bool hv_owner_may_map(const struct hv_owner_map *map, u16 who, hv_hpa_t start, u64 size, u32 flags)
{
	u64 at = hv_hpa_raw(start), end = at + size;
	hv_hpa_t piece_end;

	if (!is_range(map, at, size) || !(flags & HV_RIGHTS) || (flags & ~(HV_RIGHTS | HV_RIGHT_ROOTSHARED)))
		return false;
	if (!can_map(who))
		return false;
	for (; at < end; at = hv_hpa_raw(piece_end))
		if (!is_allowed(map, who, hv_owner_of(map, hv_hpa(at), &piece_end), flags))
			return false;
	return true;
}

u64 hv_owner_bytes(const struct hv_owner_map *map)
{
	return sizeof(*map) + map->nr_taken * HV_OWNER_PIECE_BYTES;
}

static bool is_sound(const struct hv_owner_map *map, const struct hv_span *piece, const struct hv_span *next)
{
	if (piece->tag == HV_OWNER_ROOT || piece->tag > HV_OWNER_NONE || !hv_owner_is_valid((u16)piece->tag))
		return false;
	if (!is_range(map, piece->start, piece->size))
		return false;
	return !next || next->tag != piece->tag || next->start > hv_span_end(piece);
}

static u64 count_spare(const struct hv_owner_map *map)
{
	const struct hv_span *node;
	u64 count = 0;

	/* One more than there should be is enough. */
	for (node = map->spare; node && count <= map->nr_spare; node = node->child[0])
		count++;
	return count;
}

int hv_owner_check(const struct hv_owner_map *map)
{
	const struct hv_span *piece, *next;
	int err;

	err = hv_span_check(&map->pieces);
	if (err)
		return err;
	if (map->pieces.count > map->max_pieces || map->nr_grants > HV_OWNER_MAX_GRANTS)
		return -EIO;
	/* Every node is in use or spare. */
	if (count_spare(map) != map->nr_spare || map->nr_spare + map->pieces.count != map->nr_taken + HV_OWNER_BUILTIN)
		return -EIO;
	for (piece = hv_span_first(&map->pieces); piece; piece = next) {
		next = hv_span_next(&map->pieces, piece);
		if (!is_sound(map, piece, next))
			return -EIO;
	}
	return 0;
}
