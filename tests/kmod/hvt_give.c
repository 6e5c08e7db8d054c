// SPDX-License-Identifier: GPL-2.0-only
/*
 * Gives memory to the hypervisor and takes it back, again and again: while it is away every CPU finds zeros, though
 * each has just used it; afterwards it is what it was. And lists that have to be refused.
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/sort.h>
#include <asm/asm.h>

#include <hvabi/psc.h>

#include "hvt.h"
#include "hvt_call.h"

#define BLOCKS 8
#define PAGES 24
#define PIECES (BLOCKS + PAGES)
#define BLOCK_ORDER 9

static unsigned int rounds = 1;
static unsigned long hidden;
module_param(rounds, uint, 0444);
module_param(hidden, ulong, 0444);
MODULE_PARM_DESC(hidden, "an address of the hypervisor's");

struct piece {
	u64 *memory;
	unsigned int order;
};

static struct piece pieces[PIECES];
static struct hv_psc *list;

static int by_address(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return x->memory < y->memory ? -1 : x->memory > y->memory;
}

static bool allocate(void)
{
	unsigned int i;

	for (i = 0; i < PIECES; i++) {
		pieces[i].order = i < BLOCKS ? BLOCK_ORDER : 0;
		pieces[i].memory = (u64 *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, pieces[i].order);
		if (!pieces[i].memory)
			return false;
	}
	sort(pieces, PIECES, sizeof(pieces[0]), by_address, NULL);
	for (i = 0; i < PIECES; i++)
		*pieces[i].memory = i + 1;
	return true;
}

static void release(void)
{
	unsigned int i;

	for (i = 0; i < PIECES; i++)
		if (pieces[i].memory)
			free_pages((unsigned long)pieces[i].memory, pieces[i].order);
	memset(pieces, 0, sizeof(pieces));
}

static u64 entry(u64 frame, unsigned int op, bool large)
{
	return frame | (u64)op << HV_PSC_OP_SHIFT | (large ? HV_PSC_2M : 0);
}

static long send(unsigned int op)
{
	unsigned int i;

	*list = (struct hv_psc){ .end_entry = PIECES - 1 };
	for (i = 0; i < PIECES; i++)
		list->entry[i] = entry(virt_to_phys(pieces[i].memory), op, pieces[i].order);
	return hvt_call(HV_HC_DONATE, virt_to_phys(list));
}

static bool can_read(const u64 *p, u64 *value)
{
	bool ok = false;

	asm volatile("1: mov %2, %0; movb $1, %1\n2:\n" _ASM_EXTABLE_TYPE(1b, 2b, EX_TYPE_FAULT)
		     : "=r"(*value), "+r"(ok) : "m"(*p) : "rax");
	return ok;
}

struct count {
	atomic_t zero, right;
};

static void look(void *arg)
{
	struct count *count = arg;
	unsigned int i;
	u64 value;

	for (i = 0; i < PIECES; i++) {
		if (!can_read(pieces[i].memory, &value))
			continue;
		if (!value)
			atomic_inc(&count->zero);
		else if (value == i + 1)
			atomic_inc(&count->right);
	}
}

static struct count look_everywhere(void)
{
	struct count count = { ATOMIC_INIT(0), ATOMIC_INIT(0) };

	on_each_cpu(look, &count, 1);
	return count;
}

static void cycle(struct seq_file *m)
{
	unsigned int all = num_online_cpus() * PIECES, away = 0, back = 0, n;
	long given = 0, returned = 0;
	struct count count;

	for (n = 0; n < rounds && !given && !returned; n++) {
		count = look_everywhere();
		given = send(HV_PSC_PRIVATE);
		count = look_everywhere();
		away += atomic_read(&count.zero) == all;
		returned = send(HV_PSC_SHARED);
		count = look_everywhere();
		back += atomic_read(&count.right) == all;
	}
	seq_printf(m, "given %ld\nreturned %ld\naway %u\nback %u\n", given, returned, away, back);
}

/* One entry, or two. */
static long try(u64 first, u64 second)
{
	*list = (struct hv_psc){ .end_entry = second ? 1 : 0, .entry = { first, second } };
	return hvt_call(HV_HC_DONATE, virt_to_phys(list));
}

static void refusals(struct seq_file *m)
{
	u64 mine = virt_to_phys(pieces[0].memory), other = virt_to_phys(pieces[1].memory);

	seq_printf(m, "hypervisors %ld\n", try(entry(hidden, HV_PSC_PRIVATE, false), 0));
	seq_printf(m, "device %ld\n", try(entry(0xfee00000, HV_PSC_PRIVATE, false), 0));
	seq_printf(m, "beyond %ld\n", try(entry(1ULL << 51, HV_PSC_PRIVATE, false), 0));
	seq_printf(m, "twice %ld\n", try(entry(mine, HV_PSC_PRIVATE, false), entry(mine, HV_PSC_PRIVATE, false)));
	seq_printf(m, "mixed %ld\n", try(entry(mine, HV_PSC_PRIVATE, false), entry(other, HV_PSC_SHARED, false)));
	seq_printf(m, "descending %ld\n", try(entry(other, HV_PSC_PRIVATE, false), entry(mine, HV_PSC_PRIVATE, false)));
	seq_printf(m, "second_not_roots %ld\n", try(entry(mine, HV_PSC_PRIVATE, false),
						    entry(1ULL << 51, HV_PSC_PRIVATE, false)));
	seq_printf(m, "not_given %ld\n", try(entry(mine, HV_PSC_SHARED, false), 0));
	seq_printf(m, "not_given_hypervisors %ld\n", try(entry(hidden, HV_PSC_SHARED, false), 0));
	seq_printf(m, "operation %ld\n", try(entry(mine, 3, false), 0));
	seq_printf(m, "list_hidden %ld\n", hvt_call(HV_HC_DONATE, hidden));
	seq_printf(m, "list_nowhere %ld\n", hvt_call(HV_HC_DONATE, ~0UL));
}

static int hvt_show(struct seq_file *m, void *unused)
{
	list = (struct hv_psc *)get_zeroed_page(GFP_KERNEL);
	if (list && allocate()) {
		cycle(m);
		refusals(m);
	} else {
		seq_puts(m, "no memory\n");
	}
	release();
	free_page((unsigned long)list);
	return 0;
}
