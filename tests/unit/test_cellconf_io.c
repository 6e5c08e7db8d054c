// SPDX-License-Identifier: GPL-2.0-only
/* sources: hvcore/cellconf.c hvcore/cellconf_region.c hvcore/cellconf_io.c hvcore/cellconf_x86.c */
/* The ports and model-specific registers of a configuration: which can be asked for. */
#include <x86/msr.h>
#include "cellconf_unit.h"

#define READ HV_CONF_MSR_READ
#define WRITE HV_CONF_MSR_WRITE

static void ask_ports(u16 first, u16 last)
{
	conf.ports[1] = (struct hv_conf_ports){ first, last };
}

static void ask_msr(u32 index, u32 access)
{
	conf.msrs[1] = (struct hv_conf_msr){ index, access };
}

static void ports(void **state)
{
	u32 i;

	(void)state;
	REFUSED(conf.nr_ports = HV_CONF_MAX_PORTS + 1, PORTS, 0, EINVAL, "a cell has at most 32 ranges of ports");
	REFUSED(conf.nr_ports = ~0u, PORTS, 0, EINVAL, "a cell has at most 32 ranges of ports");
	REFUSED(ask_ports(0x300, 0x2ff), PORT, 1, EINVAL, "a range of ports ends before it begins");
	REFUSED(ask_ports(0x3ff, 0x400), PORT, 1, EEXIST, "a port that is in the list already");
	REFUSED(ask_ports(0x3f0, 0x3f8), PORT, 1, EEXIST, "a port that is in the list already");
	REFUSED(ask_ports(0x3f0, 0x410), PORT, 1, EEXIST, "a port that is in the list already");
	REFUSED(ask_ports(0x3fa, 0x3fb), PORT, 1, EEXIST, "a port that is in the list already");
	ACCEPTED(ask_ports(0x3f0, 0x3f7));
	ACCEPTED(ask_ports(0x400, 0x4cf));
	ACCEPTED(ask_ports(0xd00, 0xffff));
	setup(NULL);
	for (i = conf.nr_ports; i < HV_CONF_MAX_PORTS; i++)
		conf.ports[i] = (struct hv_conf_ports){ (u16)(0x9000 - i), (u16)(0x9000 - i) };
	conf.nr_ports = HV_CONF_MAX_PORTS;
	assert_int_equal(check(), 0);
	conf.ports[31] = conf.ports[0];
	refused("the last is the first", HV_CONF_AT_PORT, 31, EEXIST, "a port that is in the list already");
}

static void ports_denied(void **state)
{
	(void)state;
	REFUSED(ask_ports(0x64, 0x64), PORT, 1, EPERM, "this port can reset the machine");
	REFUSED(ask_ports(0xcf9, 0xcf9), PORT, 1, EPERM, "this port can reset the machine");
	REFUSED(ask_ports(0x00, 0x00), PORT, 1, EPERM,
		"behind this port is a DMA controller, which reaches all memory");
	REFUSED(ask_ports(0x20, 0x21), PORT, 1, EPERM, "this port is that of the interrupt controllers of the machine");
	REFUSED(ask_ports(0x40, 0x40), PORT, 1, EPERM,
		"this port is that of the timer of the machine, which root uses");
	REFUSED(ask_ports(0x71, 0x71), PORT, 1, EPERM, "this port is that of the real-time clock, and masks NMIs");
	REFUSED(ask_ports(0xb2, 0xb2), PORT, 1, EPERM,
		"this port calls the firmware by a system management interrupt");
	REFUSED(ask_ports(0xcf8, 0xcf8), PORT, 1, EPERM,
		"this port configures PCI, and so where devices reach memory");
	REFUSED(ask_ports(0x2e, 0x2e), PORT, 1, EPERM, "this port moves and switches the devices of the board");
	/* a range that has one of them in its middle, or at its edge */
	REFUSED(ask_ports(0x93, 0xaf), PORT, 1, EPERM, "this port is that of the interrupt controllers of the machine");
	REFUSED(ask_ports(0xcf0, 0xcf8), PORT, 1, EPERM,
		"this port configures PCI, and so where devices reach memory");
	REFUSED(ask_ports(0xcff, 0xdff), PORT, 1, EPERM,
		"this port configures PCI, and so where devices reach memory");
}

/* Every port there is, one by one. */
static void ports_all(void **state)
{
	static const struct hv_conf_ports given[] = {
		{ 0x24, 0x2d }, { 0x30, 0x3f }, { 0x44, 0x4d }, { 0x50, 0x5f }, { 0x62, 0x63 }, { 0x65, 0x6f },
		{ 0x78, 0x80 }, { 0x90, 0x91 }, { 0x93, 0x9f }, { 0xa2, 0xb1 }, { 0xb4, 0xbf }, { 0xe0, 0x4cf },
		{ 0x4d2, 0x50f }, { 0x51c, 0xcf7 }, { 0xd00, 0xffff },
	};
	const struct hv_conf_ports *next = given;
	u32 port;

	(void)state;
	conf.nr_ports = 1;
	for (port = 0; port <= 0xffff; port++) {
		bool is_given = port >= next->first;

		conf.ports[0] = (struct hv_conf_ports){ (u16)port, (u16)port };
		if (hv_cellconf_check(&conf, &fault) != (is_given ? 0 : -EPERM))
			fail_msg("port 0x%x", port);
		if (port == next->last)
			next++;
	}
	assert_true(next == given + HV_ARRAY_SIZE(given));
}

