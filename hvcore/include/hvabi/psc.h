/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A list of frames whose state is to change: between hypervisor and firmware, and from the module to the hypervisor. */
#ifndef HVABI_PSC_H
#define HVABI_PSC_H

#include <hv/check.h>
#include <hv/types.h>

#define HV_PSC_ENTRIES 253

/*
 * One entry: the frame's address in bits 12 to 51, the operation in 52 to 55, the size in 56; the others are 0. The
 * layout is that of AMD's GHCB specification, "SNP Page State Change".
 */
#define HV_PSC_FRAME 0x000ffffffffff000ULL
#define HV_PSC_OP_SHIFT 52
#define HV_PSC_OP_MASK (0xfULL << HV_PSC_OP_SHIFT)
#define HV_PSC_PRIVATE 1	/* from root to the hypervisor or to a cell */
#define HV_PSC_SHARED 2		/* and back */
#define HV_PSC_2M (1ULL << 56)	/* 2 MiB, aligned to that, instead of 4 KiB */

#define HV_PSC_SIZE_4K 0x1000ULL
#define HV_PSC_SIZE_2M 0x200000ULL
#define HV_PSC_END (HV_PSC_FRAME + HV_PSC_SIZE_4K)	/* addresses beyond cannot be said */

/*
 * Entries cur_entry to end_entry, both included, are to be done; when they are, cur_entry is end_entry + 1. All entries
 * of a list have the same operation and are in ascending order without overlap.
 */
struct hv_psc {
	u16 cur_entry;
	u16 end_entry;
	u32 rsvd;
	u64 entry[HV_PSC_ENTRIES];
} __attribute__((packed, aligned(8)));
HV_ASSERT_OFFSET(struct hv_psc, end_entry, 2);
HV_ASSERT_OFFSET(struct hv_psc, rsvd, 4);
HV_ASSERT_OFFSET(struct hv_psc, entry, 8);
HV_ASSERT_SIZE(struct hv_psc, 2032);

static inline u64 hv_psc_frame(u64 entry)
{
	return entry & HV_PSC_FRAME;
}

static inline unsigned int hv_psc_op(u64 entry)
{
	return (unsigned int)((entry & HV_PSC_OP_MASK) >> HV_PSC_OP_SHIFT);
}

static inline u64 hv_psc_size(u64 entry)
{
	return entry & HV_PSC_2M ? HV_PSC_SIZE_2M : HV_PSC_SIZE_4K;
}

/**
 * hv_psc_build() - a list of frames from @begin to @end, as many as it takes
 * @op: HV_PSC_PRIVATE or HV_PSC_SHARED
 *
 * Return: where it stopped, from where the next list goes on; @begin, and no list, if there is nothing to do or an
 * address is unaligned or cannot be said.
 */
static inline u64 hv_psc_build(struct hv_psc *psc, u64 begin, u64 end, unsigned int op)
{
	u64 at = begin, size;
	unsigned int count;

	psc->cur_entry = 1;
	psc->end_entry = 0;
	psc->rsvd = 0;
	if (begin >= end || ((begin | end) & (HV_PSC_SIZE_4K - 1)) || end > HV_PSC_END)
		return begin;
	for (count = 0; count < HV_PSC_ENTRIES && at < end; count++) {
		size = at & (HV_PSC_SIZE_2M - 1) || end - at < HV_PSC_SIZE_2M ? HV_PSC_SIZE_4K : HV_PSC_SIZE_2M;
		psc->entry[count] = at | ((u64)op << HV_PSC_OP_SHIFT & HV_PSC_OP_MASK);
		if (size == HV_PSC_SIZE_2M)
			psc->entry[count] |= HV_PSC_2M;
		at += size;
	}
	psc->cur_entry = 0;
	psc->end_entry = (u16)(count - 1);
	return at;
}

#endif
