/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames that somebody holds: they are counted, and what a guest gets or leaves behind is zero. */
#ifndef HV_FRAME_H
#define HV_FRAME_H

#include <hv/err.h>
#include <hv/pool.h>

/* Who holds frames. When its frames are put, its count is what it was. */
struct hv_frame_holder {
	u64 frames;	/* atomic */
	bool is_guest;	/* frames come zeroed and are scrubbed before anybody else gets them */
};

/*
 * A block of 2^order frames, or, all zero, none: then every use is an error. One CPU at a time uses it; it may be
 * moved but not be copied.
 */
struct hv_frame {
	struct hv_pool *pool;
	struct hv_frame_holder *holder;
	u8 *pointer;
	u32 order;
};

/**
 * hv_frame_alloc() - a block of 2^order frames for @holder, with unspecified contents unless that is a guest
 *
 * Return: 0; -EBUSY if @frame has some already, -EINVAL if there are no blocks of that order, -ENOMEM.
 */
int __must_check hv_frame_alloc(struct hv_frame *frame, struct hv_pool *pool, struct hv_frame_holder *holder,
				u32 order);

/** hv_frame_alloc_zero() - the same, zeroed */
int __must_check hv_frame_alloc_zero(struct hv_frame *frame, struct hv_pool *pool, struct hv_frame_holder *holder,
				     u32 order);

/** hv_frame_fill() - set every byte; -EINVAL if there is none */
int __must_check hv_frame_fill(struct hv_frame *frame, u8 byte);

/** hv_frame_pointer() - where it is mapped, or NULL */
void *hv_frame_pointer(const struct hv_frame *frame);

/** hv_frame_hpa() - where it is; -EINVAL if nowhere */
int __must_check hv_frame_hpa(const struct hv_frame *frame, hv_hpa_t *hpa);

/** hv_frame_size() - in bytes */
u64 hv_frame_size(const struct hv_frame *frame);

/**
 * hv_frame_put() - give it back, scrubbed if a guest held it; @frame is all zero again
 *
 * Return: 0; -EINVAL, and nothing changed, if there is none, or the pool does not know it as a block of that order in
 * use.
 */
int hv_frame_put(struct hv_frame *frame);

#endif