static void msrs(void **state)
{
	u32 i;

	(void)state;
	REFUSED(conf.nr_msrs = HV_CONF_MAX_MSRS + 1, MSRS, 0, EINVAL, "a cell has at most 32 MSRs");
	REFUSED(conf.nr_msrs = ~0u, MSRS, 0, EINVAL, "a cell has at most 32 MSRs");
	REFUSED(conf.msrs[1].access = 0, MSR_ACCESS, 1, EINVAL, "access to an MSR is to read, to write, or both");
	REFUSED(conf.msrs[1].access = 5, MSR_ACCESS, 1, EINVAL, "access to an MSR is to read, to write, or both");
	REFUSED(conf.msrs[0].access = ~0u, MSR_ACCESS, 0, EINVAL, "access to an MSR is to read, to write, or both");
	REFUSED(conf.msrs[1].index = 0x6e0, MSR, 1, EEXIST, "an MSR that is in the list already");
	setup(NULL);
	for (i = conf.nr_msrs; i < HV_CONF_MAX_MSRS; i++)
		conf.msrs[i] = (struct hv_conf_msr){ 0x300 + i, MSR_RW };
	conf.nr_msrs = HV_CONF_MAX_MSRS;
	assert_int_equal(check(), 0);
	conf.msrs[31].index = 0x6e0;
	refused("the last is the first", HV_CONF_AT_MSR, 31, EEXIST, "an MSR that is in the list already");
}

static void msrs_denied(void **state)
{
	(void)state;
	REFUSED(ask_msr(0x40000000, READ), MSR, 1, EPERM,
		"this MSR cannot be given away: no permission bitmap knows it");
	REFUSED(ask_msr(X86_MSR_EFER, READ), MSR, 1, EPERM, "the hypervisor decides what a cell sees of this MSR");
	REFUSED(ask_msr(X86_MSR_FEATURE_CONTROL, READ), MSR, 1, EPERM,
		"this MSR controls virtualization, which is the hypervisor's");
	REFUSED(ask_msr(X86_MSR_SMBASE, READ), MSR, 1, EPERM, "this MSR controls system management mode");
	REFUSED(ask_msr(X86_MSR_SYSCFG, READ), MSR, 1, EPERM,
		"this MSR says what is where in the memory of the machine");
	REFUSED(ask_msr(X86_MSR_UCODE_WRITE, WRITE), MSR, 1, EPERM, "microcode is not loaded by cells");
	REFUSED(ask_msr(0x401, WRITE), MSR, 1, EPERM, "machine checks are reported to root");
	REFUSED(ask_msr(0x150, WRITE), MSR, 1, EPERM,
		"this MSR controls clock, voltage or power, also of other CPUs");
	REFUSED(ask_msr(0xc90, WRITE), MSR, 1, EPERM, "this MSR divides the cache that all CPUs share");
	REFUSED(ask_msr(X86_MSR_TSC, MSR_RW), MSR, 1, EPERM, "this MSR would set the clock that root goes by");
	REFUSED(ask_msr(0x560, WRITE), MSR, 1, EPERM,
		"through this MSR the CPU writes to memory past the cell's tables");
	REFUSED(ask_msr(0x1a0, WRITE), MSR, 1, EPERM, "this MSR changes how the CPU works, also for others");
}

static int answer(u32 index, u32 access)
{
	conf.nr_msrs = 1;
	conf.msrs[0] = (struct hv_conf_msr){ index, access };
	return hv_cellconf_check(&conf, &fault);
}

