/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Time: the local APIC's timer, after apic_init(), and the time-stamp counter. Their rates are the comm page's. */
#ifndef CELLS_TIMER_H
#define CELLS_TIMER_H

#include <hv/types.h>

/* The handler of @vector ends with apic_eoi(). One program of the timer replaces the one before. */
void timer_periodic(u32 vector, u32 us);
void timer_once(u32 vector, u32 us);
void timer_stop(void);

/** timer_has_deadline() - can it compare with the time-stamp counter? timer_deadline() needs that. */
bool timer_has_deadline(void);
void timer_deadline(u32 vector, u64 tsc);

/** tsc_after() - what the time-stamp counter will read in @us microseconds. */
u64 tsc_after(u64 us);
bool tsc_is_past(u64 tsc);

/** spin() - let this many microseconds pass. */
void spin(u64 us);

#endif
