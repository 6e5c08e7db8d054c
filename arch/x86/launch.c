// SPDX-License-Identifier: GPL-2.0-only
/* The x86 half of launch and leave: what the core's stages ask for, the first entry, and the ways back to Linux. */
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/hv.h>
#include <hv/launch.h>
#include <hv/request.h>
#include <hv/string.h>
#include <x86/apic.h>
#include <x86/cpuid.h>
#include <x86/exit.h>
#include <x86/host.h>
#include <x86/msr.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

bool x86_is_svm;

void x86_launch(struct x86_crossing *crossing) __attribute__((noreturn));
void x86_native_jump(u64 where, s64 result, u64 cr4, u64 cr3, u64 rsp) __attribute__((noreturn));

void hv_arch_relax(void)
{
	struct hv_cpu *cpu = hv_arch_this_cpu();

	x86_pause();
	if (cpu->pub)
		hv_request_answer(cpu);
}

u64 hv_arch_clock(void)
{
	return x86_rdtsc();
}

void hv_arch_halt(void)
{
	for (;;)
		x86_cli_hlt();
}

struct hv_cpu *hv_arch_this_cpu(void)
{
	return &x86_this_cpu()->core;
}

int hv_arch_early_init(struct hv_launch *launch)
{
	int err;

	x86_is_svm = launch->vendor == HV_VENDOR_SVM;
	err = x86_host_init(launch);
	if (err)
		return err;
	return x86_vcpu_early_init(launch);
}

int hv_arch_cpu_init(struct hv_launch *launch, struct hv_cpu *core)
{
	struct x86_cpu *cpu = x86_cpu_of(core);
	u16 tr = cpu->crossing->state.segment[X86_TR].selector;
	int err;

	/* The way back loads Linux's TSS from our own GDT, see x86_native_return(). */
	if (tr >> 3 < X86_SEL_DATA >> 3 || tr >> 3 > X86_GDT_ENTRIES - 2)
		return hv_launch_fail(launch, core->id, -EOPNOTSUPP, "unexpected task register 0x%x", tr);
	x86_apic_note_base(cpu, x86_rdmsr(X86_MSR_APIC_BASE));
	err = x86_host_cpu_init(cpu);
	if (err)
		return err;
	return x86_vcpu_cpu_init(launch, cpu);
}

void hv_arch_cpu_fini(struct hv_cpu *core)
{
	x86_vcpu_cpu_fini(x86_cpu_of(core));
}

u64 hv_arch_address_limit(void)
{
	return 1ULL << (x86_cpuid(X86_LEAF_ADDRESS_SIZES, 0).eax & 0xff);
}

/* AMD APM vol. 2, "Secure Memory Encryption": software finds the bit by CPUID, and the firmware has to enable it. */
u64 hv_arch_encryption_bit(void)
{
	struct x86_cpuid leaf;

	if (x86_cpuid(X86_LEAF_EXT_MAX, 0).eax < X86_LEAF_ENCRYPTION)
		return 0;
	leaf = x86_cpuid(X86_LEAF_ENCRYPTION, 0);
	if (!(leaf.eax & X86_ENCRYPTION_SME) || !(x86_rdmsr(X86_MSR_SYSCFG) & X86_SYSCFG_SMEE))
		return 0;
	return HV_BIT(HV_GET(X86_ENCRYPTION_C_BIT, leaf.ebx));
}

const struct hv_pt_format *hv_arch_guest_format(void)
{
	return x86_vcpu_guest_format();
}

bool hv_arch_guest_is_privileged(struct hv_cpu *core)
{
	return !x86_vcpu_get(x86_cpu_of(core), X86_FIELD_CPL);
}

u64 hv_arch_guest_rip(struct hv_cpu *core)
{
	return x86_vcpu_get(x86_cpu_of(core), X86_FIELD_RIP);
}

/* What windows show may be somebody else's as soon as the caller says that it flushed. */
void hv_arch_flush_guest(struct hv_cpu *core)
{
	struct x86_cpu *cpu = x86_cpu_of(core);

	x86_window_close_all(cpu);
	cpu->flush_tlb = true;
}

static bool wants_failure(const struct hv_launch *launch, const struct x86_cpu *cpu)
{
	return launch->inject_stage == HV_STAGE_activate && launch->inject_cpu == cpu->core.id;
}

