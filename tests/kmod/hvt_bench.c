// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions per operation: on emulators that count, the TSC advances by one per instruction, so the difference
 * around
 * an operation, less that around nothing, is what the operation costs with everything that happens underneath.
 */
#include <linux/irqflags.h>
#include <linux/smp.h>
#include <asm/apic.h>
#include <asm/io.h>
#include <asm/msr.h>

#include "hvt.h"

#define ROUNDS 64

static char *hypercall = "";
module_param(hypercall, charp, 0444);
MODULE_PARM_DESC(hypercall, "vmcall or vmmcall: also measure the hypercall in RAX");

static unsigned long nr;
module_param(nr, ulong, 0444);

enum op {
	NOTHING, NOPS, CPUID, RDMSR_PAT, WRMSR_PAT, WRMSR_EFER, APIC_WRITE, APIC_READ, PORT_OUT, PCI_CONFIG, LOAD_CR3,
	VMCALL, VMMCALL, NR_OPS
};

static const char *const names[NR_OPS] = {
	"nothing", "100_nops", "cpuid", "rdmsr_pat", "wrmsr_pat", "wrmsr_efer", "apic_write", "apic_read", "out_0x80",
	"pci_cf8_cfc", "mov_cr3", "vmcall", "vmmcall",
};

static u64 pat, efer;

#define MEASURE(code)                                                                                                 \
	({                                                                                                            \
		u64 from = rdtsc(), to;                                                                               \
		code;                                                                                                 \
		to = rdtsc();                                                                                         \
		to - from;                                                                                            \
	})

static noinline u64 measure(enum op op)
{
	u32 a = 1, b, c = 0, d;
	unsigned long rax = nr;
	volatile u32 *apic = (volatile u32 *)APIC_BASE;

	switch (op) {
	case NOTHING:
		return MEASURE();
	case NOPS:
		return MEASURE(asm volatile(".rept 100; nop; .endr"));
	case CPUID:
		return MEASURE(asm volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d)));
	case RDMSR_PAT:
		return MEASURE(asm volatile("rdmsr" : "=a"(a), "=d"(d) : "c"(MSR_IA32_CR_PAT)));
	case WRMSR_PAT:
		return MEASURE(asm volatile("wrmsr" : : "a"((u32)pat), "d"((u32)(pat >> 32)), "c"(MSR_IA32_CR_PAT)));
	case WRMSR_EFER:
		return MEASURE(asm volatile("wrmsr" : : "a"((u32)efer), "d"((u32)(efer >> 32)), "c"(MSR_EFER)));
	case APIC_WRITE:
		a = apic[APIC_TASKPRI / 4];
		return MEASURE(apic[APIC_TASKPRI / 4] = a);
	case APIC_READ:
		return MEASURE((void)apic[APIC_TASKPRI / 4]);
	case PORT_OUT:
		return MEASURE(asm volatile("outb %%al, $0x80" : : "a"(0)));
	case PCI_CONFIG:
		return MEASURE(outl(0x80000000, 0xcf8); (void)inl(0xcfc));
	case LOAD_CR3:
		return MEASURE(asm volatile("mov %%cr3, %%rcx; mov %%rcx, %%cr3" : : : "rcx", "memory"));
	case VMCALL:
		return MEASURE(asm volatile("vmcall" : "+a"(rax) : : "memory"));
	case VMMCALL:
		return MEASURE(asm volatile("vmmcall" : "+a"(rax) : : "memory"));
	default:
		return 0;
	}
}

static bool is_possible(enum op op)
{
	if (op == APIC_WRITE || op == APIC_READ)
		return !x2apic_enabled();
	if (op == VMCALL || op == VMMCALL)
		return !strcmp(hypercall, names[op]);
	return true;
}

/* The least of many: what an interrupt or a cold cache added is not the operation's. */
static u64 least(enum op op)
{
	u64 best = ~0ULL, now;
	unsigned long flags;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		local_irq_save(flags);
		now = measure(op);
		local_irq_restore(flags);
		best = min(best, now);
	}
	return best;
}

static int hvt_show(struct seq_file *m, void *unused)
{
	u64 nothing;
	enum op op;

	rdmsrl(MSR_IA32_CR_PAT, pat);
	rdmsrl(MSR_EFER, efer);
	nothing = least(NOTHING);
	for (op = NOPS; op < NR_OPS; op++)
		if (is_possible(op))
			seq_printf(m, "%s %llu\n", names[op], least(op) - nothing);
	return 0;
}
