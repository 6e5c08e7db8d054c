// SPDX-License-Identifier: GPL-2.0-only
/*
 * The local APIC of root. An INIT that hardware delivers takes the CPU away from us (SVM), or leaves so little time
 * that the start-up IPI behind it may be lost (VMX). So while CPUs are started, and on SVM always, the page is mapped
 * read-only and the ICR is looked at; all other registers are passed on.
 */
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/bits.h>
#include <hv/hv.h>
#include <hv/log.h>
#include <hv/request.h>
#include <x86/apic.h>
#include <x86/guest.h>
#include <x86/host.h>
#include <x86/insn.h>
#include <x86/msr.h>
#include <x86/vcpu_ops.h>

#define PAGE_OFFSET_MASK 0xfffULL

static volatile u32 *reg_of(u32 offset)
{
	return (volatile u32 *)(X86_APIC_VA + offset);
}

static bool is_x2apic(void)
{
	return x86_rdmsr(X86_MSR_APIC_BASE) & X86_APIC_BASE_X2APIC;
}

bool x86_apic_is_page(const struct x86_cpu *cpu, u64 gpa)
{
	return (gpa & ~PAGE_OFFSET_MASK) == (cpu->guest_apic_base & X86_APIC_BASE_ADDRESS);
}

bool hv_arch_moderated_page(unsigned int i, u64 *page)
{
	*page = x86_rdmsr(X86_MSR_APIC_BASE) & X86_APIC_BASE_ADDRESS;
	return i == 0;
}

void hv_arch_moderate(bool on)
{
	x86_vcpu_intercept_icr(on);
}

bool hv_arch_always_moderates(void)
{
	return x86_vcpu_moderate_apic();
}

/* The guest may be between its two writes: what it put into the upper half stays there. */
void hv_arch_send_nmi(u32 apic_id)
{
	u64 icr = HV_PUT(X86_ICR_MODE, X86_ICR_MODE_NMI) | X86_ICR_ASSERT;
	u32 high;

	if (is_x2apic()) {
		x86_wrmsr(X86_MSR_X2APIC_ICR, (u64)apic_id << 32 | icr);
		return;
	}
	while (*reg_of(X86_APIC_ICR_LOW) & X86_ICR_PENDING)
		x86_pause();
	high = *reg_of(X86_APIC_ICR_HIGH);
	*reg_of(X86_APIC_ICR_HIGH) = apic_id << X86_ICR_XAPIC_DEST_SHIFT;
	*reg_of(X86_APIC_ICR_LOW) = (u32)icr;
	while (*reg_of(X86_APIC_ICR_LOW) & X86_ICR_PENDING)
		x86_pause();
	*reg_of(X86_APIC_ICR_HIGH) = high;
}

/*
 * A CPU that waits for its start-up IPI polls for it and needs no kick. One that neither waits nor is about to ignores
 * it, and one that waits already ignores another INIT.
 */
static void deliver(struct hv_cpu_pub *pub, u64 icr)
{
	bool waits = hv_load_acquire(&pub->waits_for_sipi);

	if (HV_GET(X86_ICR_MODE, icr) == X86_ICR_MODE_INIT) {
		if (waits)
			return;
		(void)hv_fetch_and(&pub->requests, ~(u32)HV_REQUEST_SIPI);
		(void)hv_fetch_or(&pub->requests, HV_REQUEST_INIT);
		hv_request_kick(pub);
	} else if (waits || (hv_load_acquire(&pub->requests) & HV_REQUEST_INIT)) {
		hv_store_once(&pub->sipi_vector, (u32)(icr & X86_ICR_VECTOR));
		(void)hv_fetch_or(&pub->requests, HV_REQUEST_SIPI);
	}
}

static bool is_addressed(const struct x86_cpu *cpu, const struct hv_cpu_pub *pub, u64 icr, u32 destination)
{
	bool self = pub == cpu->core.pub;

	switch (HV_GET(X86_ICR_SHORTHAND, icr)) {
	case X86_SHORTHAND_ALL:
		return true;
	case X86_SHORTHAND_OTHERS:
		return !self;
	case X86_SHORTHAND_SELF:
		return self;
	default:
		return pub->apic_id == destination || destination == (is_x2apic() ? X86_X2APIC_ALL : X86_XAPIC_ALL);
	}
}

/* An INIT of the CPU to itself is not something that software does and survives: dropped. */
static void deliver_all(struct x86_cpu *cpu, u64 icr, u32 destination)
{
	u32 i;

	for (i = 0; i < hv.config->nr_cpus; i++)
		if (&hv.pub[i] != cpu->core.pub && is_addressed(cpu, &hv.pub[i], icr, destination))
			deliver(&hv.pub[i], icr);
}

static void pass_icr(u64 icr, u32 destination)
{
	if (is_x2apic()) {
		x86_wrmsr(X86_MSR_X2APIC_ICR, (u64)destination << 32 | icr);
		return;
	}
	*reg_of(X86_APIC_ICR_LOW) = (u32)icr;
}

enum hv_verdict x86_apic_icr(struct x86_cpu *cpu, u64 icr, u32 destination)
{
	u64 mode = HV_GET(X86_ICR_MODE, icr);

	if (mode != X86_ICR_MODE_INIT && mode != X86_ICR_MODE_SIPI) {
		pass_icr(icr, destination);
		return HV_ADVANCE;
	}
	if (icr & X86_ICR_LOGICAL) {
		hv_event("root: INIT or start-up IPI to a logical destination dropped (ICR 0x%llx)", icr);
		return HV_ADVANCE;
	}
	/* INIT level de-assert does nothing on any CPU that has SVM or VMX. */
	if (mode == X86_ICR_MODE_SIPI || (icr & X86_ICR_ASSERT) || !(icr & X86_ICR_LEVEL))
		deliver_all(cpu, icr, destination);
	return HV_ADVANCE;
}

static void write_register(struct x86_cpu *cpu, u32 offset, u32 value)
{
	if (offset == X86_APIC_ICR_LOW)
		(void)x86_apic_icr(cpu, value, *reg_of(X86_APIC_ICR_HIGH) >> X86_ICR_XAPIC_DEST_SHIFT);
	else
		*reg_of(offset) = value;
}

enum hv_verdict x86_apic_emulate(struct x86_cpu *cpu, struct hv_exit *exit)
{
	struct x86_store store;

	if (!x86_guest_store(cpu, &store) || store.size != 4 || exit->during) {
		hv_event("root: write to the local APIC at 0x%llx not understood, RIP 0x%llx", exit->gpa,
			 hv_arch_guest_rip(&cpu->core));
		return HV_INJECT_GP;
	}
	exit->insn_len = store.insn_len;
	write_register(cpu, (u32)(exit->gpa & PAGE_OFFSET_MASK), (u32)store.value);
	return HV_ADVANCE;
}
