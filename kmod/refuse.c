// SPDX-License-Identifier: GPL-2.0-only
/* Sentences that were put together at run time, kept as long as an answer may point at them. */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "hvk.h"
#include "refuse.h"

/* There are a few dozen reasons why a launch fails, some of them once per CPU. */
#define KEPT 64

static const char *sentences[KEPT];	/* lock: hvk.lock */

const char *hvk_sentence(const char *text)
{
	unsigned int i;

	lockdep_assert_held(&hvk.lock);
	for (i = 0; i < KEPT && sentences[i]; i++)
		if (!strcmp(sentences[i], text))
			return sentences[i];
	if (i < KEPT)
		sentences[i] = kstrdup(text, GFP_KERNEL);
	return i < KEPT && sentences[i] ? sentences[i] : "the kernel log says why";
}

void hvk_sentences_free(void)
{
	unsigned int i;

	for (i = 0; i < KEPT; i++)
		kfree(sentences[i]);
}
