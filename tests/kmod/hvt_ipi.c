// SPDX-License-Identifier: GPL-2.0-only
/* Interprocessor interrupts of all kinds to a CPU that is not root's, by every way there is to name it. */
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/nmi.h>
#include <linux/sizes.h>
#include <asm/apicdef.h>
#include <asm/asm.h>
#include <asm/irq_vectors.h>
#include <asm/msr.h>
#include <asm/nmi.h>

#include "hvt.h"

#define STARTUP_PAGE 0x9f
#define PATIENCE 100000
#define MODES 8
#define ICR_MODE_SHIFT 8

static unsigned int victim, rounds = 1, storm;
static bool inits;
module_param(victim, uint, 0444);
MODULE_PARM_DESC(victim, "APIC id");
module_param(rounds, uint, 0444);
module_param(storm, uint, 0444);
MODULE_PARM_DESC(storm, "so many NMIs and INITs, one after the other");
module_param(inits, bool, 0444);
MODULE_PARM_DESC(inits, "broadcasts are start-up IPIs and INITs, which no other CPU of root's may mind");

static void __iomem *apic;
static unsigned int stuck, own_nmis;

static int on_nmi(unsigned int cmd, struct pt_regs *regs)
{
	own_nmis++;
	return NMI_HANDLED;
}

static void write_icr(u32 destination, u32 icr)
{
	unsigned int patience = PATIENCE;
	unsigned long flags;

	local_irq_save(flags);
	writel(destination << 24, apic + APIC_ICR2);
	writel(icr, apic + APIC_ICR);
	while ((readl(apic + APIC_ICR) & APIC_ICR_BUSY) && --patience)
		cpu_relax();
	local_irq_restore(flags);
	stuck += !patience;
}

static u32 icr_of(unsigned int mode)
{
	u32 icr = mode << ICR_MODE_SHIFT | APIC_INT_ASSERT;

	if (icr == (APIC_DM_STARTUP | APIC_INT_ASSERT))
		return icr | STARTUP_PAGE;
	/* a vector that Linux does not mind */
	return icr == (APIC_DM_INIT | APIC_INT_ASSERT) ? icr : icr | RESCHEDULE_VECTOR;
}

static void aim(u32 icr)
{
	u32 bit;

	write_icr(victim, icr);
	write_icr(victim, icr | APIC_INT_LEVELTRIG);
	write_icr(1u << victim, icr | APIC_DEST_LOGICAL);
	/* ids that nobody has, or has by mistake */
	for (bit = nr_cpu_ids; bit < 8; bit++)
		write_icr(1u << bit | 1u << victim, icr | APIC_DEST_LOGICAL);
}

static void broadcast(u32 icr)
{
	write_icr(0xff, icr);
	write_icr(0xff, icr | APIC_DEST_LOGICAL);
	write_icr(0, icr | APIC_DEST_ALLINC);
	write_icr(0, icr | APIC_DEST_ALLBUT);
}

/* Our id is the victim's for a moment; whoever believes that sends to both, or to the wrong one. */
static void impersonate(void)
{
	unsigned long flags;
	u32 id;

	local_irq_save(flags);
	id = readl(apic + APIC_ID);
	writel(victim << 24, apic + APIC_ID);
	write_icr(victim, icr_of(0));
	write_icr(victim, icr_of(APIC_DM_NMI >> ICR_MODE_SHIFT));
	write_icr(victim, icr_of(APIC_DM_INIT >> ICR_MODE_SHIFT));
	writel(id, apic + APIC_ID);
	local_irq_restore(flags);
}

/* Where devices send interrupts; a store of ours is to be refused. */
static unsigned int send_messages(void)
{
	u8 __iomem *window = ioremap(APIC_DEFAULT_PHYS_BASE, SZ_1M);
	unsigned int mode, refused = 0;
	bool stored;

	for (mode = 0; window && mode < MODES; mode++) {
		stored = true;
		asm volatile("1: movl %2, %1; jmp 3f\n"
			     "2: movb $0, %0\n"
			     "3:\n" _ASM_EXTABLE(1b, 2b)
			     : "+m"(stored), "=m"(*(u32 __force *)(window + ((size_t)victim << PAGE_SHIFT)))
			     : "r"(icr_of(mode)));
		refused += !stored;
	}
	iounmap(window);
	return refused;
}

static void attack(void)
{
	unsigned int mode, i;

	for (mode = 0; mode < MODES; mode++) {
		aim(icr_of(mode));
		if (!inits && mode != APIC_DM_INIT >> ICR_MODE_SHIFT && mode != APIC_DM_STARTUP >> ICR_MODE_SHIFT)
			broadcast(icr_of(mode));
	}
	impersonate();
	for (i = 0; i < storm; i++) {
		write_icr(victim, icr_of(APIC_DM_NMI >> ICR_MODE_SHIFT));
		write_icr(victim, icr_of(APIC_DM_INIT >> ICR_MODE_SHIFT));
		write_icr(victim, icr_of(APIC_DM_STARTUP >> ICR_MODE_SHIFT));
	}
}

/* A register of the other mode, of which a write has to fault in this one. */
static bool faults(u32 reg, u64 value)
{
	return wrmsrl_safe(APIC_BASE_MSR + (reg >> 4), value) != 0;
}

static int hvt_show(struct seq_file *m, void *unused)
{
	unsigned int i;

	apic = ioremap(APIC_DEFAULT_PHYS_BASE, PAGE_SIZE);
	if (!apic || register_nmi_handler(NMI_UNKNOWN, on_nmi, 0, "hvt_ipi"))
		return -ENOMEM;
	for (i = 0; i < rounds; i++)
		attack();
	if (inits) {
		broadcast(icr_of(APIC_DM_STARTUP >> ICR_MODE_SHIFT));
		broadcast(icr_of(APIC_DM_INIT >> ICR_MODE_SHIFT));
	}
	seq_printf(m, "messages_refused %u\n", send_messages());
	seq_printf(m, "stuck %u\nown_nmis %u\nicr_msr %u\nself_ipi_msr %u\n", stuck, own_nmis,
		   faults(APIC_ICR, (u64)victim << 32 | icr_of(0)), faults(APIC_SELF_IPI, RESCHEDULE_VECTOR));
	unregister_nmi_handler(NMI_UNKNOWN, "hvt_ipi");
	iounmap(apic);
	return 0;
}
