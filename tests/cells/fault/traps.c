// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Page tables and descriptor tables where the cell has nothing, and exceptions that a hypervisor may get wrong. */
#include "fault.h"
#include "start.h"

#define PTE_TABLE 0x7		/* present, writable, user */
#define PTE_LARGE 0x87
#define TABLE_ADDRESS 0x000ffffffffff000ULL
#define SLOT 5			/* of the top-level table; nobody is there */
#define SLOT_ADDRESS ((u64)SLOT << 39)
#define ENTRIES 512
#define CPUID_ADDRESS_SIZES 0x80000008
#define IDT_LIMIT 0xfff
#define MAX_STEPS 32
#define TF 0x100
#define WRITE_8_AT_DR0 0x90401	/* DR7: the first breakpoint, for writes of 8 bytes */

static u64 top[ENTRIES] __attribute__((aligned(4096)));
static u64 next[ENTRIES] __attribute__((aligned(4096)));

/* At SLOT_ADDRESS is what @entry leads to. */
static void put_into_slot(u64 entry)
{
	memcpy(top, (void *)(read_cr3() & TABLE_ADDRESS), sizeof(top));
	top[SLOT] = entry;
	write_cr3((u64)top);
}

/* The CPU's walk leads through a page that is no table of ours, or that cannot be written, as its A bits want it. */
bool run_walk(u64 n)
{
	put_into_slot((n ? n : FAULT_NOBODYS) | PTE_TABLE);
	(void)*(volatile u64 *)SLOT_ADDRESS;
	return fault_still_here();
}

bool run_cr3(u64 n)
{
	write_cr3(n ? n : FAULT_NOBODYS);
	return fault_still_here();
}

static void load(void *at)
{
	(void)*(volatile u64 *)at;
}

/* Addresses that the CPU cannot have are a matter between it and us; the highest one that it can have is nobody's. */
bool run_far(u64 n)
{
	u32 width = cpuid(CPUID_ADDRESS_SIZES, 0).eax & 0xff, bit;
	bool ok = true;

	(void)n;
	put_into_slot((u64)next | PTE_TABLE);
	for (bit = width; bit < 52; bit++) {
		next[0] = 1ULL << bit | PTE_LARGE;
		write_cr3((u64)top);
		ok &= fault_expect(try(load, (void *)SLOT_ADDRESS), VECTOR_PF, "address of bit", bit);
	}
	if (!ok)
		return false;
	next[0] = 1ULL << (width - 1) | PTE_LARGE;
	write_cr3((u64)top);
	load((void *)SLOT_ADDRESS);
	return fault_still_here();
}

/* The fault comes while an exception is delivered. */
bool run_idt(u64 n)
{
	struct table_register table = { .limit = IDT_LIMIT, .base = n ? n : FAULT_NOBODYS };

	lidt(&table);
	asm volatile("ud2" : : : "memory");
	return fault_still_here();
}

static u64 stepped[MAX_STEPS];
static u32 steps;

static void on_step(struct frame *frame)
{
	if (steps < MAX_STEPS)
		stepped[steps++] = frame->rip;
}

static bool came_once(u64 rip)
{
	u32 i, count = 0;

	for (i = 0; i < steps; i++)
		count += stepped[i] == rip;
	if (count != 1)
		print("fault: %u traps at %llx\n", count, rip);
	return count == 1;
}

#define SET_TF "pushfq; orq %[tf], (%%rsp); popfq;"
#define CLEAR_TF "pushfq; andq %[no_tf], (%%rsp); popfq;"
#define STEP_OPERANDS                                                                                                  \
	: "=&r"(at[0]), "=&r"(at[1]), "=&r"(at[2]), "=&r"(at[3])                                                       \
	: [tf] "i"(TF), [no_tf] "i"(~TF), "D"((u64)HV_INFO_CPU), "S"(0)                                                \
	: "rax", "rbx", "rcx", "rdx", "memory", "cc"

/*
 * Each instruction, those that exit too, is followed by one trap; but none comes between a load of SS and what is
 * behind it. The calls are for both vendors: the wrong one is not reached.
 */
#define STEP(call)                                                                                                     \
	asm volatile("lea 1f(%%rip), %0; lea 2f(%%rip), %1; lea 3f(%%rip), %2; lea 4f(%%rip), %3;"                     \
		     "mov $0x100, %%eax; xor %%ecx, %%ecx;" SET_TF "nop;" call "; 1: nop; mov $1, %%eax; cpuid;"       \
		     "2: nop; mov $0x100, %%eax; mov %%ss, %%ecx; mov %%ecx, %%ss;" call "; 3: nop;"                   \
		     "mov $1, %%eax; sti; cpuid; 4: nop; cli;" CLEAR_TF STEP_OPERANDS)

bool run_step(u64 n)
{
	bool ok = true;
	u64 at[4];
	u32 i;

	(void)n;
	interrupt_handle(VECTOR_DB, on_step);
	if (hypercall_is_vmmcall())
		STEP("vmmcall");
	else
		STEP("vmcall");
	for (i = 0; i < HV_ARRAY_SIZE(at); i++)
		ok &= came_once(at[i]);
	print("fault: %u steps\n", steps);
	return ok;
}

static u64 loop_stack[STACK_SIZE / 8] __attribute__((aligned(16)));

static void use_first_stack(u32 vector)
{
	struct table_register table;

	asm volatile("sidt %0" : "=m"(table));
	((u8 *)table.base)[vector * 16 + 4] = 1;
}

static void never_return(struct frame *frame)
{
	(void)frame;
	for (;;)
		asm volatile("" : : : "memory");
}

/* Delivering the exception hits the breakpoint that causes it: "CVE-2015-8104". Goes on until it is stopped. */
bool run_dbloop(u64 n)
{
	u64 *end = loop_stack + HV_ARRAY_SIZE(loop_stack);

	(void)n;
	interrupt_handle(VECTOR_DB, never_return);
	fault_load_task(0, (u64)end);
	use_first_stack(VECTOR_DB);
	print("fault: into the loop\n");
	/* an emulator forgets breakpoints when there is an exit */
	write_dr0((u64)(end - 1));
	write_dr7(WRITE_8_AT_DR0);
	*(volatile u64 *)(end - 1) = 1;
	return fault_still_here();
}
