// SPDX-License-Identifier: GPL-2.0-only
/*
 * Root looks at memory that it gave away. Crash dumps and scanners of memory do, and must not die of it: they see
 * zeros, as where the hypervisor is. Mapping all of it so would take a table for each 2 MiB, so only the last few pages
 * are.
 */
#include <hv/hv.h>
#include <hv/memory.h>
#include <hv/peek.h>

/* The frames of cells, and those that wait for one. */
static bool is_given(u64 page)
{
	hv_hpa_t end;
	u16 owner = hv_owner_of(&hv.owners, hv_hpa(page), &end);

	return owner == HV_MEMORY_DONATED || (owner > HV_OWNER_ROOT && owner <= HV_OWNER_MAX_CELL);
}

static int forget(struct hv_peek *peek)
{
	int err = 0;

	if (peek->is_open)
		err = hv_mset_delete(&hv.root.space.set, peek->page, HV_PAGE_SIZE);
	if (!err)
		peek->is_open = false;
	return err;
}

/* The oldest one makes room. */
static int show_zeros(u64 page)
{
	struct hv_peek *peek = &hv.peeks[hv.next_peek++ % HV_PEEKS];
	const struct hv_region model = {
		.span = { .start = page, .size = HV_PAGE_SIZE },
		.flags = HV_MEM_READ,
		.mapper = HV_MAP_EMPTY,
		.to = hv_hpa_raw(hv_virt_to_hpa(hv.zero_page)),
		.object_size = HV_PAGE_SIZE,
	};
	int err;

	err = forget(peek);
	if (!err)
		err = hv_mset_insert(&hv.root.space.set, &model);
	if (!err)
		*peek = (struct hv_peek){ .page = page, .is_open = true };
	return err;
}

bool hv_peek(u64 gpa)
{
	u64 page = gpa & HV_PAGE_MASK;
	struct hv_pt_mapping mapping;
	bool shown;

	hv_aspace_lock(&hv.root.space);
	/* Since it exited somebody else may have looked at it, or it may have come back. */
	shown = !hv_pt_query(&hv.root.space.set.pt, page, &mapping);
	if (!shown && is_given(page))
		shown = !show_zeros(page);
	hv_aspace_unlock(&hv.root.space);
	return shown;
}

int hv_peek_forget(u64 start, u64 size)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < HV_PEEKS; i++)
		if (hv.peeks[i].page >= start && hv.peeks[i].page - start < size)
			err = forget(&hv.peeks[i]);
	return err;
}
