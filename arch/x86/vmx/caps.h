/* SPDX-License-Identifier: GPL-2.0-only */
/* Control words: what we need, what we take if it is there, and what the CPU lets us set. */
#ifndef VMX_CAPS_H
#define VMX_CAPS_H

#include <x86/caps.h>

enum vmx_control { VMX_PIN, VMX_PRIMARY, VMX_SECONDARY, VMX_EXIT, VMX_ENTRY, VMX_NR_CONTROLS };

struct vmx_controls {
	u32 word[VMX_NR_CONTROLS];
};

/** vmx_controls_compute() - the control words for a CPU with these values; 0 or the sentence that says what it lacks */
const char *vmx_controls_compute(const struct x86_probe *probe, struct vmx_controls *controls);

#endif
