/* SPDX-License-Identifier: GPL-2.0-only */
/* A log that only counts, and keeps the last line. */
#ifndef FAKE_LOG_H
#define FAKE_LOG_H

#include <hv/log.h>

extern unsigned int fake_log_lines;
extern char fake_log_last[200];

#endif
