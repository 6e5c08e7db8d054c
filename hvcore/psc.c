// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page-state changes: lists are sent, resumed, validated from our own copy, and undone when something fails. What
 * comes back from a back end is not trusted.
 */
#include <hv/atomic.h>
#include <hv/bits.h>
#include <hv/psc.h>
#include <hv/string.h>

static bool is_entry(u64 entry, unsigned int op, u64 above)
{
	if (entry & ~(HV_PSC_FRAME | HV_PSC_OP_MASK | HV_PSC_2M))
		return false;
	return hv_psc_op(entry) == op && hv_psc_frame(entry) >= above &&
	       HV_IS_ALIGNED(hv_psc_frame(entry), hv_psc_size(entry));
}

int hv_psc_check(const struct hv_psc *list)
{
	u32 i = list->cur_entry, end = list->end_entry;
	unsigned int op;
	u64 above = 0;

	if (end >= HV_PSC_ENTRIES || i > end || list->rsvd)
		return -EINVAL;
	op = hv_psc_op(list->entry[i]);
	if (op != HV_PSC_PRIVATE && op != HV_PSC_SHARED)
		return -EINVAL;
	for (; i <= end; i++) {
		if (!is_entry(list->entry[i], op, above))
			return -EINVAL;
		above = hv_psc_frame(list->entry[i]) + hv_psc_size(list->entry[i]);
	}
	return 0;
}

static unsigned int opposite(unsigned int op)
{
	return op == HV_PSC_PRIVATE ? HV_PSC_SHARED : HV_PSC_PRIVATE;
}

static bool is_private(const struct hv_psc *list)
{
	return hv_psc_op(list->entry[list->cur_entry]) == HV_PSC_PRIVATE;
}

static void lose(struct hv_psc_machine *m, u32 first, u32 end)
{
	for (; first < end; first++)
		m->lost += hv_psc_size(m->own->entry[first]) / HV_PAGE_SIZE;
}

static int ask_error(u64 result)
{
	if (result == EBUSY)
		return -EBUSY;
	if (result == ENOMEM)
		return -ENOMEM;
	return result == EINVAL ? -EINVAL : -EIO;
}

/*
 * Have entries *at to @end - 1 of our list performed, in as many calls as it takes. Each call gets a fresh copy of the
 * list; all that is read of what comes back is how far the back end says it came. *at: that.
 */
static int ask(struct hv_psc_machine *m, u16 who, u32 *at, u32 end)
{
	unsigned int idle = 0;
	u32 now;
	u64 result;

	while (*at < end) {
		memcpy(m->sent, m->own, sizeof(*m->sent));
		m->sent->cur_entry = (u16)*at;
		m->sent->end_entry = (u16)(end - 1);
		result = HV_PSC_NO_RESULT;
		hv_psc_ask(m, m->sent, who, &result);
		now = hv_load_once(&m->sent->cur_entry);
		if (now < *at || now > end || hv_load_once(&m->sent->end_entry) != end - 1)
			return -EIO;
		idle = now == *at ? idle + 1 : 0;
		*at = now;
		if (result)
			return ask_error(result);
		if (idle == 2)
			return -EIO;
	}
	return 0;
}

/* Ask for the opposite, for entries that were performed. */
static void unask(struct hv_psc_machine *m, u16 who, u32 first, u32 end)
{
	u64 flip = (u64)(HV_PSC_PRIVATE ^ HV_PSC_SHARED) << HV_PSC_OP_SHIFT;
	u32 i, at = first;
	int err;

	if (m->backend == HV_PSC_BACKEND_native) {
		hv_psc_native_undo(m, m->own, who, first, end);
		return;
	}
	for (i = first; i < end; i++)
		m->own->entry[i] ^= flip;
	err = ask(m, who, &at, end);
	for (i = first; i < end; i++)
		m->own->entry[i] ^= flip;
	if (err)
		lose(m, at, end);
}

