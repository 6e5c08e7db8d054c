// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that becomes a cell's, and is mapped here still. Loading the module finds some that Linux can be asked for by
 * its address ("address" in debugfs), maps it, and has every CPU read it all the time, so that translations are cached;
 * "refused" counts reads that faulted. "result" reads, writes and executes it from every CPU, and takes it for tables.
 */
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kdebug.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/smp.h>
#include <linux/vmalloc.h>
#include <asm/asm.h>
#include <asm/fpu/api.h>
#include <asm/nospec-branch.h>
#include <asm/special_insns.h>

#define HVT_MORE
#include "hvt.h"

#define ORDER 10
#define SIZE (PAGE_SIZE << ORDER)
#define WRITTEN 16	/* pages, in equal distances */
#define TABLE (_PAGE_PRESENT | _PAGE_RW)
#define LARGE (TABLE | _PAGE_PSE)	/* executable, too, which nobody but us would map it */

static bool reading = true;
module_param(reading, bool, 0644);
MODULE_PARM_DESC(reading, "do CPUs read it?");

static u8 *memory;	/* the mapping */
static u64 address;
static unsigned long slot, slot_address;	/* of the top-level table: nobody has anything there */
static struct task_struct *readers[NR_CPUS];
static bool armed;
static atomic_t seen, jumps, jumps_refused, nonzero, walked, refused;

/* An instruction that the hypervisor skips, for its walk would write there, leaves 0. */
static bool can_read(const u64 *p, u64 *value)
{
	bool ok = false;

	*value = 0;
	asm volatile("1: mov %2, %0; movb $1, %1\n2:\n" _ASM_EXTABLE_TYPE(1b, 2b, EX_TYPE_FAULT)
		     : "+r"(*value), "+r"(ok) : "m"(*p) : "rax");
	return ok;
}

static int read_again_and_again(void *unused)
{
	unsigned long at = 0;
	u64 value;

	while (!kthread_should_stop()) {
		if (!READ_ONCE(reading)) {
			msleep(20);
			continue;
		}
		if (!can_read((u64 *)(memory + at), &value))
			atomic_inc(&refused);
		else if (value && READ_ONCE(armed))
			atomic_inc(&seen);
		at = (at + PAGE_SIZE + 8) % SIZE;
		if (at < PAGE_SIZE)
			cond_resched();
	}
	return 0;
}

static void stop_readers(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (readers[cpu])
			kthread_stop(readers[cpu]);
		readers[cpu] = NULL;
	}
}

static void start_readers(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		readers[cpu] = kthread_create_on_cpu(read_again_and_again, NULL, cpu, "hvt_cell/%u");
		if (IS_ERR(readers[cpu]))
			readers[cpu] = NULL;
		else
			wake_up_process(readers[cpu]);
	}
}

/* A jump there ends in #GP with the instruction pointer at the target: back to whom it was called by. */
static int on_die(struct notifier_block *block, unsigned long event, void *data)
{
	struct pt_regs *regs = ((struct die_args *)data)->regs;

	if (event != DIE_GPF || regs->ip < slot_address || regs->ip >= slot_address + SIZE)
		return NOTIFY_DONE;
	regs->ip = *(unsigned long *)regs->sp;
	regs->sp += sizeof(unsigned long);
	atomic_inc(&jumps_refused);
	return NOTIFY_STOP;
}

static struct notifier_block die_block = { .notifier_call = on_die };

static void read_all(void)
{
	unsigned long at;
	u64 value;

	for (at = 0; at < SIZE; at += PAGE_SIZE + 8) {
		if (!can_read((u64 *)(memory + at), &value))
			atomic_inc(&refused);
		else if (value)
			atomic_inc(&nonzero);
	}
}

static void write_page(u8 *p)
{
	u64 value = ~0ULL;
	void *to = p;
	unsigned long n = PAGE_SIZE;

	asm volatile("movb %b1, 1(%0); movl %k1, 4(%0); mov %1, 8(%0); movl $-1, 16(%0); xchg %1, 24(%0)"
		     : : "r"(p), "r"(value) : "memory");
	asm volatile("lock addl $1, 32(%0); lock cmpxchg %1, 40(%0); movnti %1, 56(%0); lock btsl $3, 64(%0)"
		     : : "r"(p), "r"(value) : "memory", "rax");
	asm volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(0xff) : "memory");
}

/* The call from another CPU may have interrupted somebody who uses these registers himself. */
static void write_vectors(u8 *p)
{
	if (!irq_fpu_usable())
		return;
	kernel_fpu_begin();
	asm volatile("pcmpeqd %%xmm0, %%xmm0; movups %%xmm0, 1(%0); movaps %%xmm0, 16(%0); movntdq %%xmm0, 32(%0)"
		     : : "r"(p) : "memory");
	kernel_fpu_end();
}

