// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Interrupts for CPUs that are not the cell's, by every way there is to name them. */
#include "fault.h"

#define VECTOR 0x41
#define STARTUP_PAGE 0x9f
#define IDS 16
#define SETTLE_US 10000
#define ALL_FLAT 0xff
#define ALL_X2 0xffffffff

static const u32 modes[] = {
	ICR_FIXED | VECTOR, ICR_LOWEST | VECTOR, ICR_SMI, ICR_NMI, ICR_INIT | ICR_ASSERT, ICR_STARTUP | STARTUP_PAGE,
	ICR_EXTINT | VECTOR,
};

static u32 interrupts, nmis;

static void on_interrupt(struct frame *frame)
{
	(void)frame;
	interrupts++;
	apic_eoi();
}

static void on_nmi(struct frame *frame)
{
	(void)frame;
	nmis++;
}

struct message {
	u32 to, icr;
};

static void post(void *arg)
{
	const struct message *message = arg;

	apic_ipi(message->to, message->icr);
}

/* It may be denied with an exception, or just not arrive. */
static void send(u32 to, u32 icr)
{
	struct message message = { to, icr };

	(void)try(post, &message);
}

static bool is_of_cell(u32 id)
{
	u32 cpu;

	for (cpu = 0; cpu < COMM->nr_cpus; cpu++)
		if (COMM->apic_ids[cpu] == id)
			return true;
	return false;
}

static void send_physical(u32 icr)
{
	u32 id;

	for (id = 0; id < IDS; id++)
		if (!is_of_cell(id))
			send(id, icr);
}

/* In xAPIC mode every bit is a CPU of somebody; in x2APIC mode clusters of 16. */
static void send_logical(u32 icr)
{
	u32 i, all, own = apic_logical_id();

	if (!apic_is_x2()) {
		send(~own & ALL_FLAT, icr | ICR_LOGICAL);
		return;
	}
	for (i = 0; i < IDS; i++) {
		all = i << 16 | 0xffff;
		send(i == own >> 16 ? all & ~(own & 0xffff) : all, icr | ICR_LOGICAL);
	}
}

/* Reaches this CPU, too, so what would stop it is left out. */
static void broadcast(u32 icr)
{
	u32 all = apic_is_x2() ? ALL_X2 : ALL_FLAT, mode = icr & ICR_EXTINT;

	if (mode != ICR_FIXED && mode != ICR_NMI)
		return;
	send(all, icr);
	send(all, icr | ICR_LOGICAL);
	send(0, icr | ICR_ALL);
}

bool run_ipi(u64 n)
{
	u32 i;

	(void)n;
	apic_init();
	interrupt_handle(VECTOR, on_interrupt);
	interrupt_handle(VECTOR_NMI, on_nmi);
	sti();
	for (i = 0; i < HV_ARRAY_SIZE(modes); i++) {
		send_physical(modes[i]);
		send_logical(modes[i]);
		broadcast(modes[i]);
		send(0, modes[i] | ICR_OTHERS);
	}
	spin(SETTLE_US);
	cli();
	print("fault: %u interrupts and %u NMIs came here\n", interrupts, nmis);
	print("still here\n");
	return true;
}
