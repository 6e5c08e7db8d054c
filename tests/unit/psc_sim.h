/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A back end for page-state changes that keeps its own account of every frame, as SEV-SNP's reverse map does, and that
 * can be told to misbehave. Comes before hv/psc.h.
 */
#ifndef PSC_SIM_H
#define PSC_SIM_H

#define HV_PSC_BACKENDS(_, x, y) _(native, x, y) _(sim, x, y)
#include <hv/psc.h>

#define SIM_PAGES 0x4000	/* from address 0 */
#define SIM_LOG 4096
#define SIM_NEVER (~0ULL)

enum sim_tamper { SIM_BACK, SIM_BEYOND, SIM_END, SIM_LIST, SIM_NO_RESULT };

/* "nth" counts from 0 over all calls; SIM_NEVER: not at all. */
struct sim {
	struct hv_psc_machine m;
	u8 assigned[SIM_PAGES];		/* private */
	u8 valid[SIM_PAGES];
	u64 step;			/* entries per call */
	u64 idle_from, idle_calls;	/* calls that do nothing */
	u64 refuse_entry;		/* nth entry performed: refused */
	u64 refuse_result;
	u64 tamper_call;
	enum sim_tamper tamper;
	bool small;			/* keeps account of 4 KiB only: 2 MiB are a size mismatch */
	u64 wrong_validate;		/* nth validation says wrong_code and does nothing */
	u32 wrong_code;
	bool wrong_on;			/* ... and all that follow */
	/* what happened */
	u64 calls, entries, validations;
	u64 misordered;			/* frames that were taken away while valid */
	u64 unread;			/* entries seen that are not what was built */
	char log[SIM_LOG];		/* a: ask, v: validate, r: give up */
	u64 logged;
};

void sim_init(struct sim *sim, struct hv_owner_map *owners, struct hv_psc *own, struct hv_psc *sent);

#endif
