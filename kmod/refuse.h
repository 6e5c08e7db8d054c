/* SPDX-License-Identifier: GPL-2.0-only */
/* Refusals: an error number, a sentence, and the attribute that is to blame. */
#ifndef HVK_REFUSE_H
#define HVK_REFUSE_H

#include <linux/netlink.h>

#include "uapi/hv.h"

/*
 * The answer is written after the operation has returned, so the sentence has to outlive it. (Kernel 6.1 cannot format
 * one; later kernels cut it off at 80 characters.)
 */
static inline int hvk_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr, int err, const char *sentence)
{
	if (extack) {
		extack->_msg = sentence;
		NL_SET_BAD_ATTR(extack, attr);
	}
	return err;
}

/*
 * The same of those who do not know the request: the sentence, and which attribute it is about, HV_A_CELL_*, how many
 * of its kind come before it, and which one in its nest. 0: none is to blame, or the nest itself. It begins as zeros:
 * who fails without a word, as when it was killed, leaves it like that, and then the error number is all there is.
 */
struct hvk_refusal {
	const char *why;
	u8 attr, inner;
	u32 nth;
};

static inline int hvk_blame_in(struct hvk_refusal *refusal, u8 attr, u32 nth, u8 inner, int err, const char *sentence)
{
	if (refusal)
		*refusal = (struct hvk_refusal){ .why = sentence, .attr = attr, .inner = inner, .nth = nth };
	return err;
}

static inline int hvk_blame(struct hvk_refusal *refusal, u8 attr, int err, const char *sentence)
{
	return hvk_blame_in(refusal, attr, 0, 0, err, sentence);
}

/* refuse.c: a sentence with the same words that lives until the module goes. Hold hvk.lock. */
const char *hvk_sentence(const char *text);
void hvk_sentences_free(void);

#endif
