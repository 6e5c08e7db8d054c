/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a cell failed, in words. */
#ifndef HVK_FAULT_H
#define HVK_FAULT_H

#include "cell.h"

/* One word, as in stats/exits_<reason>; "none" if the cell has not failed. Needs no lock. */
const char *hvk_fault_reason(const struct hvk_cell *cell);

/* The CPU it was on, by Linux's number. */
unsigned int hvk_fault_cpu(const struct hvk_cell *cell);

/* Was it an access to memory, so that there is a guest-physical address? */
bool hvk_fault_has_address(const struct hvk_cell *cell);

/* A sentence about the cell's fault. */
#define HVK_FAULT_TEXT 160
void hvk_fault_text(const struct hvk_cell *cell, char text[HVK_FAULT_TEXT]);

#endif
