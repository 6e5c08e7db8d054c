/* SPDX-License-Identifier: GPL-2.0-only */
/* A log that only counts. */
#ifndef FAKE_LOG_H
#define FAKE_LOG_H

#include <hv/log.h>

extern unsigned int fake_log_lines;

#endif
