// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/span.c */
/* The interval tree: each function by itself, then all of them at random beside a list that does the same naively. */
#include "unit.h"
#include <hv/span.h>

#define TOP (~0ULL)

/* Spans on the heap, each of its own, so that ASan sees a touch of one that was removed. */
static struct hv_span *span_new(u64 start, u64 size)
{
	struct hv_span *span = calloc(1, sizeof(*span));

	if (!span)
		abort();
	span->start = start;
	span->size = size;
	return span;
}

static struct hv_span *add(struct hv_span_tree *tree, u64 start, u64 size)
{
	struct hv_span *span = span_new(start, size);

	assert_int_equal(hv_span_insert(tree, span), 0);
	assert_int_equal(hv_span_check(tree), 0);
	return span;
}

static int try_add(struct hv_span_tree *tree, u64 start, u64 size)
{
	struct hv_span *span = span_new(start, size);
	int err = hv_span_insert(tree, span);

	assert_int_not_equal(err, 0);
	free(span);
	return err;
}

static void take(struct hv_span_tree *tree, struct hv_span *span)
{
	assert_int_equal(hv_span_remove(tree, span), 0);
	free(span);
}

static void take_all(struct hv_span_tree *tree)
{
	while (tree->root) {
		take(tree, tree->root);
		assert_int_equal(hv_span_check(tree), 0);
	}
	assert_int_equal(tree->count, 0);
}

static void empty_tree(void **state)
{
	struct hv_span_tree tree = { 0 };
	struct hv_span loose = { .start = 0, .size = 1 };

	(void)state;
	assert_null(hv_span_first(&tree));
	assert_null(hv_span_at(&tree, 0));
	assert_null(hv_span_from(&tree, 0));
	assert_null(hv_span_exact(&tree, 0, 1));
	assert_null(hv_span_first_overlap(&tree, 0, TOP));
	assert_false(hv_span_contains_range(&tree, 0, 1));
	assert_int_equal(hv_span_remove(&tree, &loose), -ENOENT);
	assert_int_equal(hv_span_resize(&tree, &loose, 0, 2), -ENOENT);
	assert_int_equal(hv_span_check(&tree), 0);
}

static void insert_refuses(void **state)
{
	struct hv_span_tree tree = { 0 };

	(void)state;
	assert_int_equal(try_add(&tree, 0, 0), -EINVAL);
	assert_int_equal(try_add(&tree, TOP, 0), -EINVAL);
	assert_int_equal(try_add(&tree, TOP, 1), -EINVAL);
	assert_int_equal(try_add(&tree, 1, TOP), -EINVAL);
	assert_int_equal(try_add(&tree, TOP, TOP), -EINVAL);
	add(&tree, 100, 10);
	assert_int_equal(try_add(&tree, 100, 10), -EEXIST);
	assert_int_equal(try_add(&tree, 91, 10), -EEXIST);
	assert_int_equal(try_add(&tree, 109, 1), -EEXIST);
	assert_int_equal(try_add(&tree, 0, TOP), -EEXIST);
	assert_int_equal(try_add(&tree, 105, 1), -EEXIST);
	add(&tree, 90, 10);
	add(&tree, 110, TOP - 110);
	assert_int_equal(try_add(&tree, TOP - 1, 1), -EEXIST);
	add(&tree, 0, 90);
	assert_int_equal(tree.count, 4);
	take_all(&tree);
}

static void insert_stops_at_its_limit(void **state)
{
	struct hv_span_tree tree = { .count = HV_SPAN_MAX_COUNT };

	(void)state;
	assert_int_equal(try_add(&tree, 0, 1), -ENOMEM);
	assert_null(tree.root);
}

static void remove_is_exact(void **state)
{
	struct hv_span_tree tree = { 0 };
	struct hv_span *span = add(&tree, 100, 10), other = *span;

	(void)state;
	assert_int_equal(hv_span_remove(&tree, &other), -ENOENT);
	other.start = 105;
	assert_int_equal(hv_span_remove(&tree, &other), -ENOENT);
	assert_ptr_equal(hv_span_exact(&tree, 100, 10), span);
	assert_null(hv_span_exact(&tree, 100, 9));
	assert_null(hv_span_exact(&tree, 101, 9));
	take(&tree, span);
	assert_int_equal(tree.count, 0);
}

