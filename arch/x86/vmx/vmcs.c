// SPDX-License-Identifier: GPL-2.0-only
/* Filling the VMCS: controls, root mode's state, and the guest's from what was captured. */
#include <hv/hv.h>
#include <hv/launch.h>
#include <vmx/vmx.h>
#include <x86/cell.h>
#include <x86/host.h>
#include <x86/msr.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

#define ROOT_VPID 1

/* Keeps the first field that the CPU refused. */
struct writer {
	u32 failed;
};

static void put(struct writer *w, u32 field, u64 value)
{
	if (!vmx_vmwrite(field, value) && !w->failed)
		w->failed = field;
}

/* What only cells other than root exit for. Every CPU offers these; the other is looked for. */
static u32 primary_of(const struct hv_cell *cell)
{
	u32 more = (u32)(VMX_PRIMARY_IO_BITMAPS | VMX_PRIMARY_RDPMC);

	return vmx.controls.word[VMX_PRIMARY] | (cell == &hv.root ? 0 : more);
}

static u32 secondary_of(const struct hv_cell *cell)
{
	u32 offered = (u32)(vmx.probe.vmx[VMX_CAP_SECONDARY] >> 32);

	return vmx.controls.word[VMX_SECONDARY] | (cell == &hv.root ? 0 : offered & (u32)VMX_SECONDARY_WBINVD);
}

static void put_cell(struct writer *w, const struct x86_cpu *cpu)
{
	const struct hv_cell *cell = cpu->core.cell;

	put(w, VMX_PRIMARY_CONTROLS, primary_of(cell));
	put(w, VMX_SECONDARY_CONTROLS, secondary_of(cell));
	put(w, VMX_EXCEPTION_BITMAP, cell == &hv.root ? 0 : X86_CELL_EXCEPTIONS);
	put(w, VMX_EPT_POINTER, vmx_eptp(cell));
	put(w, VMX_MSR_BITMAP, cell == &hv.root ? vmx.msr_bitmap_hpa : x86_cell_of(cpu)->msr_map_hpa);
	if (cell == &hv.root)
		return;
	put(w, VMX_IO_BITMAP_A, x86_cell_of(cpu)->io_map_hpa);
	put(w, VMX_IO_BITMAP_B, x86_cell_of(cpu)->io_map_hpa + HV_PAGE_SIZE);
}

static void put_controls(struct writer *w, const struct x86_cpu *cpu)
{
	put(w, VMX_PIN_CONTROLS, vmx.controls.word[VMX_PIN]);
	put(w, VMX_EXIT_CONTROLS, vmx.controls.word[VMX_EXIT]);
	put(w, VMX_ENTRY_CONTROLS, vmx.controls.word[VMX_ENTRY]);
	put(w, VMX_CR3_TARGET_COUNT, 0);
	put(w, VMX_EXIT_MSR_STORE_COUNT, 0);
	put(w, VMX_EXIT_MSR_LOAD_COUNT, 0);
	put(w, VMX_ENTRY_MSR_LOAD_COUNT, 0);
	put(w, VMX_ENTRY_INTERRUPTION, 0);
	put(w, VMX_VPID, ROOT_VPID);
	put(w, VMX_LINK_POINTER, ~0ULL);
	if (vmx.controls.word[VMX_SECONDARY] & VMX_SECONDARY_XSAVES)
		put(w, VMX_XSS_EXITING, 0);
	put_cell(w, cpu);
}

static void put_host(struct writer *w, struct x86_cpu *cpu)
{
	put(w, VMX_HOST_CR0, x86_read_cr0());
	put(w, VMX_HOST_CR3, cpu->final_cr3);
	put(w, VMX_HOST_CR4, x86_host_cr4());
	put(w, VMX_HOST_CS_SELECTOR, X86_SEL_CODE);
	put(w, VMX_HOST_SS_SELECTOR, X86_SEL_DATA);
	put(w, VMX_HOST_DS_SELECTOR, 0);
	put(w, VMX_HOST_ES_SELECTOR, 0);
	put(w, VMX_HOST_FS_SELECTOR, 0);
	put(w, VMX_HOST_GS_SELECTOR, 0);
	put(w, VMX_HOST_TR_SELECTOR, X86_SEL_TSS);
	put(w, VMX_HOST_FS_BASE, 0);
	put(w, VMX_HOST_GS_BASE, 0);
	put(w, VMX_HOST_TR_BASE, (u64)&cpu->tss);
	put(w, VMX_HOST_GDTR_BASE, (u64)cpu->gdt);
	put(w, VMX_HOST_IDTR_BASE, x86_host_idt.base);
	put(w, VMX_HOST_SYSENTER_CS, 0);
	put(w, VMX_HOST_SYSENTER_ESP, 0);
	put(w, VMX_HOST_SYSENTER_EIP, 0);
	put(w, VMX_HOST_PAT, x86_rdmsr(X86_MSR_PAT));
	put(w, VMX_HOST_EFER, x86_rdmsr(X86_MSR_EFER));
	put(w, VMX_HOST_RSP, (u64)x86_regs_of(cpu));
	put(w, VMX_HOST_RIP, (u64)vmx_exit_entry);
}

static void put_segments(struct writer *w, const struct x86_state *state)
{
	const struct x86_segment *segment = state->segment;
	u32 i;

	for (i = 0; i < X86_NR_SEGMENTS; i++, segment++) {
		put(w, VMX_GUEST_ES_SELECTOR + 2 * i, segment->selector);
		put(w, VMX_GUEST_ES_LIMIT + 2 * i, segment->limit);
		put(w, VMX_GUEST_ES_RIGHTS + 2 * i, segment->attributes);
		put(w, VMX_GUEST_ES_BASE + 2 * i, segment->base);
	}
	put(w, VMX_GUEST_GDTR_BASE, state->gdt_base);
	put(w, VMX_GUEST_GDTR_LIMIT, state->gdt_limit);
	put(w, VMX_GUEST_IDTR_BASE, state->idt_base);
	put(w, VMX_GUEST_IDTR_LIMIT, state->idt_limit);
}

