// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ports and model-specific registers that no cell gets, whatever its configuration says: through them it could take
 * memory, CPUs or the machine from the others. Configurations name them by number, so that is what is known here; hvctl
 * and the module are linked with this file, and not with arch/x86. What only one machine has, such as the ports of its
 * power management and its devices, is the module's to refuse.
 *
 * Manuals: Intel SDM vol. 4; AMD APM vol. 2 "MSR Cross-Reference" and the BKDGs; for ports, those of the ICH and PCH.
 */
#include "cellconf.h"

/* Sentences are arrays, not pointers, which the image would have to be relocated for. */
#define LONGEST 72
#define W HV_CONF_MSR_WRITE
#define RW (HV_CONF_MSR_READ | HV_CONF_MSR_WRITE)

enum { P_RESET, P_DMA, P_INTERRUPTS, P_TIMER, P_CLOCK, P_SMI, P_PCI, P_BOARD };

static const char why_port[][LONGEST] = {
	[P_RESET] = "this port can reset the machine",
	[P_DMA] = "behind this port is a DMA controller, which reaches all memory",
	[P_INTERRUPTS] = "this port is that of the interrupt controllers of the machine",
	[P_TIMER] = "this port is that of the timer of the machine, which root uses",
	[P_CLOCK] = "this port is that of the real-time clock, and masks NMIs",
	[P_SMI] = "this port calls the firmware by a system management interrupt",
	[P_PCI] = "this port configures PCI, and so where devices reach memory",
	[P_BOARD] = "this port moves and switches the devices of the board",
};

/* The first that overlaps counts. */
static const struct {
	u16 first, last;
	u8 why;
} denied_ports[] = {
	{ 0x000, 0x01f, P_DMA },	/* first 8237, and its alias */
	{ 0x020, 0x021, P_INTERRUPTS },	/* 8259, master */
	{ 0x022, 0x023, P_INTERRUPTS },	/* IMCR: takes the local APIC out of the path */
	{ 0x02e, 0x02f, P_BOARD },	/* Super I/O */
	{ 0x040, 0x043, P_TIMER },	/* 8254; Linux calibrates by it, and falls back to it */
	{ 0x04e, 0x04f, P_BOARD },	/* Super I/O, second place */
	{ 0x060, 0x060, P_RESET },	/* keyboard controller: data of command 0xd1, output port */
	{ 0x061, 0x061, P_TIMER },	/* gate of the third counter, and masks of NMI sources */
	{ 0x064, 0x064, P_RESET },	/* keyboard controller: command 0xfe */
	{ 0x070, 0x077, P_CLOCK },	/* CMOS, its second bank, their aliases */
	{ 0x081, 0x08f, P_DMA },	/* page registers; 0x80 is only waited at */
	{ 0x092, 0x092, P_RESET },	/* fast A20 and INIT */
	{ 0x0a0, 0x0a1, P_INTERRUPTS },	/* 8259, slave */
	{ 0x0b2, 0x0b3, P_SMI },	/* APM control and status */
	{ 0x0c0, 0x0df, P_DMA },	/* second 8237 */
	{ 0x4d0, 0x4d1, P_INTERRUPTS },	/* edge or level */
	{ 0x510, 0x51b, P_DMA },	/* an emulator's fw_cfg writes to any memory, too */
	{ 0xcf9, 0xcf9, P_RESET },
	{ 0xcf8, 0xcff, P_PCI },
};

enum { M_BITMAP, M_OWN, M_VIRT, M_SMM, M_MAP, M_MICROCODE, M_CHECK, M_POWER, M_CACHE, M_TSC, M_MEMORY, M_WORKS };

static const char why_msr[][LONGEST] = {
	[M_BITMAP] = "this MSR cannot be given away: no permission bitmap knows it",
	[M_OWN] = "the hypervisor decides what a cell sees of this MSR",
	[M_VIRT] = "this MSR controls virtualization, which is the hypervisor's",
	[M_SMM] = "this MSR controls system management mode",
	[M_MAP] = "this MSR says what is where in the memory of the machine",
	[M_MICROCODE] = "microcode is not loaded by cells",
	[M_CHECK] = "machine checks are reported to root",
	[M_POWER] = "this MSR controls clock, voltage or power, also of other CPUs",
	[M_CACHE] = "this MSR divides the cache that all CPUs share",
	[M_TSC] = "this MSR would set the clock that root goes by",
	[M_MEMORY] = "through this MSR the CPU writes to memory past the cell's tables",
	[M_WORKS] = "this MSR changes how the CPU works, also for others",
};

