/* SPDX-License-Identifier: GPL-2.0-only */
/* The resident log: formatted lines into the ring that root reads (layout in hvabi/log.h). */
#ifndef HV_LOG_H
#define HV_LOG_H

#include <hv/types.h>
#include <hvabi/log.h>

/**
 * hv_log() - write one line into the log ring
 * @level: HV_LOG_*
 * @fmt: %d %u %x %lx %llx %s %c %%, with field width and zero padding
 *
 * Any CPU, any context but a fault inside hv_log itself. Never blocks: a full ring overwrites its oldest lines,
 * and the reader sees by the sequence numbers how many it missed.
 */
void hv_log(enum hv_log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * hv_event() - report something that a guest did and was denied, at a bounded rate
 *
 * A few lines per CPU and second pass; what is dropped is counted in the CPU's statistics. Call on the CPU it
 * happened on, after activation.
 */
void hv_event(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
