// SPDX-License-Identifier: GPL-2.0-only
/*
 * A machine in a folder, $HVCTL_ROOT: its files, and CPUID as lines "leaf eax ebx ecx edx" in the file cpuid, and
 * registers as lines "number value" in the file of each CPU.
 */
#include <stdio.h>
#include <stdlib.h>

#include <machine.h>

const char *machine_root(void)
{
	const char *root = getenv("HVCTL_ROOT");

	return root ? root : "/nonexistent";
}

bool machine_cpuid(u32 leaf, u32 regs[4])
{
	char path[512];
	bool found = false;
	FILE *file;
	u32 number;

	snprintf(path, sizeof(path), "%s/cpuid", machine_root());
	file = fopen(path, "r");
	while (file && !found &&
	       fscanf(file, "%x %x %x %x %x", &number, &regs[0], &regs[1], &regs[2], &regs[3]) == 5)
		found = number == leaf;
	if (file)
		fclose(file);
	return found;
}

bool machine_msr(unsigned int cpu, u32 index, u64 *value)
{
	char path[512];
	bool found = false;
	FILE *file;
	u32 number;

	snprintf(path, sizeof(path), "%s/dev/cpu/%u/msr", machine_root(), cpu);
	file = fopen(path, "r");
	while (file && !found && fscanf(file, "%x %llx", &number, value) == 2)
		found = number == index;
	if (file)
		fclose(file);
	return found;
}
