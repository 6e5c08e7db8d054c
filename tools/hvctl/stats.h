/* SPDX-License-Identifier: GPL-2.0-only */
/* The counters of a cell. */
#ifndef HVCTL_STATS_H
#define HVCTL_STATS_H

#include "genl.h"

#define STATS_TOTAL "exits_total"

/*
 * {name, id, stats: [{cpu, counters: {}}], total: {}}; where times are known also {ticks: {}, histograms: {}}, for each
 * CPU and for all. DONE, or REFUSED with nothing said yet.
 */
int stats_get(struct genl *genl, const char *name, json_t **answer);

/* As a table, and how many more there are since @before, which may be NULL. */
void stats_show(const json_t *answer, const json_t *before);

#endif