/* 0, a negative error, or HV_PSC_VALID_SIZE_MISMATCH */
static int validate(struct hv_psc_machine *m, u16 who, u64 frame, u64 size, bool on)
{
	u32 code = hv_psc_validate(m, who, frame, size, on);

	switch (code) {
	case HV_PSC_VALID_OK:
	case HV_PSC_VALID_SIZE_MISMATCH:
		return (int)code;
	case HV_PSC_VALID_BAD_INPUT:
		return -EINVAL;
	case HV_PSC_VALID_CARRY:
		/* Validated twice: somebody may have exchanged the memory behind the address in between. */
		m->carries++;
		return -EEXIST;
	default:
		return -EIO;
	}
}

/* By 4 KiB, because whoever keeps the account has no 2 MiB there. */
static int validate_pages(struct hv_psc_machine *m, u16 who, u64 frame, bool on)
{
	u64 at, end = frame + HV_SIZE_2M;
	int err;

	m->fallbacks++;
	for (at = frame; at < end; at += HV_PAGE_SIZE) {
		err = validate(m, who, at, HV_PAGE_SIZE, on);
		if (err)
			goto err_undo;
	}
	return 0;

err_undo:
	for (; at > frame; at -= HV_PAGE_SIZE)
		if (validate(m, who, at - HV_PAGE_SIZE, HV_PAGE_SIZE, !on))
			m->lost++;
	return err > 0 ? -EIO : err;
}

static int validate_entry(struct hv_psc_machine *m, u16 who, u64 entry, bool on)
{
	u64 frame = hv_psc_frame(entry), size = hv_psc_size(entry);
	int err;

	err = validate(m, who, frame, size, on);
	if (err == HV_PSC_VALID_SIZE_MISMATCH)
		return size == HV_SIZE_2M ? validate_pages(m, who, frame, on) : -EIO;
	return err;
}

static void unvalidate(struct hv_psc_machine *m, u16 who, u32 first, u32 end, bool on)
{
	while (end-- > first)
		if (validate_entry(m, who, m->own->entry[end], !on))
			lose(m, end, end + 1);
}

/* Validate all entries of our list, or give that up; what fails is undone. */
static int validate_list(struct hv_psc_machine *m, u16 who, bool on)
{
	u32 i, first = m->own->cur_entry, end = m->own->end_entry + 1u;
	int err;

	for (i = first; i < end; i++) {
		err = validate_entry(m, who, m->own->entry[i], on);
		if (err) {
			unvalidate(m, who, first, i, on);
			return err;
		}
	}
	return 0;
}

/* Ask first, then validate. */
static int make_private(struct hv_psc_machine *m, u16 who)
{
	u32 first = m->own->cur_entry, end = m->own->end_entry + 1u, at = first;
	int err;

	err = ask(m, who, &at, end);
	if (!err)
		err = validate_list(m, who, true);
	if (err)
		unask(m, who, first, at);
	return err;
}

/* Give up validation first, then ask. */
static int make_shared(struct hv_psc_machine *m, u16 who)
{
	u32 first = m->own->cur_entry, end = m->own->end_entry + 1u, at = first;
	int err;

	err = validate_list(m, who, false);
	if (err)
		return err;
	err = ask(m, who, &at, end);
	if (err) {
		unask(m, who, first, at);
		unvalidate(m, who, first, end, false);
	}
	return err;
}

/* Carry out our own list, wholly or not at all. In a batch of the owner map. */
static int carry_out(struct hv_psc_machine *m, u16 who)
{
	bool has_other = m->backend != HV_PSC_BACKEND_native;
	u64 result = 0;
	int err;

	if (has_other) {
		memcpy(m->sent, m->own, sizeof(*m->sent));
		hv_psc_native_ask(m, m->sent, who, &result);
	}
	if (result)
		return ask_error(result);
	err = is_private(m->own) ? make_private(m, who) : make_shared(m, who);
	if (err && has_other)
		hv_psc_native_undo(m, m->own, who, m->own->cur_entry, m->own->end_entry + 1u);
	return err;
}