/* First C code of a CPU that comes in. Still Linux's descriptor tables: an NMI is Linux's business until host_enter. */
void x86_launch(struct x86_crossing *crossing)
{
	struct x86_cpu *cpu = x86_this_cpu();
	struct hv_launch *launch = crossing->launch;
	int err;

	memset(cpu, 0, sizeof(*cpu));
	cpu->core.id = (u32)crossing->cpu;
	cpu->crossing = crossing;
	err = hv_launch_cpu(launch, &cpu->core);
	if (err)
		x86_native_return(cpu, &crossing->state, err);
	(void)hv_fetch_add(&hv.active_cpus, 1);
	hv_request_use_tables(&cpu->core, &hv.root.space.set.pt);
	cpu->fail_entry = wants_failure(launch, cpu);
	cpu->host_entered = true;
	x86_host_enter(cpu);
	x86_apic_publish(cpu);
	x86_enter_failed(cpu, cpu->fail_entry ? -EIO : x86_vcpu_enter(cpu));
}

void x86_enter_failed(struct x86_cpu *cpu, int err)
{
	x86_host_bridge();
	err = hv_launch_fail((struct hv_launch *)cpu->crossing->launch, cpu->core.id, err,
			     cpu->fail_entry ? "failure injected on CPU %u" : "CPU %u refused to enter the guest",
			     cpu->core.id);
	hv_request_use_tables(&cpu->core, NULL);
	(void)hv_fetch_add(&hv.active_cpus, (u32)-1);
	x86_vcpu_cpu_fini(cpu);
	x86_native_return(cpu, &cpu->crossing->state, err);
}

void x86_leave(struct x86_cpu *cpu)
{
	x86_vcpu_save_state(cpu, &cpu->leave_state);
	x86_host_bridge();
	x86_vcpu_cpu_fini(cpu);
	x86_native_return(cpu, &cpu->leave_state, 0);
}

static void load_segments(const struct x86_state *state)
{
	x86_write_ds(state->segment[X86_DS].selector);
	x86_write_es(state->segment[X86_ES].selector);
	x86_write_fs(state->segment[X86_FS].selector);
	x86_write_gs(state->segment[X86_GS].selector);
	x86_wrmsr(X86_MSR_FS_BASE, state->segment[X86_FS].base);
	x86_wrmsr(X86_MSR_GS_BASE, state->segment[X86_GS].base);
}

static void load_registers(const struct x86_state *state)
{
	x86_wrmsr(X86_MSR_SYSENTER_CS, state->sysenter_cs);
	x86_wrmsr(X86_MSR_SYSENTER_ESP, state->sysenter_esp);
	x86_wrmsr(X86_MSR_SYSENTER_EIP, state->sysenter_eip);
	x86_wrmsr(X86_MSR_PAT, state->pat);
	x86_wrmsr(X86_MSR_EFER, state->efer);
	x86_wrmsr(X86_MSR_DEBUGCTL, state->debugctl);
	x86_write_cr0(state->cr0);
	x86_write_cr2(state->cr2);
	x86_write_dr7(state->dr7);
}

/*
 * Every step survives an NMI: until LIDT the handler is ours and needs nothing of Linux, behind it everything that
 * Linux's handler needs is loaded. LTR wants a descriptor that is not busy, and Linux's table is read-only: ours
 * carries a copy of the descriptor at the same selector.
 */
void x86_native_return(struct x86_cpu *cpu, const struct x86_state *state, int err)
{
	const struct x86_segment *tr = &state->segment[X86_TR];
	const struct x86_table_register gdt = { .limit = state->gdt_limit, .base = state->gdt_base };
	const struct x86_table_register idt = { .limit = state->idt_limit, .base = state->idt_base };
	u64 back = err ? cpu->crossing->back : cpu->leave_back;

	/* Up to host_enter everything of Linux is still loaded, and must be: NMIs go to its handler. */
	if (!cpu->host_entered)
		x86_native_jump(back, err, state->cr4, state->cr3, state->rsp);
	x86_host_load_tss(cpu, tr->selector, tr->base, tr->limit);
	x86_lgdt(&gdt);
	x86_lldt(state->segment[X86_LDTR].selector);
	load_segments(state);
	load_registers(state);
	x86_lidt(&idt);
	if (cpu->nmi_pending && !hv_request_was_kicked(&cpu->core))
		hv_arch_send_nmi(cpu->core.pub->apic_id);
	x86_native_jump(back, err, state->cr4, state->cr3, state->rsp);
}
