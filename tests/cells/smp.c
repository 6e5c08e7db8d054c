// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Starts the other CPUs of its cell and sends interrupts of every kind. Each CPU counts what reaches it; CPU 0 waits
 * for what should come, and in the end looks whether anything came that should not.
 */
#include "cell.h"

#define VECTOR_BASE 0x40
#define PATIENCE_US 5000000
#define SETTLE_US 20000

enum kind {
	BEGUN,		/* it is in cpu_main(); no interrupt */
	PING,		/* fixed, from CPU 0 to one other ... */
	PONG,		/* ... which answers so */
	NMI,
	SELF,		/* each CPU to itself */
	LOGICAL,
	OTHERS,		/* all but self */
	KINDS
};

static u32 counts[KINDS][HV_COMM_MAX_CPUS];
static u32 logical_ids[HV_COMM_MAX_CPUS];
static u32 failures;

static u32 count(enum kind kind, u32 cpu)
{
	return __atomic_load_n(&counts[kind][cpu], __ATOMIC_ACQUIRE);
}

static void add(enum kind kind, u32 cpu)
{
	__atomic_fetch_add(&counts[kind][cpu], 1, __ATOMIC_RELEASE);
}

static void on_interrupt(struct frame *frame)
{
	enum kind kind = (enum kind)(frame->vector - VECTOR_BASE);

	apic_eoi();
	add(kind, cpu_number());
	if (kind == PING)
		apic_ipi(COMM->apic_ids[0], ICR_FIXED | (VECTOR_BASE + PONG));
}

static void on_nmi(struct frame *frame)
{
	(void)frame;
	add(NMI, cpu_number());
}

/* On every CPU. */
static void prepare(u32 cpu)
{
	apic_init();
	__atomic_store_n(&logical_ids[cpu], apic_logical_id(), __ATOMIC_RELAXED); /* add(BEGUN) publishes it */
	sti();
	apic_self_ipi(VECTOR_BASE + SELF);
}

void cpu_main(u32 cpu)
{
	prepare(cpu);
	print("CPU %u: APIC id %u, logical %x\n", cpu, apic_id(), apic_logical_id());
	add(BEGUN, cpu);
	for (;;)
		sleep_until_interrupt();
}

static bool wait_for(enum kind kind, u32 cpu, u32 wanted)
{
	u64 end = tsc_after(PATIENCE_US);

	while (count(kind, cpu) < wanted) {
		if (tsc_is_past(end))
			return false;
		pause();
	}
	return true;
}

static void report(bool ok, const char *what)
{
	print("%s %s\n", ok ? "ok" : "FAILED", what);
	failures += !ok;
}

static bool start_others(u32 page)
{
	bool ok = true;
	u32 cpu;

	for (cpu = 1; cpu < COMM->nr_cpus; cpu++) {
		cpu_start(cpu, page);
		/* the page is everybody's, and read before that */
		if (!wait_for(BEGUN, cpu, 1))
			ok = false;
	}
	return ok;
}

static bool exchange(void)
{
	bool ok = true;
	u32 cpu;

	for (cpu = 1; cpu < COMM->nr_cpus; cpu++) {
		apic_ipi(COMM->apic_ids[cpu], ICR_FIXED | (VECTOR_BASE + PING));
		if (!wait_for(PING, cpu, 1) || !wait_for(PONG, 0, cpu))
			ok = false;
	}
	return ok;
}

static bool nmis(void)
{
	bool ok = true;
	u32 cpu;

	for (cpu = 1; cpu < COMM->nr_cpus; cpu++) {
		apic_ipi(COMM->apic_ids[cpu], ICR_NMI);
		if (!wait_for(NMI, cpu, 1))
			ok = false;
	}
	return ok;
}

static bool selves(void)
{
	bool ok = true;
	u32 cpu;

	for (cpu = 0; cpu < COMM->nr_cpus; cpu++)
		if (!wait_for(SELF, cpu, 1))
			ok = false;
	return ok;
}

/* 0: it has none, see apic.h. */
static u32 logical_id(u32 cpu)
{
	return __atomic_load_n(&logical_ids[cpu], __ATOMIC_RELAXED);
}

static bool logical(void)
{
	bool ok = true;
	u32 cpu;

	for (cpu = 1; cpu < COMM->nr_cpus && logical_id(cpu); cpu++) {
		apic_ipi(logical_id(cpu), ICR_FIXED | ICR_LOGICAL | (VECTOR_BASE + LOGICAL));
		if (!wait_for(LOGICAL, cpu, 1))
			ok = false;
	}
	return ok;
}

static bool others(void)
{
	bool ok = true;
	u32 cpu;

	apic_ipi(0, ICR_FIXED | ICR_OTHERS | (VECTOR_BASE + OTHERS));
	for (cpu = 1; cpu < COMM->nr_cpus; cpu++)
		if (!wait_for(OTHERS, cpu, 1))
			ok = false;
	return ok;
}

static u32 expected(enum kind kind, u32 cpu)
{
	switch (kind) {
	case SELF:
		return 1;
	case PONG:
		return cpu ? 0 : COMM->nr_cpus - 1;
	case LOGICAL:
		return cpu && logical_id(cpu);
	default:
		return cpu ? 1 : 0;
	}
}

static bool none_too_many(void)
{
	bool ok = true;
	u32 kind, cpu;

	spin(SETTLE_US);
	for (kind = 0; kind < KINDS; kind++) {
		for (cpu = 0; cpu < COMM->nr_cpus; cpu++) {
			if (count(kind, cpu) == expected(kind, cpu))
				continue;
			print("CPU %u counted %u of kind %u, not %u\n", cpu, count(kind, cpu), kind,
			      expected(kind, cpu));
			ok = false;
		}
	}
	return ok;
}

int main(void)
{
	/* behind the program, which lies at 0 */
	u32 kind, page = (u32)(((u64)image_end + HV_PAGE_SIZE - 1) & HV_PAGE_MASK);

	print("smp: cell %s has %u CPUs, in %s mode\n", COMM->name, COMM->nr_cpus, apic_is_x2() ? "x2APIC" : "xAPIC");
	for (kind = PING; kind < KINDS; kind++)
		interrupt_handle(VECTOR_BASE + kind, on_interrupt);
	interrupt_handle(VECTOR_NMI, on_nmi);
	prepare(0);
	report(apic_id() == COMM->apic_ids[0], "APIC id of CPU 0");
	report(start_others(page), "INIT and start-up IPIs");
	report(exchange(), "fixed IPIs, there and back");
	report(nmis(), "NMIs");
	report(selves(), "self IPIs");
	if (logical_id(0))
		report(logical(), "logical destinations");
	else
		print("-- no logical destinations here\n");
	report(others(), "all but self");
	report(none_too_many(), "none came twice or to somebody else");
	cli();
	if (failures)
		print("smp: %u CPUs, %u checks FAILED\n", COMM->nr_cpus, failures);
	else
		print("smp: %u CPUs, all IPIs arrived\n", COMM->nr_cpus);
	return failures ? 1 : 0;
}