static int change_lists(struct hv_psc_machine *m, u16 who, u64 *at, u64 end, unsigned int op)
{
	u64 next;
	int err;

	for (; *at < end; *at = next) {
		next = hv_psc_build(m->own, *at, end, op);
		if (next == *at)
			return -EINVAL;
		err = carry_out(m, who);
		if (err)
			return err;
	}
	return 0;
}

/* Undo whole lists. */
static void change_back(struct hv_psc_machine *m, u16 who, u64 begin, u64 end, unsigned int op)
{
	u64 at = begin;

	if (change_lists(m, who, &at, end, opposite(op)))
		m->lost += (end - at) / HV_PAGE_SIZE;
}

static bool can_change_with_root(u16 who)
{
	return hv_owner_is_valid(who) && who != HV_OWNER_ROOT && who != HV_OWNER_DEVICE;
}

/* How many pieces the owner map may have to note more than it does, at any time while one run changes hands. */
static u64 nodes_at_hand(const struct hv_psc_machine *m, u16 who, u64 start, unsigned int op)
{
	if (m->backend != HV_PSC_BACKEND_native || op == HV_PSC_PRIVATE)
		return 2;
	/* Native gives back without a failure on the way, so a run that goes from its beginning on needs none. */
	return start && hv_owner_holds(m->owners, who, hv_hpa(start - HV_PAGE_SIZE), HV_PAGE_SIZE);
}

int hv_psc_change(struct hv_psc_machine *m, u16 who, hv_hpa_t start, u64 size, unsigned int op)
{
	u64 at = hv_hpa_raw(start), begin = at, limit = m->owners->limit;
	int err;

	if (!can_change_with_root(who) || (op != HV_PSC_PRIVATE && op != HV_PSC_SHARED))
		return -EINVAL;
	if (!size || !HV_IS_ALIGNED(at | size, HV_PAGE_SIZE) || size > limit || at > limit - size)
		return -EINVAL;
	if (!hv_owner_holds(m->owners, op == HV_PSC_PRIVATE ? HV_OWNER_ROOT : who, start, size))
		return -EBUSY;
	/* One run, two owners: nothing below fails for want of memory, and undoing neither. */
	err = hv_owner_begin(m->owners, nodes_at_hand(m, who, at, op));
	if (err)
		return err;
	err = change_lists(m, who, &at, begin + size, op);
	if (err)
		change_back(m, who, begin, at, op);
	hv_owner_end(m->owners);
	return err;
}

int hv_psc_donate(struct hv_psc_machine *m, u16 who, struct hv_psc *list)
{
	int err;

	err = hv_psc_check(list);
	if (err || !is_private(list) || !can_change_with_root(who))
		return -EINVAL;
	memcpy(m->own, list, sizeof(*m->own));
	err = hv_owner_begin(m->owners, 0);
	if (err)
		return err;
	err = carry_out(m, who);
	hv_owner_end(m->owners);
	if (!err)
		list->cur_entry = (u16)(list->end_entry + 1);
	return err;
}

int hv_psc_claim_pool(struct hv_psc_machine *m, struct hv_pool *pool, const struct hv_psc_claim *claim)
{
	int err;

	if (claim->pool >= claim->size)
		return -EINVAL;
	err = hv_psc_change(m, HV_OWNER_HYPERVISOR, claim->start, claim->size, HV_PSC_PRIVATE);
	if (err)
		return err;
	err = hv_pool_init(pool, claim->base + claim->pool, hv_hpa(hv_hpa_raw(claim->start) + claim->pool),
			   (claim->size - claim->pool) / HV_PAGE_SIZE);
	if (err)
		return hv_psc_change(m, HV_OWNER_HYPERVISOR, claim->start, claim->size, HV_PSC_SHARED) ? -EIO : err;
	hv_owner_set_pool(m->owners, pool);
	return 0;
}