/* With most of them root itself goes through the hypervisor. */
static void msrs_neither(void **state)
{
	static const u32 list[] = {
		0x11, 0x12, X86_MSR_APIC_BASE, X86_MSR_FEATURE_CONTROL, X86_MSR_UCODE_WRITE, X86_MSR_SMM_MONITOR_CTL,
		X86_MSR_SMBASE, 0x150, X86_MSR_SMRR_BASE, 0x1f3, 0x1f4, X86_MSR_PRMRR_MASK, X86_MSR_PAT,
		0x3f4, 0x3f5, 0x17d0, 0x17d1, X86_MSR_VMX_FIRST, 0x491, 0x4cf, 0x4e0, X86_MSR_RTIT_OUTPUT_BASE,
		X86_MSR_RTIT_CTL, 0x587, 0x606, 0x611, 0x64f, X86_MSR_X2APIC_FIRST,
		0x80b, X86_MSR_X2APIC_ICR, 0x8ff, 0x982, 0x2000, 0x40000000, 0x4b564d00, 0x4b564d01, 0xbfffffff,
		X86_MSR_EFER, 0xc0000104, 0xc0002000, 0xc000ffff, X86_MSR_SYSCFG, 0xc0010016, 0xc001001a, 0xc001001d,
		X86_MSR_AMD_UCODE_WRITE, 0xc0010050, 0xc0010056, 0xc0010058, X86_MSR_AMD_SMBASE, X86_MSR_AMD_SMM_ADDR,
		X86_MSR_AMD_SMM_MASK, X86_MSR_VM_CR, X86_MSR_IGNNE, X86_MSR_SMM_CTL, X86_MSR_VM_HSAVE_PA,
		X86_MSR_SVM_KEY, X86_MSR_SMM_KEY, 0xc0010130, 0xc0010131, 0xc0010132, 0xc00102b3, 0xc0012000, ~0u,
	};
	u32 i;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(list); i++)
		if (answer(list[i], READ) != -EPERM || answer(list[i], WRITE) != -EPERM)
			fail_msg("MSR 0x%x", list[i]);
}

static void msrs_read_only(void **state)
{
	static const u32 list[] = {
		X86_MSR_TSC, 0x33, X86_MSR_TSC_ADJUST, 0xe2, 0xe4, 0x179, 0x17b, 0x199, 0x19a, 0x19b, 0x1a0, 0x1a2,
		0x1ad, 0x1b0, 0x1fc, X86_MSR_MTRR_PHYSBASE0, X86_MSR_MTRR_PHYSMASK0, X86_MSR_MTRR_FIX64K,
		X86_MSR_MTRR_FIX16K, X86_MSR_MTRR_FIX4K, 0x26f, 0x280, 0x29f, X86_MSR_MTRR_DEF_TYPE, 0x3f1, 0x400,
		0x47f, 0x4d0, 0x600, 0x770, 0x774, 0xc80, 0xc81, 0xc8f, 0xd8f, 0xda0, 0xdb0, 0xc0000108, 0xc0000200,
		0xc0000408, 0xc0010015, 0xc0010022, 0xc0010044, 0xc0010062, 0xc0010074, 0xc0010400, 0xc0011004,
		0xc0011029, 0xc0011fff,
	};
	u32 i;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(list); i++)
		if (answer(list[i], READ) || answer(list[i], WRITE) != -EPERM || answer(list[i], MSR_RW) != -EPERM)
			fail_msg("MSR 0x%x", list[i]);
}

/* What a cell is likely to need, and the neighbours of what it does not get. */
static void msrs_both(void **state)
{
	static const u32 list[] = {
		0x0, 0xf, 0x13, 0x1a, 0x1c, X86_MSR_SPEC_CTRL, 0x49, 0x78, 0x7a, 0xc1, 0xe1, 0xe5, 0xe7, 0xe8, 0x122,
		X86_MSR_SYSENTER_CS, X86_MSR_SYSENTER_ESP, X86_MSR_SYSENTER_EIP, 0x186, 0x19c, X86_MSR_DEBUGCTL, 0x1f6,
		0x276, 0x278, 0x2a0, 0x2fe, 0x300, 0x309, 0x345, 0x38f, 0x3f0, 0x3f2, 0x3ff, 0x4d1, 0x55f, 0x590,
		0x5ff, 0x660, 0x6a0, 0x6e0, 0x778, 0x7ff, 0x900, 0xc7f, 0xd90, 0xda1, 0x1fff, 0xc0000000,
		X86_MSR_STAR, 0xc0000082, 0xc0000084, X86_MSR_FS_BASE, X86_MSR_GS_BASE, X86_MSR_KERNEL_GS_BASE,
		0xc0000103, 0xc0001fff, 0xc0010000, 0xc0010004, 0xc0010200, 0xc001020b, 0xc0010fff,
	};
	u32 i;

	(void)state;
	for (i = 0; i < HV_ARRAY_SIZE(list); i++)
		if (answer(list[i], READ) || answer(list[i], WRITE) || answer(list[i], MSR_RW))
			fail_msg("MSR 0x%x: %s", list[i], fault.what);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ports, "F7 ranges of ports"),
		TEST(ports_denied, "F7 ports that no cell gets, and why"),
		TEST(ports_all, "F7 of all ports, which"),
		TEST(msrs, "F7 lists of MSRs"),
		TEST(msrs_denied, "F7 MSRs that no cell gets, and why"),
		TEST(msrs_neither, "F7 MSRs that a cell neither reads nor writes"),
		TEST(msrs_read_only, "F7 MSRs that a cell reads at most"),
		TEST(msrs_both, "F7 MSRs that a cell may have"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
