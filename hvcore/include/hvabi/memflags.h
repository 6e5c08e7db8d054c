/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What may be done with a memory region, and what it is for. */
#ifndef HVABI_MEMFLAGS_H
#define HVABI_MEMFLAGS_H

#include <hv/types.h>

/* Name, bit, meaning. */
#define HV_MEM_FLAGS(_)                                                                                                \
	_(READ, 0, "readable")                                                                                         \
	_(WRITE, 1, "writable")                                                                                        \
	_(EXECUTE, 2, "executable")                                                                                    \
	_(DMA, 3, "reachable by the cell's devices")                                                                   \
	_(IO, 4, "registers whose accesses may be narrower than a page")                                               \
	_(COMM, 5, "the page shared between cell and hypervisor")                                                      \
	_(LOADABLE, 6, "writable by root while the cell loads")                                                        \
	_(ROOTSHARED, 7, "stays in root's map as well")                                                                \
	_(NO_HUGE, 8, "mapped by 4 KiB pages only")                                                                    \
	_(USER, 9, "accessible at CPL 3 where the format knows that")                                                  \
	_(ENCRYPTED, 10, "the hypervisor's own mapping sets the encryption bit")                                       \
	_(NO_PRESENT, 11, "recorded, but every access faults")                                                         \
	_(DEVICE, 12, "device memory: aligned outwards, mapped identically, uncached")

enum hv_mem_flag {
#define HV_MEM_FLAG(name, bit, text) HV_MEM_##name = 1 << (bit),
	HV_MEM_FLAGS(HV_MEM_FLAG)
#undef HV_MEM_FLAG
};

#define HV_MEM_FLAG(name, bit, text) | HV_MEM_##name
#define HV_MEM_ALL (0 HV_MEM_FLAGS(HV_MEM_FLAG))

#define HV_MEM_RWX (HV_MEM_READ | HV_MEM_WRITE | HV_MEM_EXECUTE)

/** hv_mem_flags_are_known() - is no bit set that has no meaning? */
static inline bool hv_mem_flags_are_known(u64 flags)
{
	return !(flags & ~(u64)HV_MEM_ALL);
}

#endif