static void put_guest(struct writer *w, const struct x86_cpu *cpu, const struct x86_state *state)
{
	put_segments(w, state);
	if (!vmx_put_cr0(cpu, state->cr0))
		put(w, VMX_GUEST_CR0, state->cr0);
	if (!vmx_put_cr4(cpu, state->cr4))
		put(w, VMX_GUEST_CR4, state->cr4);
	put(w, VMX_GUEST_CR3, state->cr3);
	put(w, VMX_GUEST_DR7, state->dr7);
	put(w, VMX_GUEST_DEBUGCTL, state->debugctl);
	put(w, VMX_GUEST_EFER, state->efer);
	put(w, VMX_GUEST_PAT, state->pat);
	put(w, VMX_GUEST_SYSENTER_CS, state->sysenter_cs);
	put(w, VMX_GUEST_SYSENTER_ESP, state->sysenter_esp);
	put(w, VMX_GUEST_SYSENTER_EIP, state->sysenter_eip);
	put(w, VMX_GUEST_RIP, state->rip);
	put(w, VMX_GUEST_RSP, state->rsp);
	put(w, VMX_GUEST_RFLAGS, state->rflags);
	put(w, VMX_GUEST_PENDING_DEBUG, 0);
	put(w, VMX_GUEST_INTERRUPTIBILITY, 0);
	put(w, VMX_GUEST_ACTIVITY, VMX_ACTIVITY_ACTIVE);
}

int vmx_vmcs_init(struct hv_launch *launch, struct x86_cpu *cpu)
{
	struct writer w = { 0 };

	put_controls(&w, cpu);
	put_host(&w, cpu);
	put_guest(&w, cpu, &cpu->crossing->state);
	if (w.failed)
		return hv_launch_fail(launch, cpu->core.id, -EIO, "CPU %u refused VMCS field 0x%x", cpu->core.id,
				      w.failed);
	return 0;
}

/* All fields exist: they were written before, when the CPU was launched. */
void vmx_clean(struct x86_cpu *cpu)
{
	struct writer w = { 0 };
	u32 msr;

	put_cell(&w, cpu);
	put(&w, VMX_GUEST_PAT, X86_PAT_RESET);
	put(&w, VMX_GUEST_ACTIVITY, VMX_ACTIVITY_ACTIVE);
	(void)vmx_put_cr0(cpu, 0);
	/* What the last one had of these is still in force, and exits leave it so. */
	x86_write_cr0(x86_read_cr0() & ~(u64)(X86_CR0_CD | X86_CR0_NW));
	for (msr = X86_MSR_STAR; msr <= X86_MSR_SFMASK; msr++)
		x86_wrmsr(msr, 0);
	x86_wrmsr(X86_MSR_KERNEL_GS_BASE, 0);
}

void vmx_put_state(struct x86_cpu *cpu, const struct x86_state *state)
{
	struct writer w = { 0 };
	u64 long_mode = state->efer & X86_EFER_LMA ? VMX_ENTRY_LONG_MODE : 0;

	put_guest(&w, cpu, state);
	put(&w, VMX_ENTRY_CONTROLS, (vmx.controls.word[VMX_ENTRY] & ~VMX_ENTRY_LONG_MODE) | long_mode);
	x86_write_cr2(state->cr2);
}

void vmx_save_state(struct x86_cpu *cpu, struct x86_state *state)
{
	struct x86_segment *segment = state->segment;
	u32 i;

	(void)cpu;
	for (i = 0; i < X86_NR_SEGMENTS; i++, segment++) {
		segment->selector = (u16)vmx_vmread(VMX_GUEST_ES_SELECTOR + 2 * i);
		segment->limit = (u32)vmx_vmread(VMX_GUEST_ES_LIMIT + 2 * i);
		segment->attributes = (u32)vmx_vmread(VMX_GUEST_ES_RIGHTS + 2 * i);
		segment->base = vmx_vmread(VMX_GUEST_ES_BASE + 2 * i);
	}
	state->gdt_base = vmx_vmread(VMX_GUEST_GDTR_BASE);
	state->gdt_limit = (u16)vmx_vmread(VMX_GUEST_GDTR_LIMIT);
	state->idt_base = vmx_vmread(VMX_GUEST_IDTR_BASE);
	state->idt_limit = (u16)vmx_vmread(VMX_GUEST_IDTR_LIMIT);
	state->cr0 = vmx_get(cpu, X86_FIELD_CR0);
	state->cr2 = x86_read_cr2();
	state->cr3 = vmx_vmread(VMX_GUEST_CR3);
	state->cr4 = vmx_get(cpu, X86_FIELD_CR4);
	state->dr7 = vmx_vmread(VMX_GUEST_DR7);
	state->debugctl = vmx_vmread(VMX_GUEST_DEBUGCTL);
	state->efer = vmx_vmread(VMX_GUEST_EFER);
	state->pat = vmx_vmread(VMX_GUEST_PAT);
	state->sysenter_cs = vmx_vmread(VMX_GUEST_SYSENTER_CS);
	state->sysenter_esp = vmx_vmread(VMX_GUEST_SYSENTER_ESP);
	state->sysenter_eip = vmx_vmread(VMX_GUEST_SYSENTER_EIP);
	state->rip = vmx_vmread(VMX_GUEST_RIP);
	state->rsp = vmx_vmread(VMX_GUEST_RSP);
	state->rflags = vmx_vmread(VMX_GUEST_RFLAGS);
}
