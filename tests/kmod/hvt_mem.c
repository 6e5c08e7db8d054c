// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads a physical range, writes to it in many ways, and reads it again: what does the hypervisor's memory look like?
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <asm/fpu/api.h>

#include "hvt.h"

static unsigned long start, size, write;
module_param(start, ulong, 0444);
module_param(size, ulong, 0444);
module_param(write, ulong, 0444);
MODULE_PARM_DESC(write, "1: also write");

static unsigned long count_nonzero(const u8 *p)
{
	unsigned long i, n = 0;

	for (i = 0; i < size; i++)
		n += READ_ONCE(p[i]) != 0;
	return n;
}

/* Plain stores, which may be dropped but not fault: nobody would catch them here. */
static void store_all(u8 *p)
{
	u64 value = ~0ULL;

	asm volatile(
		"movb %b1, 1(%0); movw %w1, 2(%0); movl %k1, 4(%0); mov %1, 8(%0); movl $-1, 16(%0); movw $-1, 20(%0)"
		:
		: "r"(p), "r"(value)
		: "memory");
	asm volatile("xchg %1, 24(%0)" : : "r"(p), "r"(value) : "memory");
	asm volatile("lock addl $1, 32(%0); lock cmpxchg %1, 40(%0); orb $1, 48(%0); movnti %1, 56(%0)"
		     : : "r"(p), "r"(value) : "memory", "rax");
}

static void store_strings(u8 *p)
{
	void *to = p;
	const void *from = p + PAGE_SIZE;
	unsigned long n = 3 * PAGE_SIZE / 2;

	asm volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(0xff) : "memory");
	to = p + 100;
	n = 1000;
	asm volatile("rep stosq" : "+D"(to), "+c"(n) : "a"(~0ULL) : "memory");
	to = p;
	n = 64;
	asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
	to = p + 4000;
	asm volatile("std; stosq; cld" : "+D"(to) : "a"(~0ULL) : "memory");
}

static void store_vectors(u8 *p)
{
	kernel_fpu_begin();
	asm volatile("pcmpeqd %%xmm0, %%xmm0; movups %%xmm0, 1(%0); movaps %%xmm0, 16(%0); movntdq %%xmm0, 32(%0);"
		     "movss %%xmm0, 48(%0); movhps %%xmm0, 56(%0)" : : "r"(p) : "memory");
	kernel_fpu_end();
}

static int hvt_show(struct seq_file *m, void *unused)
{
	u8 *p = memremap(start, size, MEMREMAP_WB);

	if (!p)
		return -ENOMEM;
	seq_printf(m, "nonzero %lu\n", count_nonzero(p));
	if (write) {
		store_all(p);
		store_strings(p);
		store_vectors(p);
		store_all(p + size - PAGE_SIZE);
		/* across two pages, and across the end of the range if there is something behind it */
		store_all(p + PAGE_SIZE - 6);
		seq_printf(m, "nonzero_after_writes %lu\n", count_nonzero(p));
	}
	memunmap(p);
	return 0;
}
