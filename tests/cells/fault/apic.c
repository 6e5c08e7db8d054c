// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The local APIC's registers, accessed as nobody should, and told to do what it must not. */
#include "fault.h"

#define MODES 8
#define MODE_SHIFT 8
#define LVT_MODE 0x700
#define SELF_VECTOR 3
#define SETTLE_US 1000
#define STEAL_US 2000000

static u32 copy[1024];

#define ACCESS(name, code)                                                                                             \
	static void do_##name(void *apic)                                                                              \
	{                                                                                                              \
		asm volatile(code : : "D"(copy), "S"(apic), "b"(apic), "a"(0), "c"(1024)                              \
			     : "memory", "cc", "rdx");                                                                 \
	}

/* The compiler does not know that some of these change their inputs, so those put them back. */
ACCESS(read_1, "movb 0x30(%%rbx), %%dl")
ACCESS(read_2, "movw 0x30(%%rbx), %%dx")
ACCESS(read_8, "movq 0x30(%%rbx), %%rdx")
ACCESS(read_odd, "movl 0x31(%%rbx), %%edx")
ACCESS(read_across, "movl 0x3e(%%rbx), %%edx")
ACCESS(read_none, "movl (%%rbx), %%edx; movl 0x40(%%rbx), %%edx")
ACCESS(read_high, "movl 0x400(%%rbx), %%edx; movl 0xffc(%%rbx), %%edx")
ACCESS(read_all, "rep movsl; sub $4096, %%rdi; sub $4096, %%rsi; mov $1024, %%ecx")
ACCESS(read_push, "push 0x30(%%rbx); pop %%rdx")
ACCESS(write_1, "movb %%al, 0x80(%%rbx)")
ACCESS(write_2, "movw %%ax, 0x80(%%rbx)")
ACCESS(write_8, "movq %%rax, 0x80(%%rbx)")
ACCESS(write_odd, "movl %%eax, 0x81(%%rbx)")
ACCESS(write_or, "orl %%eax, 0x80(%%rbx)")
ACCESS(write_lock, "lock orl %%eax, 0x80(%%rbx)")
ACCESS(write_xchg, "xor %%edx, %%edx; xchgl %%edx, 0x80(%%rbx)")
ACCESS(write_imm, "movl $0, 0x80(%%rbx)")
ACCESS(write_id, "movl %%eax, 0x20(%%rbx)")
ACCESS(write_version, "movl %%eax, 0x30(%%rbx)")
ACCESS(write_none, "movl %%eax, (%%rbx); movl %%eax, 0x400(%%rbx)")
ACCESS(write_end, "movq %%rax, 0xffc(%%rbx)")
ACCESS(run, "call *%%rbx")

static const struct {
	const char *name;
	void (*run)(void *);
} accesses[] = {
	{ "read of 1 byte", do_read_1 },
	{ "read of 2 bytes", do_read_2 },
	{ "read of 8 bytes", do_read_8 },
	{ "odd read", do_read_odd },
	{ "read across registers", do_read_across },
	{ "read of no register", do_read_none },
	{ "read beyond them", do_read_high },
	{ "read of all by a string instruction", do_read_all },
	{ "read by push", do_read_push },
	{ "write of 1 byte", do_write_1 },
	{ "write of 2 bytes", do_write_2 },
	{ "write of 8 bytes", do_write_8 },
	{ "odd write", do_write_odd },
	{ "or", do_write_or },
	{ "locked or", do_write_lock },
	{ "exchange", do_write_xchg },
	{ "write of a constant", do_write_imm },
	{ "write to the id", do_write_id },
	{ "write to the version", do_write_version },
	{ "write to no register", do_write_none },
	{ "write across the end", do_write_end },
	{ "execution", do_run },
};

/* In xAPIC mode; one may end the cell, so @n, from 1, picks one. */
static void access_memory(u64 n)
{
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(accesses); i++) {
		if (n && n != i + 1)
			continue;
		print("fault: %u: %s\n", i + 1, accesses[i].name);
		print("fault: exception %d\n", try(accesses[i].run, (void *)HV_APIC_GPA));
	}
}

/* In x2APIC mode: reserved bits, what is not there, what cannot be written. */
static bool access_msrs(void)
{
	static const struct {
		u32 reg;
		u64 value;
	} wrong[] = {
		{ APIC_TPR, 1ULL << 32 }, { APIC_TPR, 0x100 }, { APIC_EOI, 1 },		 { APIC_ID, 0 },
		{ APIC_VERSION, 0 },	  { APIC_LDR, 1 },     { APIC_DFR, 0xffffffff }, { APIC_ICR_HIGH, 0 },
		{ APIC_ESR, 1 },	  { APIC_SVR, ~0ULL }, { APIC_LVT_TIMER, ~0ULL }, { APIC_SELF_IPI, 1ULL << 32 },
		{ 0x400, 0 },		  { 0xff0, 0 },
	};
	bool ok = true;
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(wrong); i++)
		ok &= fault_expect(msr_write(MSR_X2APIC(wrong[i].reg), wrong[i].value), VECTOR_GP, "write of register",
				   wrong[i].reg);
	return ok;
}

