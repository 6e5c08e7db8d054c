// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interprocessor interrupts that a guest sends: which CPUs they address, and that these are the cell's own. INIT and
 * start-up IPIs are delivered by us, the rest by hardware.
 */
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/bits.h>
#include <hv/compiler.h>
#include <hv/hv.h>
#include <hv/log.h>
#include <hv/request.h>
#include <x86/apic.h>
#include <x86/insn.h>
#include <x86/msr.h>
#include <x86/msr_policy.h>

/* "Determining IPI Destination": how a logical destination reads in x2APIC mode, as do the logical ids themselves. */
#define X2APIC_CLUSTER HV_MASK(31, 16)
#define X2APIC_MEMBERS HV_MASK(15, 0)
#define PATIENCE 100000		/* looks at the delivery status */

struct ipi {
	u64 icr;
	u32 destination;
	bool x2apic;
};

/*
 * A CPU that neither waits for its start-up IPI nor is about to ignores it, and one that waits and was not told to
 * start ignores another INIT. Requests are read first: the CPU says that it waits, or does not, before it takes back
 * the request that made it do so (hvcore/cpu.c).
 */
static void deliver(struct hv_cpu_pub *pub, u64 icr)
{
	u32 requests = hv_load_acquire(&pub->requests);
	bool waits = hv_load_acquire(&pub->waits_for_sipi);

	if (HV_GET(X86_ICR_MODE, icr) == X86_ICR_MODE_INIT) {
		if (waits && !(requests & HV_REQUEST_SIPI))
			return;
		(void)hv_fetch_and(&pub->requests, ~(u32)HV_REQUEST_SIPI);
		(void)hv_fetch_or(&pub->requests, HV_REQUEST_INIT);
	} else {
		if (!waits && !(requests & HV_REQUEST_INIT))
			return;
		hv_store_once(&pub->sipi_vector, (u32)(icr & X86_ICR_VECTOR));
		(void)hv_fetch_or(&pub->requests, HV_REQUEST_SIPI);
	}
	hv_request_kick(pub);
}

static bool is_logically(const struct hv_cpu_pub *pub, const struct ipi *ipi)
{
	if (!ipi->x2apic)
		return hv_load_once(&pub->logical) & ipi->destination & 0xff;
	return (pub->apic_id >> 4) == HV_GET(X2APIC_CLUSTER, ipi->destination) &&
	       (1u << (pub->apic_id & 0xf) & HV_GET(X2APIC_MEMBERS, ipi->destination));
}

static bool is_addressed(const struct hv_cpu_pub *pub, const struct hv_cpu_pub *self, const struct ipi *ipi)
{
	switch (HV_GET(X86_ICR_SHORTHAND, ipi->icr)) {
	case X86_SHORTHAND_ALL:
		return true;
	case X86_SHORTHAND_OTHERS:
		return pub != self;
	case X86_SHORTHAND_SELF:
		return pub == self;
	}
	if (ipi->destination == (ipi->x2apic ? X86_X2APIC_ALL : X86_XAPIC_ALL))
		return true;
	return ipi->icr & X86_ICR_LOGICAL ? is_logically(pub, ipi) : pub->apic_id == ipi->destination;
}

/* It is a matter of moments, unless root has switched its APIC off. */
static void wait_until_sent(void)
{
	unsigned int i;

	for (i = 0; i < PATIENCE && (x86_apic_read(X86_APIC_ICR_LOW) & X86_ICR_PENDING); i++)
		x86_pause();
}

/* The guest may be between its two writes: what it put into the upper half stays there. */
static void send(const struct ipi *ipi, u32 apic_id)
{
	u64 icr = ipi->icr & ~(X86_ICR_SHORTHAND | X86_ICR_LOGICAL);
	u32 high;

	if (HV_GET(X86_ICR_MODE, icr) == X86_ICR_MODE_LOWEST)
		icr &= ~X86_ICR_MODE;
	if (ipi->x2apic) {
		(void)x86_wrmsr_safe(X86_MSR_X2APIC_ICR, (u64)apic_id << 32 | (u32)icr); /* no reserved bits */
		return;
	}
	wait_until_sent();
	high = x86_apic_read(X86_APIC_ICR_HIGH);
	x86_apic_write(X86_APIC_ICR_HIGH, apic_id << X86_ICR_XAPIC_DEST_SHIFT);
	x86_apic_write(X86_APIC_ICR_LOW, (u32)icr);
	wait_until_sent();
	x86_apic_write(X86_APIC_ICR_HIGH, high);
}

