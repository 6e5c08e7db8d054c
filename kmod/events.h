/* SPDX-License-Identifier: GPL-2.0-only */
/* What is told to everybody who listens: changes of state. Hold hvk.lock, so that events come in order. */
#ifndef HVK_EVENTS_H
#define HVK_EVENTS_H

#include "cell.h"

void hvk_event_state(void);
void hvk_event_cell(const struct hvk_cell *cell, enum hv_uapi_cell_state state);

#endif
