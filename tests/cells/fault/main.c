// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Does what its command line says, which is what a cell should not be able to do, and tells what came of it. */
#include "fault.h"

static const struct command {
	const char *name;
	fault_command *run;
	const char *outcome;	/* if all is as it should be */
} commands[] = {
	{ "read", run_read, "" },
	{ "write", run_write, "" },
	{ "exec", run_exec, "" },
	{ "straddle", run_straddle, "" },
	{ "triple", run_triple, "" },
	{ "spin", run_spin, "" },
	{ "halt", run_halt, "" },
	{ "nmi", run_nmi, "" },
	{ "walk", run_walk, "" },
	{ "cr3", run_cr3, "" },
	{ "far", run_far, "" },
	{ "idt", run_idt, "" },
	{ "dbloop", run_dbloop, "" },
	{ "step", run_step, "as it should be" },
	{ "secret", run_secret, "" },
	{ "heartbeat", run_heartbeat, "" },
	{ "apic", run_apic, "survived" },
	{ "lvt", run_lvt, "survived" },
	{ "ipi", run_ipi, "survived" },
	{ "steal", run_steal, "took nothing" },
	{ "port", run_port, "denied as it should" },
	{ "msr", run_msr, "denied as it should" },
	{ "flood", run_flood, "denied as it should" },
	{ "apicbase", run_apicbase, "denied as it should" },
	{ "vmx", run_vmx, "denied as it should" },
	{ "cr0", run_cr0, "denied as it should" },
	{ "cr4", run_cr4, "denied as it should" },
	{ "efer", run_efer, "denied as it should" },
	{ "xsetbv", run_xsetbv, "denied as it should" },
	{ "hypercall3", run_hypercall3, "denied as it should" },
	{ "hypercalls", run_hypercalls, "survived" },
	{ "msrsweep", run_msrsweep, "survived" },
	{ "dr", run_dr, "survived" },
	{ "invd", run_invd, "lost nothing" },
	{ "wbinvd", run_wbinvd, "lost nothing" },
	{ "cpuid", run_cpuid, "as it should be" },
	{ "echo", run_echo, "has heard enough" },
	{ "print", run_print, "has said it all" },
};

bool fault_expect(int vector, int wanted, const char *what, u64 which)
{
	if (vector == wanted)
		return true;
	print("fault: %s %llx: exception %d, not %d\n", what, which, vector, wanted);
	return false;
}

bool fault_still_here(void)
{
	print("fault: still here\n");
	return false;
}

static const struct command *find(const char *line, const char **rest)
{
	u32 i;

	for (i = 0; i < HV_ARRAY_SIZE(commands); i++)
		if (word_is(line, commands[i].name, rest))
			return &commands[i];
	return NULL;
}

int main(void)
{
	const struct command *command;
	const char *rest;

	command = find(COMM->cmdline, &rest);
	if (!command) {
		print("fault: no command '%s'; tests/cells/README.md has a list\n", COMM->cmdline);
		return 1;
	}
	print("fault: %s in cell %s\n", command->name, COMM->name);
	if (command->run(number_of(rest))) {
		print("fault: %s %s\n", command->name, command->outcome);
		return 0;
	}
	print("fault: %s FAILED\n", command->name);
	return 1;
}
