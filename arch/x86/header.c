// SPDX-License-Identifier: GPL-2.0-only
/* First page of the image, as the linker knows it. */
#include <hvabi/launch.h>
#include <x86/frame.h>

#define BRIDGE_FRAMES 6

/* Offsets from HV_BASE, computed by hv.lds. */
extern u8 offset_text[], offset_rodata[], offset_data[], offset_log[], offset_bridge[], offset_end[];
void x86_image_entry(void);
extern u8 x86_bridge_frames[];
extern struct hv_header hv_image_header;

/* See boot/bridge.c, which fills them. */
u8 x86_bridge_frames[BRIDGE_FRAMES * 4096] __attribute__((section(".bridge"), aligned(8192), used));

struct hv_header hv_image_header __attribute__((section(".header"), used)) = {
	.signature = HV_SIGNATURE,
	.revision = HV_REVISION,
	.percpu_size = X86_SLOT_SIZE,
	.entry = (u64)x86_image_entry,
	.text_offset = (u64)offset_text,
	.rodata_offset = (u64)offset_rodata,
	.data_offset = (u64)offset_data,
	.core_size = (u64)offset_end,
	.bridge_offset = (u64)offset_bridge,
	.bridge_size = sizeof(x86_bridge_frames),
	.log_offset = (u64)offset_log,
};
