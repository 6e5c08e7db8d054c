// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions in root mode: NMIs are kept for the guest, marked instructions are fixed up, everything else ends the
 * CPU.
 */
#include <hv/panic.h>
#include <x86/exit.h>
#include <x86/host.h>
#include <x86/regs.h>

struct extable_entry {
	s32 insn, fixup;	/* relative to themselves */
};

extern const struct extable_entry extable_start[], extable_end[];
extern const u8 vmx_entry_begin[], vmx_entry_end[], x86_idle_begin[], x86_idle_end[];
void x86_host_exception(struct x86_exception_frame *frame);

static bool fix_up(struct x86_exception_frame *frame)
{
	const struct extable_entry *entry;

	for (entry = extable_start; entry < extable_end; entry++) {
		if ((u64)&entry->insn + (u64)(s64)entry->insn != frame->rip)
			continue;
		frame->rip = (u64)&entry->fixup + (u64)(s64)entry->fixup;
		return true;
	}
	return false;
}

/*
 * The NMI belongs to the guest or is a kick. If it hits between the last look at nmi_pending and the VM entry, the
 * entry begins again; likewise between the last look at the requests and going idle. (SVM holds NMIs back otherwise.)
 */
static void take_nmi(struct x86_exception_frame *frame)
{
	x86_this_cpu()->nmi_pending = true;
	if (frame->rip >= (u64)vmx_entry_begin && frame->rip < (u64)vmx_entry_end)
		frame->rip = (u64)vmx_entry_begin;
	if (frame->rip >= (u64)x86_idle_begin && frame->rip < (u64)x86_idle_end)
		frame->rip = (u64)x86_idle_begin;
}

void x86_host_exception(struct x86_exception_frame *frame)
{
	struct x86_cpu *cpu = x86_this_cpu();

	if (frame->vector == X86_VECTOR_NMI) {
		take_nmi(frame);
		return;
	}
	if (fix_up(frame))
		return;
	hv_panic(&cpu->core, "exception %u (0x%x) at 0x%lx, CR2 0x%lx, RSP 0x%lx", (u32)frame->vector,
		 (u32)frame->error, (unsigned long)frame->rip, (unsigned long)x86_read_cr2(),
		 (unsigned long)frame->rsp);
}
