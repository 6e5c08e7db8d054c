// SPDX-License-Identifier: GPL-2.0-only
/* Frames that somebody holds. */
#include <hv/atomic.h>
#include <hv/frame.h>
#include <hv/string.h>

static int alloc(struct hv_frame *frame, struct hv_pool *pool, struct hv_frame_holder *holder, u32 order)
{
	u8 *pointer;

	if (frame->pointer)
		return -EBUSY;
	if (order >= HV_MAX_ORDER)
		return -EINVAL;
	pointer = hv_pool_take(pool, order);
	if (!pointer)
		return -ENOMEM;
	*frame = (struct hv_frame){ .pool = pool, .holder = holder, .pointer = pointer, .order = order };
	(void)hv_fetch_add(&holder->frames, 1ULL << order); /* the old count does not matter */
	return 0;
}

int hv_frame_alloc_zero(struct hv_frame *frame, struct hv_pool *pool, struct hv_frame_holder *holder, u32 order)
{
	int err;

	err = alloc(frame, pool, holder, order);
	if (!err)
		memset(frame->pointer, 0, hv_frame_size(frame));
	return err;
}

int hv_frame_alloc(struct hv_frame *frame, struct hv_pool *pool, struct hv_frame_holder *holder, u32 order)
{
	return holder->is_guest ? hv_frame_alloc_zero(frame, pool, holder, order) : alloc(frame, pool, holder, order);
}

int hv_frame_fill(struct hv_frame *frame, u8 byte)
{
	if (!frame->pointer)
		return -EINVAL;
	memset(frame->pointer, byte, hv_frame_size(frame));
	return 0;
}

void *hv_frame_pointer(const struct hv_frame *frame)
{
	return frame->pointer;
}

int hv_frame_hpa(const struct hv_frame *frame, hv_hpa_t *hpa)
{
	if (!frame->pointer)
		return -EINVAL;
	*hpa = hv_pool_hpa(frame->pool, frame->pointer);
	return 0;
}

u64 hv_frame_size(const struct hv_frame *frame)
{
	return frame->pointer ? HV_PAGE_SIZE << frame->order : 0;
}

int hv_frame_put(struct hv_frame *frame)
{
	u64 size = hv_frame_size(frame);

	/* Asked first, because a stale copy must not scrub what somebody else has by now. */
	if (!size || !hv_pool_owns(frame->pool, frame->pointer, frame->order))
		return -EINVAL;
	if (frame->holder->is_guest)
		memset(frame->pointer, 0, size);
	(void)hv_pool_give(frame->pool, frame->pointer, frame->order); /* asked above, and nobody else's */
	(void)hv_fetch_add(&frame->holder->frames, -(size >> HV_PAGE_SHIFT));
	*frame = (struct hv_frame){ 0 };
	return 0;
}
