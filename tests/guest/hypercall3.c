// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls of root's at CPL 3: only the one that does nothing is allowed, whatever its arguments. */
#include "guest.h"

#include <string.h>

#define NUMBERS 0x200
#define NOP 0
#define LAST 12		/* of those that root has */
#define EPERM 1
#define ENOSYS 38

static long call(bool is_amd, unsigned long number, unsigned long arg)
{
	long result;

	if (is_amd)
		asm volatile("vmmcall" : "=a"(result) : "a"(number), "D"(arg), "S"(arg), "d"(arg) : "memory");
	else
		asm volatile("vmcall" : "=a"(result) : "a"(number), "D"(arg), "S"(arg), "d"(arg) : "memory");
	return result;
}

static long wanted(unsigned long number)
{
	if (number == NOP)
		return 0;
	return number <= LAST ? -EPERM : -ENOSYS;
}

int main(void)
{
	static char page[4096] __attribute__((aligned(4096)));
	const unsigned long args[] = { 0, 1, 2, (unsigned long)page, 0x100000, ~0UL, 1UL << 63 };
	struct cpuid vendor = cpuid(0, 0);
	bool is_amd = !memcmp(&vendor.ebx, "Auth", 4);
	unsigned long number, i;
	long result;

	for (number = 0; number <= NUMBERS; number++) {
		for (i = 0; i < sizeof(args) / sizeof(args[0]); i++) {
			result = call(is_amd, number, args[i]);
			if (result != wanted(number))
				die(EXIT_WRONG, "hypercall %lu of %#lx says %ld", number, args[i], result);
		}
	}
	printf("all denied\n");
	return 0;
}
