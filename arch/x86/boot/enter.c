// SPDX-License-Identifier: GPL-2.0-only
/* One CPU's way over the bridge: capture what Linux runs with, cross, come back. Part of hv.ko, not of the image. */
#include <hv/bits.h>
#include <hv/err.h>
#include <hvabi/hypercall.h>
#include <hvabi/launch.h>
#include <x86/boot.h>
#include <x86/desc.h>
#include <x86/insn.h>
#include <x86/msr.h>
#include <x86/regs.h>
#include <x86/state.h>

unsigned int hv_boot_cpu_size(void)
{
	return sizeof(struct x86_crossing);
}

static struct x86_crossing *crossing_of(struct hv_launch *launch, unsigned int cpu)
{
	return (struct x86_crossing *)launch->arch + cpu;
}

static void unusable(struct x86_segment *segment)
{
	segment->attributes = X86_ATTR_UNUSABLE;
}

static u64 descriptor_base(u64 low)
{
	return HV_GET(HV_MASK(39, 16), low) | HV_GET(HV_MASK(63, 56), low) << 24;
}

/*
 * The hidden part of a segment register is what its descriptor said; Linux does not change one under a loaded
 * selector.
 */
static void capture_segment(struct x86_state *state, enum x86_segment_name name, u16 selector)
{
	struct x86_segment *segment = &state->segment[name];
	const struct x86_segment *ldt = &state->segment[X86_LDTR];
	u64 table = selector & X86_SEL_TI ? ldt->base : state->gdt_base;
	const u64 *entry = (const u64 *)(table + (selector & ~7u));
	u32 limit;

	segment->selector = selector;
	if (!(selector & ~3u) || !(*entry & X86_DESC_P)) {
		unusable(segment);
		return;
	}
	limit = HV_GET(HV_MASK(15, 0), *entry) | HV_GET(HV_MASK(51, 48), *entry) << 16;
	segment->limit = *entry & X86_DESC_G ? limit << 12 | 0xfff : limit;
	segment->attributes = HV_GET(HV_MASK(55, 40), *entry) & ~HV_MASK(11, 8);
	segment->base = descriptor_base(*entry);
	if (!(*entry & X86_DESC_S))
		segment->base |= entry[1] << 32;
}

static void capture_segments(struct x86_state *state)
{
	capture_segment(state, X86_LDTR, x86_sldt());
	capture_segment(state, X86_TR, x86_str());
	capture_segment(state, X86_CS, x86_read_cs());
	capture_segment(state, X86_SS, x86_read_ss());
	capture_segment(state, X86_DS, x86_read_ds());
	capture_segment(state, X86_ES, x86_read_es());
	capture_segment(state, X86_FS, x86_read_fs());
	capture_segment(state, X86_GS, x86_read_gs());
	state->segment[X86_FS].base = x86_rdmsr(X86_MSR_FS_BASE);
	state->segment[X86_GS].base = x86_rdmsr(X86_MSR_GS_BASE);
}

static void capture(struct x86_state *state)
{
	struct x86_table_register gdt = x86_sgdt(), idt = x86_sidt();

	state->gdt_base = gdt.base;
	state->gdt_limit = gdt.limit;
	state->idt_base = idt.base;
	state->idt_limit = idt.limit;
	capture_segments(state);
	state->cr0 = x86_read_cr0();
	state->cr2 = x86_read_cr2();
	state->cr3 = x86_read_cr3();
	state->cr4 = x86_read_cr4();
	state->dr7 = x86_read_dr7();
	state->debugctl = x86_rdmsr(X86_MSR_DEBUGCTL);
	state->efer = x86_rdmsr(X86_MSR_EFER);
	state->pat = x86_rdmsr(X86_MSR_PAT);
	state->sysenter_cs = x86_rdmsr(X86_MSR_SYSENTER_CS);
	state->sysenter_esp = x86_rdmsr(X86_MSR_SYSENTER_ESP);
	state->sysenter_eip = x86_rdmsr(X86_MSR_SYSENTER_EIP);
	state->rflags = X86_RFLAGS_RSVD1;
}

int hv_boot_enter(struct hv_launch *launch, unsigned int cpu)
{
	struct x86_crossing *crossing = crossing_of(launch, cpu);

	crossing->launch = launch;
	crossing->cpu = cpu;
	crossing->bridge = launch->bridge_cr3;
	crossing->entry = ((const struct hv_header *)launch->image)->entry;
	capture(&crossing->state);
	return x86_cross(crossing);
}

int hv_boot_leave(struct hv_launch *launch, unsigned int cpu)
{
	(void)cpu;
	return (int)(launch->vendor == HV_VENDOR_SVM ? x86_leave_svm(HV_HC_LEAVE) : x86_leave_vmx(HV_HC_LEAVE));
}

long hv_boot_call(const struct hv_launch *launch, unsigned long nr, unsigned long arg)
{
	return launch->vendor == HV_VENDOR_SVM ? x86_call_svm(nr, arg) : x86_call_vmx(nr, arg);
}
