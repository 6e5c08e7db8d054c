// SPDX-License-Identifier: GPL-2.0-only
/* The simulated reverse map. */
#include <stdlib.h>
#include <string.h>
#include "psc_sim.h"

void sim_init(struct sim *sim, struct hv_owner_map *owners, struct hv_psc *own, struct hv_psc *sent)
{
	memset(sim, 0, sizeof(*sim));
	sim->m = (struct hv_psc_machine){ HV_PSC_BACKEND_sim, owners, own, sent, 0, 0, 0 };
	sim->step = sim->idle_from = sim->refuse_entry = sim->tamper_call = sim->wrong_validate = SIM_NEVER;
	sim->refuse_result = 0xff;
}

static struct sim *sim_of(struct hv_psc_machine *m)
{
	return (struct sim *)m;
}

static void note(struct sim *sim, char what)
{
	if (sim->logged < SIM_LOG - 1 && (!sim->logged || sim->log[sim->logged - 1] != what))
		sim->log[sim->logged++] = what;
}

static void perform(struct sim *sim, u64 entry)
{
	u64 page = hv_psc_frame(entry) / HV_PAGE_SIZE, end = page + hv_psc_size(entry) / HV_PAGE_SIZE;

	for (; page < end; page++) {
		if (page >= SIM_PAGES)
			abort();
		sim->misordered += hv_psc_op(entry) == HV_PSC_SHARED && sim->valid[page];
		sim->assigned[page] = hv_psc_op(entry) == HV_PSC_PRIVATE;
		sim->valid[page] = 0;
	}
}

static void tamper(struct sim *sim, struct hv_psc *request, u64 *result)
{
	u32 i;

	switch (sim->tamper) {
	case SIM_BACK:
		request->cur_entry = 0;
		break;
	case SIM_BEYOND:
		request->cur_entry = (u16)(request->end_entry + 2);
		break;
	case SIM_END:
		request->end_entry--;
		break;
	case SIM_LIST:
		for (i = 0; i < HV_PSC_ENTRIES; i++)
			request->entry[i] = ~0ULL;
		break;
	case SIM_NO_RESULT:
		*result = HV_PSC_NO_RESULT;
		break;
	}
}

void hv_psc_sim_ask(struct hv_psc_machine *m, struct hv_psc *request, u16 who, u64 *result)
{
	struct sim *sim = sim_of(m);
	u64 call = sim->calls++, done;

	(void)who;
	note(sim, 'a');
	*result = 0;
	if (call >= sim->idle_from && call - sim->idle_from < sim->idle_calls)
		return;
	for (done = 0; done < sim->step && request->cur_entry <= request->end_entry; done++) {
		sim->unread += request->entry[request->cur_entry] != m->own->entry[request->cur_entry];
		if (sim->entries++ == sim->refuse_entry) {
			*result = sim->refuse_result;
			break;
		}
		perform(sim, request->entry[request->cur_entry++]);
	}
	if (call == sim->tamper_call)
		tamper(sim, request, result);
}

u32 hv_psc_sim_validate(struct hv_psc_machine *m, u16 who, u64 frame, u64 size, bool on)
{
	struct sim *sim = sim_of(m);
	u64 nth = sim->validations++, page = frame / HV_PAGE_SIZE, end = page + size / HV_PAGE_SIZE, same = 0;

	(void)who;
	note(sim, on ? 'v' : 'r');
	if (nth == sim->wrong_validate || (sim->wrong_on && nth > sim->wrong_validate))
		return sim->wrong_code;
	if (frame % size || end > SIM_PAGES)
		abort();
	if (sim->small && size > HV_PAGE_SIZE)
		return HV_PSC_VALID_SIZE_MISMATCH;
	for (; page < end; page++) {
		if (!sim->assigned[page])
			return HV_PSC_VALID_BAD_INPUT;
		same += sim->valid[page] == on;
		sim->valid[page] = on;
	}
	return same ? HV_PSC_VALID_CARRY : HV_PSC_VALID_OK;
}