static void look_ups(void **state)
{
	struct hv_span_tree tree = { 0 };
	struct hv_span *a = add(&tree, 10, 10), *b = add(&tree, 20, 10), *c = add(&tree, 40, 10);

	(void)state;
	assert_null(hv_span_at(&tree, 9));
	assert_ptr_equal(hv_span_at(&tree, 10), a);
	assert_ptr_equal(hv_span_at(&tree, 19), a);
	assert_ptr_equal(hv_span_at(&tree, 20), b);
	assert_null(hv_span_at(&tree, 30));
	assert_null(hv_span_at(&tree, 50));
	assert_null(hv_span_at(&tree, TOP));
	assert_ptr_equal(hv_span_from(&tree, 0), a);
	assert_ptr_equal(hv_span_from(&tree, 30), c);
	assert_null(hv_span_from(&tree, 50));
	assert_ptr_equal(hv_span_first(&tree), a);
	assert_ptr_equal(hv_span_next(&tree, a), b);
	assert_ptr_equal(hv_span_next(&tree, b), c);
	assert_null(hv_span_next(&tree, c));
	take_all(&tree);
}

static void overlaps(void **state)
{
	struct hv_span_tree tree = { 0 };
	struct hv_span *a = add(&tree, 10, 10), *b = add(&tree, 30, 10);

	(void)state;
	assert_null(hv_span_first_overlap(&tree, 0, 10));
	assert_ptr_equal(hv_span_first_overlap(&tree, 0, 11), a);
	assert_ptr_equal(hv_span_first_overlap(&tree, 0, TOP), a);
	assert_null(hv_span_first_overlap(&tree, 15, 0));
	assert_null(hv_span_first_overlap(&tree, 20, 10));
	assert_ptr_equal(hv_span_first_overlap(&tree, 20, 11), b);
	/* beyond the last address: what there is of it counts */
	assert_ptr_equal(hv_span_first_overlap(&tree, 39, TOP), b);
	assert_null(hv_span_first_overlap(&tree, 40, TOP));
	assert_null(hv_span_first_overlap(&tree, TOP, TOP));
	take_all(&tree);
}

static void contained_ranges(void **state)
{
	struct hv_span_tree tree = { 0 };

	(void)state;
	add(&tree, 10, 10);
	add(&tree, 20, 5);
	add(&tree, 25, 1);
	add(&tree, 27, 10);
	assert_true(hv_span_contains_range(&tree, 10, 16));
	assert_true(hv_span_contains_range(&tree, 19, 2));
	assert_true(hv_span_contains_range(&tree, 25, 1));
	assert_false(hv_span_contains_range(&tree, 10, 17));
	assert_false(hv_span_contains_range(&tree, 9, 2));
	assert_false(hv_span_contains_range(&tree, 26, 1));
	assert_false(hv_span_contains_range(&tree, 25, 4));
	assert_false(hv_span_contains_range(&tree, 12, 0));
	assert_false(hv_span_contains_range(&tree, 27, TOP));
	assert_false(hv_span_contains_range(&tree, 36, 2));
	take_all(&tree);
}

static void resize(void **state)
{
	struct hv_span_tree tree = { 0 };
	struct hv_span *a = add(&tree, 10, 10), *b = add(&tree, 30, 10), *c = add(&tree, 50, 10);

	(void)state;
	assert_int_equal(hv_span_resize(&tree, b, 30, 0), -EINVAL);
	assert_int_equal(hv_span_resize(&tree, b, 31, TOP), -EINVAL);
	assert_int_equal(hv_span_resize(&tree, b, 20, 10), -EINVAL);	/* touches only */
	assert_int_equal(hv_span_resize(&tree, b, 40, 10), -EINVAL);
	assert_int_equal(hv_span_resize(&tree, b, 60, 10), -EINVAL);	/* behind another */
	assert_int_equal(hv_span_resize(&tree, b, 19, 20), -EEXIST);
	assert_int_equal(hv_span_resize(&tree, b, 30, 21), -EEXIST);
	assert_int_equal(hv_span_resize(&tree, b, 0, 100), -EEXIST);
	assert_true(b->start == 30 && b->size == 10);
	assert_int_equal(hv_span_resize(&tree, b, 20, 30), 0);
	assert_int_equal(hv_span_resize(&tree, b, 49, 1), 0);
	assert_int_equal(hv_span_resize(&tree, a, 0, 49), 0);
	assert_int_equal(hv_span_resize(&tree, c, 55, TOP - 55), 0);
	assert_int_equal(hv_span_check(&tree), 0);
	assert_ptr_equal(hv_span_at(&tree, 48), a);
	assert_ptr_equal(hv_span_at(&tree, 49), b);
	assert_null(hv_span_at(&tree, 50));
	take_all(&tree);
}

