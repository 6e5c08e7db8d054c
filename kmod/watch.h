/* SPDX-License-Identifier: GPL-2.0-only */
/* Looks after cells that run. */
#ifndef HVK_WATCH_H
#define HVK_WATCH_H

/* From now on, until none runs any more. */
void hvk_watch_start(void);
/* Not any more, when this returns. May be called with hvk.lock held, when there is no cell. */
void hvk_watch_stop(void);

#endif
