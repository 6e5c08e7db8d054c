/* SPDX-License-Identifier: GPL-2.0-only */
/* Disjoint intervals of u64 in order: the one ordered-interval structure, an AVL tree of its users' own nodes. */
#ifndef HV_SPAN_H
#define HV_SPAN_H

#include <hv/err.h>
#include <hv/types.h>

/*
 * Who uses a tree embeds a span in a record of its own, owns that memory and locks the tree: readers may run beside
 * readers, a change is alone. Nothing here allocates, recurses or blocks; a search costs at most HV_SPAN_MAX_HEIGHT
 * steps.
 */
struct hv_span {
	u64 start, size;	/* [start, start + size), never empty, never beyond the last address */
	struct hv_span *child[2];
	u32 height;
	u32 tag;		/* free for the user */
};

struct hv_span_tree {
	struct hv_span *root;
	u64 count;
};

/* An AVL tree of height h has at least F(h + 2) - 1 nodes (Fibonacci): with height 32 it would have 5702886. */
#define HV_SPAN_MAX_COUNT 0x400000ULL
#define HV_SPAN_MAX_HEIGHT 31

/** hv_span_entry() - the record of type @type whose member @member is @span, which is not NULL */
#define hv_span_entry(span, type, member) ((type *)(void *)((u8 *)(span) - __builtin_offsetof(type, member)))

/** hv_span_is_valid() - is [start, start + size) neither empty nor beyond the last address? */
static inline bool hv_span_is_valid(u64 start, u64 size)
{
	return size && start + size > start;
}

/** hv_span_end() - the first address behind @span */
static inline u64 hv_span_end(const struct hv_span *span)
{
	return span->start + span->size;
}

/**
 * hv_span_insert() - put @span, whose start and size are filled in, into @tree
 *
 * Return: 0; -EINVAL if it is empty or beyond the last address; -EEXIST if a part is there already; -ENOMEM if the
 * tree holds HV_SPAN_MAX_COUNT spans.
 */
int __must_check hv_span_insert(struct hv_span_tree *tree, struct hv_span *span);

/** hv_span_remove() - take @span out; -ENOENT if it is not this very span that lies in @tree at its place */
int hv_span_remove(struct hv_span_tree *tree, struct hv_span *span);

/**
 * hv_span_resize() - change @span, which is in @tree, in place
 *
 * Return: 0; -EINVAL if the new range is empty, beyond the last address or has nothing in common with the old one (it
 * could change places with another); -EEXIST if it overlaps another span; -ENOENT if @span is not in @tree.
 */
int __must_check hv_span_resize(struct hv_span_tree *tree, struct hv_span *span, u64 start, u64 size);

/** hv_span_at() - the span that @point lies in, or NULL */
struct hv_span *hv_span_at(const struct hv_span_tree *tree, u64 point);

/** hv_span_from() - the span that @point lies in, or the next one above it, or NULL */
struct hv_span *hv_span_from(const struct hv_span_tree *tree, u64 point);

/** hv_span_exact() - the span that is [start, start + size) exactly, or NULL */
struct hv_span *hv_span_exact(const struct hv_span_tree *tree, u64 start, u64 size);

/** hv_span_first_overlap() - the lowest span that has an address in common with [start, start + size), or NULL */
struct hv_span *hv_span_first_overlap(const struct hv_span_tree *tree, u64 start, u64 size);

/** hv_span_contains_range() - is every address of the range in some span? False for one that is empty or too long. */
bool hv_span_contains_range(const struct hv_span_tree *tree, u64 start, u64 size);

/** hv_span_first() - the lowest span, or NULL */
struct hv_span *hv_span_first(const struct hv_span_tree *tree);

/** hv_span_next() - the next one above @span, or NULL */
struct hv_span *hv_span_next(const struct hv_span_tree *tree, const struct hv_span *span);

/** hv_span_check() - prove order, balance and count: 0, or -EIO. For self-checks: visits every span. */
int __must_check hv_span_check(const struct hv_span_tree *tree);

#endif