/* Ascending and descending are what makes an unbalanced tree a list. */
static void stays_balanced(void **state)
{
	struct hv_span_tree tree = { 0 };
	u64 i;

	(void)state;
	for (i = 0; i < 4095; i++)
		assert_int_equal(hv_span_insert(&tree, span_new(i * 2, 1)), 0);
	assert_int_equal(tree.root->height, 12);
	for (i = 0; i < 4095; i += 2)
		take(&tree, hv_span_exact(&tree, i * 2, 1));
	assert_int_equal(hv_span_check(&tree), 0);
	assert_true(tree.root->height <= 15);
	for (i = 4095 * 2; i < 4096 * 4; i++)
		assert_int_equal(hv_span_insert(&tree, span_new(TOP - i, 1)), 0);
	assert_int_equal(hv_span_check(&tree), 0);
	take_all(&tree);
}

/* All heights up to the limit fit the counted maximum: F(h + 2) - 1 nodes at least. */
static void limits_fit_each_other(void **state)
{
	u64 smaller = 1, larger = 2, next, height;	/* F(2), F(3): the least trees of height 0 and 1, plus 1 */

	(void)state;
	for (height = 1; larger - 1 <= HV_SPAN_MAX_COUNT; height++) {
		next = smaller + larger;
		smaller = larger;
		larger = next;
	}
	assert_int_equal(height - 1, HV_SPAN_MAX_HEIGHT);
}

static void check_finds_what_is_broken(void **state)
{
	struct hv_span_tree tree = { 0 };
	struct hv_span *a = add(&tree, 10, 10), *b = add(&tree, 20, 10), *c = add(&tree, 30, 10);

	(void)state;
	a->size = 11;
	assert_int_equal(hv_span_check(&tree), -EIO);
	a->size = 0;
	assert_int_equal(hv_span_check(&tree), -EIO);
	a->size = 10;
	b->height = 1;
	assert_int_equal(hv_span_check(&tree), -EIO);
	b->height = 2;
	tree.count = 4;
	assert_int_equal(hv_span_check(&tree), -EIO);
	tree.count = 2;
	assert_int_equal(hv_span_check(&tree), -EIO);
	tree.count = 3;
	c->start = 25;
	assert_int_equal(hv_span_check(&tree), -EIO);
	c->start = 30;
	assert_ptr_equal(hv_span_entry(&c->tag, struct hv_span, tag), c);
	take_all(&tree);
}

/*
 * The model: one byte per address of a small space that says which span it belongs to. Addresses are spread over all
 * of u64 by a factor and an offset, the very last ones included.
 */
#define SPACE 256
#define SCALES 3

struct model {
	struct hv_span_tree tree;
	struct hv_span *at[SPACE];
	u64 factor, offset, random;
};

static u64 real(const struct model *m, u64 small)
{
	return m->offset + small * m->factor;
}

static u64 below(struct model *m, u64 limit)
{
	return unit_random(&m->random) % limit;
}

static bool is_free(const struct model *m, u64 start, u64 size, const struct hv_span *but)
{
	u64 i;

	for (i = start; i < start + size; i++)
		if (m->at[i] && m->at[i] != but)
			return false;
	return true;
}

static void fill(struct model *m, u64 start, u64 size, struct hv_span *with)
{
	while (size--)
		m->at[start++] = with;
}

static void range(struct model *m, u64 *start, u64 *size)
{
	*start = below(m, SPACE);
	*size = 1 + below(m, below(m, 8) ? 6 : SPACE);
	if (*size > SPACE - *start)
		*size = SPACE - *start;
}

static void random_insert(struct model *m)
{
	struct hv_span *span;
	u64 start, size;

	range(m, &start, &size);
	span = span_new(real(m, start), size * m->factor);
	if (is_free(m, start, size, NULL)) {
		assert_int_equal(hv_span_insert(&m->tree, span), 0);
		fill(m, start, size, span);
	} else {
		assert_int_equal(hv_span_insert(&m->tree, span), -EEXIST);
		free(span);
	}
}

