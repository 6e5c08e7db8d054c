// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control registers. The guest owns all bits but those that VMX fixes: CR0.NE and CR4.VMXE in practice. A fixed bit
 * reads as the guest wrote it and stays set underneath: "Guest/Host Masks and Read Shadows for CR0 and CR4". Of a cell
 * some more bits are held so, since they reach beyond it.
 */
#include <hv/hv.h>
#include <vmx/vmx.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

/* Unrestricted guests may clear these two: "Unrestricted Guests". */
#define CR0_FREE (X86_CR0_PE | X86_CR0_PG)

/* No entry and no exit changes these, so they would outlive the cell: "Loading Guest Control Registers ...". */
#define CR0_UNCACHED (X86_CR0_CD | X86_CR0_NW)
/* User interrupts are sent without anybody looking at where to; with FRED, events are delivered otherwise than here. */
#define CR4_NOT_IN_GUESTS (X86_CR4_UINTR | X86_CR4_FRED)
/* What CPUID does not show to a cell has its bits here, too. */
#define CR4_NOT_IN_CELLS (CR4_NOT_IN_GUESTS | X86_CR4_VMXE | X86_CR4_SMXE | X86_CR4_KL | X86_CR4_CET | X86_CR4_PKS)

static bool is_root(const struct x86_cpu *cpu)
{
	return cpu->core.cell == &hv.root;
}

static u64 cr0_must(void)
{
	return vmx.probe.vmx[VMX_CAP_CR0_FIXED0] & ~CR0_FREE;
}

/* A machine check goes to all CPUs, and one that cannot take it is the machine's end. */
static u64 cr4_must(const struct x86_cpu *cpu)
{
	return vmx.probe.vmx[VMX_CAP_CR4_FIXED0] | (is_root(cpu) ? 0 : X86_CR4_MCE);
}

static u64 cr0_held(const struct x86_cpu *cpu)
{
	return cr0_must() | (is_root(cpu) ? 0 : CR0_UNCACHED);
}

static u64 cr4_denied(const struct x86_cpu *cpu)
{
	return is_root(cpu) ? CR4_NOT_IN_GUESTS : CR4_NOT_IN_CELLS;
}

static u64 cr4_held(const struct x86_cpu *cpu)
{
	return cr4_must(cpu) | cr4_denied(cpu);
}

bool vmx_put_cr0(const struct x86_cpu *cpu, u64 value)
{
	return vmx_vmwrite(VMX_CR0_MASK, cr0_held(cpu)) && vmx_vmwrite(VMX_CR0_SHADOW, value) &&
	       vmx_vmwrite(VMX_GUEST_CR0, (value & ~cr0_held(cpu)) | cr0_must());
}

bool vmx_put_cr4(const struct x86_cpu *cpu, u64 value)
{
	return vmx_vmwrite(VMX_CR4_MASK, cr4_held(cpu)) && vmx_vmwrite(VMX_CR4_SHADOW, value) &&
	       vmx_vmwrite(VMX_GUEST_CR4, (value & ~cr4_held(cpu)) | cr4_must(cpu));
}

static u64 gpr(struct x86_cpu *cpu, u64 number)
{
	return number == X86_RSP ? vmx_vmread(VMX_GUEST_RSP) : x86_regs_of(cpu)->r[number];
}

/* "MOV—Move to/from Control Registers": what a CPU answers with #GP before it looks at anything else. */
static bool is_legal_cr0(u64 value)
{
	if (value >> 32)
		return false;
	if ((value & X86_CR0_PG) && !(value & X86_CR0_PE))
		return false;
	return !(value & X86_CR0_NW) || (value & X86_CR0_CD);
}

static bool is_legal_cr4(u64 value)
{
	bool long_mode = vmx_vmread(VMX_GUEST_EFER) & X86_EFER_LMA;

	if (value & ~vmx.probe.vmx[VMX_CAP_CR4_FIXED1])
		return false;
	return !long_mode || (value & X86_CR4_PAE);
}

/*
 * What the CPU does when paging goes on or off: "Unrestricted Guests". Legacy PAE would need its four entries loaded.
 */
static bool switch_paging(u64 value)
{
	u64 efer = vmx_vmread(VMX_GUEST_EFER), entry = vmx_vmread(VMX_ENTRY_CONTROLS);
	bool pae = vmx_vmread(VMX_GUEST_CR4) & X86_CR4_PAE;

	if ((value & X86_CR0_PG) && pae != !!(efer & X86_EFER_LME))
		return false;
	efer &= ~X86_EFER_LMA;
	entry &= ~VMX_ENTRY_LONG_MODE;
	if ((value & X86_CR0_PG) && pae) {
		efer |= X86_EFER_LMA;
		entry |= VMX_ENTRY_LONG_MODE;
	}
	return vmx_vmwrite(VMX_GUEST_EFER, efer) && vmx_vmwrite(VMX_ENTRY_CONTROLS, entry);
}

/* A write exits only if it changes a bit that is held, which root's kernels do not do. */
static bool write_cr0(const struct x86_cpu *cpu, u64 value)
{
	u64 old = vmx_vmread(VMX_GUEST_CR0);

	if (!is_legal_cr0(value) || (((old ^ value) & X86_CR0_PG) && !switch_paging(value)))
		return false;
	return vmx_put_cr0(cpu, value);
}

static bool write_cr4(const struct x86_cpu *cpu, u64 value)
{
	return !(value & cr4_denied(cpu)) && is_legal_cr4(value) && vmx_put_cr4(cpu, value);
}

bool vmx_write_cr(struct x86_cpu *cpu, u64 q)
{
	u64 low = X86_CR0_PE | X86_CR0_MP | X86_CR0_EM | X86_CR0_TS, source;

	switch (HV_GET(VMX_CR_ACCESS, q)) {
	case VMX_CR_ACCESS_MOV_TO:
		source = gpr(cpu, HV_GET(VMX_CR_GPR, q));
		if (HV_GET(VMX_CR_NUMBER, q) == 0)
			return write_cr0(cpu, source);
		return HV_GET(VMX_CR_NUMBER, q) == 4 && write_cr4(cpu, source);
	case VMX_CR_ACCESS_CLTS:
		return write_cr0(cpu, vmx_get(cpu, X86_FIELD_CR0) & ~X86_CR0_TS);
	case VMX_CR_ACCESS_LMSW:
		/* LMSW can set PE and not clear it. */
		source = HV_GET(VMX_CR_LMSW_SOURCE, q) & low;
		return write_cr0(cpu, (vmx_get(cpu, X86_FIELD_CR0) & ~(low & ~X86_CR0_PE)) | source);
	default:
		return false;
	}
}
