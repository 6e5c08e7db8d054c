/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Layout of the hypervisor's log ring, which root sees read-only. */
#ifndef HVABI_LOG_H
#define HVABI_LOG_H

#include <hv/check.h>
#include <hv/types.h>

enum hv_log_level { HV_LOG_ERR, HV_LOG_WARN, HV_LOG_INFO };

#define HV_LOG_TEXT 104
#define HV_LOG_RECORDS 127

/*
 * A writer takes a sequence number from @next, marks the record busy (seq 0), fills it and publishes its
 * number plus one in @seq. A reader that finds another number than it expects, before or after its copy, lost the line.
 */
struct hv_log_record {
	u64 seq;
	u64 tsc;
	u32 cpu;
	u32 level;
	char text[HV_LOG_TEXT];
};

struct hv_log_ring {
	u64 next;
	u64 rsvd[15];
	struct hv_log_record records[HV_LOG_RECORDS];
};

HV_ASSERT_SIZE(struct hv_log_record, 128);
HV_ASSERT_SIZE(struct hv_log_ring, 16384);

#endif
