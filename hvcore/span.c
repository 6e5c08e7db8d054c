// SPDX-License-Identifier: GPL-2.0-only
/* Disjoint intervals in order, kept in an AVL tree. A change remembers its way down instead of recursing. */
#include <hv/compiler.h>
#include <hv/span.h>

/* The links that a change followed, the tree's root first. */
struct path {
	struct hv_span **link[HV_SPAN_MAX_HEIGHT + 1];
	u32 depth;
};

static u32 height(const struct hv_span *span)
{
	return span ? span->height : 0;
}

static void measure(struct hv_span *span)
{
	u32 left = height(span->child[0]), right = height(span->child[1]);

	span->height = 1 + (left > right ? left : right);
}

/* The child on @side takes the place of its parent. */
static void rotate(struct hv_span **link, unsigned int side)
{
	struct hv_span *parent = *link, *child = parent->child[side];

	parent->child[side] = child->child[!side];
	child->child[!side] = parent;
	measure(parent);
	measure(child);
	*link = child;
}

static void balance(struct hv_span **link)
{
	struct hv_span *span = *link;
	unsigned int side = height(span->child[1]) > height(span->child[0]);
	struct hv_span *child = span->child[side];

	measure(span);
	if (height(child) <= height(span->child[!side]) + 1)
		return;
	if (height(child->child[!side]) > height(child->child[side]))
		rotate(&span->child[side], !side);
	rotate(link, side);
}

static void balance_up(const struct path *path)
{
	u32 i = path->depth;

	while (i--)
		balance(path->link[i]);
}

/* Follow the links towards @start, to the span that begins there or to the empty link where one belongs. */
static struct hv_span **descend(struct hv_span_tree *tree, u64 start, struct path *path)
{
	struct hv_span **link = &tree->root;

	path->depth = 0;
	while (*link && (*link)->start != start) {
		path->link[path->depth++] = link;
		link = &(*link)->child[start > (*link)->start];
	}
	return link;
}

HV_APART int hv_span_insert(struct hv_span_tree *tree, struct hv_span *span)
{
	struct path path;

	if (!hv_span_is_valid(span->start, span->size))
		return -EINVAL;
	if (hv_span_first_overlap(tree, span->start, span->size))
		return -EEXIST;
	if (tree->count >= HV_SPAN_MAX_COUNT)
		return -ENOMEM;
	span->child[0] = NULL;
	span->child[1] = NULL;
	span->height = 1;
	*descend(tree, span->start, &path) = span;
	tree->count++;
	balance_up(&path);
	return 0;
}

/* Put the next higher span, the lowest one in the right-hand subtree, into the place of @span. */
static void replace(struct hv_span **link, struct hv_span *span, struct path *path)
{
	struct hv_span **lowest = &span->child[1], *next;
	u32 place = path->depth;

	path->link[path->depth++] = link;
	while ((*lowest)->child[0]) {
		path->link[path->depth++] = lowest;
		lowest = &(*lowest)->child[0];
	}
	next = *lowest;
	*lowest = next->child[1];
	next->child[0] = span->child[0];
	next->child[1] = span->child[1];
	*link = next;
	/* The way down led through a link inside @span, which is now one inside @next. */
	if (path->depth > place + 1)
		path->link[place + 1] = &next->child[1];
}

HV_APART int hv_span_remove(struct hv_span_tree *tree, struct hv_span *span)
{
	struct path path;
	struct hv_span **link = descend(tree, span->start, &path);

	if (*link != span)
		return -ENOENT;
	if (span->child[0] && span->child[1])
		replace(link, span, &path);
	else
		*link = span->child[!span->child[0]];
	tree->count--;
	balance_up(&path);
	return 0;
}

int hv_span_resize(struct hv_span_tree *tree, struct hv_span *span, u64 start, u64 size)
{
	struct hv_span *next;

	if (hv_span_at(tree, span->start) != span)
		return -ENOENT;
	if (!hv_span_is_valid(start, size) || start >= hv_span_end(span) || start + size <= span->start)
		return -EINVAL;
	if (hv_span_first_overlap(tree, start, size) != span)
		return -EEXIST;
	next = hv_span_next(tree, span);
	if (next && next->start < start + size)
		return -EEXIST;
	span->start = start;
	span->size = size;
	return 0;
}

struct hv_span *hv_span_from(const struct hv_span_tree *tree, u64 point)
{
	struct hv_span *span = tree->root, *best = NULL;

	while (span) {
		if (hv_span_end(span) > point) {
			best = span;
			span = span->child[0];
		} else {
			span = span->child[1];
		}
	}
	return best;
}

struct hv_span *hv_span_at(const struct hv_span_tree *tree, u64 point)
{
	struct hv_span *span = hv_span_from(tree, point);

	return span && span->start <= point ? span : NULL;
}

struct hv_span *hv_span_exact(const struct hv_span_tree *tree, u64 start, u64 size)
{
	struct hv_span *span = hv_span_at(tree, start);

	return span && span->start == start && span->size == size ? span : NULL;
}

struct hv_span *hv_span_first_overlap(const struct hv_span_tree *tree, u64 start, u64 size)
{
	struct hv_span *span = size ? hv_span_from(tree, start) : NULL;

	/* A difference, since start + size may be too much for a u64. */
	return span && (span->start <= start || span->start - start < size) ? span : NULL;
}

bool hv_span_contains_range(const struct hv_span_tree *tree, u64 start, u64 size)
{
	const struct hv_span *span;

	if (!hv_span_is_valid(start, size))
		return false;
	for (span = hv_span_at(tree, start); span; span = hv_span_at(tree, hv_span_end(span)))
		if (start + size <= hv_span_end(span))
			return true;
	return false;
}

struct hv_span *hv_span_first(const struct hv_span_tree *tree)
{
	return hv_span_from(tree, 0);
}

struct hv_span *hv_span_next(const struct hv_span_tree *tree, const struct hv_span *span)
{
	return hv_span_from(tree, hv_span_end(span));
}

/* Balance is a matter of each span and its children, so it need not be proven top down. */
static bool is_balanced(const struct hv_span *span)
{
	u32 left = height(span->child[0]), right = height(span->child[1]);

	return span->height <= HV_SPAN_MAX_HEIGHT && span->height == 1 + (left > right ? left : right) &&
	       left <= right + 1 && right <= left + 1;
}

int hv_span_check(const struct hv_span_tree *tree)
{
	const struct hv_span *span, *next;
	u64 count = 0;

	/* One more than there should be is enough. */
	for (span = hv_span_first(tree); span && count <= tree->count; span = next) {
		next = hv_span_next(tree, span);
		if (!hv_span_is_valid(span->start, span->size) || !is_balanced(span))
			return -EIO;
		if (next && next->start < hv_span_end(span))
			return -EIO;
		count++;
	}
	return count == tree->count ? 0 : -EIO;
}
