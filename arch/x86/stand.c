// SPDX-License-Identifier: GPL-2.0-only
/* A CPU that stands: waiting for requests, and leaving nothing of one guest to the next. */
#include <hv/arch.h>
#include <hv/bits.h>
#include <hv/hv.h>
#include <x86/apic.h>
#include <x86/cpuid.h>
#include <x86/exit.h>
#include <x86/host.h>
#include <x86/insn.h>
#include <x86/msr.h>
#include <x86/msr_policy.h>
#include <x86/regs.h>
#include <x86/vcpu_ops.h>

bool x86_xsetbv_safe(u32 index, u64 value);
void x86_idle(const u32 *requests, const bool *nmi_pending);
void x86_ignore_interrupt(void);

/* Every vector that is not an exception of the window between STI and CLI, or an NMI, leads to an IRET. */
#define FIRST_IGNORED 16
static struct x86_gate idt[256];

void x86_stand_init(void)
{
	const struct x86_gate *exceptions = (const struct x86_gate *)x86_host_idt.base;
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(idt); i++)
		idt[i] = i < FIRST_IGNORED ? exceptions[i] : x86_host_gate((u64)x86_ignore_interrupt);
}

void x86_host_take_interrupt(void)
{
	const struct x86_table_register all = { .limit = sizeof(idt) - 1, .base = (u64)idt };

	x86_lidt(&all);
	x86_vcpu_listen(true);
	x86_sti_cli();
	x86_vcpu_listen(false);
	x86_lidt(&x86_host_idt);
}

/* An NMI that came is a kick, or for a guest that does not run. Its flag goes down before requests are read again. */
void hv_arch_idle(struct hv_cpu *core)
{
	struct x86_cpu *cpu = x86_cpu_of(core);

	/* The guest may have been in its NMI handler, and further NMIs wait for an IRET. */
	x86_iret();
	x86_vcpu_listen(true);
	x86_idle(&core->pub->requests, &cpu->nmi_pending);
	x86_vcpu_listen(false);
	x86_forget_nmi(cpu);
}

/* What FXRSTOR and XRSTOR make of it: the initial state. "XRSTOR": without a header every component is in that. */
struct initial_state {
	u16 control;
	u8 rsvd_0x02[22];
	u32 mxcsr;
	u8 rsvd_0x1c[484];
	u64 header[8];
} __attribute__((aligned(64)));

HV_ASSERT_OFFSET(struct initial_state, mxcsr, 24);
HV_ASSERT_OFFSET(struct initial_state, header, 512);

static const struct initial_state initial = { .control = 0x37f, .mxcsr = 0x1f80 };

static void clean_vectors(void)
{
	u64 cr4 = x86_read_cr4();
	struct x86_cpuid leaf;

	if (!(x86_cpuid(X86_LEAF_FEATURES, 0).ecx & X86_CPUID_XSAVE)) {
		x86_fxrstor(&initial);
		return;
	}
	leaf = x86_cpuid(X86_LEAF_XSTATE, 0);
	x86_write_cr4(cr4 | X86_CR4_OSXSAVE);
	x86_xsetbv(0, leaf.edx << 32 | leaf.eax);
	x86_xrstor(&initial, leaf.edx << 32 | leaf.eax);
	x86_xsetbv(0, X86_XCR0_X87);
	x86_write_cr4(cr4);
}

static void clean_debug(void)
{
	x86_write_dr0(0);
	x86_write_dr1(0);
	x86_write_dr2(0);
	x86_write_dr3(0);
	x86_write_dr6(X86_DR6_RESET);
}

/*
 * What neither control block holds, of the registers that a cell can write; and by which root would look on at what a
 * cell does, or learn it when the CPU is its own again. Not every CPU has them all.
 */
static void clean_msrs(void)
{
	static const struct {
		u32 msr, value;
	} barriers[] = { { X86_MSR_PRED_CMD, X86_PRED_CMD_IBPB }, { X86_MSR_FLUSH_CMD, X86_FLUSH_CMD_L1D } };
	static const u32 msrs[] = { X86_MSR_SPEC_CTRL, X86_MSR_XSS, X86_MSR_TSC_AUX, X86_MSR_TSC_DEADLINE,
				    X86_MSR_MCG_STATUS, X86_MSR_DEBUGCTL, X86_MSR_PERF_GLOBAL_CTRL,
				    X86_MSR_PEBS_ENABLE, X86_MSR_RTIT_CTL, X86_MSR_ARCH_LBR_CTL, X86_MSR_DBG_EXTN_CFG,
				    X86_MSR_AMD_PERF_GLOBAL_CTL, X86_MSR_IBS_FETCH_CTL, X86_MSR_IBS_OP_CTL };
	unsigned int i;

	for (i = 0; i < HV_ARRAY_SIZE(msrs); i++)
		(void)x86_wrmsr_safe(msrs[i], 0); /* missing ones hold nothing */
	/* What the last guest trained or loaded; a CPU that cannot forget it does not have the command. */
	for (i = 0; i < HV_ARRAY_SIZE(barriers); i++)
		(void)x86_wrmsr_safe(barriers[i].msr, barriers[i].value);
}

void hv_arch_cpu_clean(struct hv_cpu *core)
{
	struct x86_cpu *cpu = x86_cpu_of(core);

	clean_vectors();
	clean_debug();
	clean_msrs();
	x86_apic_quiet(cpu);
	x86_vcpu_clean(cpu);
	x86_vcpu_reset(cpu);
}

void hv_arch_cpu_reset(struct hv_cpu *core)
{
	x86_vcpu_reset(x86_cpu_of(core));
}

void hv_arch_cpu_start(struct hv_cpu *core, u8 vector)
{
	x86_vcpu_start(x86_cpu_of(core), vector);
}
