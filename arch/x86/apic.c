// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes of guests to the registers of the local APIC. An INIT that hardware delivers takes the CPU away from us (SVM),
 * or leaves so little time that the start-up IPI behind it may be lost (VMX); and CPUs of one cell are none of
 * another's business. So for cells always, for root while CPUs are started or there are cells, and on SVM at all times,
 * the page is mapped read-only.
 */
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/bits.h>
#include <hv/compiler.h>
#include <hv/hv.h>
#include <hv/log.h>
#include <x86/apic.h>
#include <x86/guest.h>
#include <x86/msr.h>
#include <x86/vcpu_ops.h>

#define MESSAGES 0xfee00000ULL
#define MESSAGES_SIZE 0x100000ULL

#define PAGE_OFFSET_MASK 0xfffULL

void x86_apic_note_base(struct x86_cpu *cpu, u64 base)
{
	cpu->guest_apic_base = base;
	cpu->apic_page = base & X86_APIC_BASE_X2APIC ? ~0ULL : base & X86_APIC_BASE_ADDRESS;
}

bool hv_arch_moderated_page(unsigned int i, u64 *page)
{
	*page = x86_rdmsr(X86_MSR_APIC_BASE) & X86_APIC_BASE_ADDRESS;
	return i == 0;
}

/* "Message Address Register Format": the whole MiB, of which the APIC has the first page for itself. */
void hv_arch_message_window(struct hv_range *window)
{
	*window = (struct hv_range){ .start = MESSAGES + HV_PAGE_SIZE, .size = MESSAGES_SIZE - HV_PAGE_SIZE };
}

bool hv_arch_cell_registers(unsigned int i, u64 *page)
{
	return hv_arch_moderated_page(i, page) && !x86_apic_is_x2apic();
}

void hv_arch_moderate(bool on)
{
	x86_vcpu_intercept_icr(on);
}

bool hv_arch_always_moderates(void)
{
	return x86_vcpu_moderate_apic();
}

void x86_apic_publish(struct x86_cpu *cpu)
{
	hv_store_once(&cpu->core.pub->logical, x86_apic_is_x2apic() ? 0 : x86_apic_read(X86_APIC_LDR) >> 24);
}

static HV_COLD void deny(struct x86_cpu *cpu, u32 offset, u32 value)
{
	hv_event("%s: write of 0x%x to register 0x%x of the local APIC dropped", hv_cell_name(cpu->core.cell), value,
		 offset);
}

/* From the local vector table come interrupts and NMIs for this CPU, and nothing else: SMIs are not its own affair. */
bool x86_apic_may_lvt(u32 value)
{
	u64 mode = HV_GET(X86_ICR_MODE, value);

	return mode == X86_ICR_MODE_FIXED || mode == X86_ICR_MODE_NMI;
}

/* Registers that are not named are read-only, or do nothing. */
static void write_of_cell(struct x86_cpu *cpu, u32 offset, u32 value)
{
	switch (offset) {
	case X86_APIC_SVR:
	case X86_APIC_ESR:
	case X86_APIC_ICR_HIGH:
	case X86_APIC_TIMER_COUNT:
	case X86_APIC_TIMER_DIVIDE:
		x86_xapic_write(offset, value);
		break;
	case X86_APIC_LDR:
		/* IPIs are ours to address. In hardware it stays 0, or devices of root would find this CPU by it. */
		hv_store_once(&cpu->core.pub->logical, value >> 24);
		break;
	case X86_APIC_DFR:
		/* Others know the flat model only: "Logical Destination Mode". */
		if (HV_GET(X86_APIC_MODEL, value) == X86_APIC_FLAT)
			x86_xapic_write(offset, value);
		else
			deny(cpu, offset, value);
		break;
	case X86_APIC_LVT_CMCI:
	case X86_APIC_LVT_TIMER:	/* has no mode; but an emulator may know better */
	case X86_APIC_LVT_THERMAL:
	case X86_APIC_LVT_PERF:
	case X86_APIC_LVT_LINT0:
	case X86_APIC_LVT_LINT1:
	case X86_APIC_LVT_ERROR:
		if (x86_apic_may_lvt(value))
			x86_xapic_write(offset, value & ~(u32)X86_APIC_LEVEL);
		else
			deny(cpu, offset, value);
		break;
	default:
		deny(cpu, offset, value);
	}
}

/* Its id is how others reach it, and how we judge whom they reach. */
static void write_of_root(struct x86_cpu *cpu, u32 offset, u32 value)
{
	if (hv_unlikely(offset == X86_APIC_ID)) {
		deny(cpu, offset, value);
		return;
	}
	x86_xapic_write(offset, value);
	if (hv_unlikely(offset == X86_APIC_LDR))
		x86_apic_publish(cpu);
}

/* What a running system writes most often goes first, and is anybody's. */
static void write_register(struct x86_cpu *cpu, u32 offset, u32 value)
{
	if (offset == X86_APIC_EOI || offset == X86_APIC_TPR) {
		x86_xapic_write(offset, value);
		return;
	}
	if (offset == X86_APIC_ICR_LOW)
		(void)x86_apic_icr(cpu, value, x86_apic_read(X86_APIC_ICR_HIGH) >> X86_ICR_XAPIC_DEST_SHIFT);
	else if (cpu->core.cell == &hv.root)
		write_of_root(cpu, offset, value);
	else
		write_of_cell(cpu, offset, value);
}

/* All registers are 32 bits wide, 16 bytes apart, and written as a whole. */
enum hv_verdict x86_apic_emulate(struct x86_cpu *cpu, struct hv_exit *exit)
{
	struct x86_store store;

	if (exit->during || (exit->gpa & 0xf) || exit->access != HV_ACCESS_WRITE || !x86_guest_store(cpu, &store) ||
	    store.size != 4) {
		hv_event("%s: access to the local APIC at 0x%llx not understood, RIP 0x%llx",
			 hv_cell_name(cpu->core.cell), exit->gpa, hv_arch_guest_rip(&cpu->core));
		return HV_INJECT_GP;
	}
	exit->insn_len = store.insn_len;
	write_register(cpu, (u32)(exit->gpa & PAGE_OFFSET_MASK), (u32)store.value);
	return HV_ADVANCE;
}
