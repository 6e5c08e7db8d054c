// SPDX-License-Identifier: GPL-2.0-only
/* sources: tests/unit/psc_with_sim.c tests/unit/psc_sim.c hvcore/psc_native.c hvcore/owner.c hvcore/span.c */
/* sources: tests/unit/fake_alloc.c */
/*
 * Lists of page-state changes from arbitrary bytes, on the owner map alone and beside a reverse map that misbehaves as
 * the bytes say: what is accepted is done wholly, what is refused changes nothing.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "../unit/psc_sim.h"
#include "../unit/fake_alloc.h"

#define REQUIRE(condition) do { if (!(condition)) abort(); } while (0)
#define LIMIT (8ULL << 20)
#define PAGES (LIMIT / HV_PAGE_SIZE)
#define CELL 5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Only here: hv_psc_claim_pool() is not called. */
int hv_pool_init(struct hv_pool *pool, void *base, hv_hpa_t start, u64 frames)
{
	(void)pool;
	(void)base;
	(void)start;
	(void)frames;
	abort();
}

struct world {
	struct hv_owner_map owners;
	struct hv_psc own, sent;
	struct sim sim;
	u16 owner[PAGES];
	u8 assigned[PAGES], valid[PAGES];
};

struct bytes {
	const uint8_t *at, *end;
};

static u64 number(struct bytes *b, unsigned int count)
{
	u64 value = 0;

	while (count--)
		value = value << 8 | (b->at < b->end ? *b->at++ : 0);
	return value;
}

static u16 owner_of(const struct world *w, u64 page)
{
	hv_hpa_t end;

	return hv_owner_of(&w->owners, hv_hpa(page * HV_PAGE_SIZE), &end);
}

static void remember(struct world *w)
{
	u64 i;

	for (i = 0; i < PAGES; i++)
		w->owner[i] = owner_of(w, i);
	memcpy(w->assigned, w->sim.assigned, sizeof(w->assigned));
	memcpy(w->valid, w->sim.valid, sizeof(w->valid));
}

/* Nothing has changed, or exactly [start, start + size) belongs to @who now. */
static void compare(const struct world *w, u64 start, u64 size, u16 who)
{
	u64 i, page;

	for (i = 0; i < PAGES; i++) {
		page = i * HV_PAGE_SIZE;
		REQUIRE(owner_of(w, i) == (page >= start && page - start < size ? who : w->owner[i]));
	}
}

static void compare_state(const struct world *w, u64 lost)
{
	if (w->sim.m.lost != lost)
		return;
	/* A back end that took more than it said keeps it assigned: but never anything valid that was not. */
	REQUIRE(!memcmp(w->sim.valid, w->valid, sizeof(w->valid)));
}

static void misbehave(struct world *w, struct bytes *b)
{
	struct sim *sim = &w->sim;
	u64 what = number(b, 1);

	sim->m.backend = what & 1 ? HV_PSC_BACKEND_sim : HV_PSC_BACKEND_native;
	sim->step = what & 2 ? 1 + number(b, 1) : SIM_NEVER;
	sim->small = what & 4;
	if (what & 8)
		sim->refuse_entry = number(b, 2);
	if (what & 16) {
		sim->tamper_call = number(b, 1);
		sim->tamper = number(b, 1) % 5;
	}
	if (what & 32) {
		sim->wrong_validate = number(b, 2);
		sim->wrong_code = (u32)number(b, 2) | 1;
	}
	if (what & 64) {
		sim->idle_from = number(b, 1);
		sim->idle_calls = number(b, 1);
	}
	fake_fail_after = what & 128 ? number(b, 1) : FAKE_NEVER;
}

/* Half of the entries are what a list could say, so that not all of them are refused at once. */
static void donate(struct world *w, struct bytes *b)
{
	u16 who = number(b, 1) & 1 ? CELL : (u16)number(b, 2);
	u64 form = number(b, 1), above = 0, lost = w->sim.m.lost, i, first, last;
	struct hv_psc list = { .cur_entry = (u16)number(b, 1) % 8, .end_entry = (u16)number(b, 1) };
	int err;

	list.rsvd = form == 7;
	for (i = 0; i < HV_PSC_ENTRIES && b->at < b->end; i++) {
		if (form & 1) {
			list.entry[i] = number(b, 8);
		} else {
			above += (number(b, 1) % 8) * HV_PAGE_SIZE;
			list.entry[i] = above | (1ULL + (form == 6)) << HV_PSC_OP_SHIFT;
			above += HV_PAGE_SIZE;
		}
	}
	first = list.cur_entry;
	last = list.end_entry;
	err = hv_psc_check(&list);
	REQUIRE(!err || err == -EINVAL);
	REQUIRE(!hv_psc_donate(&w->sim.m, who, &list) || list.end_entry == last);
	if (list.cur_entry == last + 1 && !err) {
		for (i = 0; i < PAGES; i++)
			REQUIRE(owner_of(w, i) == w->owner[i] || (!w->owner[i] && owner_of(w, i) == who));
		for (i = first; i <= last; i++)
			REQUIRE(hv_owner_holds(&w->owners, who, hv_hpa(hv_psc_frame(list.entry[i])),
					       hv_psc_size(list.entry[i])));
	} else {
		compare(w, 0, 0, 0);
		compare_state(w, lost);
	}
}

static void change(struct world *w, struct bytes *b)
{
	u16 who = number(b, 1) & 1 ? CELL : (u16)number(b, 2);
	u64 start = number(b, 2) % (PAGES + 8) * HV_PAGE_SIZE, size = number(b, 2) % 1300 * HV_PAGE_SIZE;
	u64 lost = w->sim.m.lost;
	unsigned int op = number(b, 1) % 4;
	int err;

	if (number(b, 1) == 1)
		size++;
	err = hv_psc_change(&w->sim.m, who, hv_hpa(start), size, op);
	if (!err) {
		compare(w, start, size, op == HV_PSC_PRIVATE ? who : HV_OWNER_ROOT);
	} else if (w->sim.m.lost == lost) {
		compare(w, 0, 0, 0);
		compare_state(w, lost);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world w;
	struct bytes b = { data, data + size };
	unsigned int i;

	REQUIRE(!hv_owner_init(&w.owners, LIMIT, 300));
	hv_owner_set_pool(&w.owners, (struct hv_pool *)64);
	sim_init(&w.sim, &w.owners, &w.own, &w.sent);
	for (i = 0; i < 4 && b.at < b.end; i++) {
		remember(&w);
		misbehave(&w, &b);
		if (number(&b, 1) & 1)
			donate(&w, &b);
		else
			change(&w, &b);
		fake_fail_after = FAKE_NEVER;
		REQUIRE(!hv_owner_check(&w.owners) && !w.owners.batches);
	}
	hv_owner_fini(&w.owners);
	REQUIRE(!fake_live);
	return 0;
}