static u64 small(const struct model *m, u64 address)
{
	return (address - m->offset) / m->factor;
}

static void random_remove(struct model *m)
{
	struct hv_span *span = m->at[below(m, SPACE)], copy;

	if (!span)
		return;
	copy = *span;
	assert_int_equal(hv_span_remove(&m->tree, &copy), -ENOENT);
	fill(m, small(m, span->start), span->size / m->factor, NULL);
	take(&m->tree, span);
}

static void random_resize(struct model *m)
{
	struct hv_span *span = m->at[below(m, SPACE)];
	u64 start, size, old, old_size;
	int err;

	if (!span)
		return;
	range(m, &start, &size);
	if (below(m, 4))
		start = small(m, span->start);
	if (size > SPACE - start)
		size = SPACE - start;
	old = small(m, span->start);
	old_size = span->size / m->factor;
	err = hv_span_resize(&m->tree, span, real(m, start), size * m->factor);
	if (start >= old + old_size || start + size <= old) {
		assert_int_equal(err, -EINVAL);
	} else if (!is_free(m, start, size, span)) {
		assert_int_equal(err, -EEXIST);
	} else {
		assert_int_equal(err, 0);
		fill(m, old, old_size, NULL);
		fill(m, start, size, span);
	}
}

/* Every question about one random range, asked of the tree and of the bytes. */
static void random_look(struct model *m)
{
	u64 start, size, i, inside;
	struct hv_span *span, *overlap = NULL;
	bool all = true;

	range(m, &start, &size);
	for (i = start; i < start + size; i++) {
		overlap = overlap ? overlap : m->at[i];
		all = all && m->at[i];
	}
	inside = real(m, start) + below(m, m->factor);
	assert_ptr_equal(hv_span_at(&m->tree, inside), m->at[start]);
	assert_ptr_equal(hv_span_first_overlap(&m->tree, real(m, start), size * m->factor), overlap);
	assert_int_equal(hv_span_contains_range(&m->tree, real(m, start), size * m->factor), all);
	span = m->at[start];
	if (!span)
		return;
	for (i = small(m, hv_span_end(span)); i < SPACE && !m->at[i]; i++)
		;
	assert_ptr_equal(hv_span_next(&m->tree, span), i < SPACE ? m->at[i] : NULL);
	assert_ptr_equal(hv_span_exact(&m->tree, span->start, span->size), span);
}

static void random_operations(void **state)
{
	static const u64 factors[SCALES] = { 1, 4096, 1ULL << 55 };
	const char *text = getenv("HV_SEED");
	u64 seed = text ? strtoull(text, NULL, 0) : 20240607, operations, scale;

	(void)state;
	printf("# note: HV_SEED=%llu\n", seed);
	for (scale = 0; scale < SCALES; scale++) {
		struct model m = { .factor = factors[scale], .random = seed ? seed + scale : 1 };

		/* the last span ends at the last address that a span may end at */
		m.offset = scale == 1 ? TOP - SPACE * 4096 : 0;
		for (operations = 0; operations < 400000; operations++) {
			switch (below(&m, 8)) {
			case 0: case 1: case 2:
				random_insert(&m);
				break;
			case 3:
				random_remove(&m);
				break;
			case 4:
				random_resize(&m);
				break;
			default:
				random_look(&m);
			}
			if (operations % 64 == 0)
				assert_int_equal(hv_span_check(&m.tree), 0);
		}
		take_all(&m.tree);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_tree),
		cmocka_unit_test(insert_refuses),
		cmocka_unit_test(insert_stops_at_its_limit),
		cmocka_unit_test(remove_is_exact),
		cmocka_unit_test(look_ups),
		cmocka_unit_test(overlaps),
		cmocka_unit_test(contained_ranges),
		cmocka_unit_test(resize),
		cmocka_unit_test(stays_balanced),
		cmocka_unit_test(limits_fit_each_other),
		cmocka_unit_test(check_finds_what_is_broken),
		cmocka_unit_test(random_operations),
	};

	return cmocka_run_group_tests_name("span", tests, NULL, NULL);
}
