/* SPDX-License-Identifier: GPL-2.0-only */
/* Refusals: an error number, a sentence, and the attribute that is to blame. */
#ifndef HVK_REFUSE_H
#define HVK_REFUSE_H

#include <linux/netlink.h>

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

/* refuse.c: a sentence with the same words that lives until the module goes. Hold hvk.lock. */
const char *hvk_sentence(const char *text);
void hvk_sentences_free(void);

#endif
