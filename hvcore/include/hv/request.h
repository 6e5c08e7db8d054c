/* SPDX-License-Identifier: GPL-2.0-only */
/* What one CPU asks of others, and how it is heard: a word per CPU, a kick, and whoever spins looks at its word. */
#ifndef HV_REQUEST_H
#define HV_REQUEST_H

#include <hv/cpu.h>

struct hv_pt;

/** hv_request_use_tables() - this CPU runs, or is about to run, a guest on @pt; NULL: on none any more */
void hv_request_use_tables(struct hv_cpu *cpu, const struct hv_pt *pt);

/**
 * hv_request_flush() - no CPU that runs on @pt uses an old translation when this returns
 *
 * Called with locks held that those CPUs may spin for: they answer from there, as this one does while it waits.
 */
void hv_request_flush(const struct hv_pt *pt);

/** hv_request_kick() - make the CPU behind @pub look at its requests soon, if it runs a guest */
void hv_request_kick(struct hv_cpu_pub *pub);

/** hv_request_was_kicked() - was the NMI that came to this CPU a kick, so that the guest must not see it? */
bool hv_request_was_kicked(struct hv_cpu *cpu);

/** hv_request_answer() - do what can be done anywhere in root mode: a flush before the next entry */
void hv_request_answer(struct hv_cpu *cpu);

#endif