void hv_arch_send_nmi(u32 apic_id)
{
	const struct ipi nmi = { HV_PUT(X86_ICR_MODE, X86_ICR_MODE_NMI) | X86_ICR_ASSERT, 0, x86_apic_is_x2apic() };

	send(&nmi, apic_id);
}

/* As the guest wrote it: it reaches nobody else's CPU. */
static enum hv_verdict pass(const struct ipi *ipi)
{
	if (ipi->x2apic)
		return x86_wrmsr_safe(X86_MSR_X2APIC_ICR, (u64)ipi->destination << 32 | (u32)ipi->icr) ?
			       HV_ADVANCE : HV_INJECT_GP;
	x86_apic_write(X86_APIC_ICR_LOW, (u32)ipi->icr);
	return HV_ADVANCE;
}

/* One IPI for each CPU of the cell that it is for; with lowest priority for the first one only. */
static u32 spread(struct x86_cpu *cpu, const struct ipi *ipi)
{
	u64 mode = HV_GET(X86_ICR_MODE, ipi->icr);
	u32 i, sent = 0;

	for (i = 0; i < hv.config->nr_cpus; i++) {
		struct hv_cpu_pub *pub = &hv.pub[i];

		if (hv_load_acquire(&pub->cell) != cpu->core.cell || !is_addressed(pub, cpu->core.pub, ipi))
			continue;
		if (mode == X86_ICR_MODE_LOWEST && sent)
			break;
		sent++;
		if (mode != X86_ICR_MODE_INIT && mode != X86_ICR_MODE_SIPI)
			send(ipi, pub->apic_id);
		else if (pub != cpu->core.pub)
			deliver(pub, ipi->icr); /* software does not do this to itself and survive */
	}
	return sent;
}

static HV_COLD enum hv_verdict drop(struct x86_cpu *cpu, const struct ipi *ipi)
{
	hv_event("%s: IPI to no CPU of its own dropped (ICR 0x%llx to 0x%x)", hv_cell_name(cpu->core.cell), ipi->icr,
		 ipi->destination);
	return HV_ADVANCE;
}

/* Alone on the machine root reaches nobody that it must not. */
static bool is_harmless(const struct x86_cpu *cpu, const struct ipi *ipi)
{
	if (HV_GET(X86_ICR_SHORTHAND, ipi->icr) == X86_SHORTHAND_SELF)
		return true;
	return cpu->core.cell == &hv.root && !hv_load_acquire(&hv.nr_cells);
}

/*
 * What a cell does not get through: the level bit, by which the end of an interrupt of its own would be told to the
 * IO-APIC as the end of root's; INIT has a use for it.
 */
static u64 without_level(const struct x86_cpu *cpu, u64 icr)
{
	bool keep = cpu->core.cell == &hv.root || HV_GET(X86_ICR_MODE, icr) == X86_ICR_MODE_INIT;

	return keep ? icr : icr & ~X86_ICR_LEVEL;
}

enum hv_verdict x86_apic_icr(struct x86_cpu *cpu, u64 icr, u32 destination)
{
	const struct ipi ipi = { without_level(cpu, icr), destination, x86_apic_is_x2apic() };

	if (ipi.x2apic && (icr & X86_ICR_RESERVED))
		return HV_INJECT_GP;
	switch (HV_GET(X86_ICR_MODE, icr)) {
	case X86_ICR_MODE_FIXED:
	case X86_ICR_MODE_LOWEST:
	case X86_ICR_MODE_NMI:
		if (is_harmless(cpu, &ipi))
			return pass(&ipi);
		break;
	case X86_ICR_MODE_INIT:
		/* Level de-assert does nothing on any CPU that has SVM or VMX. */
		if ((icr & X86_ICR_LEVEL) && !(icr & X86_ICR_ASSERT))
			return HV_ADVANCE;
		break;
	case X86_ICR_MODE_SIPI:
		break;
	default:
		return drop(cpu, &ipi);
	}
	return spread(cpu, &ipi) ? HV_ADVANCE : drop(cpu, &ipi);
}