static const struct {
	u32 first, last;
	u8 access;		/* which is denied */
	u8 why;
} denied_msrs[] = {
	{ 0x00000010, 0x00000010, W, M_TSC },
	{ 0x00000011, 0x00000012, RW, M_MEMORY },	/* KVM's clock, where we run below it: a physical address */
	{ 0x0000001b, 0x0000001b, RW, M_OWN },	/* APIC_BASE */
	{ 0x00000033, 0x00000033, W, M_WORKS },	/* TEST_CTRL: bus locks */
	{ 0x0000003a, 0x0000003a, RW, M_VIRT },	/* FEATURE_CONTROL */
	{ 0x0000003b, 0x0000003b, W, M_TSC },	/* TSC_ADJUST */
	{ 0x00000079, 0x00000079, RW, M_MICROCODE },
	{ 0x0000009b, 0x0000009b, RW, M_SMM },	/* SMM_MONITOR_CTL */
	{ 0x0000009e, 0x0000009e, RW, M_SMM },	/* SMBASE */
	{ 0x000000e2, 0x000000e4, W, M_POWER },	/* C-states, and ports that enter them */
	{ 0x00000150, 0x00000150, RW, M_POWER },	/* voltage */
	{ 0x00000179, 0x0000017b, W, M_CHECK },
	{ 0x00000199, 0x0000019b, W, M_POWER },	/* performance state, clock modulation, thermal interrupt */
	{ 0x000001a0, 0x000001a0, W, M_WORKS },	/* MISC_ENABLE */
	{ 0x000001a2, 0x000001a2, W, M_POWER },	/* temperature target */
	{ 0x000001aa, 0x000001b2, W, M_POWER },	/* turbo, energy bias, package */
	{ 0x000001f2, 0x000001f5, RW, M_SMM },	/* SMRR, PRMRR */
	{ 0x000001fc, 0x000001fc, W, M_POWER },	/* POWER_CTL */
	{ 0x00000200, 0x0000026f, W, M_MAP },	/* MTRRs */
	{ 0x00000277, 0x00000277, RW, M_OWN },	/* PAT: the CPU loads the cell's with it */
	{ 0x00000280, 0x0000029f, W, M_CHECK },
	{ 0x000002ff, 0x000002ff, W, M_MAP },	/* MTRR_DEF_TYPE */
	{ 0x000003f1, 0x000003f1, W, M_MEMORY },	/* PEBS, by linear address of whoever runs */
	{ 0x000003f4, 0x000003f5, RW, M_MEMORY },	/* PEBS, where it is architectural */
	{ 0x00000400, 0x0000047f, W, M_CHECK },	/* banks */
	{ 0x00000480, 0x000004cf, RW, M_VIRT },	/* what VMX offers */
	{ 0x000004d0, 0x000004d0, W, M_CHECK },
	{ 0x000004e0, 0x000004e3, RW, M_SMM },
	{ 0x00000560, 0x0000058f, RW, M_MEMORY },	/* processor trace, to physical addresses */
	{ 0x00000600, 0x00000600, W, M_MEMORY },	/* DS_AREA */
	{ 0x00000601, 0x0000065f, RW, M_POWER },	/* RAPL and the like: what others do shows in it */
	{ 0x00000770, 0x00000777, W, M_POWER },	/* HWP */
	{ 0x00000800, 0x000008ff, RW, M_OWN },	/* x2APIC */
	{ 0x00000981, 0x000009ff, RW, M_MAP },	/* memory encryption */
	{ 0x00000c80, 0x00000c80, W, M_WORKS },	/* DEBUG_INTERFACE */
	{ 0x00000c81, 0x00000d8f, W, M_CACHE },
	{ 0x00000da0, 0x00000da0, W, M_OWN },	/* XSS: XRSTORS would write processor trace's registers */
	{ 0x00000db0, 0x00000db2, W, M_POWER },	/* hardware duty cycling */
	{ 0x000017d0, 0x000017d1, RW, M_MEMORY },	/* feedback on the CPU's speed, to a physical address */
	{ 0x00002000, 0xbfffffff, RW, M_BITMAP },
	{ 0xc0000080, 0xc0000080, RW, M_OWN },	/* EFER */
	{ 0xc0000104, 0xc0000104, RW, M_VIRT },	/* TSC ratio of guests */
	{ 0xc0000108, 0xc0000108, W, M_WORKS },	/* prefetchers */
	{ 0xc0000200, 0xc000020f, W, M_CACHE },
	{ 0xc0000408, 0xc000040f, W, M_CHECK },
	{ 0xc0002000, 0xc000ffff, RW, M_BITMAP },
	{ 0xc0010010, 0xc0010010, RW, M_MAP },	/* SYSCFG */
	{ 0xc0010015, 0xc0010015, W, M_WORKS },	/* HWCR */
	{ 0xc0010016, 0xc001001f, RW, M_MAP },	/* IORRs, top of memory, northbridge */
	{ 0xc0010020, 0xc0010020, RW, M_MICROCODE },
	{ 0xc0010022, 0xc0010023, W, M_WORKS },
	{ 0xc0010044, 0xc001004f, W, M_CHECK },	/* masks of the banks */
	{ 0xc0010050, 0xc0010056, RW, M_SMM },	/* ports that cause SMIs */
	{ 0xc0010058, 0xc0010058, RW, M_MAP },	/* where PCI configuration is */
	{ 0xc0010061, 0xc0010074, W, M_POWER },	/* P-states, C-states, watchdog */
	{ 0xc0010111, 0xc0010113, RW, M_SMM },
	{ 0xc0010114, 0xc0010115, RW, M_VIRT },	/* VM_CR, IGNNE */
	{ 0xc0010116, 0xc0010116, RW, M_SMM },
	{ 0xc0010117, 0xc0010118, RW, M_VIRT },	/* VM_HSAVE_PA, SVM_KEY */
	{ 0xc0010119, 0xc0010119, RW, M_SMM },
	{ 0xc0010130, 0xc001013f, RW, M_VIRT },	/* GHCB, SEV, owners of encrypted memory */
	{ 0xc0010290, 0xc00102bf, RW, M_POWER },	/* RAPL, CPPC */
	{ 0xc0010400, 0xc001047f, W, M_CHECK },
	{ 0xc0011000, 0xc0011fff, W, M_WORKS },	/* features, configuration of units */
	{ 0xc0012000, 0xffffffff, RW, M_BITMAP },
};

const char *hv_conf_port_denied(u16 first, u16 last)
{
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(denied_ports); i++)
		if (first <= denied_ports[i].last && denied_ports[i].first <= last)
			return why_port[denied_ports[i].why];
	return NULL;
}

const char *hv_conf_msr_denied(u32 index, u32 access)
{
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(denied_msrs); i++)
		if (index >= denied_msrs[i].first && index <= denied_msrs[i].last && (access & denied_msrs[i].access))
			return why_msr[denied_msrs[i].why];
	return NULL;
}