bool run_apic(u64 n)
{
	u32 id, msr;
	bool ok = true;
	u64 value;

	apic_init();
	id = apic_id();
	if (apic_is_x2()) {
		ok = access_msrs();
		for (msr = MSR_X2APIC(0); msr <= MSR_X2APIC(0xff0); msr++)
			(void)msr_read(msr, &value); /* whatever it says */
	} else {
		ok = fault_expect(msr_read(MSR_X2APIC(APIC_ID), &value), VECTOR_GP, "MSR", MSR_X2APIC(APIC_ID));
		access_memory(n);
	}
	return ok && apic_id() == id;
}

static void swallow(struct frame *frame)
{
	if (frame->vector != VECTOR_NMI)
		apic_eoi();
}

struct setting {
	u32 reg, value;
};

static void set(void *arg)
{
	const struct setting *setting = arg;

	apic_write(setting->reg, setting->value);
}

/* A delivery that would leave the cell must not stay in a register, unless that is masked. */
static bool try_lvt(u32 reg, u32 value)
{
	struct setting setting = { reg, value };
	u32 is, mode;

	/* some of them are not there everywhere */
	(void)try(set, &setting);
	is = apic_read(reg);
	mode = is & LVT_MODE;
	setting.value = APIC_LVT_MASKED;
	(void)try(set, &setting);
	return is & APIC_LVT_MASKED || (mode != ICR_SMI && mode != ICR_INIT);
}

/* All modes, with legal and illegal vectors, masked and not. */
static bool try_all(u32 reg, const u8 *vectors, u32 count)
{
	u32 mode, v, kept = 0;

	for (mode = 0; mode < MODES; mode++) {
		for (v = 0; v < count; v++) {
			kept += !try_lvt(reg, APIC_LVT_MASKED | mode << MODE_SHIFT | vectors[v]);
			kept += !try_lvt(reg, mode << MODE_SHIFT | vectors[v]);
		}
	}
	if (kept)
		print("fault: LVT %x kept %u deliveries as SMI or INIT\n", reg, kept);
	return !kept;
}

static void self_ipi(void *vector)
{
	apic_self_ipi((u32)(u64)vector);
}

/* An error whose interrupt is an error, and so on. */
static void recurse(void)
{
	struct setting error = { APIC_LVT_ERROR, 0 }, timer = { APIC_LVT_TIMER, 1 };

	(void)try(set, &error);
	(void)try(self_ipi, (void *)SELF_VECTOR);
	(void)try(set, &timer);
	apic_write(APIC_TIMER_INITIAL, 1);
	spin(SETTLE_US);
	timer_stop();
	error.value = APIC_LVT_MASKED;
	(void)try(set, &error);
}

/* Vectors below 16 are illegal, but not every APIC knows. None is that of an exception with an error code. */
bool run_lvt(u64 n)
{
	static const u32 regs[] = {
		APIC_LVT_TIMER, APIC_LVT_THERMAL, APIC_LVT_PERF, APIC_LVT_LINT0, APIC_LVT_LINT1, APIC_LVT_ERROR,
	};
	static const u8 vectors[] = { 0, 1, VECTOR_NMI, SELF_VECTOR, 15, 16, 31, 0x40 };
	bool ok = true;
	u32 i;

	(void)n;
	apic_init();
	for (i = 0; i < HV_ARRAY_SIZE(vectors); i++)
		interrupt_handle(vectors[i], swallow);
	for (i = 0; i < HV_ARRAY_SIZE(regs); i++)
		ok &= try_all(regs[i], vectors, HV_ARRAY_SIZE(vectors));
	recurse();
	sti();
	spin(SETTLE_US);
	cli();
	return ok;
}

static u32 stolen;

static void count_stolen(struct frame *frame)
{
	print("fault: vector %llx is not for this CPU\n", frame->vector);
	stolen++;
	apic_eoi();
}

/* Answers to every logical destination that there is, and waits for what devices of others send there. */
bool run_steal(u64 n)
{
	u32 vector;

	apic_init();
	for (vector = VECTOR_FIRST; vector < APIC_SPURIOUS; vector++)
		interrupt_handle(vector, count_stolen);
	if (!apic_is_x2())
		apic_write(APIC_LDR, 0xff000000);
	sti();
	spin(n ? n * 1000 : STEAL_US);
	cli();
	return !stolen;
}

static void never_return(struct frame *frame)
{
	(void)frame;
	print("fault: in the NMI's handler\n");
	for (;;)
		asm volatile("" : : : "memory");
}

bool run_nmi(u64 n)
{
	(void)n;
	apic_init();
	interrupt_handle(VECTOR_NMI, never_return);
	apic_ipi(apic_id(), ICR_NMI);
	spin(SETTLE_US);
	return fault_still_here();
}
