// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Instructions that a cell does not have, those that reach the whole machine, and ways to lose a CPU. */
#include "fault.h"

#define CPUID_1_ECX_VMX (1u << 5)
#define CPUID_80000001_ECX_SVM (1u << 2)

static u64 operand[512] __attribute__((aligned(4096)));

#define INSTRUCTION(name, code)                                                                                        \
	static void do_##name(void *at)                                                                                \
	{                                                                                                              \
		asm volatile(code : : "a"(at), "c"(0), "d"(0) : "memory");                                             \
	}

INSTRUCTION(vmxon, "vmxon (%%rax)")
INSTRUCTION(vmxoff, "vmxoff")
INSTRUCTION(vmclear, "vmclear (%%rax)")
INSTRUCTION(vmptrld, "vmptrld (%%rax)")
INSTRUCTION(vmptrst, "vmptrst (%%rax)")
INSTRUCTION(vmlaunch, "vmlaunch")
INSTRUCTION(vmresume, "vmresume")
INSTRUCTION(vmread, "vmread %%rcx, %%rdx")
INSTRUCTION(vmwrite, "vmwrite %%rcx, %%rdx")
INSTRUCTION(invept, "invept (%%rax), %%rcx")
INSTRUCTION(invvpid, "invvpid (%%rax), %%rcx")
INSTRUCTION(vmfunc, ".byte 0x0f, 0x01, 0xd4")
INSTRUCTION(vmrun, "vmrun")
INSTRUCTION(vmload, "vmload")
INSTRUCTION(vmsave, "vmsave")
INSTRUCTION(stgi, "stgi")
INSTRUCTION(clgi, "clgi")
INSTRUCTION(skinit, "skinit")
INSTRUCTION(invlpga, "invlpga %%rax, %%ecx")
INSTRUCTION(rsm, "rsm")
INSTRUCTION(invd, "invd")
INSTRUCTION(wbinvd, "wbinvd")

bool run_vmx(u64 n)
{
	static const struct {
		const char *name;
		void (*run)(void *);
	} all[] = {
		{ "vmxon", do_vmxon },	   { "vmxoff", do_vmxoff },	{ "vmclear", do_vmclear },
		{ "vmptrld", do_vmptrld }, { "vmptrst", do_vmptrst },	{ "vmlaunch", do_vmlaunch },
		{ "vmresume", do_vmresume }, { "vmread", do_vmread },	{ "vmwrite", do_vmwrite },
		{ "invept", do_invept },   { "invvpid", do_invvpid },	{ "vmfunc", do_vmfunc },
		{ "vmrun", do_vmrun },	   { "vmload", do_vmload },	{ "vmsave", do_vmsave },
		{ "stgi", do_stgi },	   { "clgi", do_clgi },		{ "skinit", do_skinit },
		{ "invlpga", do_invlpga }, { "rsm", do_rsm },
	};
	bool ok = true;
	u32 i;

	(void)n;
	for (i = 0; i < HV_ARRAY_SIZE(all); i++)
		ok &= fault_expect(try(all[i].run, operand), VECTOR_UD, all[i].name, 0);
	return ok;
}

static bool nothing_is_lost(void (*run)(void *), bool may_be_denied, const char *what)
{
	bool ok = true;
	int vector;
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(operand); i++)
		operand[i] = ~(u64)i;
	vector = try(run, NULL);
	if (vector != VECTOR_GP || !may_be_denied)
		ok &= fault_expect(vector, TRY_OK, what, 0);
	for (i = 0; i < HV_ARRAY_SIZE(operand); i++)
		ok &= operand[i] == ~(u64)i;
	return ok;
}

bool run_invd(u64 n)
{
	(void)n;
	return nothing_is_lost(do_invd, true, "invd");
}

/* As often as it is told. */
bool run_wbinvd(u64 n)
{
	bool ok = true;

	do
		ok &= nothing_is_lost(do_wbinvd, false, "wbinvd");
	while (n-- > 1);
	return ok;
}

static void do_in(void *port)
{
	(void)inb((u16)(u64)port);
}

static void do_in_4(void *port)
{
	(void)inl((u16)(u64)port);
}

static void do_out(void *port)
{
	outb((u16)(u64)port, 0);
}

static void do_ins(void *port)
{
	void *to = operand;
	u64 bytes = 4;

	asm volatile("rep insb" : "+D"(to), "+c"(bytes) : "d"((u16)(u64)port) : "memory");
}

/* Reset, power, SMI, interrupt controllers, PIT, NMI mask, PCI configuration, DMA, Linux's console, the last one. */
bool run_port(u64 n)
{
	static const u16 ports[] = {
		0xcf9, 0x64, 0x92, 0xb2, 0x20, 0x21, 0xa1, 0x40, 0x43, 0x61, 0x70, 0x71, 0xcf8, 0xcfc, 0x00, 0x3f8,
		0x604, 0xffff,
	};
	bool ok = true;
	u64 port;
	u32 i;

	(void)n;
	for (i = 0; i < HV_ARRAY_SIZE(ports); i++) {
		port = ports[i];
		ok &= fault_expect(try(do_in, (void *)port), VECTOR_GP, "in", port);
		ok &= fault_expect(try(do_out, (void *)port), VECTOR_GP, "out", port);
		ok &= fault_expect(try(do_ins, (void *)port), VECTOR_GP, "ins", port);
		ok &= fault_expect(try(do_in_4, (void *)port), VECTOR_GP, "in of 4 bytes", port);
	}
	return ok;
}

static void sweep(u32 first, u32 last)
{
	u32 leaf, subleaf;

	for (leaf = first; leaf <= last; leaf++)
		for (subleaf = 0; subleaf < 4; subleaf++)
			(void)cpuid(leaf, subleaf);
}

bool run_cpuid(u64 n)
{
	struct cpuid first, second;

	(void)n;
	sweep(0, 0x40);
	sweep(HV_GUEST_LEAF, HV_GUEST_LEAF + 0xff);
	sweep(0x80000000, 0x80000040);
	first = cpuid(HV_GUEST_LEAF, 0);
	second = cpuid(HV_GUEST_LEAF + 1, 0);
	print("fault: up to leaf %x, version %u, CPU %u of %u, comm page at %x\n", first.eax, second.eax, second.ebx,
	      second.ecx, second.edx);
	if (cpuid(1, 0).ecx & CPUID_1_ECX_VMX || cpuid(0x80000001, 0).ecx & CPUID_80000001_ECX_SVM) {
		print("fault: there is VMX or SVM\n");
		return false;
	}
	return first.eax >= HV_GUEST_LEAF + 1 && first.ebx == HV_GUEST_EBX && first.ecx == HV_GUEST_ECX &&
	       first.edx == HV_GUEST_EDX && second.eax == HV_GUEST_VERSION && second.ebx < second.ecx &&
	       second.ecx == COMM->nr_cpus && second.edx == HV_COMM_GPA;
}

/* No handler for the exception, none for the one that this causes, and none for that. */
bool run_triple(u64 n)
{
	struct table_register none = { 0 };

	(void)n;
	lidt(&none);
	asm volatile("ud2" : : : "memory");
	return fault_still_here();
}

bool run_spin(u64 n)
{
	(void)n;
	cli();
	for (;;)
		asm volatile("" : : : "memory");
}

bool run_halt(u64 n)
{
	(void)n;
	halt();
}