static void jump(unsigned long to)
{
	atomic_inc(&jumps);
	asm volatile(ANNOTATE_RETPOLINE_SAFE "call *%0"
		     : : "r"(to) : "memory", "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11");
}

static void jump_all(void)
{
	unsigned long at;

	for (at = 0; at < SIZE; at += SIZE / WRITTEN)
		jump(slot_address + at + 16);
}

/* A table that is the memory has zeros in it, so nothing is present. */
static void read_slot(void)
{
	u64 value = 0;

	if (can_read((u64 *)slot_address, &value) && value)
		atomic_inc(&walked);
}

/* Tables of our own: on the way to the slot they lead to these. */
static void with_tables(u64 *tables[3], const u64 entries[3], void (*run)(void))
{
	unsigned long flags, i;
	u64 cr3;

	local_irq_save(flags);
	cr3 = __native_read_cr3();
	memcpy(tables[0], __va(cr3 & PAGE_MASK), PAGE_SIZE);
	tables[0][slot] = entries[0];
	tables[1][0] = entries[1];
	for (i = 0; i < SIZE / PMD_SIZE; i++)
		tables[2][i] = entries[2] + i * PMD_SIZE;
	native_write_cr3(__pa(tables[0]) | (cr3 & ~PAGE_MASK));
	run();
	native_write_cr3(cr3);
	local_irq_restore(flags);
}

static void attack(void *arg)
{
	u64 **tables = arg, first = __pa(tables[1]) | TABLE, second = __pa(tables[2]) | TABLE;
	unsigned long at;

	read_all();
	for (at = 0; at < SIZE; at += SIZE / WRITTEN) {
		write_page(memory + at);
		write_vectors(memory + at);
	}
	/* across the end of a page, in the midst of it */
	write_page(memory + PAGE_SIZE - 6);
	with_tables(tables, (u64[]){ address | TABLE, 0, 0 }, read_slot);
	with_tables(tables, (u64[]){ first, address | TABLE, 0 }, read_slot);
	with_tables(tables, (u64[]){ first, second, address | TABLE }, read_slot);
	with_tables(tables, (u64[]){ first, second, address | LARGE }, jump_all);
	read_all();
}

/* In the kernel's half, for with SMAP the fault at another address is nobody's to catch. */
static void find_slot(void)
{
	const u64 *top = __va(__native_read_cr3() & PAGE_MASK);

	for (slot = PTRS_PER_PGD / 2; slot < PTRS_PER_PGD - 1 && top[slot]; slot++)
		;
	slot_address = -(PTRS_PER_PGD - slot) * PGDIR_SIZE;
}

static int hvt_show(struct seq_file *m, void *unused)
{
	u64 *tables[3] = { NULL };
	unsigned int i;

	/* two pages: with a table for each, kernel and user space are told apart by the lower bit of its number */
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		tables[i] = (u64 *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, 1);
	find_slot();
	WRITE_ONCE(armed, true);
	if (tables[0] && tables[1] && tables[2])
		on_each_cpu(attack, tables, 1);
	msleep(300);
	WRITE_ONCE(armed, false);
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		free_pages((unsigned long)tables[i], 1);
	seq_printf(m, "cpus %u\nnonzero %d\nwalked %d\n", num_online_cpus(), atomic_read(&nonzero),
		   atomic_read(&walked));
	seq_printf(m, "jumps %d\njumps_refused %d\nseen %d\n", atomic_read(&jumps), atomic_read(&jumps_refused),
		   atomic_read(&seen));
	return 0;
}

/* The pages are Linux's again, the mapping is ours. */
static int map(void)
{
	struct page *first = alloc_pages(GFP_HIGHUSER_MOVABLE | __GFP_ZERO, ORDER), **pages;
	unsigned int i;

	pages = kvmalloc_array(1 << ORDER, sizeof(*pages), GFP_KERNEL);
	if (!first || !pages)
		return -ENOMEM;
	for (i = 0; i < 1 << ORDER; i++)
		pages[i] = first + i;
	memory = vmap(pages, 1 << ORDER, VM_MAP, PAGE_KERNEL);
	address = page_to_phys(first);
	kvfree(pages);
	__free_pages(first, ORDER);
	return memory ? 0 : -ENOMEM;
}

static int __init begin(void)
{
	int err = map();

	if (err)
		return err;
	(void)register_die_notifier(&die_block);
	start_readers();
	hvt_init();
	debugfs_create_x64("address", 0444, hvt_dir, &address);
	debugfs_create_atomic_t("refused", 0444, hvt_dir, &refused);
	return 0;
}

static void __exit end(void)
{
	hvt_exit();
	stop_readers();
	(void)unregister_die_notifier(&die_block);
	vunmap(memory);
}

module_init(begin);
module_exit(end);
