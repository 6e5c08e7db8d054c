// SPDX-License-Identifier: GPL-2.0-only
/* Page-state changes on the owner map, which every machine has. */
#include <hv/psc.h>

static u16 giver(u64 entry, u16 who)
{
	return hv_psc_op(entry) == HV_PSC_PRIVATE ? HV_OWNER_ROOT : who;
}

static u16 taker(u64 entry, u16 who)
{
	return hv_psc_op(entry) == HV_PSC_PRIVATE ? who : HV_OWNER_ROOT;
}

static bool all_are_held(const struct hv_owner_map *owners, const struct hv_psc *list, u16 who)
{
	u32 i;
	u64 e;

	for (i = list->cur_entry; i <= list->end_entry; i++) {
		e = list->entry[i];
		if (!hv_owner_holds(owners, giver(e, who), hv_hpa(hv_psc_frame(e)), hv_psc_size(e)))
			return false;
	}
	return true;
}

void hv_psc_native_undo(struct hv_psc_machine *m, const struct hv_psc *list, u16 who, u32 first, u32 end)
{
	u64 e;

	/* The last one first: so no change needs memory that the batch did not keep at hand. */
	while (end > first) {
		e = list->entry[--end];
		(void)!hv_owner_change(m->owners, hv_hpa(hv_psc_frame(e)), hv_psc_size(e), taker(e, who),
				       giver(e, who));
	}
}

void hv_psc_native_ask(struct hv_psc_machine *m, struct hv_psc *request, u16 who, u64 *result)
{
	u32 i, first = request->cur_entry;
	int err;
	u64 e;

	*result = EBUSY;
	if (!all_are_held(m->owners, request, who))
		return;
	for (i = first; i <= request->end_entry; i++) {
		e = request->entry[i];
		err = hv_owner_change(m->owners, hv_hpa(hv_psc_frame(e)), hv_psc_size(e), giver(e, who),
				      taker(e, who));
		if (err) {
			hv_psc_native_undo(m, request, who, first, i);
			*result = (u64)-err;
			return;
		}
	}
	request->cur_entry = (u16)i;
	*result = 0;
}

u32 hv_psc_native_validate(struct hv_psc_machine *m, u16 who, u64 frame, u64 size, bool on)
{
	/* Nothing to set: a frame is valid for its owner, before it gives that up as well as after it accepted it. */
	(void)on;
	return hv_owner_holds(m->owners, who, hv_hpa(frame), size) ? HV_PSC_VALID_OK : HV_PSC_VALID_BAD_INPUT;
}
