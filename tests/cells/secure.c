// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Memory that root has not seen: zero when it comes, and as good as any other. */
#include "cell.h"

#define SECURE 0x10000000	/* as in configs/secure.yaml */

static u64 count_others(const u64 *word, u64 words, bool has_pattern)
{
	u64 i, others = 0;

	for (i = 0; i < words; i++)
		others += word[i] != (has_pattern ? ~(u64)&word[i] : 0);
	return others;
}

int main(void)
{
	const struct hv_comm_region *region = comm_region(SECURE);
	u64 i, words, dirty = 0, lost, *word = (u64 *)SECURE;

	if (!region || region->gpa != SECURE) {
		print("secure: no region at %x\n", SECURE);
		return 1;
	}
	words = region->size / sizeof(*word);
	/* what it left itself, when it was stopped, is not news */
	if (info(HV_INFO_STARTS) == 1) {
		dirty = count_others(word, words, false);
		print("secure: %llu of %llu words are not zero\n", dirty, words);
	}
	for (i = 0; i < words; i++)
		word[i] = ~(u64)&word[i];
	lost = count_others(word, words, true);
	print("secure: %llu of %llu words are not as written\n", lost, words);
	print("secure: %s\n", dirty || lost ? "FAILED" : "ok");
	return dirty || lost;
}
